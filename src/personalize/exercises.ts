import { createFrame, type Frame } from '../core/frame.js';
import type { DriverView, TargetFace } from '../core/motion.js';
import type { SourcePhoto } from '../core/ports.js';
import type { FlowField } from '../geometry/flow-field.js';
import { createDraftGenerator } from '../generator/draft.js';
import type { Lender } from '../generator/few-shot/album.js';
import { matchColours } from '../generator/few-shot/match-colours.js';
import type { CropFrame } from '../generator/refiner/crop-frame.js';
import { RegionCrop } from '../generator/refiner/crops.js';
import { CROP_CHANNELS } from '../generator/refiner/layout.js';
import { LentSource } from '../generator/refiner/lent-source.js';
import { REFINER_REGIONS, type RefinerRegion } from '../generator/refiner/regions.js';
import { sampleCrop } from '../generator/refiner/sample-crop.js';
import { disguise, type Disguise } from './disguise.js';
import { misplace } from './misplace.js';
import type { Lesson } from './plan.js';
import type { Dice } from './random.js';

/** What learns: the eyes. Fine-tuned mouths were worse than those of the weights that ship (docs/personalize.md). */
const EYES = REFINER_REGIONS.filter(({ network }) => network === 'eye');

/** One eye of a lesson, ready for the network. */
export interface Exercise {
  readonly region: RefinerRegion;
  /** `[rows, cols, CROP_CHANNELS]` */
  readonly crop: Float32Array;
  /** `[rows, cols, 3]`, RGB 0..1: the photo where the crop lies. */
  readonly answer: Float32Array;
  /** The driver's pixels are in the crop. */
  readonly driven: boolean;
}

/** Everything that a lesson is drawn from. */
export interface Classroom {
  readonly photos: readonly SourcePhoto[];
  /** The photo that stands for the driver at rest. */
  readonly rest: number;
}

/** Draws a lesson with the product's own draft and crops: one exercise an eye. */
export async function drawLesson({ photos, rest }: Classroom, lesson: Lesson, mask: Disguise, dice: Dice): Promise<Exercise[]> {
  const canvas = photos[lesson.canvas]!;
  const photo = photos[lesson.target]!;
  const lenders = lesson.lenders.map((k) => photos[k]!);
  const generator = createDraftGenerator([canvas, ...lenders], { driverPixels: lesson.driven, fps: 0 });
  const crops = EYES.map((region) => new RegionCrop(region, canvas));
  let driver: DriverView | undefined;
  if (lesson.driven) {
    const atRest = disguise(photos[rest]!, mask);
    generator.setDriverReference?.(atRest);
    for (const crop of crops) crop.setDriverReference(atRest);
    driver = rest === lesson.target ? atRest : disguise(photo, mask);
  }
  const { width, height } = canvas.frame;
  const [draft, warped] = [createFrame(width, height), createFrame(width, height)];
  const target = poseOn(canvas, photo);
  if (lesson.canvas !== lesson.target) misplace(target, dice);
  let flow: FlowField | undefined;
  let lent: readonly Lender[] = [];
  await generator.render(target, driver, draft, (field, photosThatLend) => {
    flow = field;
    lent = photosThatLend;
    warped.data.set(draft.data);
  });
  const matched = lesson.canvas === lesson.target ? photo.frame : matchColours(photo, canvas);
  const exercises = crops.map((crop): Exercise => {
    const source = new LentSource(crop);
    crop.fill({ target, flow: flow!, warped, draft, driver });
    source.mix(target, lent);
    return { region: crop.region, driven: lesson.driven, crop: crop.data, answer: sampleAnswer(matched, placeIn(crop.frame, canvas, photo), crop.region) };
  });
  await generator.close();
  return exercises;
}

/** The face of `photo` where the canvas has its own: as large, in the same place, with its own pose and expression. */
function poseOn({ state: own }: SourcePhoto, { state, points }: SourcePhoto): TargetFace {
  const factor = own.scale / state.scale;
  const moved = new Float32Array(points.length);
  for (let i = 0; i < points.length; i++) moved[i] = own.centre[i % 3]! + (points[i]! - state.centre[i % 3]!) * factor;
  return { canonical: state.canonical, rotation: state.rotation, scale: own.scale, centre: own.centre, points: moved, confidence: 1 };
}

/** Where a crop of the canvas lies in the photo that {@link poseOn} moved there. */
function placeIn(frame: CropFrame, { state: own }: SourcePhoto, { state }: SourcePhoto): CropFrame {
  const factor = state.scale / own.scale;
  return {
    ...frame,
    x: state.centre[0]! + (frame.x - own.centre[0]!) * factor,
    y: state.centre[1]! + (frame.y - own.centre[1]!) * factor,
    pixel: frame.pixel * factor,
  };
}

function sampleAnswer(picture: Frame, frame: CropFrame, { rows, cols }: RefinerRegion): Float32Array {
  const wide = new Float32Array(rows * cols * CROP_CHANNELS);
  sampleCrop(picture, frame, wide, 0);
  const answer = new Float32Array(rows * cols * 3);
  for (let o = 0, k = 0; k < answer.length; o += CROP_CHANNELS, k += 3) answer.set(wide.subarray(o, o + 3), k);
  return answer;
}
