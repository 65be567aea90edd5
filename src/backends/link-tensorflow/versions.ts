import { VivantError } from '../../core/errors.js';

/** The releases of TensorFlow that tfjs-node 4.22 was linked to and passed the conformance suite with; see docs/backends.md. */
export const LINKABLE = { oldest: [2, 12], newest: [2, 21] } as const;

/**
 * @param version - Of TensorFlow, `2.18.1`.
 * @throws VivantError `BACKEND_UNAVAILABLE` with `details.problem` `'version'` for what is older than the oldest that works, or has another
 * major number. Later releases than those tried are let through: the addon is tried before it is used.
 */
export function assertLinkable(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [wanted, oldest] = LINKABLE.oldest;
  if (major === wanted && minor >= oldest) return;
  throw new VivantError('BACKEND_UNAVAILABLE', `Expected TensorFlow ${LINKABLE.oldest.join('.')} to ${LINKABLE.newest.join('.')}, which tfjs-node 4.22 can be linked to, but received ${version}.`, {
    details: { backend: 'tensorflow', problem: 'version', version },
  });
}
