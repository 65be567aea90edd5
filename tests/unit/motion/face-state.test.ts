import { describe, expect, it } from 'vitest';
import { fromHeadAngles, toHeadAngles } from '#dist/geometry/rotation.js';
import { RIGID_POINTS } from '#dist/geometry/face-topology.js';
import { faceState, posePoints } from '#dist/motion/face-state.js';
import { face, facePoints, furthest } from './synthetic-face.js';

const FACING = fromHeadAngles({ yaw: 0, pitch: 0, roll: 0 });

describe('faceState', () => {
  it('puts the landmarks back where they were', () => {
    const points = facePoints({ yaw: 24, pitch: -9, roll: 6, gap: 0.1, smile: 0.05 });
    expect(furthest(posePoints(faceState({ points, rotation: FACING })), points)).toBeLessThan(1e-3);
  });

  it('keeps pose out of the canonical shape', () => {
    const straight = face({ gap: 0.08 });
    const turned = face({ gap: 0.08, yaw: 31, pitch: 14, roll: -20, scale: 57, centre: [80, 410] });
    expect(furthest(straight.canonical, turned.canonical)).toBeLessThan(1e-4);
    expect(toHeadAngles(turned.rotation).yaw - toHeadAngles(straight.rotation).yaw).toBeCloseTo(31, 0);
  });

  it('measures in head units: the rigid points have a root-mean-square radius of 1 about the origin', () => {
    const { canonical } = face({ yaw: 12, scale: 220 });
    let squares = 0;
    for (const i of RIGID_POINTS) for (let k = 0; k < 3; k++) squares += canonical[3 * i + k]! ** 2;
    expect(squares / RIGID_POINTS.length).toBeCloseTo(1, 5);
  });

  it('takes the given rotation for landmarks without depth', () => {
    const points = facePoints();
    for (let i = 2; i < points.length; i += 3) points[i] = 0;
    const given = fromHeadAngles({ yaw: 15, pitch: 0, roll: 0 });
    expect(Array.from(faceState({ points, rotation: given }).rotation)).toEqual(Array.from(given));
  });

  it('refuses landmarks that are no face', () => {
    const broken = facePoints();
    broken[300] = Number.NaN;
    for (const points of [broken, new Float32Array(3 * 468), new Float32Array(3 * 478)]) {
      expect(() => faceState({ points, rotation: FACING })).toThrow(expect.objectContaining({ code: 'INVALID_LANDMARKS' }));
    }
  });
});
