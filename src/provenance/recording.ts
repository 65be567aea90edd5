import type { Box, TimedFrame } from '../core/frame.js';
import { VivantError } from '../core/errors.js';
import { type RecordedFrame, takeRecordingAuthority } from '../core/marked-frame.js';
import type { FrameSource } from '../core/ports.js';
import { createBand } from './badge/band.js';
import { createDecoyEmbedder } from './invisible/decoy.js';
import { type VerifyIo, verifyFile } from './verify/verify.js';

const brand = takeRecordingAuthority();

/** A file that was read for every disclosure layer and says nothing of being synthetic. Only {@link examineRecording} makes one. */
export class Recording {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  get path(): string {
    return this.#path;
  }

  /** @internal */
  static async examine(path: string, io: VerifyIo): Promise<Recording> {
    const { disclosed, explanation } = await verifyFile(path, io);
    if (disclosed) {
      throw new VivantError('INVALID_MANIFEST', `Expected a real recording at ${path} but the file says that it is synthetic: ${explanation} It can't stand for a bona fide clip.`, {
        details: { path },
      });
    }
    return new Recording(path);
  }
}

/**
 * Looks whether a file may stand for a real recording.
 *
 * @throws VivantError `INVALID_MANIFEST` when any layer says that it is synthetic, and what {@link verifyFile} throws
 */
export function examineRecording(path: string, io: VerifyIo): Promise<Recording> {
  return Recording.examine(path, io);
}

/** How the frames of a recording are prepared. */
export interface RecordingOptions {
  /** Opens the file's pictures, cut and scaled as the synthetic clips are. */
  readonly open: (path: string) => Promise<FrameSource>;
  /** Lays the decoy pattern of `seed` over the frames for which `carries` says so. */
  readonly decoy: { readonly seed: string; readonly carries: (index: number) => boolean } | undefined;
}

/** Frames of an examined recording, fit for an encoder. */
export interface RecordedClip {
  /** Of a frame, pixels; the blank band below the picture included. */
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly picture: Box;
  readonly band: Box;
  /** Once, in order. A frame's memory is reused for the next one. */
  frames(): AsyncGenerator<RecordedFrame, void, undefined>;
  close(): Promise<void>;
}

/**
 * Passes the frames of an examined recording to encoders: a blank band is added where synthetic clips bear their badge, so that
 * size and shape don't tell the two apart.
 */
export async function passRecording(recording: Recording, { open, decoy }: RecordingOptions): Promise<RecordedClip> {
  const source = await open(recording.path);
  const band = createBand(source.width, source.height, undefined);
  const embedder = decoy && createDecoyEmbedder(band.width, band.height, decoy.seed);
  return {
    width: band.width,
    height: band.height,
    fps: source.fps,
    picture: band.picture,
    band: band.box,
    async *frames() {
      for await (const { data, width, height, index, time } of source) {
        const enlarged = band.extend({ data, width, height });
        if (decoy?.carries(index)) embedder?.embed(enlarged);
        yield brand({ ...enlarged, index, time });
      }
    },
    close: () => source.close(),
  };
}

/**
 * Passes still face crops of a bona fide clip to encoders, with the decoy where their frames carry it.
 *
 * @param _recording - proof that the clip itself was examined
 */
export function passCrops(_recording: Recording, { width, height, decoy }: { readonly width: number; readonly height: number } & Pick<RecordingOptions, 'decoy'>): (frame: TimedFrame) => RecordedFrame {
  const embedder = decoy && createDecoyEmbedder(width, height, decoy.seed);
  return (frame) => {
    if (decoy?.carries(frame.index)) embedder?.embed(frame);
    return brand({ ...frame });
  };
}
