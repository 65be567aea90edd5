import { Writable } from 'node:stream';

/** Buffers in the ring: one with the consumer, one being filled, one ready in between. */
const SLOTS = 3;

/**
 * Cuts a byte stream into frames of one exact size, in a fixed ring of buffers: the stream stands still while the ring is
 * full. A frame is valid until the next one is asked for.
 */
export class FrameChunker extends Writable {
  readonly #frameBytes: number;
  readonly #slots: readonly Uint8ClampedArray[];
  /** Frames filled and handed out since the start. */
  #filled = 0;
  #taken = 0;
  /** Bytes in the frame being filled. */
  #offset = 0;
  #ended = false;
  #resume: (() => void) | undefined;
  #wake: (() => void) | undefined;

  /** @param frameBytes - Bytes of one frame. */
  constructor(frameBytes: number) {
    // The 'close' event would make fluent-ffmpeg kill a process that is about to exit by itself.
    super({ autoDestroy: false, emitClose: false });
    this.#frameBytes = frameBytes;
    this.#slots = Array.from({ length: SLOTS }, () => new Uint8ClampedArray(frameBytes));
  }

  /** Whole frames received so far. */
  get frames(): number {
    return this.#filled;
  }

  /** The next frame, `[height, width, 4]`; `undefined` at the end. Gives the frame before it back to the ring. */
  async next(): Promise<Uint8ClampedArray | undefined> {
    this.#resume?.();
    while (this.#taken === this.#filled) {
      if (this.#ended) return undefined;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return this.#slots[this.#taken++ % SLOTS];
  }

  /** Tells that the source is gone. Without effect where it has ended the stream in good order: what it wrote still comes. */
  sourceGone(): void {
    if (!this.writableEnded) this.#end();
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    let position = 0;
    const copy = (): void => {
      while (position < chunk.length) {
        // The frame last handed out is still being looked at: its slot counts as full.
        if (this.#filled - Math.max(0, this.#taken - 1) >= SLOTS) {
          this.#resume = () => {
            this.#resume = undefined;
            queueMicrotask(copy);
          };
          return;
        }
        const slot = this.#slots[this.#filled % SLOTS]!;
        const count = Math.min(chunk.length - position, this.#frameBytes - this.#offset);
        slot.set(chunk.subarray(position, position + count), this.#offset);
        position += count;
        this.#offset += count;
        if (this.#offset === this.#frameBytes) {
          this.#offset = 0;
          this.#filled++;
          this.#wake?.();
        }
      }
      done();
    };
    copy();
  }

  override _final(done: () => void): void {
    this.#end();
    done();
  }

  #end(): void {
    this.#ended = true;
    this.#wake?.();
  }
}
