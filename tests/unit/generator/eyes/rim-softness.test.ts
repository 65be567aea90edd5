import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measureRim } from '#dist/generator/eyes/rim-softness.js';
import { createOpening } from '#dist/geometry/opening.js';

const IRIS = { irisA: 0.03, irisB: -0.01, irisRadius: 0.2 };
const BOUNDS = [0.01, 0.2] as const;

/** An eye that is wide open, with an iris whose rim is a linear ramp. */
function eye(ramp: number, dark = 40, light = 190) {
  const opening = createOpening();
  opening.upper.fill(-0.3);
  opening.lower.fill(0.3);
  const at = (a: number, b: number): number => {
    const t = (Math.hypot(a - IRIS.irisA, b - IRIS.irisB) - IRIS.irisRadius) / ramp + 0.5;
    return dark + (light - dark) * Math.min(1, Math.max(0, t));
  };
  return [at, opening, IRIS] as const;
}

describe('measureRim', () => {
  it('tells how wide the ramp from iris to white is, whatever its tones', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.02, max: 0.14, noNaN: true }), fc.integer({ min: 0, max: 120 }), fc.integer({ min: 30, max: 130 }), (ramp, dark, step) => {
        expect(Math.abs(measureRim(...eye(ramp, dark, dark + step), BOUNDS) - ramp)).toBeLessThan(0.1 * ramp + 0.004);
      }),
    );
  });

  it('keeps its bounds', () => {
    expect(measureRim(...eye(0.001), BOUNDS)).toBeCloseTo(0.01, 6);
    expect(measureRim(...eye(0.15), [0.01, 0.05])).toBe(0.05);
  });

  it('says the sharpest where there is nothing to see: no step, or lids in front', () => {
    expect(measureRim(...eye(0.1, 100, 105), BOUNDS)).toBe(0.01);
    const [at, opening, iris] = eye(0.1);
    opening.upper.fill(-0.025);
    opening.lower.fill(0.01);
    expect(measureRim(at, opening, iris, BOUNDS)).toBe(0.01);
  });
});
