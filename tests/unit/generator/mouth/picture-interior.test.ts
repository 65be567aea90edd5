import { createFrame, type Frame } from '#dist/core/frame.js';
import { withSeenTeeth } from '#dist/generator/mouth/enamel.js';
import { mouthRest } from '#dist/generator/mouth/frame.js';
import { MouthPainter } from '#dist/generator/mouth/paint.js';
import { PictureInterior } from '#dist/generator/mouth/picture-interior.js';
import { INNER_LIP_LOWER, INNER_LIP_UPPER } from '#dist/geometry/face-topology.js';
import { createOpening, fitOpening } from '#dist/geometry/opening.js';
import { describe, expect, it } from 'vitest';
import { face, facePoints } from '../../motion/synthetic-face.js';

type Colour = readonly [number, number, number];

const LAUGH = { gap: 0.3 };
const POINTS = facePoints(LAUGH);
const STATE = face(LAUGH);
const REST = mouthRest(face({}));
const OPENING = fitOpening(POINTS, INNER_LIP_UPPER, INNER_LIP_LOWER, createOpening());

const PALETTE = { skin: 150, highlight: 200, whites: 160, whitesSeen: 1, shadow: 30, toothTint: [1, 1, 1], lipTint: [1.4, 0.9, 0.9], fleshTint: [1.5, 0.85, 0.85] } as const;

function filled(colour: Colour): Frame {
  const frame = createFrame(600, 600);
  for (let o = 0; o < frame.data.length; o += 4) frame.data.set([...colour, 255], o);
  return frame;
}

/** What the middle of a mouth becomes whose lender's has that colour. */
function lent(colour: Colour, { lender = {}, sitter = {}, still = false } = {}): { luma: number; redness: number } {
  const view = { frame: filled(colour), points: POINTS, state: STATE };
  const interior = new PictureInterior(
    { rest: REST, palette: { ...PALETTE, ...sitter } },
    { rest: REST, palette: { ...PALETTE, ...lender }, still },
    () => view,
  );
  interior.begin({ ...STATE, points: POINTS, confidence: 1 }, undefined);
  const sample = { luma: 0, redness: 0, known: 0 };
  interior.sample(OPENING.x, OPENING.y, 0, sample);
  return sample;
}

describe('a lent mouth', () => {
  it('leaves the teeth of a photo of the sitter as bright as they are, and a driver\'s below the sitter\'s highlights', () => {
    expect(lent([170, 170, 170], { still: true }).luma).toBeCloseTo(170, 0);
    expect(lent([170, 170, 170]).luma).toBeLessThan(155);
    expect(lent([200, 200, 200]).luma).toBeCloseTo(0.88 * 200, 0);
  });

  it('gives a dark sitter teeth in the light of the eyes, where the driver\'s highlights are skin', () => {
    const dark = { skin: 70, highlight: 140, whites: 140, shadow: 20 };
    const tone = (whitesSeen: number): number => lent([150, 150, 150], { lender: { whitesSeen }, sitter: dark }).luma;
    expect(tone(1)).toBeGreaterThan(1.15 * tone(0));
    expect(tone(1)).toBeLessThan(0.88 * dark.whites);
    // Whites that promise duller teeth don't count.
    const fair = { highlight: 240, whites: 165 };
    expect(lent([150, 150, 150], { sitter: fair }).luma).toBe(lent([150, 150, 150], { sitter: { ...fair, whitesSeen: 0 } }).luma);
  });

  it('keeps lit gums as dark against the teeth as they are, and cavities as deep as the sitter\'s', () => {
    const deep = { sitter: { shadow: 5 }, lender: { shadow: 60 } };
    const gum = lent([130, 70, 75], deep);
    expect(gum.redness).toBe(1);
    expect(gum.luma / lent([200, 200, 200], deep).luma).toBeCloseTo(0.416, 2); // 83 of 200
    expect(lent([90, 90, 90], deep).luma).toBeLessThan(gum.luma / 1.5);
    expect(lent([60, 30, 30], deep).luma).toBeLessThan(10);
  });
});

describe('the tint of teeth', () => {
  /** The upper half of the mouth's inside in one colour, the rest in another. */
  function mouth(teeth: Colour, rest: Colour): { frame: Frame; points: Float32Array } {
    const frame = filled(rest);
    for (let y = 0; y < OPENING.y; y++) for (let x = 0; x < 600; x++) frame.data.set(teeth, (y * 600 + x) * 4);
    return { frame, points: POINTS };
  }
  const warm = { ...PALETTE, toothTint: [1.1, 0.97, 0.9] } as const;

  it('is what the pictures show', () => {
    const [red, green, blue] = withSeenTeeth([mouth([180, 150, 140], [70, 20, 20])], PALETTE).toothTint;
    expect([red / green, blue / green]).toEqual([expect.closeTo(180 / 150, 3), expect.closeTo(140 / 150, 3)]);
    const white = withSeenTeeth([mouth([160, 160, 160], [70, 20, 20])], warm).toothTint;
    for (const share of white) expect(share).toBeCloseTo(1, 3);
  });

  it('is at most halfway to the lips', () => {
    const [red, green] = withSeenTeeth([mouth([220, 130, 130], [70, 20, 20])], PALETTE).toothTint;
    expect(red - green).toBeCloseTo((PALETTE.lipTint[0] - PALETTE.lipTint[1]) / 2, 5);
  });

  it('is what the palette expects where no teeth show', () => {
    const shut = { frame: filled([200, 180, 170]), points: facePoints({}) };
    for (const pictures of [[], [shut], [mouth([115, 80, 80], [70, 20, 20])]]) expect(withSeenTeeth(pictures, warm)).toBe(warm);
  });
});

describe('a painted mouth', () => {
  /** Luminance of what an interior of one tone becomes right under the upper lip, beside the corner. */
  function painted(shaded: boolean): number {
    const out = filled([100, 100, 100]);
    const even = {
      shaded,
      begin: () => 1,
      sample(_x: number, _y: number, _lower: number, sample: { luma: number; redness: number; known: number }) {
        Object.assign(sample, { luma: 150, redness: 0, known: 1 });
      },
    };
    const grain = { at: () => 0 } as never;
    new MouthPainter(PALETTE, grain, [even]).paint({ ...STATE, points: POINTS, confidence: 1 }, undefined, out);
    const [x, y] = [Math.round(OPENING.x - 0.44 * OPENING.width), Math.round(OPENING.y)];
    return out.data[(y * 600 + x) * 4]!;
  }

  it('is shaded once: a picture\'s own shade is enough', () => {
    expect(painted(true)).toBe(150);
    expect(painted(false)).toBeLessThan(110);
  });
});
