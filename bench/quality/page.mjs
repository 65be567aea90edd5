// A page that shows what was measured: driver, ground truth and every row side by side. The strips are synthetic media, so they leave
// with the product's own badge and invisible mark.
import { randomInt } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { createFrame } from '../../dist/core/frame.js';
import { createMarker } from '../../dist/provenance/marker.js';

const CELL = 240; // pixels
/** Below the cells, for the badge. */
const BAND = 36;
/** Strips per clip, about. */
const STRIPS = 5;

/**
 * @param folder - gets index.html and pictures/; pictures of an earlier page are removed
 */
export async function openPage(folder) {
  await rm(join(folder, 'pictures'), { recursive: true, force: true });
  await mkdir(join(folder, 'pictures'), { recursive: true });
  const sections = [];
  return {
    /** @returns what {@link file://./clip.mjs} hands its frames to; `end()` when the clip is over */
    clip(set, clip) {
      const strips = [];
      let pending = Promise.resolve();
      const every = Math.max(1, Math.round(clip.length / STRIPS));
      return {
        frame({ index, driver, truth, crop, lanes }) {
          if (index % every !== every >> 1) return;
          const cells = [cut(driver), cut(truth, crop), ...lanes.map(({ canvas }) => cut(canvas, crop))];
          const file = `${set}-${clip.name}-${index}.jpg`;
          strips.push({ file, index, names: ['driver', 'truth', ...lanes.map(({ name }) => name)] });
          pending = pending.then(() => writeStrip(join(folder, 'pictures', file), cells));
        },
        async end() {
          await pending;
          sections.push({ title: `${set}: ${clip.name}`, labels: clip.labels, strips });
        },
      };
    },
    close: () => writeFile(join(folder, 'index.html'), html(sections)),
  };
}

/** A copy of a picture, or of a rectangle of it. */
function cut({ data, width, height }, { x, y, width: w, height: h } = { x: 0, y: 0, width, height }) {
  const pixels = Buffer.alloc(4 * w * h);
  for (let row = 0; row < h; row++) pixels.set(data.subarray(4 * ((y + row) * width + x), 4 * ((y + row) * width + x + w)), 4 * row * w);
  return { pixels, width: w, height: h };
}

async function writeStrip(path, cells) {
  const strip = createFrame(CELL * cells.length, CELL + BAND);
  for (const [k, { pixels, width, height }] of cells.entries()) {
    const cell = await sharp(pixels, { raw: { width, height, channels: 4 } }).resize(CELL, CELL, { fit: 'contain', background: '#000' }).raw().toBuffer();
    for (let y = 0; y < CELL; y++) strip.data.set(cell.subarray(4 * y * CELL, 4 * (y + 1) * CELL), 4 * (y * strip.width + k * CELL));
  }
  const { width, height } = strip;
  const marker = createMarker({ width, height, payload: randomInt(2 ** 32), face: { x: 0, y: 0, width, height: CELL } });
  const { data } = marker.mark({ ...strip, index: 0, time: 0 });
  await sharp(Buffer.from(data.buffer, data.byteOffset, data.byteLength), { raw: { width, height, channels: 4 } }).removeAlpha().jpeg({ quality: 90 }).toFile(path);
}

function html(sections) {
  const strip = ({ file, index, names }) =>
    `<figure><img src="pictures/${file}" alt="${names.join(', ')}" loading="lazy"><figcaption>frame ${index}: ${names.join(' | ')}</figcaption></figure>`;
  const section = ({ title, labels, strips }) =>
    `<h2>${title}</h2>\n<p>${Object.entries(labels).map(([key, value]) => `${key}: ${String(value)}`).join(', ')}</p>\n${strips.map(strip).join('\n')}`;
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Quality: pictures</title>
<style>body{font:15px/1.4 sans-serif;max-width:1300px;margin:2em auto;padding:0 1em}figure{margin:0 0 1em}img{max-width:100%}figcaption{color:#555}</style>
<h1>What was measured</h1>
<p>Synthetic pictures. Truth is what should have been drawn, moved to where the product puts the head. Numbers: bench/results/quality.md.</p>
${sections.map(section).join('\n')}
</html>
`;
}
