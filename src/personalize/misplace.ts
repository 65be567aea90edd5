import type { TargetFace } from '../core/motion.js';
import type { Dice } from './random.js';

/** Root mean square of the displacement, head units (an eye is 0.52 wide). */
const AMOUNT = 0.02;
const WAVES = 8;
/** Head units. */
const WAVELENGTH = [0.6, 2] as const;

/**
 * Moves the landmarks of a face smoothly by a little, in place. In use they come from another face and never lie exactly; a network
 * that learnt from exact ones would trust them too much.
 */
export function misplace({ points, centre, scale }: TargetFace, dice: Dice): void {
  const waves = Array.from({ length: WAVES }, () => {
    const [along, towards] = [dice.uniform(0, 2 * Math.PI), dice.uniform(0, 2 * Math.PI)];
    const frequency = (2 * Math.PI) / dice.uniform(...WAVELENGTH) / scale;
    return { x: frequency * Math.cos(along), y: frequency * Math.sin(along), phase: dice.uniform(0, 2 * Math.PI), right: Math.cos(towards), down: Math.sin(towards) };
  });
  const amount = AMOUNT * scale * Math.sqrt(2 / WAVES);
  for (let i = 0; i < points.length; i += 3) {
    let [right, down] = [0, 0];
    for (const wave of waves) {
      const height = Math.sin(wave.x * (points[i]! - centre[0]!) + wave.y * (points[i + 1]! - centre[1]!) + wave.phase);
      right += wave.right * height;
      down += wave.down * height;
    }
    points[i]! += amount * right;
    points[i + 1]! += amount * down;
  }
}
