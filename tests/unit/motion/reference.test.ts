import { describe, expect, it } from 'vitest';
import { toHeadAngles } from '#dist/geometry/rotation.js';
import { chooseReference } from '#dist/motion/reference.js';
import { face, type Sitter } from './synthetic-face.js';

const sitter = face({ broad: 0.9 });

/** Talking, with a blink and a turn: only frame `at` is quiet. */
function talk(at: number, quiet: Sitter = {}): ReturnType<typeof face>[] {
  return Array.from({ length: 24 }, (_, i) => {
    if (i === at) return face(quiet);
    return face({ gap: 0.03 + 0.12 * Math.abs(Math.sin(i)), yaw: 14 * Math.sin(i / 4), open: i % 5 === 0 ? 0.03 : 0.3, smile: 0.02 * Math.cos(i) });
  });
}

describe('chooseReference', () => {
  it('says how much each candidate counts: the best most', () => {
    const { index, shares } = chooseReference(talk(7), sitter);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
    expect(shares.indexOf(Math.max(...shares))).toBe(index);
    expect([...shares].filter((share) => share > 0.01).length).toBeGreaterThan(1);
  });

  it('finds the quiet frame, wherever it is', () => {
    for (const at of [0, 7, 20, 23]) expect(chooseReference(talk(at), sitter).index).toBe(at);
  });

  it.each([
    ['a blink', { open: 0.03 }],
    ['one shut eye', { open: [0.3, 0.05] as const }],
    ['eyes wide open', { open: 0.48 }],
    ['an open mouth', { gap: 0.12 }],
    ['a turned head', { yaw: 25 }],
    ['a look aside', { gaze: 0.75 }],
    ['a grimace', { wide: 1.4, smile: 0.15 }],
  ] satisfies [string, Sitter][])('prefers a resting face to %s', (_, odd) => {
    const resting = [face({ yaw: 1 }), face({ pitch: -1 }), face({ gaze: 0.52 })];
    expect(chooseReference([face(odd), ...resting], sitter).index).toBeGreaterThan(0);
    expect(chooseReference([...resting, face(odd)], sitter).index).toBeLessThan(3);
  });

  it('prefers, of two turned heads, the one turned like the sitter', () => {
    expect(chooseReference([face({ yaw: 15 }), face({ yaw: -15 })], face({ yaw: -20 })).index).toBe(1);
  });

  it('prefers, of two resting mouths, the one that is held like the sitter\'s, whatever their faces are like', () => {
    const candidates = [face({ tall: 1.03 }), face({ tall: 1.03, smile: 0.08 }), face({ tall: 1.03, smile: -0.08 })];
    [0, 0.08, -0.08].forEach((smile, k) => expect(chooseReference(candidates, face({ broad: 0.97, smile })).index).toBe(k));
  });

  it('lets a sitter with parted lips be told from parted lips, if there are any', () => {
    const candidates = [face(), face({ gap: 0.08 }), face({ gap: 0.16 })];
    [0.004, 0.08, 0.16].forEach((gap, k) => expect(chooseReference(candidates, face({ gap })).index).toBe(k));
    expect(chooseReference(candidates, undefined).index).toBe(0);
  });

  it('tells motion from the mean of all that rest, and of nothing else', () => {
    const [low, high] = [face({ brows: -0.02 }), face({ brows: 0.02 })];
    const { index, rest } = chooseReference([low, high, face({ open: 0.02, brows: 0.3 }), face({ gap: 0.15, yaw: 20 })], sitter);
    const brow = 3 * 105 + 1;
    expect(Math.abs(rest.canonical[brow]! - (low.canonical[brow]! + high.canonical[brow]!) / 2)).toBeLessThan(0.01);
    expect(index).toBeLessThan(2);
  });

  it('turns the sitter from where the driver\'s head mostly is when it faces the camera', () => {
    const candidates = [face({ yaw: 8, centre: [300, 300] }), face({ yaw: 10, centre: [304, 300] }), face({ yaw: 9, centre: [302, 300] }), face({ yaw: 45, centre: [400, 300] })];
    const { rest } = chooseReference(candidates, face({ yaw: -20 }));
    expect(toHeadAngles(rest.rotation).yaw).toBeCloseTo(9, 0);
    expect(rest.centre[0]).toBeCloseTo(302, 0);
    expect(rest.scale).toBeCloseTo(100, 3);
  });

  it('takes the irises from those who look the way the sitter looks', () => {
    const candidates = [face({ gaze: 0.62 }), face({ gaze: 0.6 }), face({ gaze: 0.61, yaw: 3 }), face({ gaze: 0.48, gap: 0.03, yaw: 9 })];
    const iris = ({ canonical }: ReturnType<typeof face>) => canonical[3 * 468]!;
    const { index, rest } = chooseReference(candidates, face({ gaze: 0.49 }));
    expect(index).toBeLessThan(3);
    expect(iris(rest)).toBeCloseTo(iris(candidates[3]!), 2);
    expect(iris(chooseReference(candidates, undefined).rest)).toBeCloseTo(iris(candidates[1]!), 1);
    expect(iris(chooseReference(candidates, face({ gaze: 0.61 })).rest)).toBeGreaterThan(iris(candidates[3]!) + 0.03);
  });

  it('makes do with what there is, but not with nothing', () => {
    expect(chooseReference([face({ gap: 0.2, open: 0.02, yaw: 40 })], sitter).index).toBe(0);
    expect(() => chooseReference([], sitter)).toThrow(expect.objectContaining({ code: 'NO_FACE' }));
  });
});
