// Measures all rows on one clip, frame by frame; nothing of the clip is kept but numbers.
import { createFrame } from '../../dist/core/frame.js';
import { faceTransfer } from '../../dist/animator/face-transfer.js';
import { registerPhotos } from '../../dist/landmarks/registration/photos.js';
import { faceState } from '../../dist/motion/face-state.js';
import { commonRest } from '../../dist/motion/common-rest.js';
import { chooseReference } from '../../dist/motion/reference.js';
import { fitSimilarity, IDENTITY, movePicture, movePoints } from './align.mjs';
import { flickerBetween } from './metrics/flicker.mjs';
import { cosine } from './metrics/identity.mjs';
import { landmarkDistance } from './metrics/landmarks.mjs';
import { fidelity, withLids } from './metrics/motion.mjs';
import { luma, pixelError } from './metrics/pixels.mjs';
import { quantile } from './metrics/series.mjs';
import { signalsOf } from './metrics/signals.mjs';
import { maskPyramid, pyramid, structure } from './metrics/ssim.mjs';
import { cropPixels, faceCrop, regionMasks } from './regions.mjs';
import { copyFrame, moments } from './moments.mjs';
import { openRows } from './rows.mjs';
import { FaceTally, PixelTally } from './tally.mjs';

/** Options of the product, as they are by default. */
const TRANSFER = { mode: 'relative', amplitude: 1, smooth: 0.5, region: 'all' };
/** Frames of the driver that are looked at to find it at rest. */
const CANDIDATES = 24;
/** Every so many frames the face in the output is compared with the sitter's. */
const LIKENESS_EVERY = 5;

/**
 * @param clip - see sets/
 * @param options.geometry - `product`: the driver's motion, transferred as the product does it. `truth`: landmarks of the ground truth
 * itself, so that only the drawing is measured; pixels only.
 * @param options.pictures - `(frame) => void` gets what page.mjs shows; absent: no pictures
 * @returns `{ frames, skipped, rows, truth, shots, shotsTier, missing }`
 */
export async function measureClip(clip, { tiers, geometry, frameLimit, shots, tools, identity, pictures }) {
  const { detector } = tools;
  const photos = await readPhotos(clip, detector);
  const set = await openRows({ tiers, photos, clip, shots: geometry === 'product' ? shots : [], tools });
  const [portrait] = photos;
  const { width, height } = portrait.frame;
  const faces = geometry === 'product';
  const lanes = [...set.rows, ...set.shots].map((row) => ({
    ...row,
    isShot: set.shots.includes(row),
    canvas: createFrame(width, height),
    before: createFrame(width, height),
    pixels: new PixelTally(),
    face: new FaceTally(),
  }));
  const own = identity && faces ? await identity.describe(portrait.frame, portrait.points) : undefined;
  const states = photos.map((photo) => photo.state);
  const { view: reference, rests, looks, truthLooks } = await findReference(clip, states, detector, frameLimit);
  for (const { generator } of lanes) generator.setDriverReference?.(reference, looks);
  // More photos tell more of how the sitter rests: each number of them has a motion of its own.
  const photosOf = ({ photos: count = 1 }) => count;
  const motions = [...new Set(lanes.map(photosOf))].sort((a, b) => a - b).map((count) => ({
    count,
    transfer: faceTransfer({ source: portrait.state, ...TRANSFER }, commonRest(states.slice(0, count), rests.slice(0, count)), clip.fps),
    truth: createFrame(width, height),
    inside: new Uint8Array(width * height),
  }));
  const history = new TruthHistory();
  const signals = { driver: [], truth: [] };
  const likeness = [];
  let frames = 0;
  let skipped = 0;
  const transfers = motions.map(({ transfer }) => transfer);
  for await (const { moment, state, driverFace, truthFace, truthPoints, steps } of moments(clip, { transfers, looks, truthLooks }, detector, frameLimit)) {
    const { index, driver, truth } = moment;
    if (!driverFace || !truthFace) {
      skipped += 1;
      history.forget();
      continue;
    }
    motions.forEach((motion, i) => (motion.step = steps[i]));
    const poses = new Map(motions.map((motion) => [motion.count, pose(motion, truth, { truthFace, truthPoints }, faces)]));
    const { target, points, crop } = poses.get(1);
    const view = clip.driverPixels ? { frame: driver, state, points: driverFace.points } : undefined;
    if (moment.measured) {
      signals.driver[index] = signalsOf(driverFace.points);
      signals.truth[index] = signalsOf(truthFace.points);
    }
    const likened = own && moment.measured && index % LIKENESS_EVERY === 0;
    if (likened) likeness.push(cosine(own, await identity.describe(truth, truthFace.points)));
    const flickered = history.add({ index, frame: truth, points: truthFace.points, target: target.points });
    for (const lane of lanes) {
      const { target, answer, crop } = poses.get(photosOf(lane));
      [lane.before, lane.canvas] = [lane.canvas, lane.before];
      await lane.generator.render(target, view, lane.canvas);
      // The detector copies the frame at once and works beside us. The portrait itself is always the same.
      if (lane.name !== 'static' || !lane.detection) lane.detection = lane.isShot || !faces ? undefined : detector.detect(lane.canvas, { timestamp: undefined });
      if (!moment.measured) continue;
      const pixels = cropPixels(lane.canvas, crop);
      lane.pixels.add(lane.isShot ? differences(pixels, answer) : compare(pixels, answer, crop));
      if (flickered && !lane.isShot) {
        const still = lane.name === 'static' ? portrait.points : undefined;
        lane.face.flicker(flickerBetween({ frame: lane.before, points: still ?? flickered.target }, { frame: lane.canvas, points: still ?? target.points }, crop));
      }
    }
    for (const lane of lanes) {
      const found = (await lane.detection)?.[0];
      if (!found || !moment.measured) continue;
      lane.face.face(index, signalsOf(found.points));
      lane.face.distance(landmarkDistance(points, found.points));
      if (!likened) continue;
      if (lane.name !== 'static' || lane.likeness === undefined) lane.likeness = cosine(own, await identity.describe(lane.canvas, found.points));
      lane.face.likeness(lane.likeness);
    }
    pictures?.({ clip, index, driver, truth: motions[0].truth, crop, lanes: lanes.filter(({ isShot }) => !isShot) });
    if (moment.measured) frames += 1;
  }
  await Promise.all(lanes.map(({ generator }) => generator.close()));
  const truthFaces = withLids(filled(signals.truth));
  const seenFaces = withLids(filled(signals.driver));
  // Self-reenactment: the driver before it was disguised is what should be followed.
  const driverFaces = clip.crossIdentity ? seenFaces : truthFaces;
  const result = ({ pixels, face }) => (faces ? { ...pixels.result(), ...face.result(driverFaces, truthFaces) } : pixels.result());
  return {
    frames,
    skipped,
    rows: Object.fromEntries(lanes.filter(({ isShot }) => !isShot).map((lane) => [lane.name, { ...result(lane), ...weightsOf(lane) }])),
    truth: { flicker: history.flicker, csim: likeness.length === 0 ? null : quantile(likeness, 0.5), [clip.crossIdentity ? 'fidelityToTruth' : 'fidelity']: fidelity(truthFaces, seenFaces) },
    shots: Object.fromEntries(lanes.filter(({ isShot }) => isShot).map((lane) => [lane.name, { ...lane.pixels.result(), ...weightsOf(lane), ...(lane.facts ? { learnt: lane.facts } : {}) }])),
    shotsTier: set.shotsTier,
    missing: set.missing,
  };
}

async function readPhotos(clip, detector) {
  const photos = [];
  for (const frame of await clip.photos(detector)) {
    const [face] = await detector.detect(frame, { thorough: true });
    if (face) photos.push({ frame, points: face.points, state: faceState(face) });
  }
  return registerPhotos(photos);
}

/**
 * The driver at rest: what the product would choose, but for the portrait's own instant: of the driver's frames that one isn't there.
 * Where the clip names the frame, motion and the canvas' shading are told from that one.
 */
async function findReference(clip, sitter, detector, limit) {
  const candidates = [];
  const truths = [];
  let all = 0;
  const every = Math.max(1, Math.round(clip.length / CANDIDATES));
  for await (const { index, driver, truth, measured } of clip.frames(limit)) {
    all += 1;
    if (!measured || index % every !== 0 || candidates.length >= CANDIDATES) continue;
    const [[face], [truthFace]] = await Promise.all([detector.detect(driver), detector.detect(truth)]);
    if (!face || !truthFace) continue;
    candidates.push({ index, frame: copyFrame(driver), points: face.points, state: faceState(face) });
    truths.push({ frame: copyFrame(truth), points: truthFace.points });
  }
  if (candidates.length === 0) throw new Error(`Expected a face in the first frames of ${clip.name} but found none in ${all}.`);
  const states = candidates.map(({ state }) => state);
  const [canvas, ...others] = sitter.map((photo) => chooseReference(states, photo));
  const named = candidates.findIndex(({ index }) => index === clip.reference);
  const first = named < 0 ? canvas : { index: named, rest: states[named], shares: Float32Array.from(states, (_, k) => (k === named ? 1 : 0)) };
  const found = [first, ...others];
  return { view: candidates[first.index], rests: found.map(({ rest }) => rest), looks: { views: candidates, shares: found.map(({ shares }) => shares) }, truthLooks: { views: truths, shares: first.shares } };
}

/** Where the face goes, and the ground truth moved there. */
function pose({ step, truth: canvas, inside }, truth, { truthFace, truthPoints }, faces) {
  const { width, height } = canvas;
  const target = faces ? step.target : { ...faceState({ ...truthFace, points: truthPoints }), points: truthPoints, confidence: 1 };
  const similarity = faces ? fitSimilarity(truthPoints, target.points) : IDENTITY;
  const points = faces ? movePoints(truthFace.points, similarity) : truthFace.points;
  const crop = faceCrop(points, width, height);
  movePicture(truth, similarity, canvas, inside, crop);
  return { target, points, crop, answer: answerIn(canvas, crop, regionMasks(points, crop, inside, width)) };
}

/** The ground truth in the crop, prepared for comparisons. */
function answerIn(canvas, crop, masks) {
  const pixels = cropPixels(canvas, crop);
  const regions = Object.fromEntries(Object.entries(masks).map(([name, mask]) => [name, maskPyramid(mask, crop.width, crop.height)]));
  return { pixels, masks, regions, scales: pyramid(luma(pixels), crop.width, crop.height) };
}

/** Pixel metrics of one output against the answer, by region. */
function compare(pixels, answer, { width, height }) {
  const shapes = structure(pyramid(luma(pixels), width, height), answer.scales, answer.regions);
  const errors = differences(pixels, answer);
  return Object.fromEntries(Object.entries(shapes).map(([region, shape]) => [region, { ...errors[region], ...shape }]));
}

/** The same without structure, for rows of which only L1 is reported. */
function differences(pixels, answer) {
  const errors = Object.entries(answer.masks).map(([region, mask]) => [region, pixelError(pixels, answer.pixels, mask)]);
  return Object.fromEntries(errors.filter(([, error]) => error !== undefined));
}

/** The ground truth's previous frame, and the flicker of the ground truth itself. */
class TruthHistory {
  #last;
  #sum = 0;
  #count = 0;

  /** @returns the previous frame when it is the neighbour of this one */
  add({ index, frame, points, target }) {
    const last = this.#last;
    const neighbour = last?.index === index - 1 ? last : undefined;
    if (neighbour) {
      const value = flickerBetween(neighbour, { frame, points }, faceCrop(points, frame.width, frame.height));
      if (value !== undefined) {
        this.#sum += value;
        this.#count += 1;
      }
    }
    const copy = last?.frame ?? { ...frame, data: new Uint8ClampedArray(frame.data.length) };
    copy.data.set(frame.data);
    this.#last = { index, frame: copy, points, target };
    return neighbour && { target: neighbour.target };
  }

  forget() {
    if (this.#last) this.#last = { ...this.#last, index: -2 };
  }

  get flicker() {
    return this.#count === 0 ? null : this.#sum / this.#count;
  }
}

/** Which network drew the row. */
function weightsOf({ generator: { refiner } }) {
  return refiner === undefined ? {} : { weights: `${refiner.name} ${refiner.version} ${refiner.sha256.slice(0, 12)}` };
}

/** Holes as `undefined`. */
function filled(values) {
  return Array.from(values, (value) => value);
}
