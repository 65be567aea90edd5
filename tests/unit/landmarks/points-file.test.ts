import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VivantError } from '#dist/core/errors.js';
import { fromHeadAngles, toHeadAngles } from '#dist/geometry/rotation.js';
import { bend } from '#dist/landmarks/points/bend.js';
import { CANONICAL_FACE } from '#dist/landmarks/points/canonical-face.js';
import { NAMED_LANDMARKS, REQUIRED_POINTS } from '#dist/landmarks/points/named-points.js';
import type { NamedPoints, PointName } from '#dist/landmarks/points/named-points.js';
import { blankPointsFile, faceToPointsFile, formatPointsFile, parsePointsFile, pointsFileToFace, readPointsFile } from '#dist/landmarks/points/points-file.js';
import type { PointsFile } from '#dist/landmarks/points/points-schema.js';
import { fitPose, poseCanonical } from '#dist/landmarks/points/pose-fit.js';

const picture = { width: 600, height: 800 };

/** The average head, turned, in the picture: `[478, 3]` pixels. */
function head(yaw: number, pitch: number, roll: number): Float32Array {
  return poseCanonical({ rotation: fromHeadAngles({ yaw, pitch, roll }), scale: 18, x: 310, y: 420 });
}

function named(points: Float32Array, names: readonly PointName[] = REQUIRED_POINTS): Record<string, [number, number]> {
  return Object.fromEntries(names.map((name) => [name, [points[3 * NAMED_LANDMARKS[name]]!, points[3 * NAMED_LANDMARKS[name] + 1]!]]));
}

function fileOf(points: NamedPoints): PointsFile {
  return { format: 'tableau-vivant/points', version: 1, image: picture, named: points as PointsFile['named'] };
}

function codeOf(run: () => unknown): string {
  try {
    run();
    return 'none';
  } catch (error) {
    return error instanceof VivantError ? error.code : `not a VivantError: ${String(error)}`;
  }
}

describe('a face from named points', () => {
  it.each([
    [0, 0, 0],
    [15, -10, 20],
    [-20, 12, -160],
  ])('recovers a head turned by yaw %i, pitch %i, roll %i', (yaw, pitch, roll) => {
    const points = head(yaw, pitch, roll);
    const face = pointsFileToFace(fileOf(named(points)), picture);
    const angles = toHeadAngles(face.rotation);
    // The preference for frontal heads draws the angles a little towards zero.
    expect(Math.abs(angles.yaw - yaw)).toBeLessThan(4);
    expect(Math.abs(angles.pitch - pitch)).toBeLessThan(4);
    expect(Math.abs(angles.roll - roll)).toBeLessThan(2);
    let worst = 0;
    for (let i = 0; i < 468; i++) worst = Math.max(worst, Math.hypot(face.points[3 * i]! - points[3 * i]!, face.points[3 * i + 1]! - points[3 * i + 1]!));
    expect(worst).toBeLessThan(0.06 * 18 * 14); // 6 % of the head's width
  });

  it('puts every named point exactly where it was placed, irises included', () => {
    const all = Object.keys(NAMED_LANDMARKS) as PointName[];
    fc.assert(
      fc.property(fc.array(fc.double({ min: -12, max: 12, noNaN: true }), { minLength: 2 * all.length, maxLength: 2 * all.length }), (noise) => {
        const placed = named(head(5, 5, 0), all);
        all.forEach((name, i) => {
          placed[name] = [placed[name]![0] + noise[2 * i]!, placed[name]![1] + noise[2 * i + 1]!];
        });
        const { points } = pointsFileToFace(fileOf(placed), picture);
        for (const name of all) {
          expect(points[3 * NAMED_LANDMARKS[name]]!).toBeCloseTo(placed[name]![0], 3);
          expect(points[3 * NAMED_LANDMARKS[name] + 1]!).toBeCloseTo(placed[name]![1], 3);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('centres irises that were not named between the lids, and gives them a round rim', () => {
    const { points } = pointsFileToFace(fileOf(named(head(0, 0, 0))), picture);
    const at = (i: number): readonly [number, number] => [points[3 * i]!, points[3 * i + 1]!];
    for (const [iris, left, right] of [
      [468, 33, 133],
      [473, 362, 263],
    ] as const) {
      expect(at(iris)[0]).toBeGreaterThan(at(left)[0]);
      expect(at(iris)[0]).toBeLessThan(at(right)[0]);
      const radii = [1, 2, 3, 4].map((k) => Math.hypot(at(iris + k)[0] - at(iris)[0], at(iris + k)[1] - at(iris)[1]));
      expect(Math.max(...radii) / Math.min(...radii)).toBeLessThan(1.05);
      expect(at(iris + 1)[0]).toBeGreaterThan(at(iris)[0]);
      expect(at(iris + 2)[1]).toBeLessThan(at(iris)[1]);
    }
  });

  it('says which points are mixed up', () => {
    const good = named(head(0, 0, 0));
    const mixed = (changes: Record<string, [number, number]>): string => codeOf(() => pointsFileToFace(fileOf({ ...good, ...changes }), picture));
    expect(mixed({})).toBe('none');
    expect(mixed({ mouthLeft: good['mouthRight']!, mouthRight: good['mouthLeft']! })).toBe('INVALID_LANDMARKS');
    expect(mixed({ leftEyeOuter: good['rightEyeOuter']!, rightEyeOuter: good['leftEyeOuter']! })).toBe('INVALID_LANDMARKS');
    expect(mixed({ chin: [300, 100] })).toBe('INVALID_LANDMARKS');
    expect(mixed({ leftEyeOuter: [300, 300], leftEyeInner: [301, 300], rightEyeInner: [302, 300], rightEyeOuter: [303, 300] })).toBe('INVALID_LANDMARKS');
  });
});

describe('fitPose and bend', () => {
  it('finds scale and position', () => {
    const points = head(0, 0, 10);
    const pose = fitPose(REQUIRED_POINTS.map((name) => ({ landmark: NAMED_LANDMARKS[name], x: points[3 * NAMED_LANDMARKS[name]]!, y: points[3 * NAMED_LANDMARKS[name] + 1]! })));
    expect(pose.scale).toBeCloseTo(18, 1);
    expect(pose.x).toBeCloseTo(310, 0);
    expect(pose.y).toBeCloseTo(420, 0);
  });

  it('moves the neighbours of a moved point and leaves far ones nearly still', () => {
    const points = Float32Array.from(CANONICAL_FACE, (value) => value * 10);
    const before = points.slice();
    bend(points, [
      { landmark: 61, dx: -8, dy: 0 },
      { landmark: 33, dx: 0, dy: 0 },
      { landmark: 263, dx: 0, dy: 0 },
      { landmark: 10, dx: 0, dy: 0 },
      { landmark: 152, dx: 0, dy: 0 },
      { landmark: 291, dx: 0, dy: 0 },
    ]);
    const shift = (i: number): number => Math.hypot(points[3 * i]! - before[3 * i]!, points[3 * i + 1]! - before[3 * i + 1]!);
    expect(shift(61)).toBeCloseTo(8, 3);
    expect(shift(57)).toBeGreaterThan(5); // just outside the mouth corner
    expect(shift(300)).toBeLessThan(2); // the other brow
  });
});

describe('landmark files', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vivant-points-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const face = () => {
    const points = head(10, 0, 0);
    return { points, rotation: fromHeadAngles({ yaw: 10, pitch: 0, roll: 0 }), box: { x: 0, y: 0, width: 1, height: 1 } };
  };

  it('come back as they were written, also for a scaled picture', async () => {
    const path = join(folder, 'points.json');
    await writeFile(path, formatPointsFile(faceToPointsFile(face(), picture)));
    const back = await readPointsFile(path, picture);
    expect(Math.max(...back.points.map((value, i) => Math.abs(value - face().points[i]!)))).toBeLessThan(0.006);
    expect(toHeadAngles(back.rotation).yaw).toBeCloseTo(10, 2);
    const half = await readPointsFile(path, { width: 300, height: 400 });
    expect(half.points[3]).toBeCloseTo(back.points[3]! / 2, 3);
    expect((await readPointsFile(path, { width: 599, height: 799 })).points[3]).toBe(back.points[3]); // an odd row was cut off
    await expect(readPointsFile(path, { width: 800, height: 600 })).rejects.toMatchObject({ code: 'INVALID_LANDMARKS' });
    await expect(readPointsFile(join(folder, 'none.json'), picture)).rejects.toMatchObject({ code: 'INPUT_NOT_FOUND' });
  });

  it('take named points as corrections of whole faces; an iris moves as one', () => {
    const file = faceToPointsFile(face(), picture);
    const plain = pointsFileToFace(file, picture).points;
    const moved = pointsFileToFace({ ...file, named: { mouthLeft: [plain[183]! - 10, plain[184]!], leftIris: [plain[1404]! + 3, plain[1405]!] } }, picture).points;
    expect(moved[183]).toBeCloseTo(plain[183]! - 10, 3);
    expect(moved[1404]).toBeCloseTo(plain[1404]! + 3, 3);
    expect(moved[1407]! - moved[1404]!).toBeCloseTo(plain[1407]! - plain[1404]!, 3);
  });

  it('have a template that is a valid frontal face', () => {
    const blank = pointsFileToFace(parsePointsFile(formatPointsFile(blankPointsFile(picture)), 'x'), picture);
    const { yaw, pitch, roll } = toHeadAngles(blank.rotation);
    for (const angle of [yaw, pitch, roll]) expect(Math.abs(angle)).toBeLessThan(5);
    expect(blank.box.x).toBeGreaterThan(0);
    expect(blank.box.x + blank.box.width).toBeLessThan(picture.width);
  });

  it('are refused with a reason when they are wrong', () => {
    const good = faceToPointsFile(face(), picture);
    const refuse = (change: object): string => codeOf(() => pointsFileToFace(parsePointsFile(JSON.stringify({ ...good, ...change }), 'x'), picture));
    expect(refuse({})).toBe('none');
    for (const change of [
      { version: 2 },
      { points: good.points!.slice(1) },
      { points: good.points!.map(() => [5, 5, 5]) },
      { extra: 1 },
      { image: { width: 0, height: 1 } },
      { rotation: [1, 0, 0, 0, 1, 0, 0, 0, 0] },
      { points: undefined, named: { chin: [1, 1] } },
      { named: { nose: [1, 1] } },
    ]) {
      expect(refuse(change), JSON.stringify(change).slice(0, 60)).toBe('INVALID_LANDMARKS');
    }
    expect(codeOf(() => parsePointsFile('{', 'x'))).toBe('INVALID_LANDMARKS');
  });

  it('never end in anything but a face or INVALID_LANDMARKS', () => {
    const value = fc.oneof(fc.double(), fc.integer(), fc.constant(null), fc.string({ maxLength: 5 }));
    const point = fc.oneof(fc.array(value, { maxLength: 3 }), fc.tuple(fc.integer({ min: 0, max: 800 }), fc.integer({ min: 0, max: 800 })));
    const json = fc.record({
      format: fc.constant('tableau-vivant/points'),
      version: fc.constant(1),
      image: fc.constant(picture),
      named: fc.record(Object.fromEntries(REQUIRED_POINTS.map((name) => [name, point]))),
    });
    fc.assert(
      fc.property(fc.oneof(json, fc.jsonValue()), (content) => {
        const code = codeOf(() => {
          const { points } = pointsFileToFace(parsePointsFile(JSON.stringify(content), 'x'), picture);
          expect(points.every(Number.isFinite)).toBe(true);
        });
        expect(['none', 'INVALID_LANDMARKS']).toContain(code);
      }),
      { numRuns: 300 },
    );
    const place = fc.tuple(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 0, max: 800 }));
    fc.assert(
      fc.property(fc.array(place, { minLength: 8, maxLength: 8 }), (places) => {
        const code = codeOf(() => {
          const { points } = pointsFileToFace(fileOf(Object.fromEntries(REQUIRED_POINTS.map((name, i) => [name, places[i]!]))), picture);
          expect(points.every(Number.isFinite)).toBe(true);
        });
        expect(['none', 'INVALID_LANDMARKS']).toContain(code);
      }),
      { numRuns: 300 },
    );
  });
});
