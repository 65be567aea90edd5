import { describe, expect, it } from 'vitest';
import { createFrame } from '#dist/core/frame.js';
import { INNER_LIP_LOWER, INNER_LIP_UPPER } from '#dist/geometry/face-topology.js';
import { createOpening, curveAt, fitOpening } from '#dist/geometry/opening.js';
import { mouthRest } from '#dist/generator/mouth/frame.js';
import { AtlasInterior, type TeethAtlas, type TeethLayer } from '#dist/generator/mouth/teeth-atlas.js';
import { SpriteLevels } from '#dist/generator/mouth/sprite-levels.js';
import type { TargetFace } from '#dist/core/motion.js';
import { facePoints, face, type Sitter } from '../../motion/synthetic-face.js';

const PALETTE = { shadow: 20, highlight: 220, skin: 160, toothTint: [1, 1, 1], lipTint: [1.2, 0.9, 0.9] } as never;
/** Pixels of the atlas per mouth width. */
const UNIT = 200;

/** A white bar with a straight cutting edge. */
function bar(kind: 'upper' | 'lower'): TeethLayer {
  const frame = createFrame(300, 120);
  frame.data.fill(0);
  const edge = 60;
  for (let y = 0; y < 120; y++) {
    if (kind === 'upper' ? y >= edge : y < edge) continue;
    frame.data.fill(255, y * 1200, (y + 1) * 1200);
  }
  return { frame, centreX: 150, centreY: 60, incisalY: edge, depth: 0.12 };
}

/** How much of the gap's height below the upper lip, and above the lower one, shows teeth; 0..1. */
function revealed(sitter: Sitter): { upper: number; lower: number } {
  const rest = mouthRest(face({}));
  const state = face(sitter);
  const target = { ...state, points: facePoints(sitter), confidence: 0 } as TargetFace;
  const atlas: TeethAtlas = { pixelsPerMouthWidth: UNIT, upper: bar('upper'), lower: bar('lower') };
  const interior = new AtlasInterior({ rest, palette: PALETTE }, atlas);
  interior.begin(target);
  const o = fitOpening(target.points, INNER_LIP_UPPER, INNER_LIP_LOWER, createOpening());
  const [top, bottom] = [curveAt(o.upper, 0), curveAt(o.lower, 0)];
  const sample = { luma: 0, redness: 0, known: 0 };
  const shows = Array.from({ length: 100 }, (_, i) => {
    const b = (top + ((bottom - top) * (i + 0.5)) / 100) * o.width;
    interior.sample(o.x - o.ey * b, o.y + o.ex * b, 0, sample);
    return sample.known > 0.5;
  });
  const cavity = shows.indexOf(false);
  return cavity < 0 ? { upper: 1, lower: 1 } : { upper: cavity / 100, lower: (99 - shows.lastIndexOf(false)) / 100 };
}

describe('rendered teeth', () => {
  it.each([
    { label: 'seen from the front', sitter: { gap: 0.3 } },
    { label: 'turned and lifted', sitter: { gap: 0.3, yaw: 25, pitch: 14, roll: -8 } },
    { label: 'looking down', sitter: { gap: 0.3, yaw: -20, pitch: -18 } },
    { label: 'in a small picture', sitter: { gap: 0.3, scale: 12 } },
  ])('hang from the upper lip and hide behind the lower one, $label', ({ sitter }) => {
    const { upper, lower } = revealed(sitter);
    expect(upper).toBeGreaterThan(0.15);
    expect(upper).toBeLessThan(0.85);
    expect(lower).toBeLessThan(0.3);
    expect(upper).toBeGreaterThan(lower);
  });
});

describe('SpriteLevels', () => {
  it('keeps the colour of what is opaque and the share that is', () => {
    const frame = createFrame(4, 2);
    frame.data.fill(0);
    frame.data.set([200, 100, 50, 255]);
    frame.data.set([200, 100, 50, 255], 4);
    const levels = new SpriteLevels(frame);
    expect([...levels.at(1).data]).toEqual([200, 100, 50, 128, 0, 0, 0, 0]);
    expect(levels.at(0)).toBe(frame);
    expect([0.5, 1, 2.9, 6, 9].map((pixels) => levels.levelFor(pixels))).toEqual([0, 0, 2, 3, 3]);
  });
});
