import { describe, expect, it } from 'vitest';
import { createFrame } from '#dist/core/frame.js';
import { createFlowField } from '#dist/geometry/flow-field.js';
import { createOpening } from '#dist/geometry/opening.js';
import { createCropFrame, cropColumn, cropRow, fitCropFrame, pictureX, pictureY } from '#dist/generator/refiner/crop-frame.js';
import { RegionCrop, sitterCrop } from '#dist/generator/refiner/crops.js';
import { createGrade, createSkinTone, fitGrade, applyGrade } from '#dist/generator/refiner/grade.js';
import { CHANNEL, CROP_CHANNELS } from '#dist/generator/refiner/layout.js';
import { FACE_REGION, REFINER_REGIONS, regionUnit } from '#dist/generator/refiner/regions.js';
import { faceState } from '#dist/motion/face-state.js';
import { facePoints, type Sitter } from '../../motion/synthetic-face.js';

const SIZE = 600;
const UPRIGHT = Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);

/** A smooth picture: red grows to the right, green downwards. */
function ramp(blue = 90) {
  const frame = createFrame(SIZE, SIZE);
  for (let y = 0; y < SIZE; y++) for (let x = 0; x < SIZE; x++) frame.data.set([40 + x / 4, 40 + y / 4, blue, 255], (y * SIZE + x) * 4);
  return frame;
}

function photo(sitter: Sitter = {}, frame = ramp()) {
  const points = facePoints(sitter);
  return { frame, points, state: faceState({ points, rotation: UPRIGHT }) };
}

function moment(sitter: Sitter, frame = ramp()) {
  const { points, state } = photo(sitter, frame);
  return { target: { ...state, points, confidence: 1 }, flow: createFlowField(0, 0, SIZE, SIZE, 1), warped: frame, draft: frame, driver: undefined };
}

const [mouth, left, right] = REFINER_REGIONS;

describe('crops of the refiner', () => {
  it('lays crops over the face by its own size, turned with its features', () => {
    for (const region of [...REFINER_REGIONS, FACE_REGION]) {
      const { points, state } = photo({ roll: 20, scale: 80 });
      const frame = fitCropFrame(region, points, state.scale, regionUnit(region, state.canonical), createOpening(), createCropFrame(region));
      // Eyes are a little slanted themselves.
      expect(Math.abs(Math.abs((Math.atan2(frame.ey, frame.ex) * 180) / Math.PI) - 20)).toBeLessThan(4);
      for (const [column, row] of [[0, 0], [10.5, 40], [63, 20]] as const) {
        const [x, y] = [pictureX(frame, column, row), pictureY(frame, column, row)];
        expect(cropColumn(frame, x, y)).toBeCloseTo(column, 3);
        expect(cropRow(frame, x, y)).toBeCloseTo(row, 3);
      }
      // One unit is the distance of the corners at rest.
      const [a, b] = region.corners.map((i) => cropColumn(frame, points[i * 3]!, points[i * 3 + 1]!));
      expect(Math.abs(b! - a!)).toBeCloseTo(region.perUnit, -0.5);
    }
  });

  it('mirrors the image-right eye, so that both show the outer corner on the same side', () => {
    const { points, state } = photo();
    const column = (region: typeof left, point: number) => {
      const frame = fitCropFrame(region!, points, state.scale, regionUnit(region!, state.canonical), createOpening(), createCropFrame(region!));
      return cropColumn(frame, points[point * 3]!, points[point * 3 + 1]!);
    };
    expect(column(left, 33)).toBeCloseTo(column(right, 263), 0);
    expect(column(left, 33)).toBeLessThan(column(left, 133));
  });

  it('holds the picture where nothing moves, everything valid, and distances positive inside', () => {
    const crop = new RegionCrop(mouth!, photo({ gap: 0.2 }));
    crop.fill(moment({ gap: 0.2 }));
    const at = (column: number, row: number) => (row * mouth!.cols + column) * CROP_CHANNELS;
    const middle = at(48, 32);
    const [x, y] = [pictureX(crop.frame, 48, 32), pictureY(crop.frame, 48, 32)];
    for (const first of [CHANNEL.source, CHANNEL.warp, CHANNEL.draft]) {
      expect(crop.data[middle + first]! * 255).toBeCloseTo(40 + x / 4, -0.5);
      expect(crop.data[middle + first + 1]! * 255).toBeCloseTo(40 + y / 4, -0.5);
    }
    expect(crop.data[middle + CHANNEL.validity]).toBe(1);
    expect(crop.data[middle + CHANNEL.distance + 1]).toBeGreaterThan(0);
    expect(crop.data[at(2, 2) + CHANNEL.distance]).toBe(-1);
    expect(crop.data[middle + CHANNEL.opening]).toBeGreaterThan(0.1);
    expect([...crop.data.subarray(middle + CHANNEL.driver, middle + CHANNEL.driver + 3), crop.data[middle + CHANNEL.present]]).toEqual([0, 0, 0, 0]);
  });

  it('measures a whole face from its outline, mouth and eyes', () => {
    const shut = photo();
    const crop = new RegionCrop(FACE_REGION, shut);
    const fill = (sitter: Sitter) => {
      crop.fill(moment(sitter));
      const at = (point: number): readonly [number, number] => {
        const { points } = photo(sitter);
        const [x, y] = [points[point * 3]!, points[point * 3 + 1]!];
        const o = (Math.round(cropRow(crop.frame, x, y)) * FACE_REGION.cols + Math.round(cropColumn(crop.frame, x, y))) * CROP_CHANNELS + CHANNEL.distance;
        return [crop.data[o]!, crop.data[o + 1]!];
      };
      return { at };
    };
    const face = fill({ gap: 0.3 });
    const [nose, lips, chin, eye] = [4, 13, 152, 159].map(face.at) as [readonly [number, number], readonly [number, number], readonly [number, number], readonly [number, number]];
    expect(nose[0]).toBe(1);
    expect(nose[1]).toBeLessThan(-0.2);
    for (const contour of [lips[1], chin[0], eye[1]]) expect(Math.abs(contour)).toBeLessThan(0.15); // Within two pixels
    expect(crop.data[CHANNEL.distance]).toBe(-1); // The corner
    expect(fill({ gap: 0 }).at(13)[1]).toBeLessThan(0.01); // Shut lips leave nothing inside
  });

  it('says where the source shows nothing', () => {
    const crop = new RegionCrop(mouth!, photo());
    const { flow, ...rest } = moment({ gap: 0.3 });
    // Everything on one row of the source: stretched without end.
    flow.y.fill(330);
    crop.fill({ ...rest, flow });
    expect(crop.data[(32 * 96 + 48) * CROP_CHANNELS + CHANNEL.validity]).toBe(0);
  });

  it("moves an eye's source until its iris lies where the target's does; the sitter's own crop stays", () => {
    const sitter = photo({ gaze: 0.5 });
    const crop = new RegionCrop(left!, sitter);
    const own = sitterCrop(left!, sitter);
    crop.fill(moment({ gaze: 0.7 }));
    const o = 24 * 64 + 32;
    // The ramp grows to the right: a source moved to the right shows what lies further left.
    expect(crop.data[o * CROP_CHANNELS]).toBeLessThan(own[o * 3]! - 0.005);
    crop.fill(moment({ gaze: 0.5 }));
    expect(crop.data[o * CROP_CHANNELS]).toBeCloseTo(own[o * 3]!, 4);
  });

  it("gives the driver the portrait's colours", () => {
    const crop = new RegionCrop(mouth!, photo({}, ramp(60)));
    const driver = photo({ scale: 60, centre: [250, 320] }, ramp(160));
    crop.fill({ ...moment({}, ramp(60)), driver });
    let [red, blue] = [0, 0];
    for (let o = 0; o < crop.data.length; o += CROP_CHANNELS) {
      red += crop.data[o + CHANNEL.driver]! - crop.data[o + CHANNEL.draft]!;
      blue += crop.data[o + CHANNEL.driver + 2]! - crop.data[o + CHANNEL.draft + 2]!;
    }
    const n = crop.data.length / CROP_CHANNELS;
    expect(Math.abs(red / n)).toBeLessThan(0.04);
    expect(Math.abs(blue / n)).toBeLessThan(0.04);
    expect(crop.data[CHANNEL.present]).toBe(1);
  });

  it('a grey print takes the colour out of the driver', () => {
    const grade = fitGrade({ mean: [0.6, 0.4, 0.3], spread: 0.3 }, { mean: [0.5, 0.5, 0.5], spread: 0 }, createGrade());
    const rgb = Float32Array.of(0.8, 0.3, 0.2);
    applyGrade(grade, rgb, 0, 3);
    expect(Math.max(...rgb) - Math.min(...rgb)).toBeLessThan(0.02);
    expect(createSkinTone().spread).toBe(0);
  });
});
