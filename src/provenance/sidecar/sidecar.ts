import { writeFile } from 'node:fs/promises';
import { z } from 'zod';
import type { DisclosureRecord } from '../../core/rights.js';
import { rightsAssertion, rightsAssertionSchema } from '../c2pa/manifest.js';
import { INGREDIENT_RELATIONSHIP, type SealIngredient } from '../c2pa/ingredient.js';
import type { Signer, SigningAlgorithm } from '../signer/signer.js';
import { DIGITAL_SOURCE_TYPE } from '../source-type.js';

/** `format` field of a sidecar. */
const SIDECAR_FORMAT = 'tableau-vivant-sidecar';

/** JOSE names (RFC 7518, RFC 8037) of the signature algorithms. */
export const JOSE_ALGORITHMS: Readonly<Record<SigningAlgorithm, string>> = { es256: 'ES256', es384: 'ES384', es512: 'ES512', ps256: 'PS256', ed25519: 'EdDSA' };

/** What is signed: which bytes, and everything that a C2PA manifest of this tool would say. */
export const sidecarContentSchema = z.object({
  format: z.literal(SIDECAR_FORMAT),
  version: z.literal(1),
  title: z.string(),
  digitalSourceType: z.string(),
  files: z.array(z.object({ name: z.string(), bytes: z.number(), sha256: z.string().regex(/^[0-9a-f]{64}$/) })).min(1),
  rights: rightsAssertionSchema,
  ingredients: z.array(z.object({ title: z.string(), relationship: z.string(), format: z.string(), sha256: z.string() })),
});
/** What is signed: which bytes, and everything that a C2PA manifest of this tool would say. */
export type SidecarContent = z.infer<typeof sidecarContentSchema>;

/** A JSON Web Signature in flattened form (RFC 7515, 7.2.2), with its payload once more in clear for readers. */
export const sidecarSchema = z.object({
  /** For people: the same as `payload`. A reader compares the two. */
  content: z.unknown(),
  /** Base64url of the signed JSON. */
  payload: z.string(),
  /** Base64url of `{alg, typ, x5c}`. */
  protected: z.string(),
  /** Base64url. */
  signature: z.string(),
});

/** One file that a sidecar vouches for. */
export type SidecarFile = SidecarContent['files'][number];

/**
 * Signs a record of `files` and writes it as JSON to `path`: the stand-in for a C2PA manifest where the format can't
 * carry one.
 */
export async function writeSidecar(path: string, parts: { readonly files: readonly SidecarFile[]; readonly record: DisclosureRecord; readonly ingredients: readonly SealIngredient[]; readonly signer: Signer }): Promise<void> {
  const { files, record, ingredients, signer } = parts;
  const content: SidecarContent = {
    format: SIDECAR_FORMAT,
    version: 1,
    title: record.title,
    digitalSourceType: DIGITAL_SOURCE_TYPE,
    files: [...files],
    rights: rightsAssertion(record),
    ingredients: ingredients.map(({ title, format, sha256 }) => ({ title, relationship: INGREDIENT_RELATIONSHIP, format, sha256 })),
  };
  const header = {
    alg: JOSE_ALGORITHMS[signer.algorithm],
    typ: 'tableau-vivant-sidecar+json',
    // Base64, not base64url: RFC 7515, 4.1.6.
    x5c: signer.chain.map((certificate) => Buffer.from(certificate).toString('base64')),
  };
  const payload = base64url(Buffer.from(JSON.stringify(content)));
  const protectedHeader = base64url(Buffer.from(JSON.stringify(header)));
  const signature = base64url(signer.sign(Buffer.from(`${protectedHeader}.${payload}`, 'latin1')));
  await writeFile(path, `${JSON.stringify({ content, payload, protected: protectedHeader, signature }, null, 2)}\n`);
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
