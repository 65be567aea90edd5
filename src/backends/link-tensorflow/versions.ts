import { VivantError } from '../../core/errors.js';

/** The releases of TensorFlow in Python packages that tfjs-node 4.22 was linked to, and passed the conformance suite with: docs/backends.md. */
const LINKABLE = { oldest: '2.15', newest: '2.21' } as const;

/**
 * @param version - Of TensorFlow, `2.18.1`; undefined when it isn't known before the addon runs.
 * @throws VivantError `BACKEND_UNAVAILABLE` with `details.problem` `'version'` for another major number than 2, or before 2.9, for which
 * tfjs-node 4.22 was written. Later releases than those tried are let through: the addon is tried before it is used.
 */
export function assertLinkable(version: string | undefined): void {
  if (version === undefined) return;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major !== 2 || minor < 9) throw wrongVersion(version, '');
}

/** @param reason - A sentence, or nothing. */
export function wrongVersion(version: string, reason: string): VivantError {
  const words = `Expected TensorFlow ${LINKABLE.oldest} to ${LINKABLE.newest}, which tfjs-node 4.22 can be linked to, but received ${version}. ${reason}`;
  return new VivantError('BACKEND_UNAVAILABLE', words.trim(), { details: { backend: 'tensorflow', problem: 'version', version } });
}
