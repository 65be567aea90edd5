import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseBackend } from '#dist/backends/choose.js';
import type { TensorBackend } from '#dist/backends/types.js';
import { assertComputes } from '#dist/generator/tensor/self-check.js';

let backend: TensorBackend;
beforeAll(async () => {
  backend = await chooseBackend('cpu');
});
afterAll(() => backend.close());

/** The backend with one operation gone wrong. */
function broken(factor: number): TensorBackend {
  const { tf } = backend;
  return { ...backend, tf: { ...tf, leakyRelu: (x, alpha) => tf.mul(tf.leakyRelu(x, alpha), factor) } as typeof tf };
}

describe('the check before the first frame', () => {
  it('passes a backend that computes', async () => {
    await assertComputes(backend);
    await assertComputes(broken(1));
  });

  it.each([1.01, NaN])('refuses one whose numbers are wrong: all of them times %d', async (factor) => {
    await expect(assertComputes(broken(factor))).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE', message: expect.stringContaining('is off by') as string });
  });
});
