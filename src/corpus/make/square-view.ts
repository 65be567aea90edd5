import type { Box, Frame, TimedFrame } from '../../core/frame.js';
import { createFrame } from '../../core/frame.js';
import type { FrameSource } from '../../core/ports.js';
import { Resampler } from '../../media/resample.js';

interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * The square around a face that a clip shows, within its picture: moved inwards at the borders, and as large as the picture
 * where that is smaller.
 *
 * @param face - box of the landmarks, pixels
 * @param margin - side of the square, in longer sides of the face
 * @returns whole pixels
 */
export function squareOf(face: Box, margin: number, picture: Size): Box {
  const side = Math.min(Math.round(Math.max(face.width, face.height) * margin), picture.width, picture.height);
  const place = (centre: number, room: number): number => Math.round(Math.min(Math.max(centre - side / 2, 0), room - side));
  return { x: place(face.x + face.width / 2, picture.width), y: place(face.y + face.height / 2, picture.height), width: side, height: side };
}

/** Cuts one square out of every frame and scales it. Synthetic and real clips go through the same one. */
export class SquareView {
  readonly #square: Box;
  readonly #cut: Frame;
  readonly #out: Frame;
  readonly #resampler: Resampler;

  /** @param side - of the result, pixels */
  constructor(square: Box, side: number) {
    this.#square = square;
    this.#cut = createFrame(square.width, square.height);
    this.#out = createFrame(side, side);
    this.#resampler = new Resampler(square, { x: 0, y: 0, width: side, height: side });
  }

  /** The square of `frame`, in memory that the next call reuses. */
  draw(frame: Frame): Frame {
    const { x, y, width, height } = this.#square;
    for (let row = 0; row < height; row++) {
      const start = ((y + row) * frame.width + x) * 4;
      this.#cut.data.set(frame.data.subarray(start, start + width * 4), row * width * 4);
    }
    this.#resampler.draw(this.#cut, this.#out);
    return this.#out;
  }

  /** A box of the original picture in pixels of the result. */
  place(box: Box): Box {
    const scale = this.#out.width / this.#square.width;
    return { x: (box.x - this.#square.x) * scale, y: (box.y - this.#square.y) * scale, width: box.width * scale, height: box.height * scale };
  }
}

/** A source of which only a square is seen. */
export function squareSource(source: FrameSource, square: Box, side: number): FrameSource {
  const view = new SquareView(square, side);
  return {
    width: side,
    height: side,
    fps: source.fps,
    frameCount: source.frameCount,
    close: () => source.close(),
    async *[Symbol.asyncIterator](): AsyncGenerator<TimedFrame, void, undefined> {
      for await (const frame of source) yield { ...view.draw(frame), index: frame.index, time: frame.time };
    },
  };
}
