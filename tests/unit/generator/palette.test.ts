import { describe, expect, it } from 'vitest';
import { createFrame, type Frame } from '#dist/core/frame.js';
import { OUTER_LIP_LOWER, OUTER_LIP_UPPER } from '#dist/geometry/face-topology.js';
import { facePalette, luma } from '#dist/generator/palette.js';
import { facePoints } from '../motion/synthetic-face.js';

type Colour = readonly [number, number, number];

const POINTS = facePoints({});

/** One colour, but for the box of the lips. */
function face(skin: Colour, lips: Colour): Frame {
  const frame = createFrame(640, 640);
  const contour = [...OUTER_LIP_UPPER, ...OUTER_LIP_LOWER];
  const [xs, ys] = [0, 1].map((k) => contour.map((i) => POINTS[i * 3 + k]!));
  for (let y = 0; y < 640; y++) {
    for (let x = 0; x < 640; x++) {
      const inside = x >= Math.min(...xs!) && x <= Math.max(...xs!) && y >= Math.min(...ys!) && y <= Math.max(...ys!);
      frame.data.set([...(inside ? lips : skin), 255], (y * 640 + x) * 4);
    }
  }
  return frame;
}

describe('the colour of tongue and gums', () => {
  it('goes on where the lips have got to from the skin', () => {
    const { fleshTint, lipTint } = facePalette(face([200, 150, 120], [190, 110, 100]), POINTS);
    expect(lipTint[0]).toBeGreaterThan(1.3);
    expect(fleshTint[0]).toBeGreaterThan(lipTint[0] + 0.1);
    expect(fleshTint[1]).toBeLessThan(lipTint[1]);
    expect(luma(...fleshTint)).toBeCloseTo(1, 2);
  });

  it('is as grey as a grey picture', () => {
    const { fleshTint } = facePalette(face([180, 180, 180], [120, 120, 120]), POINTS);
    for (const share of fleshTint) expect(share).toBeCloseTo(1, 3);
  });

  it('is that of lips that are no redder than the skin, or very red', () => {
    for (const lips of [[140, 140, 110], [220, 40, 50]] as const) {
      const { fleshTint, lipTint } = facePalette(face([200, 150, 120], lips), POINTS);
      expect(fleshTint).toEqual(lipTint);
    }
  });
});
