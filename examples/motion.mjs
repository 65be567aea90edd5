// Keep a performance without keeping the video: a motion file holds movement only, no pixels, no sound, no identity.
import { createAnimator, extractMotion, loadMotion } from 'tableau-vivant';
import { out, performer, portrait, rights } from './inputs.mjs';

const saved = await extractMotion({ driving: performer, output: out('performance.tvm'), drivingRights: 'synthetic', end: 2, force: true });
console.log(`${saved.file}: ${saved.frames} frames, head turns from ${saved.ranges.yaw.min.toFixed(1)} to ${saved.ranges.yaw.max.toFixed(1)} degrees`);

const animator = createAnimator();
const report = await animator.animate({ portraits: portrait, driving: await loadMotion(saved.file), output: out('from-motion.mp4'), rights, size: 512, force: true });
console.log(`${report.output}: ${report.frames} frames, without the video`);
await animator.close();
