// The driver's moments over the result's: heads close up, then the whole picture. Everything comes from the finished video.
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { accessSync, chmodSync, constants } from 'node:fs';
import sharp from 'sharp';

const CELL = 240;
const GAP = 8;

/**
 * @param times - seconds, one column each
 * @param face - the animated face's box in the result, pixels (`report.face.box`)
 */
export async function contactSheet({ driver, result, times, face, output }) {
  const drivers = times.map((time) => frameAt(driver, time));
  const results = times.map((time) => frameAt(result, time));
  const { width, height } = await sharp(results[0]).metadata();
  const rows = [
    { pictures: drivers, height: CELL },
    { pictures: await Promise.all(results.map((picture) => sharp(picture).extract(around(face, width, height)).toBuffer())), height: CELL },
    { pictures: results, height: Math.round((CELL * height) / width) },
  ];
  const cells = [];
  let top = GAP;
  for (const row of rows) {
    for (const [k, picture] of row.pictures.entries()) {
      cells.push({ input: await sharp(picture).resize(CELL, row.height, { fit: 'cover' }).toBuffer(), left: GAP + k * (CELL + GAP), top });
    }
    top += row.height + GAP;
  }
  await sharp({ create: { width: GAP + times.length * (CELL + GAP), height: top, channels: 3, background: '#202020' } })
    .composite(cells)
    .png()
    .toFile(output);
}

/** A square of twice the face, inside the picture. */
function around(face, width, height) {
  const side = Math.min(width, height, Math.round(2 * Math.max(face.width, face.height)));
  const place = (from, size, limit) => Math.min(limit - side, Math.max(0, Math.round(from + size / 2 - side / 2)));
  return { left: place(face.x, face.width, width), top: place(face.y, face.height, height), width: side, height: side };
}

/** One frame of a video as PNG; `time` in seconds. */
export function frameAt(video, time) {
  return execFileSync(ffmpeg(), ['-v', 'error', '-ss', time.toFixed(3), '-i', video, '-frames:v', '1', '-f', 'image2pipe', '-c:v', 'png', '-'], { maxBuffer: 1 << 28 });
}

/** FFMPEG_PATH, else the one that comes with the package. */
function ffmpeg() {
  if (process.env.FFMPEG_PATH) return process.env.FFMPEG_PATH;
  const { path } = createRequire(import.meta.url)('@ffmpeg-installer/ffmpeg');
  try {
    accessSync(path, constants.X_OK);
  } catch {
    chmodSync(path, 0o755);
  }
  return path;
}
