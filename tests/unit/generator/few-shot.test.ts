import { createFrame } from '#dist/core/frame.js';
import { createDraftGenerator } from '#dist/generator/draft.js';
import { PhotoChoice } from '#dist/generator/few-shot/choice.js';
import { matchColours } from '#dist/generator/few-shot/match-colours.js';
import { REGION_WEIGHTS } from '#dist/generator/few-shot/regions.js';
import { FACE_OVAL } from '#dist/geometry/face-topology.js';
import { faceState } from '#dist/motion/face-state.js';
import { fromHeadAngles } from '#dist/geometry/rotation.js';
import { describe, expect, it } from 'vitest';
import { face, facePoints, type Sitter } from '../motion/synthetic-face.js';

type Paint = (x: number, y: number) => readonly [number, number, number];
const SIZE = 240;
const PLACE = { scale: 60, centre: [120, 120] } as const;

function photo(sitter: Sitter, paint: Paint) {
  const frame = createFrame(SIZE, SIZE);
  for (let y = 0, o = 0; y < SIZE; y++) for (let x = 0; x < SIZE; x++, o += 4) frame.data.set([...paint(x, y), 255], o);
  const points = facePoints({ ...PLACE, ...sitter });
  const rotation = fromHeadAngles({ yaw: sitter.yaw ?? 0, pitch: sitter.pitch ?? 0, roll: sitter.roll ?? 0 });
  return { frame, points, state: faceState({ points, rotation }) };
}

/** Mean RGB of a disc around a landmark. */
function around(frame: { readonly data: Uint8ClampedArray; readonly width: number }, points: Float32Array, landmark: number, radius = 3): number[] {
  const [cx, cy] = [Math.round(points[3 * landmark]!), Math.round(points[3 * landmark + 1]!)];
  const sum = [0, 0, 0];
  for (let y = cy - radius; y <= cy + radius; y++) for (let x = cx - radius; x <= cx + radius; x++) for (let k = 0; k < 3; k++) sum[k]! += frame.data[(y * frame.width + x) * 4 + k]!;
  return sum.map((value) => value / (2 * radius + 1) ** 2);
}

const CHEEK = 50;
const OTHER_CHEEK = 280;
const OUTLINE = 234;
const UPPER_LIP = 37;

describe('the choice of photos', () => {
  const states = [face({ gap: 0.004 }), face({ gap: 0.2 }), face({ gap: 0.21 }), face({ yaw: 25 }), face({ gap: 0.22 })];

  it('shares a region among the four nearest photos, whole in itself', () => {
    const choice = new PhotoChoice([...states, face({ gap: 0.19 }), face({ gap: 0.215 })], 0);
    choice.update(face({ gap: 0.203 }));
    for (const shares of Object.values(choice.shares)) {
      expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
      expect([...shares].filter((share) => share > 0).length).toBeLessThanOrEqual(4);
    }
    const { mouth } = choice.shares;
    expect([...mouth].filter((share) => share > 0)).toHaveLength(4);
    expect(mouth[1]).toBeGreaterThan(mouth[2]!);
    expect(mouth[2]).toBeGreaterThan(0.1);
    expect([mouth[0], mouth[3]]).toEqual([0, 0]);
  });

  it('prefers the canvas where nothing else is clearly nearer', () => {
    const choice = new PhotoChoice(states, 0);
    choice.update(face());
    for (const shares of Object.values(choice.shares)) expect(shares[0]).toBeGreaterThan(0.95);
  });

  it('fades', () => {
    const choice = new PhotoChoice(states, 25);
    choice.update(face({ yaw: 25 }));
    const { skin } = choice.shares;
    expect(skin[3]).toBeGreaterThan(0.1);
    expect(skin[3]).toBeLessThan(0.3);
    for (let k = 0; k < 30; k++) choice.update(face({ yaw: 25 }));
    expect(skin[3]).toBeGreaterThan(0.95);
  });
});

describe('a switch from photo to photo', () => {
  it('takes as long at any frame rate', () => {
    const shares = (fps: number): Float32Array => {
      const choice = new PhotoChoice([face(), face({ yaw: 25 })], fps);
      for (let k = 0; k < fps / 5; k++) choice.update(face({ yaw: 25 }));
      return choice.shares.skin;
    };
    for (const fps of [10, 50]) expect(shares(fps)[1]).toBeCloseTo(shares(25)[1]!, 5);
  });
});

describe('regions', () => {
  it('end before the outline and have no more than one photo everywhere', () => {
    for (let v = 0; v < 468; v++) expect(REGION_WEIGHTS.skin[v]! + REGION_WEIGHTS.mouth[v]! + REGION_WEIGHTS.eyes[v]!).toBeLessThanOrEqual(1.0001);
    for (const v of FACE_OVAL) expect(REGION_WEIGHTS.skin[v]!).toBe(0);
    expect(REGION_WEIGHTS.mouth[13]!).toBe(1);
    expect(REGION_WEIGHTS.eyes[159]!).toBe(1);
    expect(REGION_WEIGHTS.skin[CHEEK]!).toBeGreaterThan(0.2);
  });
});

describe('colours of another photo', () => {
  const canvas = photo({}, () => [150, 110, 90]);

  it('stay where the light is about the same: a turned head changes as much', () => {
    const other = photo({}, () => [160, 103, 94]);
    expect(matchColours(other, canvas).data).toEqual(other.frame.data);
  });

  it("become the canvas' where the light is another one, on each side for itself", () => {
    // Lit from one side: 100 % at the left edge of the picture, 55 % at the right one.
    const light = (x: number): number => Math.round(150 * (1 - (0.45 * x) / SIZE));
    const other = photo({}, (x) => [light(x), (light(x) * 110) / 150, (light(x) * 90) / 150]);
    const matched = matchColours(other, canvas);
    const [left, right] = [CHEEK, OTHER_CHEEK].map((cheek) => around(matched, other.points, cheek)[0]!) as [number, number];
    expect(right).toBeGreaterThan(120);
    expect(right).toBeGreaterThan(around(other.frame, other.points, OTHER_CHEEK)[0]! + 10);
    expect(left).toBeLessThan(152);
    // Only what is beyond the same light is changed.
    expect(right).toBeLessThan(150);
  });
});

describe('a draft of several photos', () => {
  const canvas = photo({}, () => [150, 110, 90]);
  const laughing = photo({ gap: 0.2, smile: 0.05 }, () => [140, 118, 96]);
  const target = { ...laughing.state, points: laughing.points, confidence: 1 };

  it('shows the nearest photo inside the face and the canvas at its outline', async () => {
    const out = createFrame(SIZE, SIZE);
    const generator = createDraftGenerator([canvas, laughing], { driverPixels: false, fps: 0 });
    let lent: readonly { readonly skin: number; readonly mouth: number }[] = [];
    await generator.render(target, undefined, out, (_flow, lenders) => {
      lent = lenders.map(({ opacity }) => ({ ...opacity }));
    });
    await generator.close();
    expect(lent).toHaveLength(1);
    const [{ skin, mouth }] = lent as [{ skin: number; mouth: number }];
    expect(mouth).toBeCloseTo(1, 2);
    // A laugh changes lips more than cheeks: these are shared with the canvas.
    expect(skin).toBeGreaterThan(0.5);
    const lip = around(out, target.points, UPPER_LIP, 1);
    [140, 118, 96].forEach((value, k) => expect(Math.abs(lip[k]! - value)).toBeLessThan(4));
    const cheek = around(out, target.points, CHEEK);
    [150, 110, 90].forEach((value, k) => expect(Math.abs(cheek[k]! - (value + ([140, 118, 96][k]! - value) * skin))).toBeLessThan(6));
    const outline = around(out, target.points, OUTLINE, 1);
    [150, 110, 90].forEach((value, k) => expect(Math.abs(outline[k]! - value)).toBeLessThan(4));
  });

  it("draws the inside of a mouth that is opened much farther than the nearest photo's, instead of stretching what that shows", async () => {
    // All of either photo is as bright as its skin: only a painted cavity is dark.
    const middle = async (lender: ReturnType<typeof photo>): Promise<number> => {
      const generator = createDraftGenerator([canvas, lender], { driverPixels: false, fps: 0 });
      const out = createFrame(SIZE, SIZE);
      await generator.render(target, undefined, out);
      const [x, y] = [0, 1].map((k) => Math.round((target.points[13 * 3 + k]! + target.points[14 * 3 + k]!) / 2)) as [number, number];
      return out.data[(y * SIZE + x) * 4]!;
    };
    const asOpen = await middle(laughing);
    const hardlyOpen = await middle(photo({ gap: 0.09, smile: 0.05 }, () => [140, 118, 96]));
    expect(asOpen).toBeGreaterThan(130);
    expect(hardlyOpen).toBeLessThan(asOpen - 20);
  });

  it('says where the teeth of the only photo would be smeared', async () => {
    const unsmeared = async (photos: readonly unknown[]): Promise<number> => {
      const generator = createDraftGenerator(photos as never, { driverPixels: false, fps: 0 });
      let seen = NaN;
      await generator.render(target, undefined, createFrame(SIZE, SIZE), (_flow, _lenders, share) => (seen = share));
      await generator.close();
      return seen;
    };
    const hardlyOpen = photo({ gap: 0.09, smile: 0.05 }, () => [140, 118, 96]);
    expect(await unsmeared([laughing])).toBe(1);
    expect(await unsmeared([hardlyOpen])).toBe(0);
    // What a shut mouth shows is no smear of teeth; of several photos the nearest is there.
    expect(await unsmeared([canvas])).toBe(1);
    expect(await unsmeared([hardlyOpen, laughing])).toBe(1);
  });

  it('is the draft of one photo where the canvas is nearest', async () => {
    const still = { ...canvas.state, points: canvas.points, confidence: 1 };
    const [alone, together] = [createFrame(SIZE, SIZE), createFrame(SIZE, SIZE)];
    for (const [photos, out] of [[[canvas], alone], [[canvas, laughing], together]] as const) {
      const generator = createDraftGenerator(photos as never, { driverPixels: false, fps: 0 });
      await generator.render(still, undefined, out);
      await generator.close();
    }
    expect(together.data).toEqual(alone.data);
  });
});
