import type { OperatingCurve } from './curve.js';

/** Area under the ROC curve, 0..1: how often an attack scores above a bona fide presentation; ties count half. */
export function areaUnderRoc({ apcer, bpcer }: OperatingCurve): number {
  let area = 0;
  for (let k = 1; k < apcer.length; k++) area += (bpcer[k - 1]! - bpcer[k]!) * (1 - (apcer[k - 1]! + apcer[k]!) / 2);
  return area;
}

/** Average precision, 0..1, attacks being what is looked for: the precision at each recall gained, without interpolation. */
export function averagePrecision({ apcer, bpcer, attacks, bonaFide }: OperatingCurve): number {
  let sum = 0;
  for (let k = apcer.length - 2; k >= 0; k--) {
    const caught = attacks * (1 - apcer[k]!);
    const called = caught + bonaFide * bpcer[k]!;
    if (called > 0) sum += (apcer[k + 1]! - apcer[k]!) * (caught / called);
  }
  return sum;
}

/** Where APCER (all species together) equals BPCER. */
export interface EqualErrorRate {
  /** 0..1, interpolated between the two nearest operating points. */
  readonly rate: number;
  /** Of the nearer one. */
  readonly threshold: number;
}

/** The equal error rate. */
export function equalErrorRate({ threshold, apcer, bpcer }: OperatingCurve): EqualErrorRate {
  let k = 1;
  while (apcer[k]! < bpcer[k]!) k++;
  const before = bpcer[k - 1]! - apcer[k - 1]!;
  const after = apcer[k]! - bpcer[k]!;
  const part = before / (before + after);
  return { rate: apcer[k - 1]! + part * (apcer[k]! - apcer[k - 1]!), threshold: threshold[part > 0.5 ? k : k - 1]! };
}

/** One operating point, ISO/IEC 30107-3. */
export interface OperatingPoint {
  /** A presentation is called an attack when its score is at least this. Infinity: never. */
  readonly threshold: number;
  /** 0..1, of the species that passes most often. */
  readonly apcer: number;
  /** 0..1. */
  readonly bpcer: number;
}

/**
 * The point with the fewest rejected bona fide presentations among those at which no species passes more often than `limit`.
 *
 * @param limit - APCER, 0..1
 */
export function pointAtApcer({ threshold, worstApcer, bpcer }: OperatingCurve, limit: number): OperatingPoint {
  let low = 0;
  let high = worstApcer.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    // Rates are quotients of counts: 5 of 100 must count as 5 %.
    if (worstApcer[middle]! <= limit + 1e-12) low = middle;
    else high = middle - 1;
  }
  return { threshold: threshold[low]!, apcer: worstApcer[low]!, bpcer: bpcer[low]! };
}

/** The point of a threshold that was set beforehand. */
export function pointAtThreshold({ threshold, worstApcer, bpcer }: OperatingCurve, wanted: number): OperatingPoint {
  let low = 0;
  let high = threshold.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (threshold[middle]! >= wanted) high = middle;
    else low = middle + 1;
  }
  return { threshold: wanted, apcer: worstApcer[low]!, bpcer: bpcer[low]! };
}
