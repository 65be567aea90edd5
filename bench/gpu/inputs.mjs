// What the packed benches draw: a portrait, a driver that needs no ffmpeg, and photos of one person.
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { squarePortrait } from '../material.mjs';

const SIDE = 2048; // pixels of the portrait; smaller ones are scaled down from it
const DRIVER = { frames: 60, fps: 25, side: 320 };
/** The rendered person of the quality bench whose photos are fitted. */
const PERSON = '950002';

/** @param folder - made anew */
export async function packInputs(root, folder) {
  mkdirSync(join(folder, 'photos'), { recursive: true });
  const portrait = await squarePortrait(folder, SIDE);
  await sharp(portrait).jpeg({ quality: 92 }).toFile(join(folder, 'portrait.jpg'));
  rmSync(portrait);
  await packDriver(join(root, 'examples/performer.mp4'), join(folder, 'driver.webp'));
  for (let k = 0; k < 8; k++) copyFileSync(join(root, `bench/quality/heads/${PERSON}-${k}.jpg`), join(folder, 'photos', `${k}.jpg`));
}

async function packDriver(path, output) {
  const { openVideo } = await import('../../dist/media/video-source.js');
  const source = await openVideo(path, { maxSide: DRIVER.side });
  const pages = [];
  for await (const { data, width, height } of source) {
    pages.push(await sharp(data, { raw: { width, height, channels: 4 } }).removeAlpha().png({ compressionLevel: 1 }).toBuffer());
    if (pages.length === DRIVER.frames) break;
  }
  await source.close();
  await sharp(pages, { join: { animated: true } }).webp({ quality: 85, delay: pages.map(() => 1000 / DRIVER.fps), effort: 2 }).toFile(output);
}
