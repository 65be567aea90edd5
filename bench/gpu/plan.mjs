// What is measured, in which order, and for how long.

export const TIERS = ['draft', 'standard', 'high'];
export const NETWORKS = ['mouth', 'eye', 'face'];
export const BATCHES = [1, 16];
export const PEERS = ['liveportrait', 'fomm', 'tpsmm'];
/** Seconds that one row may take. */
const LIMITS = { conformance: 180, clip: 120, networks: 60, fit: 180, pytorch: 150 };
/** What is left of the plan on plain JavaScript and on adapters that imitate a card. */
const SLOW = { frames: 8, steps: 20 };

/**
 * @param backends - `{ name, supported, slow }`; `pytorch` has one row, which answers with several. Cards come first, slow ones last
 * @param options - `sides` pixels, `frames` a clip, `steps` of fine-tuning, 20 at least
 * @returns rows `{ id, kind, backend, limit, ...job }`; the ones that matter most first
 */
export function plan(backends, { sides, frames, steps }) {
  const order = ({ name, slow }) => (slow ? 2 : name === 'wasm' ? 1 : 0);
  const there = backends.filter(({ supported }) => supported).sort((a, b) => order(a) - order(b));
  return there.flatMap(({ name: backend, slow }) => {
    const row = (kind, id, job = {}) => ({ id, kind, backend, limit: LIMITS[kind], ...job });
    if (backend === 'pytorch') return [row('pytorch', 'pytorch')];
    const clips = (slow ? sides.slice(0, 1) : sides).flatMap((side) => TIERS.map((quality) => row('clip', `clip ${quality} ${side}`, { quality, side, frames: slow ? Math.min(frames, SLOW.frames) : frames })));
    const networks = NETWORKS.flatMap((network) => BATCHES.map((batch) => row('networks', `network ${network} ${batch}`, { network, batch })));
    // On plain JavaScript a fit takes the better part of an hour.
    const fit = backend === 'cpu' ? [] : [row('fit', 'fit', { steps: slow ? Math.min(steps, SLOW.steps) : steps })];
    return [row('conformance', 'conformance'), ...networks, ...clips, ...fit];
  });
}
