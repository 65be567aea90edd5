import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { KernelLayout, startKernel } from '#dist/core/kernel.js';

describe('kernels', () => {
  it('are what their sources say', async () => {
    // Fails with the names of those that aren't.
    await promisify(execFile)(process.execPath, ['scripts/build-kernels.mjs', '--check']);
  });

  it('are left to plain TypeScript where they do not run', () => {
    expect(startKernel(Buffer.from('no module').toString('base64'), 0)).toBeUndefined();
  });

  it('get memory that starts at multiples of 16, with room behind it', () => {
    const layout = new KernelLayout();
    const [a, b] = [layout.take(5), layout.take(16)];
    expect([a, b, layout.bytes]).toEqual([0, 32, 64]);
  });
});
