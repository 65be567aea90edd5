import { chance } from '../design/random.js';

/** Frames that get or lack the decoy together: one that came and went with every frame would flicker. */
const STRETCH = 12;

/**
 * Which frames of a clip carry the decoy: so many stretches of {@link STRETCH} frames as make up `share`, where the seed says.
 *
 * @param share - 0..1
 * @returns first and last frame of every run, in order
 */
export function decoyStretches(frames: number, share: number, seed: string): readonly (readonly [from: number, to: number])[] {
  const count = Math.ceil(frames / STRETCH);
  const ranked = Array.from({ length: count }, (_, i) => ({ i, rank: chance(seed, 'decoy', i) })).sort((a, b) => a.rank - b.rank);
  const chosen = new Set(ranked.slice(0, Math.round(share * count)).map(({ i }) => i));
  const runs: [number, number][] = [];
  for (let i = 0; i < count; i++) {
    if (!chosen.has(i)) continue;
    const to = Math.min((i + 1) * STRETCH, frames) - 1;
    if (runs.at(-1)?.[1] === i * STRETCH - 1) runs.at(-1)![1] = to;
    else runs.push([i * STRETCH, to]);
  }
  return runs;
}
