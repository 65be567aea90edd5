import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseBackend } from '#dist/backends/choose.js';
import { NETWORK_REGIONS, openHeads } from '#dist/generator/refiner/heads.js';
import { RefinerThread } from '#dist/workers/refiner-client.js';
import { writeRandomWeights } from '../unit/generator/refiner/random-weights.js';

function noise(length: number, seed: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => Math.abs(Math.sin(i * 12.9898 + seed) * 43758.5453) % 1);
}

const pixels = (name: 'mouth' | 'eye'): number => NETWORK_REGIONS[name].reduce((sum, { rows, cols }) => sum + rows * cols, 0);
const crops = (name: 'mouth' | 'eye', seed: number): Float32Array[] => NETWORK_REGIONS[name].map(({ rows, cols }) => noise(rows * cols * 3, seed));
const sitter = (seed: number) => ({ mouth: crops('mouth', seed), eye: crops('eye', seed) });
const inputs = (seed: number) => ({ mouth: noise(pixels('mouth') * 17, seed), eye: noise(pixels('eye') * 17, seed + 1) });

let directory: string;
let thread: RefinerThread;
beforeAll(async () => {
  directory = await writeRandomWeights(await mkdtemp(join(tmpdir(), 'vivant-refiner-worker-')));
  thread = new RefinerThread();
});
afterAll(async () => {
  await thread.close();
  await rm(directory, { recursive: true, force: true });
});

describe('the refiner thread', () => {
  it('computes what this thread computes, for several sitters and frames at once, and lets the caller reuse its arrays', async () => {
    const backend = await chooseBackend('wasm');
    const expected = [];
    for (const who of [1, 2]) {
      const heads = await openHeads(backend, sitter(who), { directory });
      for (const frame of [1, 2, 3]) expected.push(await heads.run(inputs(frame)));
      await heads.close();
    }
    await backend.close();
    const sessions = await Promise.all([1, 2].map((who) => thread.open(sitter(who), { directory })));
    expect(sessions[0]!.info).toMatchObject({ name: 'noise', version: '0.0.1' });
    const received = await Promise.all(
      sessions.flatMap((heads) =>
        [1, 2, 3].map((frame) => {
          const values = inputs(frame);
          const answer = heads.run(values);
          values.mouth.fill(0);
          values.eye.fill(0);
          return answer;
        }),
      ),
    );
    for (const heads of sessions) await heads.close();
    expect(received).toEqual(expected);
    expect(received[0]).not.toEqual(received[3]); // Another sitter
  });

  it('computes the face of high beside its others, each when it is asked for', async () => {
    await writeRandomWeights(directory, undefined, [8, 8, 16], 'high');
    const { rows, cols } = NETWORK_REGIONS.face[0]!;
    const whole = { ...sitter(1), face: [noise(rows * cols * 3, 5)] };
    const shape = { face: noise(rows * cols * 17, 6) };
    const backend = await chooseBackend('wasm');
    const here = await openHeads(backend, whole, { directory });
    const expected = [await here.run(shape), await here.run(inputs(1))];
    await here.close();
    await backend.close();
    const heads = await thread.open(whole, { directory });
    expect(heads.info.version).toBe('0.0.1');
    expect(await Promise.all([heads.run(shape), heads.run(inputs(1))])).toEqual(expected);
    await heads.close();
  });

  it('passes on what is wrong with the weights, and goes on', async () => {
    await expect(thread.open(sitter(1), { directory: join(directory, 'nowhere') })).rejects.toMatchObject({ code: 'MODEL_MISSING' });
    const damaged = await writeRandomWeights(join(directory, 'damaged'));
    await truncate(join(damaged, 'standard/weights.bin'), 1000);
    await expect(thread.open(sitter(1), { directory: damaged })).rejects.toMatchObject({ code: 'MODEL_CORRUPT' });
    const heads = await thread.open(sitter(1), { directory });
    expect((await heads.run(inputs(1))).mouth.some((value) => value !== 0)).toBe(true);
    await heads.close();
  });

  it('rejects what is in flight when it is closed, and everything after', async () => {
    const other = new RefinerThread();
    const heads = await other.open(sitter(1), { directory });
    const dropped = expect(heads.run(inputs(1))).rejects.toMatchObject({ code: 'ABORTED' });
    await other.close();
    await other.close();
    await dropped;
    await expect(heads.run(inputs(1))).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(other.open(sitter(1), { directory })).rejects.toMatchObject({ code: 'ABORTED' });
    await heads.close();
  });

  it("doesn't keep the process alive", async () => {
    const script = join(directory, 'idle.mjs');
    await writeFile(
      script,
      `import { RefinerThread } from ${JSON.stringify(new URL('../../dist/workers/refiner-client.js', import.meta.url).href)};
      const crop = (rows, cols) => new Float32Array(rows * cols * 3);
      await new RefinerThread().open({ mouth: [crop(64, 96)], eye: [crop(48, 64), crop(48, 64)] }, { directory: ${JSON.stringify(directory)} });
      console.log('open');`,
    );
    const { stdout, stderr, status } = spawnSync(process.execPath, [script], { encoding: 'utf8', timeout: 120_000 });
    expect([stdout.trim(), stderr, status]).toEqual(['open', '', 0]);
  });
});
