// Animate a portrait, with progress and a way to stop. One animator serves many clips without loading its models again.
import { createAnimator, VivantError } from 'tableau-vivant';
import { out, performer, portrait, rights } from './inputs.mjs';

const controller = new AbortController();
process.once('SIGINT', () => controller.abort());

const animator = createAnimator();
try {
  for (const [name, amplitude] of [['calm', 0.6], ['lively', 1.2]]) {
    const report = await animator.animate({
      portraits: portrait,
      driving: performer,
      output: out(`animate-${name}.mp4`),
      rights,
      drivingRights: 'synthetic',
      amplitude,
      size: 512,
      end: 2,
      force: true,
      signal: controller.signal,
    });
    console.log(`${report.output}: ${report.frames} frames at ${report.fps} fps in ${report.seconds} s, on ${report.backend}`);
  }
} catch (error) {
  if (!(error instanceof VivantError)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
} finally {
  await animator.close();
}
