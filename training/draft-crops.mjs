/**
 * Runs the product's draft generator for the training data: pictures and landmarks come in, the crops that the refiner will see go out.
 * A child process of data.py, one job after the other over stdin and stdout; all numbers little-endian.
 *
 * Request: uint32 length of a JSON header, the header `{ width, height, frames, present, lenders, kinds }`, then
 *   source RGB u8 [H, W, 3]; surface u8 [H, W], light = (v - 128) * 2 / 255; source points f32 [478, 3];
 *   driver at rest RGB u8 [H, W, 3]; its points f32 [478, 3];
 *   target points f32 [n, 478, 3]; target RGB u8 [n, H, W, 3]; driver RGB u8 [n, H, W, 3]; driver points f32 [n, 478, 3];
 *   other photos of the sitter RGB u8 [lenders, H, W, 3]; their points f32 [lenders, 478, 3].
 * `kinds` names the networks whose regions are wanted: mouth; eye (the left one, then the right one); face.
 * Response: uint32 0, then for each region in this order u8 [n, 20, rows, cols]: the planes 0-14 of `CHANNEL` (distances as (v + 1) * 127.5),
 *   15 surface carried by the warp, 16-18 target RGB, 19 nothing; then f32 [n, regions] heights of the openings; then for each region
 *   u8 [3, rows, cols] the sitter's own crop. Or uint32 0xFFFFFFFF, uint32 length, a message.
 *
 * `node training/draft-crops.mjs [--teeth FILE]`: FILE as written by gpu.sh, for machines without the package's dependencies.
 */
import { readFileSync } from 'node:fs';
import { createFrame } from '../dist/core/frame.js';
import { createDraftGenerator } from '../dist/generator/draft.js';
import { RegionCrop, sitterCrop } from '../dist/generator/refiner/crops.js';
import { CHANNEL, CROP_CHANNELS } from '../dist/generator/refiner/layout.js';
import { LentSource } from '../dist/generator/refiner/lent-source.js';
import { FACE_REGION, REFINER_REGIONS } from '../dist/generator/refiner/regions.js';
import { sampleCrop } from '../dist/generator/refiner/sample-crop.js';
import { sampleFlow } from '../dist/generator/sampler.js';
import { faceState } from '../dist/motion/face-state.js';

const POINTS = 478 * 3;
const PLANES = 20;
const SURFACE = 15;
const TARGET = 16;
const UPRIGHT = Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);

// Whoever asked may be gone by the time of the answer.
process.stdout.on('error', () => process.exit(0));
const teeth = await readTeeth();

for await (const job of jobs(process.stdin)) {
  let response;
  try {
    response = await run(job);
  } catch (error) {
    const message = Buffer.from(error.stack ?? String(error));
    response = [word(0xffffffff), word(message.length), message];
  }
  for (const part of response) if (!process.stdout.write(part)) await new Promise((resolve) => process.stdout.once('drain', resolve));
}

/** One portrait performing `frames` moments. */
async function run({ width, height, frames, present, lenders, kinds, parts }) {
  const regions = [...REFINER_REGIONS, FACE_REGION].filter(({ network }) => kinds.includes(network));
  const size = width * height * 3;
  const [source, surface, sourcePoints, rest, restPoints, targetPoints, targets, drivers, driverPoints, others, otherPoints] = parts;
  const photo = face(source, sourcePoints, width, height);
  const more = Array.from({ length: lenders }, (_, k) => face(others.subarray(k * size, (k + 1) * size), floats(otherPoints, k), width, height));
  const generator = createDraftGenerator([photo, ...more], { driverPixels: present === 1, fps: 0, teeth });
  const reference = face(rest, restPoints, width, height);
  generator.setDriverReference(reference);
  const crops = regions.map((region) => new RegionCrop(region, photo));
  for (const crop of crops) crop.setDriverReference(reference);
  const lent = crops.map((crop) => new LentSource(crop));
  const [out, warped, target] = [createFrame(width, height), createFrame(width, height), createFrame(width, height)];
  const light = grey(surface, width, height);
  const carried = createFrame(width, height);
  const planes = regions.map(({ rows, cols }) => new Uint8Array(frames * PLANES * rows * cols));
  const openings = new Float32Array(frames * regions.length);
  for (let f = 0; f < frames; f++) {
    const points = floats(targetPoints, f);
    const pose = { ...faceState({ points, rotation: UPRIGHT }), points, confidence: 1 };
    const driver = face(drivers.subarray(f * size, (f + 1) * size), floats(driverPoints, f), width, height);
    let flow;
    let photos;
    await generator.render(pose, driver, out, (field, photosThatLend) => {
      flow = field;
      photos = photosThatLend;
      warped.data.set(out.data);
    });
    carried.data.set(light.data);
    sampleFlow(light, flow, carried);
    rgb(targets.subarray(f * size, (f + 1) * size), target);
    crops.forEach((crop, k) => {
      crop.fill({ target: pose, flow, warped, draft: out, driver: present === 1 ? driver : undefined });
      lent[k].mix(pose, photos);
      openings[f * regions.length + k] = crop.opening;
      const { rows, cols } = crop.region;
      const n = rows * cols;
      const into = planes[k].subarray(f * PLANES * n, (f + 1) * PLANES * n);
      for (let c = 0; c < SURFACE; c++) plane(crop.data, c, into.subarray(c * n, (c + 1) * n), c >= CHANNEL.distance);
      const extra = new Float32Array(n * CROP_CHANNELS);
      sampleCrop(carried, crop.frame, extra, 0);
      sampleCrop(target, crop.frame, extra, 3);
      plane(extra, 0, into.subarray(SURFACE * n, (SURFACE + 1) * n));
      for (let c = 0; c < 3; c++) plane(extra, 3 + c, into.subarray((TARGET + c) * n, (TARGET + c + 1) * n));
    });
  }
  await generator.close();
  const own = regions.map((region) => {
    const crop = sitterCrop(region, photo);
    return Uint8Array.from({ length: crop.length }, (_, i) => crop[(i % (crop.length / 3)) * 3 + Math.floor(i / (crop.length / 3))] * 255 + 0.5);
  });
  return [word(0), ...planes, bytes(openings), ...own];
}

/** One channel of a crop as bytes. */
function plane(crop, channel, into, signed = false) {
  for (let i = 0, o = channel; i < into.length; i++, o += CROP_CHANNELS) {
    const value = signed ? (crop[o] + 1) * 127.5 : crop[o] * 255;
    into[i] = Math.min(255, Math.max(0, value + 0.5));
  }
}

function face(picture, points, width, height) {
  const own = points instanceof Float32Array ? points : floats(points, 0);
  return { frame: rgb(picture, createFrame(width, height)), points: own, state: faceState({ points: own, rotation: UPRIGHT }) };
}

function rgb(picture, out) {
  for (let i = 0, o = 0; i < picture.length; i += 3, o += 4) {
    out.data[o] = picture[i];
    out.data[o + 1] = picture[i + 1];
    out.data[o + 2] = picture[i + 2];
  }
  return out;
}

function grey(values, width, height) {
  const out = createFrame(width, height);
  values.forEach((v, i) => out.data.fill(v, i * 4, i * 4 + 3));
  return out;
}

function floats(data, index) {
  return new Float32Array(data.slice(index * POINTS * 4, (index + 1) * POINTS * 4).buffer);
}

function bytes(values) {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function word(value) {
  const out = Buffer.alloc(4);
  out.writeUInt32LE(value);
  return out;
}

/** Reads whole jobs from a stream of bytes. */
async function* jobs(input) {
  const read = reader(input);
  for (;;) {
    const length = await read(4);
    if (length === undefined) return;
    const header = JSON.parse((await read(length.readUInt32LE(0))).toString('utf8'));
    const { width, height, frames, lenders } = header;
    const picture = width * height * 3;
    const points = POINTS * 4;
    const sizes = [picture, width * height, points, picture, points, frames * points, frames * picture, frames * picture, frames * points, lenders * picture, lenders * points];
    const parts = [];
    for (const size of sizes) parts.push(new Uint8Array(await read(size)));
    yield { ...header, parts };
  }
}

function reader(input) {
  const iterator = input[Symbol.asyncIterator]();
  let chunks = [];
  let held = 0;
  return async (count) => {
    while (held < count) {
      const { value, done } = await iterator.next();
      if (done) return undefined;
      chunks.push(value);
      held += value.length;
    }
    const all = Buffer.concat(chunks);
    chunks = [all.subarray(count)];
    held -= count;
    return Buffer.from(all.subarray(0, count));
  };
}

async function readTeeth() {
  const at = process.argv.indexOf('--teeth');
  if (at < 0) return (await import('../dist/animator/teeth.js')).readTeethAtlas();
  const { pixelsPerMouthWidth, upper, lower } = JSON.parse(readFileSync(process.argv[at + 1], 'utf8'));
  const layer = ({ rgba, width, height, ...rest }) => ({ ...rest, frame: { data: new Uint8ClampedArray(Buffer.from(rgba, 'base64')), width, height } });
  return { pixelsPerMouthWidth, upper: layer(upper), lower: layer(lower) };
}
