import { createStandardGenerator } from '#dist/generator/standard.js';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { backend, directory, make, sitter, useRandomRefiner } from './nobody.js';

useRandomRefiner();

describe('weights that are not those of the refiner', () => {
  const refused = async (): Promise<void> => {
    const before = backend.tf.memory().numTensors;
    await expect(make()).rejects.toMatchObject({ code: 'MODEL_CORRUPT' });
    expect(backend.tf.memory().numTensors).toBe(before);
  };

  it('are refused with one bit flipped', async () => {
    const path = join(directory, 'standard/weights.bin');
    const bytes = await readFile(path);
    bytes[1000]! ^= 4;
    await writeFile(path, bytes);
    await refused();
  });

  it.each([
    ['a tensor missing', (text: string) => text.replace('"eye.styles.up1.bias"', '"eye.styles.up9.bias"')],
    ['other input channels', (text: string) => text.replace('[3,3,68,8]', '[3,3,34,16]')],
    ['layers that do not fit each other', (text: string) => text.replace('"mouth.same2.weight","shape":[3,3,8,8]', '"mouth.same2.weight","shape":[3,3,4,16]')],
  ])('are refused with %s', async (_, edit) => {
    const path = join(directory, 'standard/manifest.json');
    const text = await readFile(path, 'utf8');
    expect(edit(text)).not.toBe(text);
    await writeFile(path, edit(text));
    await refused();
  });

  it('are MODEL_MISSING when there are none, and a backend is asked for', async () => {
    await expect(createStandardGenerator([sitter], { driverPixels: true, backend, weightsDirectory: join(directory, 'nowhere') })).rejects.toMatchObject({ code: 'MODEL_MISSING' });
    await expect(createStandardGenerator([sitter], { driverPixels: true, weightsDirectory: directory })).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
  });
});
