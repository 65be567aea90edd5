// Detects MediaPipe's points on the pictures of heads.calibrate: node heads/detect.mjs WORK, after `npm run build`.
// Writes WORK/detections.json: { name: [x, y, z, ...] in pixels, or null where no face was found }.
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createFaceDetector } from '../../dist/landmarks/detector.js';
import { readImage } from '../../dist/media/image.js';

const folder = process.argv[2];
const detector = await createFaceDetector();
const out = {};
for (const name of (await readdir(folder)).filter((n) => n.endsWith('.png'))) {
  const { frame } = await readImage(join(folder, name));
  const [face] = await detector.detect(frame);
  out[name.slice(0, -4)] = face ? Array.from(face.points) : null;
}
await writeFile(join(folder, 'detections.json'), JSON.stringify(out));
process.exit(0);
