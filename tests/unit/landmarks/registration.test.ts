import { beforeAll, describe, expect, it } from 'vitest';
import type { Frame } from '#dist/core/frame.js';
import { createFaceDetector } from '#dist/landmarks/detector.js';
import { TOLD } from '#dist/landmarks/registration/layout.js';
import { registerPhotos } from '#dist/landmarks/registration/photos.js';
import { LandmarkRegistration } from '#dist/landmarks/registration/registration.js';
import { SkinRelief } from '#dist/landmarks/registration/skin-relief.js';
import { clipFrames, monaLisa } from './real-faces.js';

interface View {
  readonly frame: Frame;
  readonly points: Float32Array;
}

let clip: View[];
let painting: View;

beforeAll(async () => {
  const detector = await createFaceDetector({});
  const look = async (frame: Frame): Promise<View> => ({ frame, points: (await detector.detect(frame, { thorough: true }))[0]!.points });
  try {
    clip = [];
    for (const frame of clipFrames('franck.mp4', 26, 24, 0.2)) clip.push(await look(frame));
    painting = await look(await monaLisa());
  } finally {
    await detector.close();
  }
});

const alone = (view: View): LandmarkRegistration => new LandmarkRegistration([view], [1]);
const width = ({ points }: View): number => points[3 * 454]! - points[3 * 234]!;

/** Root mean square distance of the skin's landmarks, as a part of the face's width. */
function apart(a: Float32Array, b: Float32Array, view: View): number {
  const squares = [...TOLD].map((i) => (a[3 * i]! - b[3 * i]!) ** 2 + (a[3 * i + 1]! - b[3 * i + 1]!) ** 2);
  return Math.sqrt(squares.reduce((sum, value) => sum + value, 0) / TOLD.length) / width(view);
}

function moved({ points }: View, x: number, y: number): Float32Array {
  return points.map((value, i) => (TOLD.includes(Math.floor(i / 3)) ? value + [x, y, 0][i % 3]! : value));
}

/** Darker, yellower, lit from the left. */
function relit({ frame }: View): Frame {
  const { data, width, height } = frame;
  return { width, height, data: data.map((value, i) => value * (0.5 + (0.4 * ((i >> 2) % width)) / width) * [1, 0.9, 0.7, 1][i % 4]!) };
}

/** Mean square of the relief's difference to that of `rest`. */
function unlike(rest: View, { frame, points }: View): number {
  const [a, b] = [new SkinRelief(), new SkinRelief()];
  a.measure(rest.frame, rest.points);
  b.measure(frame, points);
  let [sum, count] = [0, 0];
  a.values.forEach((value, o) => {
    if (!a.seen[o] || !b.seen[o]) return;
    sum += (value - b.values[o]!) ** 2;
    count += 1;
  });
  return sum / count;
}

describe('registration', () => {
  it('leaves the face alone that it was made of', () => {
    const [view] = clip as [View];
    expect(apart(alone(view).register(view), view.points, view)).toBeLessThan(1e-6);
  });

  it('brings landmarks back that were moved off their skin, in other light, too; outline, lids, lips and irises are not touched', () => {
    for (const view of [clip[0]!, painting]) {
      const skin = alone(view);
      for (const [x, y] of [[0.008, 0], [0, 0.008], [-0.006, -0.006]] as const) {
        const points = moved(view, x * width(view), y * width(view));
        const before = apart(points, view.points, view);
        for (const frame of [view.frame, relit(view)]) {
          const back = skin.register({ frame, points });
          expect(apart(back, view.points, view) / before).toBeLessThan(0.55);
          for (let i = 0; i < 478; i++) {
            if (!TOLD.includes(i)) expect([...back.subarray(3 * i, 3 * i + 3)]).toEqual([...points.subarray(3 * i, 3 * i + 3)]);
            expect(back[3 * i + 2]).toBe(points[3 * i + 2]);
          }
        }
      }
    }
  });

  it('makes the frames of a real clip more alike on the face, every one', () => {
    const [rest, ...others] = clip as [View, ...View[]];
    const skin = alone(rest);
    const gains = others.map((view) => unlike(rest, { ...view, points: skin.register(view) }) / unlike(rest, view));
    expect(Math.max(...gains)).toBeLessThanOrEqual(1);
    expect(gains.reduce((sum, gain) => sum + gain, 0) / gains.length).toBeLessThan(0.85);
  });

  it('moves nothing far, whatever is seen', () => {
    const [view] = clip as [View];
    const noise: Frame = { ...view.frame, data: view.frame.data.map((_, i) => (i * 7919) % 251) };
    const black: Frame = { ...view.frame, data: new Uint8ClampedArray(view.frame.data.length) };
    for (const frame of [noise, black, clip[9]!.frame]) {
      const points = alone(painting).register({ frame, points: view.points });
      expect(points.every(Number.isFinite)).toBe(true);
      expect(apart(points, view.points, view)).toBeLessThan(0.025);
    }
    const outside = view.points.map((value) => value - 5000);
    expect(alone(view).register({ frame: view.frame, points: outside }).every(Number.isFinite)).toBe(true);
    expect([...alone({ ...view, frame: black }).register(view)].every(Number.isFinite)).toBe(true);
  });

  it('takes the rest from several pictures, as much of each as is said', () => {
    const [a, b] = [clip[0]!, clip[12]!];
    const only = alone(a).register(clip[5]!);
    expect(new LandmarkRegistration([a, b], [1, 0]).register(clip[5]!)).toEqual(only);
    expect(apart(new LandmarkRegistration([a, b], [0.5, 0.5]).register(clip[5]!), only, a)).toBeGreaterThan(1e-4);
  });
});

describe('several photos', () => {
  it('are laid out alike; the first stays, and so does one that is alone', () => {
    const photos = [clip[0]!, clip[7]!, clip[14]!, clip[21]!] as [View, View, View, View];
    const laid = registerPhotos(photos);
    expect(laid[0]).toBe(photos[0]);
    expect(laid.map(({ frame }) => frame)).toEqual(photos.map(({ frame }) => frame));
    const spread = (views: readonly View[]): number => views.slice(1).reduce((sum, view) => sum + unlike(views[0]!, view), 0);
    expect(spread(laid) / spread(photos)).toBeLessThan(0.97);
    expect(registerPhotos([painting])).toEqual([painting]);
  });
});
