import { VivantError } from '../core/errors.js';

/** A detector that didn't do its part. */
export function detectorFailed(name: string, what: string, details: Readonly<Record<string, unknown>> = {}, cause?: unknown): VivantError {
  return new VivantError('DETECTOR_FAILED', `Detector ${name}: ${what}.`, { details: { detector: name, ...details }, cause });
}

/** The score as "how much like an attack". */
export function asAttackScore(score: number | null, meaning: 'attack' | 'real'): number | null {
  return score === null || meaning === 'attack' ? score : 1 - score;
}
