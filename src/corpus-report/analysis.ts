import type { BootstrapOptions } from '../metrics/bootstrap.js';
import { operatingCurve } from '../metrics/curve.js';
import { evaluate } from '../metrics/evaluate.js';
import { histogram } from '../metrics/histogram.js';
import { rankSamples } from '../metrics/samples.js';
import type { CurvePoint, DetectorResult, UnitResult } from './report.js';
import type { DetectorSamples, ReportSample } from './samples.js';
import { slicesOf } from './slices.js';

const BINS = 20;
/** Points of a curve that are kept; more would not show. */
const CURVE_POINTS = 400;
/** Slices and frames are many: their intervals come from a part of the rounds. */
const FEWER = 5;
/** Below these, a user should be told how little the numbers say. */
const FEW_CLIPS = 100;
const FEW_PEOPLE = 10;

/** Everything that is said of one detector. */
export function analyse(samples: DetectorSamples, bootstrap: BootstrapOptions): DetectorResult {
  const { detector, framesPerClip, unscored } = samples;
  const fewer = { ...bootstrap, rounds: Math.ceil(bootstrap.rounds / FEWER) };
  const video = unitResult(samples.video, detector.threshold, bootstrap, fewer);
  const frame = samples.frame.length === 0 ? null : unitResult(samples.frame, detector.threshold, fewer, fewer);
  return { name: detector.name, threshold: detector.threshold, framesPerClip, unscored, video, frame, warnings: warningsOf(samples, video) };
}

function unitResult(samples: readonly ReportSample[], threshold: number, overall: BootstrapOptions, ofSlices: BootstrapOptions): UnitResult {
  const scores = (attack: boolean): number[] => samples.filter((sample) => sample.attack === attack && sample.score !== null).map(({ score }) => score!);
  return {
    overall: evaluate(samples, { threshold, bootstrap: overall }),
    curve: curveOf(samples),
    histograms: { attack: histogram(scores(true), 0, 1, BINS), bonaFide: histogram(scores(false), 0, 1, BINS) },
    slices: slicesOf(samples).map(({ dimension, name, against, samples: own }) => ({
      dimension,
      name,
      against,
      rates: evaluate(own, { threshold, bootstrap: ofSlices }),
    })),
  };
}

/** The curve without points that lie on a straight line between their neighbours. */
function curveOf(samples: readonly ReportSample[]): CurvePoint[] {
  const { threshold, apcer, bpcer } = operatingCurve(rankSamples(samples))!;
  const points: CurvePoint[] = [];
  for (let k = 0; k < threshold.length; k++) {
    const inside = k > 0 && k < threshold.length - 1;
    if (inside && ((apcer[k - 1] === apcer[k] && apcer[k] === apcer[k + 1]) || (bpcer[k - 1] === bpcer[k] && bpcer[k] === bpcer[k + 1]))) continue;
    points.push({ threshold: Number.isFinite(threshold[k]) ? threshold[k]! : null, apcer: apcer[k]!, bpcer: bpcer[k]! });
  }
  const step = Math.ceil(points.length / CURVE_POINTS);
  return points.filter((_, i) => i % step === 0 || i === points.length - 1);
}

function warningsOf({ video, unscored }: DetectorSamples, { overall }: UnitResult): string[] {
  const { attacks, bonaFide, unanswered } = overall.counts;
  const people = (attack: boolean): number => new Set(video.filter((sample) => sample.attack === attack).map(({ identity }) => identity)).size;
  const warnings: string[] = [];
  if (unscored > 0) warnings.push(`${String(unscored)} clips have no score and are in no number.`);
  if (unanswered.attack + unanswered.bonaFide > 0) {
    warnings.push(`It gave no answer for ${String(unanswered.attack)} synthetic and ${String(unanswered.bonaFide)} bona fide clips (no face found, for example). No rate counts them.`);
  }
  if (Math.min(attacks, bonaFide) < FEW_CLIPS) {
    warnings.push(`${String(attacks)} synthetic and ${String(bonaFide)} bona fide clips: one clip is ${percent(1 / attacks)} of APCER and ${percent(1 / bonaFide)} of BPCER.`);
  }
  const [attacked, filmed] = [people(true), people(false)];
  if (Math.min(attacked, filmed) < FEW_PEOPLE) {
    warnings.push(`${String(attacked)} people in synthetic and ${String(filmed)} in bona fide clips: intervals over so few people are rough, and too narrow rather than too wide.`);
  }
  const high = overall.auc?.interval?.high;
  if (high !== undefined && high < 0.5) warnings.push('Its scores rank bona fide clips above synthetic ones: on this corpus it answers the opposite of what it should.');
  return warnings;
}

function percent(rate: number): string {
  return `${(rate * 100).toFixed(1)} %`;
}
