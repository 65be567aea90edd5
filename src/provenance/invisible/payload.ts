/**
 * The code of the invisible mark: 32 payload bits + CRC-24, protected by a tail-biting convolutional code of rate 1/3.
 *
 * Source of the code: 3GPP TS 36.212 section 5.1.3.1 (constraint length 7, generators 133, 171, 165 octal);
 * of the check: CRC-24 of OpenPGP, RFC 9580 section 6.1, over the four payload bytes.
 */

const PAYLOAD_BITS = 32;
const CRC_BITS = 24;
const MESSAGE_BITS = PAYLOAD_BITS + CRC_BITS;
const GENERATORS = [0o133, 0o171, 0o165] as const;
const STATES = 64;

/** Bits of one encoded payload. */
export const CODED_BITS = MESSAGE_BITS * GENERATORS.length;

/** Probability that random bits pass the check. */
export const CRC_FALSE_PASS = 2 ** -CRC_BITS;

const parity = (value: number): number => {
  let v = value;
  v ^= v >> 4;
  v ^= v >> 2;
  v ^= v >> 1;
  return v & 1;
};

/** `OUTPUTS[register]`: the three coded bits for a 7-bit register (newest bit on top), packed as b0 | b1 << 1 | b2 << 2. */
const OUTPUTS = Uint8Array.from({ length: 2 * STATES }, (_, register) =>
  GENERATORS.reduce((bits, generator, i) => bits | (parity(register & generator) << i), 0),
);

function crc24(payload: number): number {
  let crc = 0xb704ce;
  for (let shift = 24; shift >= 0; shift -= 8) {
    crc ^= ((payload >>> shift) & 0xff) << 16;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x800000 ? 0x864cfb : 0)) & 0xffffff;
  }
  return crc;
}

/**
 * Encodes a payload.
 *
 * @param payload - Unsigned 32-bit integer.
 * @returns `[168]` bits, 0 or 1.
 */
export function encodePayload(payload: number): Uint8Array {
  const check = crc24(payload);
  const message = Uint8Array.from({ length: MESSAGE_BITS }, (_, i) =>
    i < PAYLOAD_BITS ? (payload >>> (PAYLOAD_BITS - 1 - i)) & 1 : (check >>> (MESSAGE_BITS - 1 - i)) & 1,
  );
  // Tail-biting: the register starts with the message's last six bits, so the trellis is a ring and no tail is sent.
  let state = 0;
  for (let i = MESSAGE_BITS - 6; i < MESSAGE_BITS; i++) state = (state >> 1) | (message[i]! << 5);
  const coded = new Uint8Array(CODED_BITS);
  for (let i = 0; i < MESSAGE_BITS; i++) {
    const register = (message[i]! << 6) | state;
    for (let g = 0; g < GENERATORS.length; g++) coded[3 * i + g] = (OUTPUTS[register]! >> g) & 1;
    state = register >> 1;
  }
  return coded;
}

/** Best message for soft values: Viterbi along three turns of the ring, of which the middle one is kept. */
function viterbi(soft: Float64Array): Uint8Array {
  const turns = 3;
  const steps = turns * MESSAGE_BITS;
  let metric = new Float64Array(STATES);
  let next = new Float64Array(STATES);
  const survivors = new Uint8Array(steps * STATES);
  const branch = new Float64Array(8);
  for (let step = 0; step < steps; step++) {
    const i = step % MESSAGE_BITS;
    for (let bits = 0; bits < 8; bits++) {
      let sum = 0;
      for (let g = 0; g < 3; g++) sum += (bits >> g) & 1 ? soft[3 * i + g]! : -soft[3 * i + g]!;
      branch[bits] = sum;
    }
    for (let to = 0; to < STATES; to++) {
      // `to` holds the six newest bits; its two predecessors differ in the bit that has just left the register.
      const register = to << 1;
      const a = metric[register & 63]! + branch[OUTPUTS[register]!]!;
      const b = metric[(register & 63) | 1]! + branch[OUTPUTS[register | 1]!]!;
      const takeB = b > a;
      next[to] = takeB ? b : a;
      survivors[step * STATES + to] = takeB ? 1 : 0;
    }
    [metric, next] = [next, metric];
  }
  let state = 0;
  for (let s = 1; s < STATES; s++) if (metric[s]! > metric[state]!) state = s;
  const message = new Uint8Array(MESSAGE_BITS);
  for (let step = steps - 1; step >= MESSAGE_BITS; step--) {
    if (step < 2 * MESSAGE_BITS) message[step - MESSAGE_BITS] = state >> 5;
    state = ((state << 1) & 63) | survivors[step * STATES + state]!;
  }
  return message;
}

/**
 * Decodes a payload.
 *
 * @param soft - `[168]` soft bits: positive means 1, magnitude is reliability, any scale.
 * @returns The payload (unsigned 32-bit), or `undefined` when the check fails.
 */
export function decodePayload(soft: Float64Array): number | undefined {
  const message = viterbi(soft);
  let payload = 0;
  let check = 0;
  for (let i = 0; i < PAYLOAD_BITS; i++) payload = ((payload << 1) | message[i]!) >>> 0;
  for (let i = PAYLOAD_BITS; i < MESSAGE_BITS; i++) check = (check << 1) | message[i]!;
  return check === crc24(payload) ? payload : undefined;
}
