import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { VivantError } from '../../core/errors.js';
import { joinRefinements } from './attention-mesh.js';
import { packBundle } from './bundle.js';
import { imageInputMetadata } from './tflite-metadata.js';
import { rewriteModel } from './tflite.js';

/** The packed assets of @mediapipe/face_mesh 0.4.1633559619 and where its loader says that the files lie in them (bytes). */
const ASSETS = {
  file: 'face_mesh_solution_packed_assets.data',
  sha256: 'dbe5905c582c0462cdaea17e7e6ecea92edaa8cccc515c5e2e7291f2cbb5fb99',
  attentionMesh: [0, 2495952],
  geometry: [3737848, 3757224],
  faceDetector: [3757224, 3986256],
} as const;

/**
 * Builds a FaceLandmarker bundle from the npm package @mediapipe/face_mesh: no download, about 2.7 MB, no blendshapes.
 *
 * @throws VivantError MODEL_MISSING when the package isn't installed, MODEL_CORRUPT when its file was changed
 */
export async function assembleModel(): Promise<Uint8Array> {
  const assets = await readAssets();
  const attentionMesh = assets.subarray(...ASSETS.attentionMesh);
  return packBundle({
    'face_detector.tflite': rewriteModel(assets.subarray(...ASSETS.faceDetector), imageInputMetadata({ mean: 127.5, std: 127.5 })),
    'face_landmarks_detector.tflite': rewriteModel(
      attentionMesh,
      imageInputMetadata({ mean: 0, std: 255 }),
      joinRefinements(attentionMesh),
    ),
    'geometry_pipeline_metadata_landmarks.binarypb': assets.subarray(...ASSETS.geometry),
  });
}

async function readAssets(): Promise<Uint8Array> {
  let path = '@mediapipe/face_mesh';
  let assets: Uint8Array;
  try {
    path = join(dirname(createRequire(import.meta.url).resolve('@mediapipe/face_mesh/package.json')), ASSETS.file);
    assets = new Uint8Array(await readFile(path));
  } catch (cause) {
    throw new VivantError('MODEL_MISSING', `Expected the face model in the npm package @mediapipe/face_mesh but could not read it. Run npm install again.`, {
      details: { path },
      cause,
    });
  }
  const sha256 = createHash('sha256').update(assets).digest('hex');
  if (sha256 !== ASSETS.sha256) {
    throw new VivantError(
      'MODEL_CORRUPT',
      `Expected ${ASSETS.file} of @mediapipe/face_mesh 0.4.1633559619 with SHA-256 ${ASSETS.sha256} but found ${sha256}. Reinstall that package.`,
      { details: { path, sha256 } },
    );
  }
  return assets;
}
