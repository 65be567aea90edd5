import { byteLength, type TensorEntry } from './manifest.js';

/**
 * The values of one tensor as float32.
 *
 * @param bytes - The whole file that `entry` points into, already verified.
 */
export function decodeTensor(entry: TensorEntry, bytes: Uint8Array): Float32Array {
  // A copy: aligned, and independent of the file's memory.
  const raw = bytes.slice(entry.offset, entry.offset + byteLength(entry));
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const count = raw.byteLength / (entry.dtype === 'float32' ? 4 : 2);
  const values = new Float32Array(count);
  if (entry.dtype === 'float32') for (let i = 0; i < count; i++) values[i] = view.getFloat32(4 * i, true);
  else for (let i = 0; i < count; i++) values[i] = halfToFloat(view.getUint16(2 * i, true));
  return values;
}

/** IEEE 754 binary16 to number. */
export function halfToFloat(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
