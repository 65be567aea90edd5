import { describe, expect, it } from 'vitest';
import type { FaceState } from '#dist/core/motion.js';
import { commonRest } from '#dist/motion/common-rest.js';
import { face } from './synthetic-face.js';

/** What a detector adds of its own, another for each seed. */
function misread(state: FaceState, seed: number, size = 0.01): FaceState {
  return { ...state, canonical: state.canonical.map((value, i) => value + size * Math.sin(12.9898 * i + 78.233 * seed)) };
}

function error(rest: FaceState, truth: FaceState): number {
  return Math.sqrt(rest.canonical.reduce((sum, value, i) => sum + (value - truth.canonical[i]!) ** 2, 0) / truth.canonical.length);
}

const does = [{}, { gap: 0.1 }, { smile: 0.05 }, { open: 0.2 }, { gap: 0.05, brows: 0.02 }];
const sitter = does.map((what, k) => misread(face({ broad: 0.95, ...what }), k));
const driver = does.map((what) => face(what));
const rests = driver.map((state, k) => misread(state, 100 + k));

describe('commonRest', () => {
  it('errs less the more photos agree on who differs how', () => {
    // Right is the driver doing what the sitter was read to do in the canvas.
    const truth = { ...driver[0]!, canonical: driver[0]!.canonical.map((value, i) => value + sitter[0]!.canonical[i]! - face({ broad: 0.95 }).canonical[i]!) };
    const errors = [1, 3, 5].map((count) => error(commonRest(sitter.slice(0, count), rests.slice(0, count)), truth));
    expect(errors[1]).toBeLessThan(0.85 * errors[0]!);
    expect(errors[2]).toBeLessThan(0.75 * errors[0]!);
  });

  it('passes over photos whose expression the driver never has', () => {
    const grins = [5, 6].map((seed) => misread(face({ broad: 0.95, smile: 0.4 }), seed));
    const with2 = commonRest([...sitter, ...grins], [...rests, rests[0]!, rests[0]!]);
    const without = commonRest(sitter, rests);
    expect(error(with2, without)).toBeLessThan(0.002);
  });

  it('keeps the place of the first, and is the first when it is alone', () => {
    const rest = commonRest(sitter, rests);
    expect([rest.rotation, rest.scale, rest.centre]).toEqual([rests[0]!.rotation, rests[0]!.scale, rests[0]!.centre]);
    expect(commonRest(sitter.slice(0, 1), rests.slice(0, 1))).toBe(rests[0]);
  });
});
