// A row of driver frames over the same moments of the result. Everything comes from the finished video, so the result's
// pictures carry their badge and mark.
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { accessSync, chmodSync, constants } from 'node:fs';
import sharp from 'sharp';

const COLUMNS = 6;
const CELL = 240;
const GAP = 8;

export async function contactSheet({ driver, result, seconds, output }) {
  const times = Array.from({ length: COLUMNS }, (_, k) => ((k + 0.5) * seconds) / COLUMNS);
  const cells = [];
  let top = GAP;
  for (const video of [driver, result]) {
    const pictures = times.map((time) => frameAt(video, time));
    const { width, height } = await sharp(pictures[0]).metadata();
    const rowHeight = Math.round((CELL * height) / width);
    for (const [k, picture] of pictures.entries()) {
      cells.push({ input: await sharp(picture).resize(CELL, rowHeight).toBuffer(), left: GAP + k * (CELL + GAP), top });
    }
    top += rowHeight + GAP;
  }
  await sharp({ create: { width: GAP + COLUMNS * (CELL + GAP), height: top, channels: 3, background: '#202020' } })
    .composite(cells)
    .png()
    .toFile(output);
}

function frameAt(video, time) {
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
