import { VivantError } from '../../core/errors.js';
import { createFrame } from '../../core/frame.js';
import { createFlowField } from '../../geometry/flow-field.js';
import { sampleFlow } from '../sampler.js';
import { createTensorWarp } from './tensor-warp.js';
import type { TensorBackend } from './types.js';

const SIDE = 24;

/**
 * Warps a small pattern on the backend and with plain arithmetic. Drivers that compute wrong pictures exist; better to find out
 * before the first frame than on the screen.
 *
 * @throws VivantError `BACKEND_UNAVAILABLE` when the two differ by more than two levels of 255 anywhere.
 */
export async function assertWarps(backend: TensorBackend): Promise<void> {
  const source = createFrame(SIDE, SIDE);
  for (let i = 0; i < source.data.length; i++) source.data[i] = i % 4 === 3 ? 255 : (i * 37 + (i >> 3) * 11) % 256;
  const field = createFlowField(0, 0, SIDE, SIDE, 2);
  for (let c = 0; c < field.x.length; c++) {
    field.x[c]! += 1.7 * Math.sin(c);
    field.y[c]! += 1.3 * Math.cos(1.9 * c);
  }
  const expected = createFrame(SIDE, SIDE);
  const received = createFrame(SIDE, SIDE);
  sampleFlow(source, field, expected);
  const warp = createTensorWarp(backend, source);
  try {
    await warp.draw(field, received);
  } finally {
    warp.dispose();
  }
  const worst = expected.data.reduce((most, value, i) => Math.max(most, Math.abs(value - received.data[i]!)), 0);
  if (worst > 2) {
    throw new VivantError(
      'BACKEND_UNAVAILABLE',
      `Expected the ${backend.name} backend to warp a test pattern within 2 levels of 255 but it is off by ${worst}. Choose another one with --backend, or update the graphics driver.`,
      { details: { backend: backend.name, worst } },
    );
  }
}
