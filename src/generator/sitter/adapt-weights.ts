import type { Tensor } from '@tensorflow/tfjs-core';
import { VivantError } from '../../core/errors.js';
import type { TensorBackend } from '../tensor/types.js';
import type { Weights } from '../tensor/weights.js';
import type { SitterAdapter } from './adapter.js';

/**
 * Adds what was learnt of a sitter to the weights it was learnt on.
 *
 * @param weights - go over to the result, which disposes them.
 * @throws VivantError `INVALID_SITTER` when the adapter belongs to other weights.
 */
export function adaptWeights(weights: Weights, adapter: SitterAdapter, { tf, activate }: TensorBackend): Weights {
  assertBase(weights, adapter);
  activate();
  const adapted = new Map<string, Tensor>();
  for (const { name, shape, values } of adapter.changes) {
    const change = tf.tensor(values, [...shape], 'float32');
    adapted.set(name, tf.add(weights.get(name), change));
    change.dispose();
  }
  return {
    manifest: weights.manifest,
    get: (name) => adapted.get(name) ?? weights.get(name),
    dispose() {
      tf.dispose([...adapted.values()]);
      adapted.clear();
      weights.dispose();
    },
  };
}

function assertBase({ manifest }: Weights, { base, changes }: SitterAdapter): void {
  const installed = manifest.files[0]!.sha256;
  if (base.sha256 !== installed) {
    throw new VivantError(
      'INVALID_SITTER',
      `Expected a sitter that was personalized with the installed weights (${manifest.name} ${manifest.version}, SHA-256 ${installed}) but this one belongs to ${base.name} ${base.version} (SHA-256 ${base.sha256}). Run \`vivant personalize\` again with this version, or install the version that made it.`,
      { details: { expected: installed, received: base.sha256, version: base.version } },
    );
  }
  for (const { name, shape } of changes) {
    const own = manifest.tensors.find((tensor) => tensor.name === name);
    if (own?.shape.join() === shape.join()) continue;
    throw new VivantError('INVALID_SITTER', `Expected changes of the refiner's own tensors but received '${name}' [${shape.join(', ')}]. Run \`vivant personalize\` again.`, { details: { tensor: name, shape } });
  }
}
