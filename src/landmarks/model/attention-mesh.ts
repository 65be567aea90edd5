import { VivantError } from '../../core/errors.js';
import { LANDMARK_COUNT } from '../../core/landmarks.js';
import {
  LEFT_EYE_CONTOUR,
  LEFT_EYE_REFINEMENT,
  LIPS_REFINEMENT,
  RIGHT_EYE_CONTOUR,
  RIGHT_EYE_REFINEMENT,
} from './refinement-indices.js';
import { summariseGraph } from './tflite.js';
import type { GraphExtension, NewOperator, NewTensor } from './tflite.js';

const MESH_COUNT = 468;
const IRIS_COUNT = 5;

/** What each output of the network holds: mesh, lips, left eye, right eye, left iris, right iris, face flag. */
const OUTPUT_SIZES = [1404, 160, 142, 142, 10, 10, 1];

/**
 * Operators that turn the seven outputs of face_landmark_with_attention.tflite into the two that the FaceLandmarker graph
 * reads: 478 landmarks `[1, 1, 1, 1434]` (x, y, z in pixels of the 192 x 192 input) and the face flag.
 *
 * Refined x and y replace those of the mesh; z stays the mesh's own; an iris lies at the mean depth of its lids. The x of an eye's
 * points is the mean of refined and mesh: refined eyes slide along with their irises, by a third of the irises' own movement,
 * which hides most of a gaze; those of the mesh stay (docs/landmarks.md).
 *
 * @throws VivantError MODEL_CORRUPT when the network isn't the one this was written for
 */
export function joinRefinements(model: Uint8Array): GraphExtension {
  const { tensorCount, outputs, outputSizes } = summariseGraph(model);
  if (outputSizes.join() !== OUTPUT_SIZES.join()) {
    throw new VivantError(
      'MODEL_CORRUPT',
      `Expected the attention mesh with outputs of ${OUTPUT_SIZES.join(', ')} values but received ${outputSizes.join(', ')}. Install @mediapipe/face_mesh 0.4.1633559619 again.`,
    );
  }
  const flag = outputs[6]!;
  const parts = outputs.slice(0, 6);
  const values = OUTPUT_SIZES.slice(0, 6).reduce((sum, size) => sum + size, 0);

  const tensors: NewTensor[] = [];
  const operators: NewOperator[] = [];
  const add = (name: string, length: number, data?: Int32Array): number => {
    tensors.push(data ? { name, shape: [length], data } : { name, shape: [1, 1, 1, length] });
    return tensorCount + tensors.length - 1;
  };

  const all = add('all_outputs', values);
  operators.push({ kind: 'concatenation', axis: 3, inputs: parts, outputs: [all] });
  const lastAxis = add('last_axis', 1, Int32Array.of(3));
  const depths = [LEFT_EYE_CONTOUR, RIGHT_EYE_CONTOUR].map((contour, eye) => {
    const indices = add(`eye_${eye}_depth_indices`, contour.length, Int32Array.from(contour, (point) => 3 * point + 2));
    const gathered = add(`eye_${eye}_depths`, contour.length);
    operators.push({ kind: 'gather', axis: 3, inputs: [all, indices], outputs: [gathered] });
    const mean = add(`eye_${eye}_mean_depth`, 1);
    operators.push({ kind: 'mean', keepDims: true, inputs: [gathered, lastAxis], outputs: [mean] });
    return mean;
  });
  const withDepths = add('all_outputs_and_depths', values + 2);
  operators.push({ kind: 'concatenation', axis: 3, inputs: [all, ...depths], outputs: [withDepths] });
  const order = refinedOrder(values);
  const indices = tensorCount + tensors.push({ name: 'landmark_pair_indices', shape: [order.length / 2, 2], data: order }) - 1;
  const pairs = tensorCount + tensors.push({ name: 'landmark_pairs', shape: [1, 1, 1, order.length / 2, 2] }) - 1;
  operators.push({ kind: 'gather', axis: 3, inputs: [withDepths, indices], outputs: [pairs] });
  const pairAxis = add('pair_axis', 1, Int32Array.of(4));
  const landmarks = add('landmarks_478', order.length / 2);
  operators.push({ kind: 'mean', keepDims: false, inputs: [pairs, pairAxis], outputs: [landmarks] });
  return { tensors, operators, outputs: [landmarks, flag] };
}

/**
 * `[478 * 3, 2]`: for each value the two places in the joined outputs whose mean it is, the same place twice for most.
 * The two iris depths lie at `depthStart`.
 */
function refinedOrder(depthStart: number): Int32Array {
  const order = new Int32Array(2 * 3 * LANDMARK_COUNT);
  const take = (value: number, from: number, and = from): void => {
    order[2 * value] = from;
    order[2 * value + 1] = and;
  };
  for (let i = 0; i < 3 * MESH_COUNT; i++) take(i, i);
  let offset = 3 * MESH_COUNT;
  for (const refinement of [LIPS_REFINEMENT, LEFT_EYE_REFINEMENT, RIGHT_EYE_REFINEMENT]) {
    for (const point of refinement) {
      take(3 * point, offset, refinement === LIPS_REFINEMENT ? offset : 3 * point);
      take(3 * point + 1, offset + 1);
      offset += 2;
    }
  }
  for (let i = 0; i < 2 * IRIS_COUNT; i++) {
    const point = MESH_COUNT + i;
    take(3 * point, offset);
    take(3 * point + 1, offset + 1);
    take(3 * point + 2, depthStart + (i < IRIS_COUNT ? 0 : 1));
    offset += 2;
  }
  return order;
}
