// A clip of one tier at one size, twice, the second time measured: everything between the driver's file and the marked frame.
import { join } from 'node:path';
import { RIGHTS, rounded } from '../../material.mjs';
import { answer, part, tensors } from '../row.mjs';

await answer(async ({ backend, quality, side, frames, inputs }) => {
  const [{ resolveAnimator, resolveClip }, { Toolbox }, { openScene, drawFrames }, { TIMED_STAGES }] = await Promise.all(['options.js', 'animator/tools.js', 'animator/scene.js', 'animator/stage-clock.js'].map(part));
  const toolbox = new Toolbox(resolveAnimator({ backend }));
  const tools = await toolbox.open();
  // 25 frames a second, and half a frame so that rounding can't add one.
  const options = { portraits: [join(inputs, 'portrait.jpg')], driving: join(inputs, 'driver.webp'), end: (frames - 0.5) / 25, drivingRights: 'synthetic', quality, size: side, rights: RIGHTS };
  const draw = async () => {
    const started = performance.now();
    const scene = await openScene(resolveClip(options), 'video', undefined, 1, tools);
    try {
      let drawn = 0;
      let first = 0;
      for await (const { width, height } of drawFrames(scene)) {
        if (drawn++ === 0) first = performance.now();
        if (Math.max(width, height) !== side) throw new Error(`Expected frames of ${side} pixels but received ${width} x ${height}.`);
      }
      const stages = Object.entries(scene.clock.report(drawn, TIMED_STAGES)).map(([stage, { perFrameMs }]) => [stage, perFrameMs]);
      const msPerFrame = (performance.now() - first) / Math.max(1, drawn - 1);
      return { frames: drawn, firstFrameSeconds: rounded((first - started) / 1000), msPerFrame: rounded(msPerFrame), stages: Object.fromEntries(stages), tensors: tensors(tools.backend) };
    } finally {
      await scene.close();
    }
  };
  const cold = await draw();
  const warm = await draw();
  await toolbox.close();
  // Those of networks in a thread of their own can't be seen.
  const hidden = tools.openHeads !== undefined && quality !== 'draft';
  return { ...warm, tensors: hidden ? null : warm.tensors, coldFirstFrameSeconds: cold.firstFrameSeconds };
});
