import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CANONICAL_SHAPE } from '#dist/motion/canonical-shape.js';
import * as rotation from '#dist/geometry/rotation.js';

const angles = fc.record({ yaw: fc.double({ min: -85, max: 85, noNaN: true }), pitch: fc.double({ min: -85, max: 85, noNaN: true }), roll: fc.double({ min: -85, max: 85, noNaN: true }) });

describe('rotation', () => {
  it('reads back the head angles it was made of', () => {
    fc.assert(
      fc.property(angles, (head) => {
        const back = rotation.toHeadAngles(rotation.fromHeadAngles(head));
        for (const key of ['yaw', 'pitch', 'roll'] as const) expect(back[key]).toBeCloseTo(head[key], 2);
      }),
    );
  });

  it('names angles as the picture shows them', () => {
    const nose = rotation.apply(rotation.fromHeadAngles({ yaw: 30, pitch: 0, roll: 0 }), 0, 0, -1);
    expect(nose[0]).toBeCloseTo(0.5, 5); // to the right of the image
    expect(rotation.apply(rotation.fromHeadAngles({ yaw: 0, pitch: 30, roll: 0 }), 0, 0, -1)[1]).toBeCloseTo(0.5, 5); // down
    expect(rotation.apply(rotation.fromHeadAngles({ yaw: 0, pitch: 0, roll: 30 }), 1, 0, 0)[1]).toBeCloseTo(0.5, 5); // clockwise
  });

  it('goes from vectors to matrices and back, small and nearly half a turn', () => {
    for (const vector of [[0, 0, 0], [1e-7, 0, 0], [0.3, -0.2, 0.1], [0, 3.1, 0], [-1.8, 1.8, 1.5]] as const) {
      const back = rotation.toRotationVector(rotation.fromRotationVector(vector));
      for (let k = 0; k < 3; k++) expect(back[k]).toBeCloseTo(vector[k]!, 4);
    }
  });

  it('slerps at constant speed between its ends', () => {
    const a = rotation.fromHeadAngles({ yaw: -20, pitch: 5, roll: 3 });
    const b = rotation.fromHeadAngles({ yaw: 25, pitch: -10, roll: 8 });
    const turn = (from: Float32Array, to: Float32Array) => Math.hypot(...rotation.toRotationVector(rotation.multiply(to, rotation.transpose(from))));
    const quarter = rotation.slerp(a, b, 0.25);
    expect(turn(a, quarter)).toBeCloseTo(turn(a, b) / 4, 4);
    expect(turn(quarter, b)).toBeCloseTo((3 * turn(a, b)) / 4, 4);
    expect(turn(rotation.slerp(a, b, 1), b)).toBeCloseTo(0, 4);
  });

  it('finds the rotation between two shapes of other size and place, with noise', () => {
    const r = rotation.fromHeadAngles({ yaw: 33, pitch: -12, roll: 20 });
    const moved = new Float32Array(CANONICAL_SHAPE.length);
    for (let i = 0; i < moved.length; i += 3) {
      const p = rotation.apply(r, CANONICAL_SHAPE[i]!, CANONICAL_SHAPE[i + 1]!, CANONICAL_SHAPE[i + 2]!);
      for (let k = 0; k < 3; k++) moved[i + k] = 80 * p[k]! + 200 + 0.5 * Math.sin(7 * i + k);
    }
    const fitted = rotation.toHeadAngles(rotation.fitRotation(CANONICAL_SHAPE, moved, [33, 263, 1, 152, 10, 234, 454]));
    expect(fitted.yaw).toBeCloseTo(33, 0);
    expect(fitted.pitch).toBeCloseTo(-12, 0);
    expect(fitted.roll).toBeCloseTo(20, 0);
  });
});
