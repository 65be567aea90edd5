import { describe, expect, it } from 'vitest';
import { createOpening, curveAt, curveMean, fitOpening, openingHeight } from '#dist/geometry/opening.js';

/** An ellipse-like eye: corners at (-w/2, 0) and (w/2, 0), rotated and moved. */
function eye(width: number, height: number, angle: number, x: number, y: number): Float32Array {
  const points = new Float32Array(10 * 3);
  const put = (i: number, a: number, b: number): void => {
    points[i * 3] = x + width * (a * Math.cos(angle) - b * Math.sin(angle));
    points[i * 3 + 1] = y + width * (a * Math.sin(angle) + b * Math.cos(angle));
  };
  for (let i = 0; i < 5; i++) {
    const a = i / 4 - 0.5;
    put(i, a, -height * (1 - 4 * a * a));
    put(5 + i, a, height * (1 - 4 * a * a));
  }
  return points;
}
const UPPER = [0, 1, 2, 3, 4];
const LOWER = [5, 6, 7, 8, 9];

describe('fitOpening', () => {
  it.each([0, 0.4, -1.2])('finds the frame of an eye turned by %s rad', (angle) => {
    const o = fitOpening(eye(40, 0.2, angle, 100, 50), UPPER, LOWER, createOpening());
    expect(o.width).toBeCloseTo(40, 3);
    expect([o.x, o.y]).toEqual([expect.closeTo(100, 3), expect.closeTo(50, 3)]);
    expect(Math.atan2(o.ey, o.ex)).toBeCloseTo(angle, 4);
    expect(curveAt(o.upper, 0)).toBeCloseTo(-0.2, 2);
    expect(curveAt(o.lower, 0.25)).toBeCloseTo(0.15, 2);
    expect(openingHeight(o)).toBeCloseTo(0.4, 2);
    expect(curveMean(o.lower)).toBeCloseTo(0.2 * (1 - 4 / 108), 1);
  });

  it('clamps beyond the corners and closes with the lids', () => {
    const o = fitOpening(eye(40, 0, 0, 0, 0), UPPER, LOWER, createOpening());
    expect(openingHeight(o)).toBeCloseTo(0, 5);
    expect(curveAt(o.upper, -3)).toBe(o.upper[0]);
    expect(curveAt(o.upper, 3)).toBe(o.upper[o.upper.length - 1]);
  });
});
