import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const make = fileURLToPath(new URL('make.mjs', import.meta.url));

describe('golden files of the warp', () => {
  it('still are what the product computes, so that the Python port that they pin fits it', async () => {
    await expect(promisify(execFile)(process.execPath, [make, '--check'])).resolves.toBeDefined();
  });
});
