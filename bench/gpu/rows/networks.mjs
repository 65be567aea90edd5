// The refiner's networks alone, batch by batch: milliseconds from the crops in memory to the heads in memory.
import { rounded } from '../../material.mjs';
import { answer, part, tensors } from '../row.mjs';

const WARM = 3;
/** At least so many runs, and so many seconds unless there have been many. */
const [LEAST, MOST, SECONDS] = [3, 200, 2];

await answer(async ({ backend: name, network, batch }) => {
  const [{ chooseBackend }, { loadWeights }, { NETWORK_REGIONS }, { RegionNetwork }, { PACKED_CHANNELS }] = await Promise.all(
    ['backends/choose.js', 'generator/tensor/weights.js', 'generator/refiner/heads.js', 'generator/refiner/region-network.js', 'generator/refiner/pack.js'].map(part),
  );
  const backend = await chooseBackend(name);
  const weights = await loadWeights(network === 'face' ? 'high' : 'standard', backend);
  const [{ rows, cols }] = NETWORK_REGIONS[network];
  const noise = (size) => Float32Array.from({ length: size }, (_, i) => ((i * 7919) % 1009) / 1009);
  const heads = new RegionNetwork(backend, (tensor) => weights.get(`${network}.${tensor}`), { rows, cols }, batch, [noise(rows * cols * 3)]);
  const crops = noise((batch * rows * cols * PACKED_CHANNELS) / 4);
  for (let i = 0; i < WARM; i++) await heads.run(crops);
  const times = [];
  const until = performance.now() + SECONDS * 1000;
  while (times.length < LEAST || (times.length < MOST && performance.now() < until)) {
    const from = performance.now();
    await heads.run(crops);
    times.push(performance.now() - from);
  }
  times.sort((a, b) => a - b);
  const median = times[times.length >> 1];
  return { rows, cols, runs: times.length, msPerRun: rounded(median, 3), leastMs: rounded(times[0], 3), msPerCrop: rounded(median / batch, 3), tensors: tensors(backend) };
});
