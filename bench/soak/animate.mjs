// Animates one clip and samples this process on the way; soak.mjs starts it.
import { createAnimator } from '../../dist/index.js';
import { RIGHTS, rounded } from '../material.mjs';
import { heldByThreads } from './count-tensors.mjs';

const SAMPLES = 200;

process.once('message', (job) => void animate(job).then(
  (answer) => process.send(answer, () => process.exit(0)),
  (error) => process.send({ error: error?.message ?? String(error) }, () => process.exit(0)),
));

async function animate({ backend, quality, fps, portrait, driving, end, output }) {
  const animator = createAnimator({ backend });
  const samples = [];
  let every = 1;
  const onProgress = ({ stage, frame, frames }) => {
    if (stage !== 'animate' || frame === 0) return;
    every = Math.max(1, Math.floor((frames ?? end * fps) / SAMPLES));
    if (frame % every !== 0) return;
    const { tensors, reserved, used } = heldByThreads();
    const rss = process.memoryUsage.rss();
    samples.push({ frame, rssMB: rounded(rss / 1e6, 1), outsideMB: rounded((rss - reserved) / 1e6, 1), heapMB: rounded(used / 1e6, 1), tensors });
  };
  const report = await animator.animate({ portraits: [portrait], driving, end, fps, output, quality, force: true, rights: RIGHTS, onProgress });
  await animator.close();
  return { report: { backend: report.backend, frames: report.frames, seconds: report.seconds }, samples };
}
