import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type AnimateReport, type Animator, createAnimator, reportSchemas } from '#dist/index.js';
import { MEDIA, RIGHTS, runCli, workFolder } from './run-cli.js';

const MODELS = new URL('../../models/', import.meta.url);
const rights = { basis: 'public-domain', subject: 'Mona Lisa' } as const;
const folder = workFolder();
afterAll(() => folder.remove());

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly files: readonly { readonly sha256: string }[];
}

const manifestOf = async (tier: string): Promise<Manifest> => JSON.parse(await readFile(new URL(`${tier}/manifest.json`, MODELS), 'utf8')) as Manifest;

describe.each(['standard', 'high'] as const)('the %s tier as a user meets it', (quality) => {
  let manifest: Manifest;
  beforeAll(async () => {
    manifest = await manifestOf(quality);
  });

  it('writes a signed clip that names the network and its weights everywhere', async () => {
    const output = folder.file(`${quality}.mp4`);
    const args = ['animate', MEDIA.monaLisa, '--driving', MEDIA.performer, '--out', output, ...RIGHTS, '--quality', quality, '--size', '384', '--end', '1', '--json', '--quiet'];
    const { code, stdout, stderr } = await runCli(args, folder.path);
    expect([code, stderr]).toEqual([0, '']);
    const report = JSON.parse(stdout) as AnimateReport;
    expect(z.fromJSONSchema(reportSchemas.animate as Parameters<typeof z.fromJSONSchema>[0]).safeParse(report).error).toBeUndefined();
    const [{ sha256 }] = manifest.files as [{ sha256: string }];
    expect(report).toMatchObject({ quality, frames: 25, refiner: { name: manifest.name, version: manifest.version, sha256 } });
    for (const layer of Object.values(report.disclosure)) expect(layer.status).toBe('present');
    // In the XMP packet, and in the signed assertion.
    expect((await readFile(output)).toString('latin1').split(sha256).length - 1).toBeGreaterThanOrEqual(2);
  });

  it('lists its weights as whole', async () => {
    const { code, stdout } = await runCli(['models', 'verify', '--json'], folder.path);
    const { models } = JSON.parse(stdout) as { models: { name: string; status: string; sha256: string }[] };
    expect([code, models.find(({ name }) => name === `refiner (${quality})`)]).toMatchObject([0, { status: 'ready', sha256: manifest.files[0]!.sha256 }]);
  });

  describe('in the SDK', () => {
    let animator: Animator;
    beforeAll(() => {
      animator = createAnimator();
    });
    afterAll(() => animator.close());

    /** Marks differ from clip to clip, so frames are compared by their means. */
    async function drawn(tier: 'draft' | 'standard' | 'high', count: number): Promise<Float64Array[]> {
      const frames: Float64Array[] = [];
      for await (const { data } of animator.frames({ portraits: MEDIA.monaLisa, driving: MEDIA.performer, rights, size: 384, start: 0.6, end: 1.4, quality: tier })) {
        frames.push(Float64Array.from(data));
        if (frames.length === count) break;
      }
      return frames;
    }

    it('hands out frames in order, each beside its draft, and stops when asked', async () => {
      const [draft, refined] = [await drawn('draft', 12), await drawn(quality, 12)];
      expect(refined).toHaveLength(12);
      const distance = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;
      refined.forEach((frame, k) => {
        const nearest = draft.map((other) => distance(frame, other));
        // Two frames are under way at a time; none may come out as its neighbour.
        expect(nearest.indexOf(Math.min(...nearest))).toBe(k);
      });
    });

    it('serves two clips at once', async () => {
      const counts = await Promise.all([drawn(quality, 5), drawn(quality, 5)]);
      expect(counts.map((frames) => frames.length)).toEqual([5, 5]);
    });
  });
});
