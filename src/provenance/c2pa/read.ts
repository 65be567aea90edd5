import { createReadStream } from 'node:fs';
import { z } from 'zod';
import type { VerifyReport } from '../../core/disclosure.js';
import { runC2pa } from './client.js';
import { INGREDIENT_SHA256, RIGHTS_LABEL, rightsAssertionSchema, SOFT_BINDING_ALGORITHM, SOFT_BINDING_LABEL, type RightsAssertion } from './manifest.js';
import { parseMarkCode } from '../mark-code.js';

/** One reason why a manifest doesn't validate. */
export interface ValidationFailure {
  /** Status code of the C2PA specification, such as `assertion.bmffHash.mismatch`. */
  readonly code: string;
  readonly explanation: string;
}

/** What a file's active C2PA manifest says, and whether it holds. */
export interface ManifestReading {
  /** `valid`: signature and hashes hold, the signer is unknown. `trusted`: and the signer is known. `unreadable`: there is one, but broken. */
  readonly state: 'valid' | 'trusted' | 'invalid' | 'unreadable';
  readonly failures: readonly ValidationFailure[];
  /** Who claims to have made the file: program and version. */
  readonly generator: string;
  /** Common name and organisation of the signing certificate. */
  readonly signer: string;
  /** Of all actions. */
  readonly digitalSourceTypes: readonly string[];
  /** Only in manifests of this tool. */
  readonly rights?: RightsAssertion;
  /** Payload of our invisible mark in the soft binding. */
  readonly payload?: number;
  readonly ingredients: VerifyReport['ingredients'];
}

const text = z.string().catch('');
const manifestSchema = z.object({
  claim_generator: z.string().optional().catch(undefined),
  claim_generator_info: z.array(z.object({ name: text, version: text })).catch([]),
  signature_info: z.object({ issuer: text, common_name: text }).catch({ issuer: '', common_name: '' }),
  ingredients: z.array(z.object({ title: text, relationship: text, format: text, metadata: z.record(z.string(), z.unknown()).catch({}) })).catch([]),
  assertions: z.array(z.object({ label: text, data: z.unknown() })).catch([]),
});
const storeSchema = z.object({
  active_manifest: z.string(),
  manifests: z.record(z.string(), manifestSchema),
  validation_state: z.string().catch('Invalid'),
  validation_results: z.object({ activeManifest: z.object({ failure: z.array(z.object({ code: text, explanation: text })).catch([]) }) }).catch({ activeManifest: { failure: [] } }),
});
const actionsSchema = z.object({ actions: z.array(z.object({ digitalSourceType: z.string().optional().catch(undefined) })) });
const softBindingSchema = z.object({ alg: z.string(), blocks: z.array(z.object({ value: z.string() })) });

/** Not the bytes but the signer is unknown: what every certificate outside the readers' trust lists gets. */
const UNTRUSTED = 'signingCredential.untrusted';

/**
 * Reads and validates the active manifest of a media file.
 *
 * @param format - MIME type
 * @returns `undefined` when the file has no manifest
 */
export async function readManifest(path: string, format: string): Promise<ManifestReading | undefined> {
  let json: string;
  try {
    json = await runC2pa({ kind: 'read', path, format });
  } catch (error) {
    return (await hasManifest(path)) ? unreadable((error as Error).message) : undefined;
  }
  const parsed = storeSchema.safeParse(JSON.parse(json));
  const manifest = parsed.data?.manifests[parsed.data.active_manifest];
  return parsed.data === undefined || manifest === undefined ? unreadable('The manifest store has no active manifest.') : interpret(parsed.data, manifest);
}

function interpret(store: z.infer<typeof storeSchema>, manifest: z.infer<typeof manifestSchema>): ManifestReading {
  const data = (label: string): readonly unknown[] => manifest.assertions.filter((assertion) => assertion.label.replace(/__\d+$/, '') === label).map((assertion) => assertion.data);
  const rights = rightsAssertionSchema.safeParse(data(RIGHTS_LABEL)[0]).data;
  const binding = data(SOFT_BINDING_LABEL).map((value) => softBindingSchema.safeParse(value).data).find((value) => value?.alg === SOFT_BINDING_ALGORITHM);
  const payload = parseMarkCode(binding?.blocks[0]?.value ?? '');
  const info = manifest.claim_generator_info[0];
  const states: Readonly<Record<string, ManifestReading['state']>> = { Valid: 'valid', Trusted: 'trusted' };
  return {
    state: states[store.validation_state] ?? 'invalid',
    failures: store.validation_results.activeManifest.failure.filter(({ code }) => code !== UNTRUSTED),
    generator: info === undefined ? (manifest.claim_generator ?? 'an unnamed program') : `${info.name} ${info.version}`.trim(),
    signer: [manifest.signature_info.common_name, manifest.signature_info.issuer].filter((name) => name !== '').join(', ') || 'an unnamed signer',
    digitalSourceTypes: [...data('c2pa.actions.v2'), ...data('c2pa.actions')].flatMap((value) => actionsSchema.safeParse(value).data?.actions ?? []).flatMap(({ digitalSourceType }) => digitalSourceType ?? []),
    ...(rights === undefined ? {} : { rights }),
    ...(payload === undefined ? {} : { payload }),
    ingredients: manifest.ingredients.map(({ title, relationship, format, metadata }) => {
      const sha256 = metadata[INGREDIENT_SHA256];
      return { title, relationship, ...(format === '' ? {} : { format }), ...(typeof sha256 === 'string' ? { sha256 } : {}) };
    }),
  };
}

/** Every manifest store begins with this JUMBF description box (type and the first half of its UUID), in any container. */
const STORE_BEGINNING = Buffer.from('jumdc2pa', 'latin1');

/** Whether there is a manifest store at all in a file that the library gave up on. */
async function hasManifest(path: string): Promise<boolean> {
  let tail = Buffer.alloc(0);
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) {
    const bytes = Buffer.concat([tail, piece as Buffer]);
    if (bytes.includes(STORE_BEGINNING)) return true;
    tail = bytes.subarray(1 - STORE_BEGINNING.length);
  }
  return false;
}

function unreadable(explanation: string): ManifestReading {
  return { state: 'unreadable', failures: [{ code: 'general.error', explanation }], generator: 'an unknown program', signer: 'an unknown signer', digitalSourceTypes: [], ingredients: [] };
}
