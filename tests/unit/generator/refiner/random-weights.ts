import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const PACKED = 68;
const HEAD = 18;
const IDENTITY = 24;

type Shapes = Readonly<Record<string, readonly number[]>>;

/** Sides of the filter that blurs tones. */
const SOFTEN = { mouth: 9, eye: 1, face: 1 } as const;
const TIERS = { standard: ['mouth', 'eye'], high: ['face', 'mouth', 'eye'] } as const;

/** The tensors of a tier's networks, as training/export.py names and lays them out. */
export function refinerShapes([w1, w2, w3]: readonly [number, number, number], tier: keyof typeof TIERS = 'standard'): Shapes {
  const convs = {
    'embed.0': [3, 12], 'embed.1': [12, 24], 'embed.2': [24, 32], 'embed.3': [32, 32],
    enter: [PACKED, w1], same1: [w1, w1], down2: [w1, w2], same2: [w2, w2], down3: [w2, w3], same3: [w3, w3],
    up2: [w3 + w2, w2], up1: [w2 + w1, w1], last1: [w1, w1], out: [w1, HEAD],
  };
  const linears = { 'embed.out': [32, IDENTITY], 'styles.same2': [IDENTITY, 2 * w2], 'styles.same3': [IDENTITY, 2 * w3], 'styles.up2': [IDENTITY, 2 * w2], 'styles.up1': [IDENTITY, 2 * w1] };
  const layers = [
    ...Object.entries(convs).map(([name, [inputs, outputs]]) => [name, [3, 3, inputs!, outputs!]] as const),
    ...Object.entries(linears).map(([name, shape]) => [name, shape] as const),
  ];
  return Object.fromEntries(
    TIERS[tier].flatMap((network) => [
      ...layers.flatMap(([name, shape]) => [[`${network}.${name}.weight`, shape], [`${network}.${name}.bias`, shape.slice(-1)]]),
      [`${network}.soften.weight`, [SOFTEN[network], SOFTEN[network], 6, 6]],
    ]),
  );
}

/**
 * Writes `<tier>/manifest.json` and `<tier>/weights.bin` with repeatable noise in them, scaled so that values keep their size from
 * layer to layer. Of the same widths, mouth and eyes of all tiers are the same.
 *
 * @param edit - may change the values of a tensor before they are written.
 * @returns the folder, as `weightsDirectory` takes it.
 */
export async function writeRandomWeights(
  directory: string,
  edit: (name: string, values: Float32Array) => void = () => undefined,
  widths: readonly [number, number, number] = [8, 8, 16],
  tier: keyof typeof TIERS = 'standard',
): Promise<string> {
  const SEED = 7;
  let seed = SEED;
  const noise = (): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 31 - 1;
  };
  const tensors: object[] = [];
  const chunks: Buffer[] = [];
  let offset = 0;
  for (const [name, shape] of Object.entries(refinerShapes(widths, tier))) {
    if (name === 'mouth.embed.0.weight') seed = SEED;
    const inputs = shape.slice(0, -1).reduce((product, size) => product * size, 1);
    const amplitude = name.endsWith('bias') ? 0.1 : Math.sqrt(6 / inputs);
    const values = Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, () => noise() * amplitude);
    edit(name, values);
    tensors.push({ name, shape, dtype: 'float32', file: 'weights.bin', offset });
    chunks.push(Buffer.from(values.buffer));
    offset += values.byteLength;
  }
  const bytes = Buffer.concat(chunks);
  const manifest = {
    name: 'noise', tier, version: '0.0.1', licence: 'Apache-2.0', trainingData: 'none: numbers written by a test', metrics: {},
    files: [{ name: 'weights.bin', sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length }],
    tensors,
  };
  await mkdir(join(directory, tier), { recursive: true });
  await writeFile(join(directory, tier, 'weights.bin'), bytes);
  await writeFile(join(directory, tier, 'manifest.json'), JSON.stringify(manifest));
  return directory;
}
