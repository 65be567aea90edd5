// What is compared: one generator per row.
import { createGenerator } from '../../dist/generator/create.js';
import { createWarp } from '../../dist/generator/warp/warp.js';

export const TIERS = ['static', 'warp', 'draft', 'standard', 'high'];
/** Tiers that can be asked for by `createGenerator`; the best of them shows what more photos bring. */
const QUALITIES = ['draft', 'standard', 'high'];

/**
 * Makes the generators of all rows.
 *
 * @param photos - of the sitter, the canvas first
 * @returns `{ rows: [{ name, generator }], shots: [{ name, photos, generator }], missing: { [tier]: reason } }`
 */
export async function openRows({ tiers, photos, driverPixels, shots, tools }) {
  const rows = [];
  const missing = {};
  for (const name of TIERS.filter((tier) => tiers.includes(tier))) {
    try {
      rows.push({ name, generator: await make(name, [photos[0]], driverPixels, tools) });
    } catch (error) {
      if (error.code !== 'MODEL_MISSING') throw error;
      missing[name] = error.message;
    }
  }
  const best = rows.filter(({ name }) => QUALITIES.includes(name)).at(-1)?.name;
  const fewShots = [];
  for (const count of best === undefined ? [] : shots.filter((k) => k > 1 && k <= photos.length)) {
    fewShots.push({ name: String(count), tier: best, generator: await make(best, photos.slice(0, count), driverPixels, tools) });
  }
  return { rows, missing, shots: fewShots, shotsTier: best };
}

async function make(name, photos, driverPixels, { teeth, backend }) {
  if (name === 'static') return still(photos[0]);
  if (name === 'warp') return warpOnly(photos[0]);
  return createGenerator({ quality: name, sources: photos, driverPixels, teeth, backend });
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
    async render(target, _view, out) {
      warp.field(target);
      await warp.apply(out);
    },
    close() {
      warp.close();
      return Promise.resolve();
    },
  };
}
