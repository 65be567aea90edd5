/** Mean distance of the landmarks of two faces as a part of the truth's distance between the outer eye corners (AKD). `[478, 3]` pixels. */
export function landmarkDistance(truth, output) {
  const scale = Math.hypot(truth[3 * 33] - truth[3 * 263], truth[3 * 33 + 1] - truth[3 * 263 + 1]);
  let sum = 0;
  for (let i = 0; i < truth.length; i += 3) sum += Math.hypot(truth[i] - output[i], truth[i + 1] - output[i + 1]);
  return sum / (truth.length / 3) / scale;
}
