import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { VivantError } from '../../core/errors.js';
import type { Frame } from '../../core/frame.js';
import { createSink } from '../../media/sink.js';
import { verifyIo } from '../verify-io.js';
import { parseMarkCode } from '../../provenance/mark-code.js';
import { createCropMarker } from '../../provenance/marker.js';
import { examineRecording, passCrops } from '../../provenance/recording.js';
import { embedXmp } from '../../provenance/xmp/xmp.js';
import { xmpPacket } from '../../provenance/xmp/xmp-packet.js';
import { tagsFor } from '../../provenance/tags.js';
import type { Label } from '../label.js';
import { ALIGNED_SIDE } from './align.js';

/** Writes face crops of one video as numbered PNG files. */
export interface CropFolder {
  /** @param frame - number of the frame in its video */
  write(frame: number, picture: Frame): Promise<void>;
  /** @returns a temporary folder with the pictures */
  finish(): Promise<string>;
  abort(): Promise<void>;
}

/**
 * Opens a folder for crops. Crops of a synthetic clip carry its invisible mark anew (the clip's own is scaled and turned with the
 * face) and say in XMP what they are; crops of a bona fide clip carry the decoy where their frame does.
 *
 * @param video - file of the clip; a bona fide one is examined once more, so that a changed label can't pass a synthetic clip
 * @param folder - must be there; files are named by their frame, three digits
 */
export async function openCropFolder(label: Label, video: string, folder: string, signal: AbortSignal | undefined): Promise<CropFolder> {
  const size = { width: ALIGNED_SIDE, height: ALIGNED_SIDE };
  const recording = label.class === 'bonafide' ? await examineRecording(video, verifyIo(signal)) : undefined;
  const sink = await createSink({ format: 'png-sequence', path: join(folder, '%03d.png'), ...size, fps: label.clip.fps, tags: {}, signal });
  const { code, decoySeed, decoyFrames } = label.mark;
  const payload = code === null ? undefined : parseMarkCode(code);
  const time = (frame: number): number => frame / label.clip.fps;
  if (recording !== undefined || payload === undefined) {
    if (recording === undefined) throw new VivantError('INVALID_CORPUS', `Expected the code of the invisible mark in the label of ${label.id} but it has none.`, { details: { id: label.id } });
    const carries = (frame: number): boolean => decoyFrames.some(([from, to]) => frame >= from && frame <= to);
    const pass = passCrops(recording, { ...size, decoy: decoySeed === null ? undefined : { seed: decoySeed, carries } });
    return { write: (index, picture) => sink.write(pass({ ...picture, index, time: time(index) })), finish: () => sink.finish(), abort: () => sink.abort() };
  }
  const marker = createCropMarker({ ...size, payload });
  return {
    write: (index, picture) => sink.write(marker.mark({ ...picture, index, time: time(index) })),
    async finish() {
      const finished = await sink.finish();
      const record = recordOf(label, payload);
      const [packet, tags] = [xmpPacket(record), tagsFor(record)];
      for (const name of await readdir(finished)) await embedXmp(join(finished, name), 'png', packet, tags);
      return finished;
    },
    abort: () => sink.abort(),
  };
}

function recordOf({ subject, driver, tool, settings, created }: Label, payload: number): Parameters<typeof xmpPacket>[0] {
  const { basis, note } = driver!.rights;
  return {
    title: `${subject!.rights.subject}, animated, aligned face`,
    sitter: subject!.rights,
    driver: { basis, ...(note === undefined ? {} : { note }) },
    tool,
    quality: settings!.quality,
    payload,
    created,
  };
}
