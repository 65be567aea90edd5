import { VivantError } from '../../core/errors.js';

/**
 * Reads FlatBuffers tables without generated code. Every offset is checked against the buffer,
 * because the bytes may come from a file that anybody wrote.
 */
export class FlatTable {
  readonly #view: DataView;
  readonly #vtable: number;
  readonly #vtableSize: number;
  /** Bytes from the start of the buffer. */
  readonly position: number;

  private constructor(view: DataView, position: number) {
    this.#view = view;
    this.position = position;
    this.#vtable = position - readInt32(view, position);
    this.#vtableSize = readUint16(view, this.#vtable);
    if (this.#vtableSize < 4 || this.#vtableSize % 2 !== 0) throw corrupt(`a field table of ${this.#vtableSize} bytes at ${this.#vtable}`);
  }

  /**
   * The root table of a buffer.
   *
   * @param identifier - the four characters that the buffer must carry at byte 4
   * @throws VivantError MODEL_CORRUPT
   */
  static root(bytes: Uint8Array, identifier: string): FlatTable {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let found = '';
    for (let i = 4; i < 8 && i < bytes.length; i++) found += String.fromCharCode(bytes[i]!);
    if (found !== identifier) throw corrupt(`identifier ${JSON.stringify(found)} where ${JSON.stringify(identifier)} belongs`);
    return new FlatTable(view, readUint32(view, 0));
  }

  /** True when the table carries field `slot`. */
  has(slot: number): boolean {
    return this.#field(slot) !== 0;
  }

  /** An unsigned 32-bit field, or `fallback`. */
  uint32(slot: number, fallback: number): number {
    const at = this.#field(slot);
    return at === 0 ? fallback : readUint32(this.#view, at);
  }

  /** Where the vector, table or string in `slot` lies, or `undefined`. */
  target(slot: number): number | undefined {
    const at = this.#field(slot);
    return at === 0 ? undefined : follow(this.#view, at);
  }

  /** The positions of the tables of a vector of tables; empty when the field is absent. */
  tablePositions(slot: number): number[] {
    const start = this.#vector(slot, 4);
    if (start === undefined) return [];
    const length = readUint32(this.#view, start);
    return Array.from({ length }, (_, i) => follow(this.#view, start + 4 + 4 * i));
  }

  /** The tables of a vector of tables; empty when the field is absent. */
  tables(slot: number): FlatTable[] {
    return this.tablePositions(slot).map((position) => new FlatTable(this.#view, position));
  }

  /** The numbers of a vector of 32-bit integers; empty when the field is absent. */
  int32s(slot: number): number[] {
    const start = this.#vector(slot, 4);
    if (start === undefined) return [];
    return Array.from({ length: readUint32(this.#view, start) }, (_, i) => readInt32(this.#view, start + 4 + 4 * i));
  }

  #vector(slot: number, bytesPerItem: number): number | undefined {
    const start = this.target(slot);
    if (start === undefined) return undefined;
    const length = readUint32(this.#view, start);
    if (start + 4 + length * bytesPerItem > this.#view.byteLength) throw corrupt(`a vector of ${length} items at ${start}`);
    return start;
  }

  #field(slot: number): number {
    const entry = 4 + 2 * slot;
    if (entry + 2 > this.#vtableSize) return 0;
    const offset = readUint16(this.#view, this.#vtable + entry);
    return offset === 0 ? 0 : this.position + offset;
  }
}

function follow(view: DataView, at: number): number {
  return at + readUint32(view, at);
}

function readUint16(view: DataView, at: number): number {
  need(view, at, 2);
  return view.getUint16(at, true);
}

function readUint32(view: DataView, at: number): number {
  need(view, at, 4);
  return view.getUint32(at, true);
}

function readInt32(view: DataView, at: number): number {
  need(view, at, 4);
  return view.getInt32(at, true);
}

function need(view: DataView, at: number, size: number): void {
  if (at < 0 || at + size > view.byteLength) throw corrupt(`an offset to byte ${at} of ${view.byteLength}`);
}

function corrupt(what: string): VivantError {
  return new VivantError('MODEL_CORRUPT', `Expected a FlatBuffers model but found ${what}. The model file is damaged: fetch or install it again.`);
}
