import { createFrame } from '#dist/core/frame.js';
import { compositeCrop, type LentPicture } from '#dist/generator/refiner/composite.js';
import { createControls, type Controls } from '#dist/generator/refiner/controls.js';
import { PatchKeeper } from '#dist/generator/refiner/crop-box.js';
import { cropColumn, cropRow, type CropFrame } from '#dist/generator/refiner/crop-frame.js';
import { describe, expect, it } from 'vitest';

const WIDTH = 120;
const HEIGHT = 90;
const NO_GRAIN = { at: () => 0 };

function picture(seed: number, width = WIDTH, height = HEIGHT) {
  const frame = createFrame(width, height);
  for (let i = 0; i < frame.data.length; i++) if (i % 4 !== 3) frame.data[i] = 60 + ((i * seed + (i >> 5) * 7) % 120);
  return frame;
}

/** A turned crop in the middle of the picture. */
function cropFrame(changes: Partial<CropFrame> = {}): CropFrame {
  return { x: 58.3, y: 44.6, ex: Math.cos(0.2), ey: Math.sin(0.2), pixel: 1.3, flip: 1, cols: 48, rows: 32, ...changes };
}

/** The same controls everywhere, alpha fading to 0 at the border. */
function controls(alpha: number, back: number, choice: number, gain = 1, residual = 0): Controls {
  const out = createControls(32, 48);
  for (let j = 0; j < 32; j++) {
    for (let i = 0; i < 48; i++) {
      const inside = Math.min(1, Math.min(i, 47 - i, j, 31 - j) / 6);
      out.masks.set([alpha * inside, back, choice], (j * 48 + i) * 3);
    }
  }
  for (let t = 0; t < out.tones.length; t += 6) out.tones.set([residual, residual, residual, gain, gain, gain], t);
  return out;
}

function run(control: Controls, frame = cropFrame(), driver?: LentPicture) {
  const [draft, warp] = [picture(13), picture(29)];
  const out = { ...draft, data: draft.data.slice() };
  compositeCrop(control, frame, new PatchKeeper().keep(warp, frame), driver, out);
  return { draft, warp, out, frame };
}

/** Pixels well inside the crop, where its border doesn't fade. */
function inner(frame: CropFrame): number[] {
  const found: number[] = [];
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const [column, row] = [cropColumn(frame, x, y), cropRow(frame, x, y)];
      if (column > 6 && row > 6 && column < frame.cols - 7 && row < frame.rows - 7) found.push((y * WIDTH + x) * 4);
    }
  }
  return found;
}

function lent(changes: Partial<LentPicture> = {}): LentPicture {
  return { picture: picture(41), frame: cropFrame(), grade: { colour: 1, gain: [1, 1, 1] }, grain: NO_GRAIN, grainShare: 0, skin: 128, ...changes };
}

describe('compositeCrop', () => {
  it('leaves the draft bit by bit where nothing is to be redrawn', () => {
    const { draft, out } = run(controls(0, 1, 1, 2, 0.5), cropFrame(), lent());
    expect(Buffer.from(out.data).equals(Buffer.from(draft.data))).toBe(true);
  });

  it('leaves the draft bit by bit where the draft is redrawn as it is', () => {
    const { draft, out } = run(controls(1, 0, 0));
    expect(Buffer.from(out.data).equals(Buffer.from(draft.data))).toBe(true);
  });

  it('never touches a pixel outside the crop, nor its border', () => {
    const { draft, out, frame } = run(controls(1, 0, 0, 2, 0.3));
    let changed = 0;
    for (let y = 0; y < HEIGHT; y++) {
      for (let x = 0; x < WIDTH; x++) {
        const o = (y * WIDTH + x) * 4;
        const [column, row] = [cropColumn(frame, x, y), cropRow(frame, x, y)];
        const outside = column <= 0 || row <= 0 || column >= frame.cols - 1 || row >= frame.rows - 1;
        if (outside) expect(out.data[o]).toBe(draft.data[o]);
        else if (out.data[o] !== draft.data[o]) changed++;
        expect(out.data[o + 3]).toBe(255);
      }
    }
    expect(changed).toBeGreaterThan(1000);
  });

  it('takes the warp, pixel by pixel, where it is chosen', () => {
    const { warp, out, frame } = run(controls(1, 1, 0));
    for (const o of inner(frame)) for (let k = 0; k < 3; k++) expect(out.data[o + k]).toBe(warp.data[o + k]);
  });

  it("takes the driver's pixels where they lie under the same crop pixels, in the portrait's colours", () => {
    const driver = lent({ grade: { colour: 1, gain: [0.5, 1, 1] } });
    const { out, frame } = run(controls(1, 0, 1), cropFrame(), driver);
    // Both crops lie alike, so the driver's pixels are neither moved nor mixed.
    for (const o of inner(frame)) {
      expect(Math.abs(out.data[o]! - driver.picture.data[o]! * 0.5)).toBeLessThanOrEqual(1);
      expect(Math.abs(out.data[o + 1]! - driver.picture.data[o + 1]!)).toBeLessThanOrEqual(1);
    }
  });

  it("gives the portrait's grain to the driver's pixels, as far as they are bright, and to no others", () => {
    const grain = { at: (x: number, y: number) => ((x + y) % 2 === 0 ? 20 : -20) };
    const driver = lent({ grain, grainShare: 0.5, skin: 60 });
    const plain = run(controls(1, 0, 1), cropFrame(), lent());
    const { out, frame } = run(controls(1, 0, 1), cropFrame(), driver);
    for (const o of inner(frame)) {
      const [x, y] = [(o / 4) % WIDTH, Math.floor(o / 4 / WIDTH)];
      expect(Math.abs(out.data[o]! - plain.out.data[o]! - grain.at(x, y) * 0.5)).toBeLessThanOrEqual(1);
    }
    const dark = run(controls(1, 0, 1), cropFrame(), lent({ grain, grainShare: 0.5, skin: 6000 }));
    for (const o of inner(frame)) expect(Math.abs(dark.out.data[o]! - plain.out.data[o]!)).toBeLessThanOrEqual(1);
    const own = run(controls(1, 0, 0), cropFrame(), driver);
    expect(Buffer.from(own.out.data).equals(Buffer.from(own.draft.data))).toBe(true);
  });

  it('mirrors where the crop is mirrored', () => {
    const own = cropFrame({ flip: -1, ex: 1, ey: 0, x: 60, y: 45, pixel: 1 });
    const driver = lent({ frame: { ...own, flip: -1 } });
    const { out } = run(controls(1, 0, 1), own, driver);
    for (const o of inner(own)) expect(Math.abs(out.data[o]! - driver.picture.data[o]!)).toBeLessThanOrEqual(1);
  });

  it('has no driver where there is none, whatever is chosen', () => {
    const { draft, out } = run(controls(1, 0, 1));
    expect(Buffer.from(out.data).equals(Buffer.from(draft.data))).toBe(true);
  });

  it('applies gain and residual', () => {
    const { draft, out, frame } = run(controls(1, 0, 0, 0.5, 0.1));
    for (const o of inner(frame)) expect(Math.abs(out.data[o]! - (draft.data[o]! * 0.5 + 25.5))).toBeLessThanOrEqual(0.51);
  });

  it.each([
    ['of a face so small that many crop pixels share one of the picture', cropFrame({ pixel: 0.08 })],
    ['over an edge of the picture', cropFrame({ x: 2, y: 88 })],
    ['out of the picture', cropFrame({ x: -500, y: 300 })],
  ])('works with a crop %s', (_, frame) => {
    const { draft, out } = run(controls(1, 0, 0, 2, 0.2), frame);
    let outside = 0;
    for (let y = 0; y < HEIGHT; y++) {
      for (let x = 0; x < WIDTH; x++) {
        const [column, row] = [cropColumn(frame, x, y), cropRow(frame, x, y)];
        if (column > 0 && row > 0 && column < frame.cols - 1 && row < frame.rows - 1) continue;
        outside++;
        expect(out.data[(y * WIDTH + x) * 4]).toBe(draft.data[(y * WIDTH + x) * 4]);
      }
    }
    expect(outside).toBeGreaterThan(0);
  });
});
