import { probe } from '../media/probe.js';
import { openVideo } from '../media/video-source.js';
import type { VerifyIo } from '../provenance/verify/verify.js';

/** What reading marks needs from the media stage. */
export function verifyIo(signal?: AbortSignal): VerifyIo {
  return { openFrames: (file) => openVideo(file, { signal }), tags: async (file) => (await probe(file, { signal })).tags };
}
