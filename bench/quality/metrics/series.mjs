// Signals over time: regression, second differences, quantiles.

/**
 * Pearson correlation of two series and the slope of the regression of `y` on `x`.
 *
 * @param least - standard deviation of `x` below which nothing can be said
 * @returns `{ r, slope }`, or `undefined` with fewer than 8 pairs or too little movement. `r` is 0 when `y` doesn't move.
 */
export function regression(x, y, least = 0) {
  const n = x.length;
  if (n < 8) return undefined;
  const mx = mean(x);
  const my = mean(y);
  let xx = 0;
  let yy = 0;
  let xy = 0;
  for (let i = 0; i < n; i++) {
    xx += (x[i] - mx) ** 2;
    yy += (y[i] - my) ** 2;
    xy += (x[i] - mx) * (y[i] - my);
  }
  if (xx === 0 || Math.sqrt(xx / n) < least) return undefined;
  // What is left of equal numbers after their mean was taken away is rounding.
  const moves = yy > n * (1e-9 * Math.max(1, Math.abs(my))) ** 2;
  return { r: moves ? xy / Math.sqrt(xx * yy) : 0, slope: moves ? xy / xx : 0 };
}

/**
 * Mean absolute second difference of a series, over its runs of three neighbouring frames.
 *
 * @param values - by frame number; `undefined` where nothing was measured
 * @returns `undefined` without three neighbours
 */
export function roughness(values) {
  let sum = 0;
  let count = 0;
  for (let i = 1; i + 1 < values.length; i++) {
    const [a, b, c] = [values[i - 1], values[i], values[i + 1]];
    if (a === undefined || b === undefined || c === undefined) continue;
    sum += Math.abs(a - 2 * b + c);
    count += 1;
  }
  return count === 0 ? undefined : sum / count;
}

/** The value below which the share `q` of the values lies. */
export function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
}

export function mean(values) {
  return values.reduce((sum, v) => sum + v, 0) / values.length;
}
