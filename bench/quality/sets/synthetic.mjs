// Held-out rendered people (heads/, made by training/held_out.py): sitter A driven by B, and A under the same motion as the answer.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { readImage } from '../../../dist/media/image.js';
import { openVideo } from '../../../dist/media/video-source.js';

const FOLDER = new URL('../heads/', import.meta.url);
const path = (name) => fileURLToPath(new URL(name, FOLDER));

/** @returns clips as {@link file://./../clip.mjs} measures them */
export async function syntheticClips() {
  const manifest = JSON.parse(await readFile(path('heads.json'), 'utf8'));
  return manifest.clips.map(({ sitter, driver, motion, does }) => ({
    name: `${sitter}-by-${driver}`,
    labels: { ...manifest.people[sitter].labels, motion, does },
    fps: manifest.fps,
    length: manifest.frames,
    crossIdentity: true,
    driverPixels: true,
    /** Frame of the driver that motion is measured from: both clips begin at rest. */
    reference: 0,
    async photos() {
      const names = Array.from({ length: manifest.photos }, (_, k) => `${sitter}-${k}.jpg`);
      return Promise.all(names.map(async (name) => (await readImage(path(name))).frame));
    },
    async *frames(limit) {
      const driving = await openVideo(path(`${driver}.mp4`));
      const truth = (await openVideo(path(`${sitter}.mp4`)))[Symbol.asyncIterator]();
      try {
        for await (const frame of driving) {
          if (frame.index >= limit) break;
          const { value } = await truth.next();
          yield { index: frame.index, driver: frame, truth: value, measured: true };
        }
      } finally {
        await driving.close();
        await truth.return();
      }
    },
  }));
}
