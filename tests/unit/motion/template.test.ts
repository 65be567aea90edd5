import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMotionPlayer, type MotionPlayer } from '#dist/motion/player.js';
import { createMotionStream } from '#dist/motion/stream.js';
import { inspectTemplate, isTemplate, openTemplate, writeTemplate, type TemplateHeader } from '#dist/motion/template.js';
import { face, furthest, type Sitter } from './synthetic-face.js';

const FPS = 25;
const HEADER: TemplateHeader = {
  fps: FPS,
  reference: { frame: 3, time: 0.12 },
  tool: { name: 'tableau-vivant', version: '0.0.0' },
  drivingRights: { basis: 'synthetic', note: 'The average face.' },
};
const DRIVER: Sitter = { broad: 1.04, scale: 90, yaw: 4, gap: 0.006 };

/** Two and a half seconds with everything in them: speech, turns, a blink, a gap. */
const CLIP = Array.from({ length: 62 }, (_, i): Sitter | undefined =>
  i >= 20 && i < 26 ? undefined : { ...DRIVER, gap: 0.06 + 0.05 * Math.sin(i), yaw: 4 + 15 * Math.sin(i / 9), pitch: -5 * Math.cos(i / 7), open: i === 40 ? 0.03 : 0.3, gaze: 0.5 + 0.06 * Math.sin(i / 5), smile: 0.05 * Math.sin(i / 11) },
);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vivant-motion-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const at = (name: string) => path.join(folder, name);

function steps(clip: readonly (Sitter | undefined)[] = CLIP) {
  return clip.map((now, index) => ({ index, state: now && face(now) }));
}

async function written(name: string): Promise<string> {
  await writeTemplate(at(name), HEADER, face(DRIVER), steps());
  return at(name);
}

function targets(player: Pick<MotionPlayer, 'flush'>, out: ReturnType<MotionPlayer['flush']>): Float32Array[] {
  return [...out, ...player.flush()].map(({ target }) => target.points);
}

describe('motion files', () => {
  it.each(['relative', 'absolute'] as const)('replay on any portrait as the video would, %s', async (mode) => {
    const file = await written(`${mode}.motion`);
    for (const sitter of [{ broad: 0.9, scale: 100, yaw: -14 }, { tall: 1.1, scale: 130, open: 0.12, gap: 0.05 }]) {
      const options = { source: face(sitter), mode, amplitude: 1, smooth: 0.5, region: 'all', fps: FPS } as const;
      const direct = createMotionStream({ ...options, reference: face(DRIVER) });
      const expected = targets(direct, steps().flatMap(({ index, state }) => direct.push({ index, time: index / FPS, state })));

      const template = await openTemplate(file);
      const player = createMotionPlayer({ ...options, reference: template.reference });
      const out = [];
      for await (const frame of template.read()) out.push(...player.push(frame));
      const replayed = targets(player, out);
      await template.close();

      expect(replayed).toHaveLength(62);
      expect(Math.max(...replayed.map((points, i) => furthest(points, expected[i]!)))).toBeLessThan(0.02);
      expect(player.bridged).toEqual(direct.bridged);
    }
  });

  it('say what they hold', async () => {
    const info = await inspectTemplate(await written('inspect.motion'));
    expect(info).toMatchObject({ version: 1, frames: 62, durationSeconds: 2.48, gaps: [{ from: 20, to: 25 }], ...HEADER });
    expect(info.ranges.yaw.max).toBeCloseTo(19, 0);
    expect(info.ranges.yaw.min).toBeCloseTo(-11, 0);
    expect(info.ranges.mouth.max).toBeCloseTo(0.11, 1);
    expect(info.ranges.eyes.min).toBeLessThan(0.2);
    expect(info.ranges.gaze.max).toBeCloseTo(0.06, 1);
  });

  it('hold nothing of the shape of the driver', async () => {
    const bodies = await Promise.all(
      [{ broad: 1 }, { broad: 1.2, tall: 0.85 }].map(async (shape, i) => {
        const rest = { ...DRIVER, ...shape };
        await writeTemplate(at(`shape-${i}.motion`), HEADER, face(rest), [{ index: 0, state: face(rest) }, { index: 1, state: face(rest) }]);
        const template = await openTemplate(at(`shape-${i}.motion`));
        const largest: number[] = [];
        for await (const { motion } of template.read()) largest.push(Math.max(...motion!.offsets.map(Math.abs), ...motion!.pose.map(Math.abs)));
        await template.close();
        return largest;
      }),
    );
    for (const largest of bodies.flat()) expect(largest).toBeLessThan(1e-4);
  });

  it('are recognised by their first bytes', async () => {
    await writeFile(at('other.mp4'), 'ftypisom and so on');
    expect(await isTemplate(await written('known.motion'))).toBe(true);
    for (const other of [at('other.mp4'), at('missing'), folder]) expect(await isTemplate(other)).toBe(false);
  });

  it('grow by less than 3 kB a frame', async () => {
    const { size } = await stat(await written('size.motion'));
    expect(size / 62).toBeLessThan(3000);
  });

  it('leave nothing behind when writing fails', async () => {
    const failing = async function* () {
      yield { index: 0, state: face() };
      await Promise.resolve();
      throw new Error('decoder broke');
    };
    await expect(writeTemplate(at('broken.motion'), HEADER, face(), failing())).rejects.toThrow('decoder broke');
    await expect(writeTemplate(at('empty.motion'), HEADER, face(), [{ index: 0, state: undefined }])).rejects.toMatchObject({ code: 'NO_FACE' });
    await expect(writeTemplate(at('holes.motion'), HEADER, face(), [{ index: 1, state: face() }])).rejects.toMatchObject({ code: 'INVALID_MOTION' });
    await expect(writeTemplate(at('no/folder.motion'), HEADER, face(), steps())).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
    expect((await readdir(folder)).filter((name) => /broken|empty|holes|partial/.test(name))).toEqual([]);
  });
});

describe('files that are not what they say', () => {
  const refused = { code: 'INVALID_MOTION', details: { offset: expect.any(Number) as number } };

  it('are refused with the place of the fault', async () => {
    const good = await readFile(await written('good.motion'));
    const changed = (change: (bytes: Buffer) => unknown) => {
      const bytes = Buffer.from(good);
      change(bytes);
      return bytes;
    };
    const cases: Record<string, Buffer> = {
      empty: Buffer.alloc(0),
      magic: changed((b) => b.write('X', 0)),
      version: changed((b) => b.writeUInt16LE(2, 8)),
      header: changed((b) => b.writeUInt32LE(0xffffffff, 12)),
      frames: changed((b) => b.writeUInt32LE(0xfffffff0, 16)),
      json: changed((b) => b.write('}', 24)),
      truncated: good.subarray(0, good.length - 5),
      longer: Buffer.concat([good, Buffer.alloc(1)]),
      flipped: changed((b) => b.writeUInt8(b.at(-9)! ^ 4, b.length - 9)),
    };
    for (const [name, bytes] of Object.entries(cases)) {
      await writeFile(at(name), bytes);
      await expect(openTemplate(at(name)), name).rejects.toMatchObject(refused);
      await expect(inspectTemplate(at(name)), name).rejects.toMatchObject(refused);
    }
    await expect(openTemplate(at('nowhere'))).rejects.toMatchObject({ code: 'INPUT_NOT_FOUND' });
    await expect(openTemplate(folder)).rejects.toMatchObject({ code: 'INVALID_MOTION' });
  });

  it('never do worse than INVALID_MOTION, whatever bytes are changed', async () => {
    const good = await readFile(await written('fuzz.motion'));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.oneof(fc.nat(300), fc.nat(good.length - 1)), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        fc.option(fc.nat(good.length)),
        async (edits, cut) => {
          const bytes = Buffer.from(good);
          for (const [place, value] of edits) bytes[place] = value;
          const whole = cut === null ? bytes : bytes.subarray(0, cut);
          await writeFile(at('fuzzed'), whole);
          if (whole.equals(good)) return;
          await expect(inspectTemplate(at('fuzzed'))).rejects.toMatchObject(refused);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('give only finite numbers within bounds, even with a checksum made to fit', async () => {
    const good = await readFile(await written('forged.motion'));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.integer({ min: 24, max: good.length - 1 }), fc.nat(255)), { minLength: 1, maxLength: 200 }), async (edits) => {
        const bytes = Buffer.from(good);
        // Half of the edits go to flags, pose and features of some record, where numbers can be infinite.
        const record = good.readUInt16LE(10);
        const first = good.length - 63 * record;
        edits.forEach(([place, value], i) => (bytes[i % 2 ? place : first + record * (place % 63) + (place % 64)] = value));
        bytes.writeUInt32LE(crc32(bytes.subarray(24)), 20);
        await writeFile(at('forgery'), bytes);
        let template;
        try {
          template = await openTemplate(at('forgery'));
        } catch (error) {
          expect(error).toMatchObject(refused);
          return;
        }
        try {
          const player = createMotionPlayer({ source: face(), reference: template.reference, mode: 'absolute', amplitude: 2, smooth: 0.5, region: 'all', fps: template.header.fps });
          for await (const frame of template.read()) {
            for (const { target } of player.push(frame)) expect(target.points.every(Number.isFinite)).toBe(true);
          }
        } finally {
          await template.close();
        }
      }),
      { numRuns: 40 },
    );
  });

  it('are refused for a number that is none, with the checksum made to fit', async () => {
    const bytes = await readFile(await written('nan.motion'));
    const record = bytes.readUInt16LE(10);
    bytes.writeFloatLE(Number.NaN, bytes.length - record + 4);
    bytes.writeUInt32LE(crc32(bytes.subarray(24)), 20);
    await writeFile(at('nan'), bytes);
    await expect(openTemplate(at('nan'))).rejects.toMatchObject({ code: 'INVALID_MOTION', details: { offset: bytes.length - record + 4 } });
  });

  it('never do worse than INVALID_MOTION when they are noise behind the right magic', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 4000 }), async (noise) => {
        await writeFile(at('noise'), Buffer.concat([Buffer.from('TVMOTION'), noise]));
        await expect(openTemplate(at('noise'))).rejects.toMatchObject(refused);
      }),
      { numRuns: 100 },
    );
  });
});
