// The column `personalized`: the eyes' network fine-tuned on the same photos that 8 shots have. Training is most of the bench's work, so only
// some synthetic sitters learn; they differ in sex, skin, age and motion.
import { fitSitter } from '../../dist/personalize/fit.js';
import { focusOnHead } from '../../dist/personalize/focus.js';
import { loadWeights } from '../../dist/generator/tensor/weights.js';

const SYNTHETIC = ['950006-by-950050', '950007-by-950002', '950010-by-950053', '950015-by-950030'];

/** @returns whether a clip has the column: these synthetic ones, and all real ones */
export function learns({ name, crossIdentity }) {
  return !crossIdentity || SYNTHETIC.includes(name);
}

/**
 * What `vivant personalize` does, without its file.
 *
 * @param tools.steps - at most; default: the product's
 * @returns `{ options, facts }`: further options of `createGenerator`, and what goes into the results
 */
export async function personalize(photos, { backend, weightsDirectory, steps }) {
  const weights = await loadWeights('standard', backend, weightsDirectory ? { directory: weightsDirectory } : {});
  const before = process.cpuUsage();
  try {
    const schedule = steps === undefined ? {} : { steps };
    const { adapter, gain } = await fitSitter({ photos: photos.map(focusOnHead), weights, backend, schedule });
    const { user, system } = process.cpuUsage(before);
    return { options: { adapter }, facts: { gain, cpuSeconds: (user + system) / 1e6 } };
  } finally {
    weights.dispose();
  }
}
