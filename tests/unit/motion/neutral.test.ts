import { describe, expect, it } from 'vitest';
import { EYES } from '#dist/geometry/face-topology.js';
import { toHeadAngles } from '#dist/geometry/rotation.js';
import { createMotionStream } from '#dist/motion/stream.js';
import { estimateNeutral } from '#dist/motion/neutral.js';
import { apart, face, facePoints, furthest, gazeX, type Sitter } from './synthetic-face.js';

describe('estimateNeutral', () => {
  it('leaves a resting face as it is, shut lips joined', () => {
    const resting = face({ gap: 0 });
    expect(furthest(estimateNeutral(resting).canonical, resting.canonical)).toBeLessThan(0.03); // Lips are joined in depth too.
  });

  it('takes expression and pose away', () => {
    const neutral = estimateNeutral(face({ gap: 0.15, smile: 0.2, brows: 0.15, open: 0.08, gaze: 0.65, yaw: 20 }));
    const rest = face({ gap: 0 }).canonical;
    const open = EYES.map(({ aperture: [a, b] }) => apart(neutral.canonical, a, b));
    expect(Math.abs(neutral.canonical[3 * 14 + 1]! - neutral.canonical[3 * 13 + 1]!)).toBeLessThan(0.003);
    expect(neutral.canonical[3 * 61 + 1]! - rest[3 * 61 + 1]!).toBeGreaterThan(-0.08); // most of the smile's 0.2
    expect(neutral.canonical[3 * 105 + 1]! - rest[3 * 105 + 1]!).toBeGreaterThan(-0.1);
    expect(Math.min(...open)).toBeGreaterThan(0.1);
    expect(gazeX(neutral.canonical)).toBeCloseTo(0.5, 2);
    expect(toHeadAngles(neutral.rotation).yaw).toBeCloseTo(0, 5);
  });
});

describe('one picture as driver, absolute', () => {
  const show = (driver: Sitter, sitter: Sitter = {}) => {
    const picture = face({ broad: 1.1, ...driver });
    const stream = createMotionStream({ source: face(sitter), reference: picture, mode: 'absolute', amplitude: 1, smooth: 0.5, region: 'all', fps: 1 });
    return stream.push({ index: 0, time: 0, state: picture })[0]!.target;
  };

  it('gives the sitter the expression and the pose of the picture', () => {
    const { points, rotation } = show({ gap: 0.2, yaw: 12, open: 0.03 });
    expect(apart(points, 13, 14) / apart(points, 33, 263)).toBeCloseTo(0.2, 1);
    expect(toHeadAngles(rotation).yaw).toBeGreaterThan(9);
    for (const { aperture: [a, b] } of EYES) expect(apart(points, a, b)).toBeLessThan(1);
  });

  it('shuts the mouth and straightens the gaze of a sitter where the picture does', () => {
    const { points } = show({}, { gap: 0.08, gaze: 0.6 });
    expect(apart(points, 13, 14) / apart(points, 33, 263)).toBeLessThan(0.005);
    expect(gazeX(points)).toBeCloseTo(0.5, 1);
    expect(furthest(show({}).points, facePoints({ gap: 0 }))).toBeLessThan(2);
  });
});
