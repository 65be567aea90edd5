import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { VivantError } from '../../core/errors.js';
import { RIGHTS_BASES, type RightsRecord } from '../../core/rights.js';
import { halfToFloat } from '../tensor/decode.js';
import type { SitterAdapter, WeightChange } from './adapter.js';
import { floatToHalf } from './half.js';

/**
 * A sitter file: 8 bytes `VVSITTER`; uint32 version (2) and uint32 bytes of the header, little-endian; the header as JSON (UTF-8); then
 * all values as float16, little-endian, in the order of the header's tensors. Each tensor's values are divided by its `scale` first.
 */
const MAGIC = 'VVSITTER';
/** 1 had changes of the mouth, too, which made mouths worse. */
const VERSION = 2;
const PRELUDE_BYTES = 16;
/** More than any refiner of this package could change; a file that says otherwise is broken. */
const MAX_BYTES = 64 << 20;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const tensor = z.strictObject({ name: z.string().min(1).max(200), shape: z.array(z.int().min(1).max(65536)).min(1).max(6).readonly(), scale: z.number().min(0) }).readonly();
const headerSchema = z.strictObject({
  base: z.strictObject({ name: z.string(), version: z.string(), sha256 }).readonly(),
  photos: z.int().min(1).max(32),
  rights: z.strictObject({ basis: z.enum(RIGHTS_BASES), subject: z.string().min(1), note: z.string().exactOptional() }).readonly(),
  created: z.iso.datetime(),
  tool: z.strictObject({ name: z.string(), version: z.string() }).readonly(),
  gain: z.strictObject({ before: z.number(), after: z.number(), steps: z.int().min(0) }).readonly(),
  vectors: z.strictObject({ mouth: tensor, eye: tensor }).readonly(),
  changes: z.array(tensor).max(10_000).readonly(),
  values: z.strictObject({ bytes: z.int().min(0).max(MAX_BYTES), sha256 }).readonly(),
});
type Header = z.infer<typeof headerSchema>;

/** What a sitter file says beside its numbers. It holds no picture and no landmark of anybody. */
export interface SitterFacts {
  /** Photos it was learnt from. */
  readonly photos: number;
  /** On what ground it was made. */
  readonly rights: RightsRecord;
  /** ISO 8601. */
  readonly created: string;
  readonly tool: { readonly name: string; readonly version: string };
  /** Mean absolute error (0..1) of the eyes on photos that were kept aside, before and after, and steps (0 = unchanged). */
  readonly gain: Header['gain'];
}

/** A sitter file in memory. */
export interface SitterFile extends SitterFacts {
  readonly adapter: SitterAdapter;
}

export function encodeSitterFile({ adapter, photos, rights, created, tool, gain }: SitterFile): Uint8Array {
  const { base, vectors, changes } = adapter;
  const parts: Uint8Array[] = [];
  const put = (name: string, shape: readonly number[], values: Float32Array): z.infer<typeof tensor> => {
    const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const bytes = new Uint8Array(values.length * 2);
    const view = new DataView(bytes.buffer);
    values.forEach((value, i) => view.setUint16(2 * i, scale === 0 ? 0 : floatToHalf(value / scale), true));
    parts.push(bytes);
    return { name, shape, scale };
  };
  const vector = (name: 'mouth' | 'eye'): z.infer<typeof tensor> => put(name, [vectors[name].length], vectors[name]);
  const listed = { vectors: { mouth: vector('mouth'), eye: vector('eye') }, changes: changes.map(({ name, shape, values }) => put(name, shape, values)) };
  const values = Buffer.concat(parts);
  const header: Header = { base, photos, rights, created, tool, gain, ...listed, values: { bytes: values.length, sha256: createHash('sha256').update(values).digest('hex') } };
  const text = Buffer.from(JSON.stringify(header), 'utf8');
  const prelude = Buffer.alloc(PRELUDE_BYTES);
  prelude.write(MAGIC, 'latin1');
  prelude.writeUInt32LE(VERSION, 8);
  prelude.writeUInt32LE(text.length, 12);
  return Buffer.concat([prelude, text, values]);
}

/**
 * @param where - named in errors.
 * @throws VivantError `INVALID_SITTER`
 */
export function decodeSitterFile(bytes: Uint8Array, where: string): SitterFile {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.length < PRELUDE_BYTES || file.toString('latin1', 0, 8) !== MAGIC) throw invalid(where, 'something else', GIVE);
  const version = file.readUInt32LE(8);
  if (version !== VERSION) throw invalid(where, `version ${version} of the format, where this program reads version ${VERSION}`, 'Run `vivant personalize` with this version');
  const start = PRELUDE_BYTES + file.readUInt32LE(12);
  if (start > file.length) throw invalid(where, `only ${file.length} bytes of it`, AGAIN);
  const { vectors, changes, values, base, ...facts } = parseHeader(file.toString('utf8', PRELUDE_BYTES, start), where);
  const data = file.subarray(start);
  if (data.length !== values.bytes) throw invalid(where, `${data.length} bytes of numbers instead of ${values.bytes}`, AGAIN);
  if (createHash('sha256').update(data).digest('hex') !== values.sha256) throw invalid(where, 'altered bytes', AGAIN);
  let at = 0;
  const take = ({ name, shape, scale }: z.infer<typeof tensor>): WeightChange => {
    const size = shape.reduce((product, side) => product * side, 1);
    if (at + 2 * size > data.length) throw invalid(where, `a tensor '${name}' that reaches beyond the end`, AGAIN);
    const numbers = Float32Array.from({ length: size }, (_, i) => halfToFloat(data.readUInt16LE(at + 2 * i)) * scale);
    at += 2 * size;
    if (!numbers.every(Number.isFinite)) throw invalid(where, `a tensor '${name}' with values that are no numbers`, AGAIN);
    return { name, shape, values: numbers };
  };
  const [mouth, eye] = [take(vectors.mouth).values, take(vectors.eye).values];
  const adapter = { base, vectors: { mouth, eye }, changes: changes.map(take) };
  if (at !== data.length) throw invalid(where, `${data.length - at} bytes too many`, AGAIN);
  return { ...facts, adapter };
}

/**
 * Reads a sitter file.
 *
 * @returns with the SHA-256 of the file.
 * @throws VivantError `INPUT_NOT_FOUND`, `INVALID_SITTER`
 */
export async function readSitterFile(path: string): Promise<SitterFile & { readonly sha256: string }> {
  const missing = (cause: unknown): never => {
    const { code } = cause as NodeJS.ErrnoException;
    throw new VivantError('INPUT_NOT_FOUND', `Expected a sitter file at ${path} but it can't be read (${code ?? String(cause)}). Check the path, or make one with \`vivant personalize\`.`, { details: { path }, cause });
  };
  const { size } = await stat(path).catch(missing);
  if (size > MAX_BYTES) throw invalid(path, `${size} bytes of something else`, GIVE);
  const bytes = await readFile(path).catch(missing);
  return { ...decodeSitterFile(bytes, path), sha256: createHash('sha256').update(bytes).digest('hex') };
}

const GIVE = 'Choose a file that `vivant personalize` wrote';
const AGAIN = 'Copy it again, or run `vivant personalize` again';

function parseHeader(text: string, where: string): Header {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw invalid(where, 'a damaged header', AGAIN, cause);
  }
  const parsed = headerSchema.safeParse(json);
  if (!parsed.success) throw invalid(where, `a header that is not one (${z.prettifyError(parsed.error).replaceAll('\n', ' ')})`, AGAIN, parsed.error);
  return parsed.data;
}

function invalid(path: string, received: string, advice: string, cause?: unknown): VivantError {
  return new VivantError('INVALID_SITTER', `Expected a whole and unaltered sitter file at ${path} but received ${received}. ${advice}.`, { details: { path }, cause });
}
