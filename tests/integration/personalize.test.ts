import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createAnimator, personalize, type PersonalizeProgress, type PersonalizeReport, reportSchemas, verify } from '#dist/index.js';
import { decodeSitterFile, encodeSitterFile } from '#dist/generator/sitter/sitter-file.js';
import { readManifest } from '#dist/generator/tensor/weights.js';
import { readImage } from '#dist/media/image.js';
import { runCli, workFolder } from './run-cli.js';

const rights = { basis: 'research', subject: 'A rendered person', note: 'held-out head 950002' } as const;
const head = (name: string): string => fileURLToPath(new URL(`../../bench/quality/heads/${name}.jpg`, import.meta.url));
const photos = [0, 3, 5, 6].map((k) => head(`950002-${k}`));
const folder = workFolder();

beforeAll(() => {
  process.env['XDG_CONFIG_HOME'] = folder.file('home');
});
afterAll(() => folder.remove());

describe('a sitter, learnt from four photos', () => {
  const output = folder.file('sitter.vivant');
  const stages: PersonalizeProgress[] = [];
  let report: PersonalizeReport;

  beforeAll(async () => {
    // Stopped in the middle, then the same call again.
    const controller = new AbortController();
    const stop = ({ stage, done }: PersonalizeProgress): void => {
      if (stage === 'train' && done === 7) controller.abort();
    };
    const first = personalize({ photos, output, rights, steps: 20, backend: 'wasm', signal: controller.signal, onProgress: stop });
    await expect(first).rejects.toMatchObject({ code: 'ABORTED', message: expect.stringContaining('step 7') });
    expect(folder.names()).toEqual([expect.stringMatching(/^\.sitter\.vivant\.[0-9a-f]{16}\.resume$/)]);
    report = await personalize({ photos, output, rights, steps: 20, backend: 'wasm', onProgress: (progress) => stages.push(progress) });
  });

  it('goes on where it was stopped, and leaves nothing but its file', () => {
    expect(report.resumedAt).toBe(7);
    expect(folder.names()).toEqual(['sitter.vivant']);
    expect([...new Set(stages.map(({ stage }) => stage))]).toEqual(['read', 'pairs', 'train', 'write']);
    expect(stages.filter(({ stage }) => stage === 'train').map(({ done }) => done)[0]).toBe(8);
  });

  it('reports what the schema says', async () => {
    z.fromJSONSchema(reportSchemas.personalize as never).parse(report);
    expect(report).toMatchObject({ output, photos: 4, backend: 'wasm', rights });
    expect((await readFile(output)).length).toBe(report.bytes);
    expect(report.gain.after).toBeLessThanOrEqual(report.gain.before);
  });

  it('is a file of numbers for the networks and nothing else: no photo, no landmark', async () => {
    const bytes = await readFile(output);
    expect(bytes.length).toBeLessThan(2e6);
    const { adapter, ...facts } = decodeSitterFile(bytes, output);
    expect(Object.keys(facts).sort()).toEqual(['created', 'gain', 'photos', 'rights', 'tool']);
    const { tensors } = await readManifest('standard');
    for (const { name, shape } of adapter.changes) {
      expect(name).toMatch(/^eye\./);
      expect(tensors.find((tensor) => tensor.name === name)?.shape).toEqual(shape);
    }
    expect([adapter.vectors.mouth.length, adapter.vectors.eye.length]).toEqual([24, 24]);
    // Every byte is accounted for.
    expect(encodeSitterFile({ adapter, ...facts }).length).toBe(bytes.length);
    for (const path of photos) {
      const photo = await readFile(path);
      for (const magic of [photo.subarray(0, 8), photo.subarray(600, 632), photo.subarray(-32)]) expect(bytes.includes(magic)).toBe(false);
      expect(bytes.includes(path)).toBe(false);
    }
  });

  it('animates its sitter, and report, manifest and picture show it', async () => {
    const animator = createAnimator({ backend: 'wasm' });
    try {
      const clip = { portraits: photos[0]!, driving: head('950006-3'), rights, size: 256 } as const;
      const plain = await animator.animate({ ...clip, quality: 'standard', output: folder.file('plain.png') });
      const personal = await animator.animate({ ...clip, sitter: output, output: folder.file('personal.png') });
      expect(plain.personalized).toBeNull();
      expect(personal).toMatchObject({ quality: 'standard', personalized: { file: output, sha256: report.sha256, photos: 4, created: report.created } });
      z.fromJSONSchema(reportSchemas.animate as never).parse(personal);
      const { ingredients } = await verify(personal.output);
      expect(ingredients).toContainEqual(expect.objectContaining({ title: 'sitter.vivant', sha256: report.sha256 }));
      if (report.gain.steps > 0) {
        const [a, b] = [await readImage(plain.output), await readImage(personal.output)];
        expect(a.frame.data.some((value, i) => value !== b.frame.data[i])).toBe(true);
      }
    } finally {
      await animator.close();
    }
  });

  it('is refused with other weights, when it is damaged, and for tiers that have no use for it', async () => {
    const file = decodeSitterFile(await readFile(output), output);
    const other = folder.file('other.vivant');
    await writeFile(other, encodeSitterFile({ ...file, adapter: { ...file.adapter, base: { ...file.adapter.base, sha256: 'f'.repeat(64) } } }));
    const broken = folder.file('broken.vivant');
    await writeFile(broken, (await readFile(output)).subarray(0, report.bytes / 2));
    const animator = createAnimator({ backend: 'wasm' });
    const clip = { portraits: photos[0]!, driving: head('950006-3'), rights, output: folder.file('refused.png') };
    try {
      await expect(animator.animate({ ...clip, sitter: other })).rejects.toMatchObject({ code: 'INVALID_SITTER', details: { received: 'f'.repeat(64) } });
      await expect(animator.animate({ ...clip, sitter: broken })).rejects.toMatchObject({ code: 'INVALID_SITTER' });
      await expect(animator.animate({ ...clip, sitter: photos[1]! })).rejects.toMatchObject({ code: 'INVALID_SITTER' });
      await expect(animator.animate({ ...clip, sitter: folder.file('nowhere.vivant') })).rejects.toMatchObject({ code: 'INPUT_NOT_FOUND' });
      await expect(animator.animate({ ...clip, sitter: output, quality: 'draft' })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
      expect(folder.names()).not.toContain('refused.png');
    } finally {
      await animator.close();
    }
  });
});

describe('vivant personalize', () => {
  it('needs rights, photos with a face, and a free name', async () => {
    const out = folder.file('cli.vivant');
    const run = (...args: string[]) => runCli(['personalize', ...args], folder.path);
    expect(await run(photos[0]!, '--out', out)).toMatchObject({ code: 2, stderr: expect.stringContaining('RIGHTS_REQUIRED') });
    expect(await run('--out', out)).toMatchObject({ code: 2 });
    await writeFile(out, 'mine');
    const ground = ['--rights', 'research', '--subject', 'Nobody'];
    expect(await run(photos[0]!, '--out', out, ...ground)).toMatchObject({ code: 5, stderr: expect.stringContaining('OUTPUT_EXISTS') });
    const none = fileURLToPath(new URL('../../assets/teeth-atlas-upper.png', import.meta.url));
    const faceless = await run(none, '--out', folder.file('new.vivant'), ...ground);
    expect(faceless.code).toBeGreaterThan(2);
    expect(faceless.code).toBeLessThan(5);
    expect(await readFile(out, 'utf8')).toBe('mine');
    expect(folder.names()).not.toContain('new.vivant');
  });
});
