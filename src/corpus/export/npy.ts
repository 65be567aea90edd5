/** A NumPy array in memory: 32-bit floats, rows first. */
export interface FloatArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** `\x93NUMPY`, version 1.0. */
const MAGIC = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
/** Header and what is before it fill a multiple of this, so that data can be mapped into memory. */
const ALIGNMENT = 64;

/** Readers of element types: bytes of an element, and how to read one. */
const READERS: Readonly<Record<string, readonly [bytes: number, read: (bytes: DataView, at: number) => number]>> = {
  '<f4': [4, (view, at) => view.getFloat32(at, true)],
  '<f8': [8, (view, at) => view.getFloat64(at, true)],
  '<i4': [4, (view, at) => view.getInt32(at, true)],
  '<i8': [8, (view, at) => Number(view.getBigInt64(at, true))],
};

/**
 * The bytes of a `.npy` file (NumPy's format 1.0): little-endian 32-bit floats, C order.
 *
 * @throws RangeError when the shape doesn't fit the data
 */
export function encodeNpy({ shape, data }: FloatArray): Buffer {
  if (shape.reduce((product, side) => product * side, 1) !== data.length) throw new RangeError(`An array of ${data.length} numbers has no shape ${shape.join(' x ')}.`);
  const tuple = shape.length === 1 ? `(${shape[0]!},)` : `(${shape.join(', ')})`;
  const words = `{'descr': '<f4', 'fortran_order': False, 'shape': ${tuple}, }`;
  const before = MAGIC.length + 2;
  const length = Math.ceil((before + words.length + 1) / ALIGNMENT) * ALIGNMENT - before;
  const header = Buffer.alloc(2 + length, ' ');
  header.writeUInt16LE(length, 0);
  header.write(words, 2, 'latin1');
  header.write('\n', 2 + length - 1, 'latin1');
  const body = Buffer.alloc(data.length * 4);
  for (const [i, value] of data.entries()) body.writeFloatLE(value, i * 4);
  return Buffer.concat([MAGIC, header, body]);
}

/**
 * Reads a `.npy` file of formats 1.0 to 3.0 that holds floats or integers in C order.
 *
 * @throws SyntaxError that says what is wrong with it
 */
export function decodeNpy(bytes: Uint8Array): FloatArray {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < 12 || !buffer.subarray(0, 6).equals(MAGIC.subarray(0, 6))) throw new SyntaxError('it does not start with the magic string of .npy files');
  const major = buffer[6]!;
  if (major < 1 || major > 3) throw new SyntaxError(`version ${major} is unknown`);
  const start = major === 1 ? 10 : 12;
  const end = start + (major === 1 ? buffer.readUInt16LE(8) : buffer.readUInt32LE(8));
  const header = buffer.toString('latin1', start, end);
  const descr = /'descr':\s*'([^']+)'/.exec(header)?.[1] ?? '';
  const shapeText = /'shape':\s*\(([^)]*)\)/.exec(header)?.[1];
  if (end > buffer.length || shapeText === undefined) throw new SyntaxError('its header is cut short');
  if (/'fortran_order':\s*True/.test(header)) throw new SyntaxError('it is in Fortran order');
  const reader = READERS[descr];
  if (reader === undefined) throw new SyntaxError(`elements of type ${descr || 'unknown'} are not read`);
  const shape = shapeText.split(',').map((side) => side.trim()).filter((side) => side !== '').map(Number);
  const count = shape.reduce((product, side) => product * side, 1);
  const [size, read] = reader;
  if (buffer.length - end !== count * size) throw new SyntaxError(`a shape of ${shape.join(' x ')} needs ${count * size} bytes but ${buffer.length - end} follow`);
  const view = new DataView(buffer.buffer, buffer.byteOffset + end, count * size);
  return { shape, data: Float32Array.from({ length: count }, (_, i) => read(view, i * size)) };
}
