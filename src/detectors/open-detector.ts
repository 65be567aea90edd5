import type { BackendPreference } from '../backends/types.js';
import { openBuiltinDetector } from './builtin/builtin.js';
import { BUILTIN_DETECTORS } from './builtin/weights.js';
import type { SpoofDetector } from './detector.js';
import { openOnnxDetector } from './onnx/onnx.js';
import { openCommandDetector, openHttpDetector } from './outside/outside.js';
import { readDetectorFile, type DetectorSpec } from './spec.js';

/**
 * Opens a detector: a built-in one by its name, an `.onnx` file, a `.json` detector file, or a description.
 *
 * @throws VivantError `INPUT_NOT_FOUND`, `INVALID_OPTION`, `MODEL_MISSING`, `MODEL_CORRUPT`, `BACKEND_UNAVAILABLE`, `PEER_MISSING`
 */
export async function openDetector(detector: string | DetectorSpec, backend: BackendPreference = 'auto'): Promise<SpoofDetector> {
  if (typeof detector === 'string') {
    const builtin = BUILTIN_DETECTORS.find((name) => name === detector);
    return builtin === undefined ? openDetector(await readDetectorFile(detector), backend) : openBuiltinDetector(builtin, { backend });
  }
  if (detector.type === 'onnx') return openOnnxDetector(detector);
  return detector.type === 'command' ? openCommandDetector(detector) : openHttpDetector(detector);
}
