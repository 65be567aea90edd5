// What is compared: one generator per row.
import { createGenerator } from '../../dist/generator/create.js';
import { createWarp } from '../../dist/generator/warp/warp.js';
import { learns, personalize } from './personalized.mjs';

export const TIERS = ['static', 'warp', 'draft', 'standard', 'high'];
/** The best of these shows what more photos bring: tiers that use them differently. */
const SHOT_TIERS = ['draft', 'standard'];

/**
 * How many photos a tier may use, besides one. `prepare` turns them into further options of `createGenerator`, for `tier` that learns from
 * photos before it draws, on clips that `has` accepts.
 */
export const SHOTS = [
  { name: '4', photos: 4 },
  { name: '8', photos: 8 },
  { name: 'personalized', photos: 8, tier: 'standard', has: learns, prepare: personalize },
];

/**
 * Makes the generators of all rows.
 *
 * @param photos - of the sitter, the canvas first
 * @param shots - of {@link SHOTS}
 * @param tools.weightsDirectory - see `createGenerator`
 * @param clip - for which
 * @returns `{ rows: [{ name, generator }], shots: [{ name, photos, generator, facts? }], shotsTier, missing: { [tier]: reason } }`
 */
export async function openRows({ tiers, photos, clip, shots, tools }) {
  const rows = [];
  const missing = {};
  for (const name of TIERS.filter((tier) => tiers.includes(tier))) {
    try {
      rows.push({ name, generator: await make(name, [photos[0]], clip, tools) });
    } catch (error) {
      if (error.code !== 'MODEL_MISSING') throw error;
      missing[name] = error.message.replace(/\S*(?=models)/, '');
    }
  }
  const best = rows.filter(({ name }) => SHOT_TIERS.includes(name)).at(-1)?.name;
  const fewShots = [];
  for (const { name, photos: count, tier, has, prepare } of best === undefined ? [] : shots) {
    if (count > photos.length || (tier && !rows.some((row) => row.name === tier)) || has?.(clip) === false) continue;
    const album = photos.slice(0, count);
    const learnt = await prepare?.(album, tools);
    fewShots.push({ name, photos: count, generator: await make(tier ?? best, album, clip, tools, learnt?.options), facts: learnt?.facts });
  }
  return { rows, missing, shots: fewShots, shotsTier: best };
}

async function make(name, photos, { driverPixels, fps }, { teeth, backend, weightsDirectory }, learnt = {}) {
  if (name === 'static') return still(photos[0]);
  if (name === 'warp') return warpOnly(photos[0]);
  return createGenerator({ quality: name, sources: photos, driverPixels, fps, teeth, backend, ...(weightsDirectory ? { weightsDirectory } : {}), ...learnt });
}

/** The portrait itself. */
function still({ frame }) {
  return {
    render(_target, _view, out) {
      out.data.set(frame.data);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
}

/** The photo moved by the mesh, nothing drawn: no mouth, no eyes, no folds. The yardstick that stays the same. */
function warpOnly(photo) {
  const warp = createWarp(photo);
  return {
    render(target, _view, out) {
      warp.field(target);
      warp.apply(out);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
}
