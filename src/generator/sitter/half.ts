const bits = new Uint32Array(1);
const number = new Float32Array(bits.buffer);

/** Number to IEEE 754 binary16, rounded to the nearest (ties to even); too large becomes infinity. */
export function floatToHalf(value: number): number {
  number[0] = value;
  const all = bits[0]!;
  const sign = (all >>> 16) & 0x8000;
  const exponent = ((all >>> 23) & 0xff) - 127;
  const fraction = all & 0x7fffff;
  if (exponent === 128) return sign | 0x7c00 | (fraction === 0 ? 0 : 0x200);
  if (exponent > 15) return sign | 0x7c00;
  // Numbers below the smallest normal one lose a bit for each power of two.
  const shift = exponent < -14 ? 13 - (exponent + 14) : 13;
  if (shift > 24) return sign;
  const whole = exponent < -14 ? fraction | 0x800000 : fraction;
  const half = (1 << shift) >>> 1;
  let rounded = whole >>> shift;
  const rest = whole & ((1 << shift) - 1);
  if (rest > half || (rest === half && (rounded & 1) === 1)) rounded += 1;
  // A carry out of the fraction goes on into the exponent, as it should.
  return sign | ((exponent < -14 ? 0 : (exponent + 15) << 10) + rounded);
}
