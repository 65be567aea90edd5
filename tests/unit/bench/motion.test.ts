import { describe, expect, it } from 'vitest';
// @ts-expect-error The bench is plain JavaScript.
import { quantile, regression, roughness } from '../../../bench/quality/metrics/series.mjs';
// @ts-expect-error The bench is plain JavaScript.
import { fidelity, gazeError, jitter, withLids } from '../../../bench/quality/metrics/motion.mjs';
// @ts-expect-error The bench is plain JavaScript.
import { signalsOf } from '../../../bench/quality/metrics/signals.mjs';
// @ts-expect-error The bench is plain JavaScript.
import { landmarkDistance } from '../../../bench/quality/metrics/landmarks.mjs';
import { facePoints } from '../motion/synthetic-face.js';

const steps = (n: number): number[] => [...Array(n).keys()];

describe('regression', () => {
  it('finds slope and correlation of a straight line', () => {
    const x = steps(10);
    expect(regression(x, x.map((v) => 3 - 0.5 * v))).toEqual({ r: -1, slope: -0.5 });
  });

  it('gives the textbook values for a scattered one', () => {
    // Sxx = 42, Syy = 42, Sxy = 38
    const { r, slope } = regression([1, 2, 3, 4, 5, 6, 7, 8], [2, 1, 4, 3, 6, 5, 8, 7]);
    expect(slope).toBeCloseTo(38 / 42, 12);
    expect(r).toBeCloseTo(38 / 42, 12);
  });

  it('says nothing about a driver that hardly moves, and 0 about an output that does not', () => {
    expect(regression(steps(10).map((v) => v / 1000), steps(10), 0.01)).toBeUndefined();
    expect(regression(steps(10), Array(10).fill(4))).toEqual({ r: 0, slope: 0 });
  });
});

describe('roughness', () => {
  it('is 0 for even movement and counts every bend', () => {
    expect(roughness([0, 2, 4, 6])).toBe(0);
    expect(roughness([0, 1, 0, 1])).toBe(2);
  });

  it('does not reach over holes', () => {
    expect(roughness([0, 1, undefined, 0, 1, 5])).toBe(3);
    expect(roughness([0, 1, undefined, 0, 1])).toBeUndefined();
  });
});

describe('faces over time', () => {
  const face = (mouthOpen: number, rest: Record<string, unknown> = {}): Record<string, unknown> => ({
    mouthOpen, mouthWide: 0.5, smile: 0, eyeL: 0.1, eyeR: 0.2, brow: 0.3, gaze: 0.5, yaw: 0, pitch: 0, roll: 0, scale: 80, look: [0, 0], ...rest,
  });

  it('divides lids by their own 90th percentile', () => {
    expect(quantile(steps(10), 0.9)).toBe(9);
    const faces = withLids([face(0, { eyeL: 0.05, eyeR: 0.1 }), ...steps(9).map(() => face(0))]);
    expect(faces[0].lids).toBeCloseTo(0.5);
    expect(faces[1].lids).toBeCloseTo(1);
  });

  it('pairs frames by number and leaves out what is not seen', () => {
    const driver = withLids(steps(20).map((i) => face(i / 20)));
    const output = withLids(steps(20).map((i) => (i === 7 ? undefined : face(0.1 + (0.8 * i) / 20))));
    const { mouthOpen, yaw } = fidelity(driver, output);
    expect(mouthOpen.r).toBeCloseTo(1);
    expect(mouthOpen.slope).toBeCloseTo(0.8);
    expect(yaw).toBeUndefined();
  });

  it('measures gaze where irises are seen', () => {
    const truth = withLids([...steps(9).map(() => face(0)), face(0, { eyeL: 0.01, eyeR: 0.02 })]);
    const output = withLids([...steps(9).map(() => face(0, { look: [3, 4] })), face(0, { look: [80, 0] })]);
    expect(gazeError(truth, output)).toBeCloseTo(5);
  });

  it('compares trembling, size as a part of the first', () => {
    const shaky = (by: number, scale: number): unknown[] => withLids(steps(6).map((i) => face(0, { yaw: i % 2 ? by : 0, scale: scale * (i % 2 ? 1.1 : 1) })));
    const { yaw, scale, roll } = jitter(shaky(2, 80), shaky(1, 160));
    expect(yaw).toBeCloseTo(0.5);
    expect(scale).toBeCloseTo(1);
    expect(roll).toBeUndefined();
  });
});

describe('one face', () => {
  const rest = facePoints({ scale: 60, centre: [200, 200] });
  const shifted = (indices: readonly number[], dx: number, dy: number): Float32Array => {
    const points = rest.slice();
    for (const i of indices) {
      points[3 * i]! += dx;
      points[3 * i + 1]! += dy;
    }
    return points;
  };
  const scale = Math.hypot(rest[3 * 33]! - rest[3 * 263]!, rest[3 * 33 + 1]! - rest[3 * 263 + 1]!);

  it('measures lengths by the distance between the eyes', () => {
    expect(signalsOf(shifted([14], 0, 10)).mouthOpen - signalsOf(rest).mouthOpen).toBeCloseTo(10 / scale, 2);
    expect(signalsOf(shifted([61, 291], 0, -6)).smile - signalsOf(rest).smile).toBeCloseTo(6 / scale, 2);
    expect(signalsOf(shifted([468, 473], 4, 0)).look[0]).toBeGreaterThan(signalsOf(rest).look[0] + 5);
  });

  it('measures landmark distance the same way', () => {
    const all = steps(478);
    expect(landmarkDistance(rest, shifted(all, 3, 4))).toBeCloseTo(5 / scale, 4);
  });
});
