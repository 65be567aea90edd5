import { CHANNEL, CROP_CHANNELS } from '#dist/generator/refiner/layout.js';
import { faceState } from '#dist/motion/face-state.js';
import { disguise } from '#dist/personalize/disguise.js';
import { drawLesson } from '#dist/personalize/exercises.js';
import { focusOnHead } from '#dist/personalize/focus.js';
import { misplace } from '#dist/personalize/misplace.js';
import { Dice } from '#dist/personalize/random.js';
import { nearestToRest, unlikeFirst } from '#dist/personalize/resemblance.js';
import { describe, expect, it } from 'vitest';
import { photo, UPRIGHT } from './nobody.js';

const NEAR = photo({ scale: 60, centre: [150, 150] }, 300, 300);
const OTHER = photo({ scale: 90, centre: [260, 240] }, 520, 480);
const IDLE = { stretch: [1, 1], colours: [1, 0, 0, 0, 1, 0, 0, 0, 1], blur: 0 } as const;

function difference(crop: Float32Array, channel: number, answer: Float32Array): number {
  let sum = 0;
  for (let i = 0, o = channel; i < answer.length; i += 3, o += CROP_CHANNELS) for (let k = 0; k < 3; k++) sum += Math.abs(crop[o + k]! - answer[i + k]!);
  return sum / answer.length;
}

describe('an exercise', () => {
  it('asks for the other photo where the crop lies, however large the face is there', async () => {
    const classroom = { photos: [NEAR, OTHER], rest: 0 };
    const exercises = await drawLesson(classroom, { canvas: 0, target: 1, lenders: [], driven: false }, IDLE, new Dice(1, 0));
    expect(exercises.map(({ region }) => region.name)).toEqual(['eyeLeft', 'eyeRight']);
    for (const { crop, answer } of exercises) {
      // Both photos show the same face, so the warp is right already; colours are matched on the skin.
      expect(difference(crop, CHANNEL.warp, answer)).toBeLessThan(0.03);
      expect(crop[CHANNEL.present]).toBe(0);
    }
  });

  it('shows the target in disguise as the driver', async () => {
    const classroom = { photos: [NEAR, OTHER], rest: 0 };
    const [eye] = await drawLesson(classroom, { canvas: 0, target: 1, lenders: [], driven: true }, { ...IDLE, colours: [0.2, 0.2, 0.2, 0.3, 0.2, 0.2, 0, 0, 0.5] }, new Dice(1, 0));
    expect(eye!.crop[CHANNEL.present]).toBe(1);
    const off = difference(eye!.crop, CHANNEL.driver, eye!.answer);
    expect(off).toBeGreaterThan(0.01);
    expect(off).toBeLessThan(0.4);
  });
});

describe('misplaced landmarks', () => {
  const moved = (seed: number): Float32Array => {
    const points = NEAR.points.slice();
    misplace({ ...NEAR.state, points, confidence: 1 }, new Dice(seed, 0));
    return points.map((value, i) => (value - NEAR.points[i]!) / NEAR.state.scale);
  };

  it('lie off by about a fiftieth of a head unit, neighbours alike, depth as it was', () => {
    let squares = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const shift = moved(seed);
      for (let i = 0; i < shift.length; i += 3) squares += (shift[i]! ** 2 + shift[i + 1]! ** 2) / (shift.length / 3) / 40;
      expect(Math.hypot(shift[13 * 3]! - shift[0]!, shift[13 * 3 + 1]! - shift[1]!)).toBeLessThan(0.03);
      expect(shift[2]).toBe(0);
    }
    expect(Math.sqrt(squares)).toBeGreaterThan(0.016);
    expect(Math.sqrt(squares)).toBeLessThan(0.024);
  });

  it('repeat with the seed', () => {
    expect(moved(3)).toEqual(moved(3));
    expect(moved(3)).not.toEqual(moved(4));
  });
});

describe('a disguise', () => {
  it('moves landmarks as it stretches the picture', () => {
    const view = disguise(NEAR, { ...IDLE, stretch: [1.2, 0.9] });
    expect([view.frame.width, view.frame.height]).toEqual([360, 270]);
    for (const i of [1, 33, 263, 13, 14, 61, 291]) {
      const at = (face: { frame: { data: Uint8ClampedArray; width: number }; points: Float32Array }): number =>
        face.frame.data[(Math.round(face.points[i * 3 + 1]!) * face.frame.width + Math.round(face.points[i * 3]!)) * 4]!;
      expect(Math.abs(at(view) - at(NEAR)), `landmark ${i}`).toBeLessThan(6);
    }
  });

  it('blurs without a shift', () => {
    const { frame } = disguise(NEAR, { ...IDLE, blur: 1.5 });
    let shift = 0;
    for (let i = 0; i < frame.data.length; i++) shift += frame.data[i]! - NEAR.frame.data[i]!;
    expect(Math.abs(shift / frame.data.length)).toBeLessThan(0.5);
  });
});

describe('focusing on the head', () => {
  it('keeps what lies under the landmarks, smaller', () => {
    const large = photo({ scale: 420, centre: [1500, 1100] }, 3000, 2200);
    const { frame, points, state } = focusOnHead(large);
    expect(frame.width).toBeLessThan(1100);
    expect(points[33 * 3]).toBeGreaterThan(0);
    // The face's own description stays true.
    const seen = faceState({ points, rotation: UPRIGHT });
    expect(state.scale).toBeCloseTo(seen.scale, 2);
    expect(state.centre[0]).toBeCloseTo(seen.centre[0]!, 1);
    for (const i of [1, 33, 263, 13, 61, 291, 152]) {
      const at = (f: typeof frame, p: Float32Array): number => f.data[(Math.round(p[i * 3 + 1]!) * f.width + Math.round(p[i * 3]!)) * 4]!;
      expect(Math.abs(at(frame, points) - at(large.frame, large.points)), `landmark ${i}`).toBeLessThan(8);
    }
  });

  it('leaves a small picture as it is but for the surroundings', () => {
    const { frame, state } = focusOnHead(NEAR);
    expect(state.scale).toBe(NEAR.state.scale);
    expect(frame.width).toBeLessThanOrEqual(300);
  });
});

describe('photos', () => {
  it('are told apart by expression', () => {
    const states = [{ gap: 0.3 }, { gap: 0.004 }, { gap: 0.28 }].map((face) => photo({ ...face, scale: 60, centre: [150, 150] }, 8, 8).state);
    expect(nearestToRest(states)).toBe(1);
    expect(unlikeFirst(states)).toEqual([1, 2, 0]);
  });
});
