import { decodeSitterFile, encodeSitterFile, readSitterFile, type SitterFile } from '#dist/generator/sitter/sitter-file.js';
import { halfToFloat } from '#dist/generator/tensor/decode.js';
import { floatToHalf } from '#dist/generator/sitter/half.js';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const FILE: SitterFile = {
  adapter: {
    base: { name: 'refiner', version: '1.0.0', sha256: 'a'.repeat(64) },
    vectors: { mouth: Float32Array.of(1, -0.5, 0.25), eye: Float32Array.of(0, 0, 0) },
    changes: [{ name: 'eye.enter.weight', shape: [2, 3], values: Float32Array.of(1e-6, -2e-6, 3e-6, 0, 1e-9, 5e-6) }],
  },
  photos: 3,
  rights: { basis: 'consent', subject: 'Anna', note: 'form 1' },
  created: '2026-01-02T03:04:05.000Z',
  tool: { name: 'tableau-vivant', version: '0.1.0' },
  gain: { before: 0.05, after: 0.04, steps: 120 },
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vivant-sitter-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('sitter files', () => {
  it('come back as they were written, small changes of weights included', () => {
    const { adapter, ...facts } = decodeSitterFile(encodeSitterFile(FILE), 'x');
    const { adapter: given, ...expected } = FILE;
    expect(facts).toEqual(expected);
    expect(adapter.base).toEqual(given.base);
    expect([...adapter.vectors.mouth]).toEqual([1, -0.5, 0.25]);
    expect([...adapter.vectors.eye]).toEqual([0, 0, 0]);
    const [{ name, shape, values }] = adapter.changes as [(typeof adapter.changes)[number]];
    expect([name, shape]).toEqual(['eye.enter.weight', [2, 3]]);
    values.forEach((value, i) => expect(Math.abs(value - given.changes[0]!.values[i]!)).toBeLessThan(5e-6 / 1024));
  });

  const code = (run: () => unknown): unknown => {
    try {
      run();
    } catch (error) {
      return (error as { code?: string }).code;
    }
    return 'none';
  };
  const whole = encodeSitterFile(FILE);
  const altered = (at: number): Uint8Array => whole.map((byte, i) => (i === at ? byte ^ 1 : byte));
  it.each([
    ['an empty file', new Uint8Array(0)],
    ['a foreign file', Buffer.from('\u0089PNG and so on, for long enough')],
    ['version 1, which changed mouths, too', whole.map((byte, i) => (i === 8 ? 1 : byte))],
    ['a header that ends elsewhere', altered(12)],
    ['a header cut off', whole.slice(0, 40)],
    ['numbers cut off', whole.slice(0, -2)],
    ['bytes too many', Buffer.concat([whole, Buffer.alloc(2)])],
    ['an altered number', altered(whole.length - 1)],
    ['altered JSON', altered(20)],
  ])('refuses %s with INVALID_SITTER', (_, bytes) => {
    expect(code(() => decodeSitterFile(bytes, 'x'))).toBe('INVALID_SITTER');
  });

  it('refuses a byte changed anywhere in it, or reads the same numbers', () => {
    const expected = decodeSitterFile(whole, 'x').adapter;
    for (let at = 0; at < whole.length; at++) {
      const bytes = altered(at);
      if (code(() => decodeSitterFile(bytes, 'x')) === 'INVALID_SITTER') continue;
      // A letter of a text: nothing that could crash or draw something else.
      const { changes, vectors } = decodeSitterFile(bytes, 'x').adapter;
      expect(changes.map(({ values }) => values.length)).toEqual(expected.changes.map(({ values }) => values.length));
      expect(vectors.mouth.length).toBe(3);
    }
  });

  it('says what to do when the file is missing, and does not read gigabytes of something else', async () => {
    await expect(readSitterFile(join(folder, 'none'))).rejects.toMatchObject({ code: 'INPUT_NOT_FOUND' });
    const path = join(folder, 'large');
    await writeFile(path, '');
    await truncate(path, 5 * 2 ** 30);
    await expect(readSitterFile(path)).rejects.toMatchObject({ code: 'INVALID_SITTER', message: expect.stringContaining('vivant personalize') });
  });
});

describe('half precision', () => {
  it('rounds to the nearest value that there is', () => {
    const wrong: number[] = [];
    for (let half = 0; half < 0x7c00; half++) {
      const value = halfToFloat(half);
      const gap = halfToFloat(half + 1) - value;
      const between = gap === Infinity ? [] : [floatToHalf(value + gap * 0.49) - half, floatToHalf(value + gap * 0.51) - half - 1, floatToHalf(value + gap * 0.5) - half - (half & 1)];
      if (floatToHalf(value) !== half || floatToHalf(-value) !== (half | 0x8000) || between.some((off) => off !== 0)) wrong.push(half);
    }
    expect(wrong).toEqual([]);
    expect([floatToHalf(1e6), floatToHalf(-1e6), floatToHalf(1e-30)]).toEqual([0x7c00, 0xfc00, 0]);
    expect(floatToHalf(NaN) & 0x7c00).toBe(0x7c00);
  });
});
