// Take frames instead of a file, for a screen or an encoder of your own. They carry the visible badge and the invisible
// mark, but no signature: say what they are wherever you show them.
import { createAnimator } from 'tableau-vivant';
import { performer, portrait, rights } from './inputs.mjs';

const animator = createAnimator();
let frames = 0;
for await (const frame of animator.frames({ portraits: portrait, driving: performer, rights, drivingRights: 'synthetic', size: 320, end: 1 })) {
  // frame.data is RGBA; its memory is reused for the next frame, so copy what you keep.
  frames += 1;
  if (frame.index === 0) console.log(`${frame.width}x${frame.height}`);
}
console.log(`${frames} frames`);
await animator.close();
