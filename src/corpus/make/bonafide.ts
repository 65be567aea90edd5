import { resolve } from 'node:path';
import type { Box } from '../../core/frame.js';
import { VivantError } from '../../core/errors.js';
import type { LandmarkDetector } from '../../core/ports.js';
import { rightsLine } from './rights-line.js';
import { probe } from '../../media/probe.js';
import { sampleVideo } from '../../media/sample.js';
import { openVideo } from '../../media/video-source.js';
import { examineRecording, passRecording, type Recording } from '../../provenance/recording.js';
import type { BonafideJob } from '../job.js';
import { verifyIo } from '../verify-io.js';
import type { ClipFacts, ClipTools } from './attack.js';
import { decoyStretches } from './decoy-frames.js';
import { openLevels } from './level-files.js';
import { squareOf, squareSource } from './square-view.js';

/** Frames looked at to find where the face is. */
const LOOKS = 8;

/** Recordings that were examined for marks of synthetic content, by hash: many clips come out of one file. */
const examined = new Map<string, Promise<Recording>>();

/** real video -> examined -> square -> blank band and decoy -> one encoder for each level. No badge, no mark: nothing is synthetic. */
export async function makeBonafide(job: BonafideJob, { toolbox, folder, root, signal, onFrame }: ClipTools): Promise<ClipFacts> {
  const { recording, geometry, levels } = job;
  const path = resolve(root, recording.video.path);
  const { detector } = await toolbox.open();
  const range = { start: recording.start, end: recording.end, ...(signal === undefined ? {} : { signal }) };
  const allowed = await examine(path, recording.video.sha256);
  const face = await faceOf(path, range, detector);
  const facts = await probe(path, { signal });
  const square = squareOf(face, geometry.margin, facts);
  const stretches = decoyStretches(Math.ceil(job.seconds * facts.fps) + 1, job.decoy, job.key);
  const carries = (index: number): boolean => stretches.some(([from, to]) => index >= from && index <= to);
  const clip = await passRecording(allowed, {
    open: async (file) => squareSource(await openVideo(file, range), square, geometry.side),
    decoy: stretches.length === 0 ? undefined : { seed: job.key, carries },
  });
  const { width, height, fps, picture, band } = clip;
  try {
    const files = await openLevels({ folder, levels, width, height, fps, tags: tagsOf(job), signal });
    try {
      for await (const frame of clip.frames()) {
        await files.write(frame);
        onFrame(files.frames, undefined);
      }
      await files.finish();
      const last = files.frames - 1;
      const laid = stretches.filter(([from]) => from <= last).map(([from, to]): [number, number] => [from, Math.min(to, last)]);
      const scale = geometry.side / square.width;
      return {
        clip: { frames: files.frames, fps, width, height, picture, band, face: { x: (face.x - square.x) * scale, y: (face.y - square.y) * scale, width: face.width * scale, height: face.height * scale } },
        mark: { kind: laid.length === 0 ? 'none' : 'decoy', code: null, decoySeed: laid.length === 0 ? null : job.key, decoyFrames: laid },
        framesSha256: files.digest(),
        files: await files.name(),
        models: { landmarks: detector.model.sha256, refiner: null },
      };
    } catch (error) {
      await files.abort();
      throw error;
    }
  } finally {
    await clip.close();
  }
}

function examine(path: string, sha256: string): Promise<Recording> {
  const known = examined.get(sha256);
  if (known !== undefined) return known;
  // Without the caller's signal: others may wait for the same answer.
  const looking = examineRecording(path, verifyIo());
  examined.set(sha256, looking);
  looking.catch(() => examined.delete(sha256));
  return looking;
}

/** Middle position and size of the largest face over the stretch. */
async function faceOf(path: string, range: { readonly start: number; readonly end: number; readonly signal?: AbortSignal }, detector: LandmarkDetector): Promise<Box> {
  const boxes: Box[] = [];
  for await (const frame of sampleVideo(path, { ...range, count: LOOKS })) {
    const [face] = await detector.detect(frame);
    if (face !== undefined) boxes.push(face.box);
  }
  if (boxes.length === 0) {
    throw new VivantError('NO_FACE', `No face was found in ${path} from ${range.start} s to ${range.end} s. Choose a stretch that shows the person facing the camera.`, {
      details: { path, start: range.start, end: range.end },
    });
  }
  const median = (pick: (box: Box) => number): number => boxes.map(pick).sort((a, b) => a - b)[boxes.length >> 1]!;
  const [width, height] = [median((box) => box.width), median((box) => box.height)];
  return { x: median((box) => box.x + box.width / 2) - width / 2, y: median((box) => box.y + box.height / 2) - height / 2, width, height };
}

/** Container tags of a real clip: what it is, whose, and on what ground. */
function tagsOf({ recording, corpus, tool }: BonafideJob): Record<string, string> {
  return {
    title: `${recording.rights.subject}, a recording`,
    artist: `${tool.name} ${tool.version} (re-encoded)`,
    comment: `A recording of ${recording.rights.subject}, cut, scaled and re-encoded for the corpus ${corpus}. It was filmed, not generated.`,
    copyright: rightsLine(recording.rights),
  };
}
