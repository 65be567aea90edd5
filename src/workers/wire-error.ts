import { VivantError } from '../core/errors.js';
import type { WireError } from './protocol.js';

/** Flattens an error for a message; anything that isn't a VivantError becomes INTERNAL. */
export function toWire(error: unknown): WireError {
  if (error instanceof VivantError) return { code: error.code, message: error.message, details: error.details };
  return { code: 'INTERNAL', message: error instanceof Error ? error.message : String(error), details: {} };
}

/** The error on the receiving side. */
export function fromWire({ code, message, details }: WireError): VivantError {
  return new VivantError(code, message, { details });
}
