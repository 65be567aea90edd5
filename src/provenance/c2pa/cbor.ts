/** CBOR (RFC 8949), only the deterministic writing that COSE signatures need. */

/** Major type and argument. */
function head(major: number, argument: number): Buffer {
  const first = major << 5;
  if (argument < 24) return Buffer.from([first | argument]);
  if (argument < 0x100) return Buffer.from([first | 24, argument]);
  const wide = Buffer.alloc(argument < 0x10000 ? 3 : 5);
  wide[0] = first | (argument < 0x10000 ? 25 : 26);
  if (argument < 0x10000) wide.writeUInt16BE(argument, 1);
  else wide.writeUInt32BE(argument, 1);
  return wide;
}

/** Integers of up to 32 bits. */
export function integer(value: number): Buffer {
  return value < 0 ? head(1, -1 - value) : head(0, value);
}

export function byteString(bytes: Uint8Array): Buffer {
  return Buffer.concat([head(2, bytes.length), bytes]);
}

export function textString(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  return Buffer.concat([head(3, bytes.length), bytes]);
}

export function array(...items: readonly Uint8Array[]): Buffer {
  return Buffer.concat([head(4, items.length), ...items]);
}

/** @param pairs - encoded keys and values */
export function map(...pairs: readonly (readonly [Uint8Array, Uint8Array])[]): Buffer {
  return Buffer.concat([head(5, pairs.length), ...pairs.flat()]);
}

export function tag(number: number, item: Uint8Array): Buffer {
  return Buffer.concat([head(6, number), item]);
}

export const NULL: Uint8Array = Uint8Array.of(0xf6);
