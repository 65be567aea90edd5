import { unzipSync, zipSync } from 'fflate';
import { VivantError } from '../../core/errors.js';
import { LANDMARK_COUNT } from '../../core/landmarks.js';
import { summariseGraph } from './tflite.js';

/** Entries that a FaceLandmarker bundle (`.task`) must hold. */
export const BUNDLE_ENTRIES = [
  'face_detector.tflite',
  'face_landmarks_detector.tflite',
  'geometry_pipeline_metadata_landmarks.binarypb',
] as const;

/** The files of a bundle, by entry name. */
export type BundleFiles = Readonly<Record<(typeof BUNDLE_ENTRIES)[number], Uint8Array>>;

/** Far above any face model; keeps a crafted archive from filling the memory. */
const MAX_ENTRY_BYTES = 64 * 2 ** 20;

/** Packs a `.task` bundle: a ZIP whose entries are stored, because MediaPipe maps them in place. Same files, same bytes. */
export function packBundle(files: BundleFiles): Uint8Array {
  const entries = BUNDLE_ENTRIES.map((name) => [name, files[name]] as const);
  return zipSync(Object.fromEntries(entries), { level: 0, mtime: new Date(1980, 0, 1) });
}

/**
 * Checks that `bytes` is a FaceLandmarker bundle: a ZIP with the three entries, stored, and two readable TFLite models,
 * of which one gives 478 landmarks.
 *
 * @param source - how to name the bytes in an error
 * @throws VivantError MODEL_CORRUPT
 */
export function checkBundle(bytes: Uint8Array, source: string): void {
  const problem = bundleProblem(bytes);
  if (problem === undefined) return;
  throw new VivantError(
    'MODEL_CORRUPT',
    `Expected a MediaPipe FaceLandmarker bundle (.task) in ${source} but ${problem}. Fetch it again with "vivant models pull", or leave the model out to use the one assembled from npm.`,
    { details: { source } },
  );
}

function bundleProblem(bytes: Uint8Array): string | undefined {
  const wanted = new Set<string>(BUNDLE_ENTRIES);
  let problem: string | undefined;
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes, {
      filter: ({ name, compression, size, originalSize }) => {
        if (!wanted.has(name)) return false;
        if (compression !== 0) problem ??= `its entry ${name} is compressed`;
        else if (size > MAX_ENTRY_BYTES || originalSize !== size) problem ??= `its entry ${name} declares ${originalSize} bytes`;
        return problem === undefined;
      },
    });
  } catch {
    return 'it is not a readable ZIP archive';
  }
  if (problem !== undefined) return problem;
  for (const name of BUNDLE_ENTRIES) {
    const file = files[name];
    if (!file || file.length === 0) return `its entry ${name} is missing`;
  }
  return modelProblem('face_detector.tflite', files) ?? modelProblem('face_landmarks_detector.tflite', files, 3 * LANDMARK_COUNT);
}

/** @param outputSize - an output of this many values must be there */
function modelProblem(name: string, files: Readonly<Record<string, Uint8Array>>, outputSize?: number): string | undefined {
  try {
    const { outputSizes } = summariseGraph(files[name]!);
    if (outputSize === undefined || outputSizes.includes(outputSize)) return undefined;
    return `its entry ${name} has no output of ${outputSize} values`;
  } catch {
    return `its entry ${name} is not a TFLite model`;
  }
}
