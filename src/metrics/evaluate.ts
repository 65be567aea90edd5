import { bootstrapIntervals, type BootstrapOptions, type Interval } from './bootstrap.js';
import { operatingCurve, type OperatingCurve } from './curve.js';
import { areaUnderRoc, averagePrecision, equalErrorRate, pointAtApcer, pointAtThreshold, type OperatingPoint } from './rates.js';
import { rankSamples, type RankedSamples, type ScoredSample } from './samples.js';
import { apcerBySpecies, type SpeciesRate } from './species.js';

/** A rate with its bootstrap interval. @public */
export interface Estimate {
  /** 0..1. */
  readonly value: number;
  /** `null` when no interval was asked for. */
  readonly interval: Interval | null;
}

/** APCER limits at which BPCER is told; ISO/IEC 30107-3 calls the results BPCER100, BPCER20 and BPCER10. */
export const APCER_LIMITS = [0.01, 0.05, 0.1] as const;

/** Rates at one threshold. @public */
export interface PointEstimate {
  /** A presentation is called an attack when its score is at least this; `null`: never. */
  readonly threshold: number | null;
  /** Of the species that passes most often. */
  readonly apcer: Estimate;
  /** Bona fide presentations called an attack. */
  readonly bpcer: Estimate;
  /** APCER of each species. */
  readonly species: readonly SpeciesRate[];
}

/** What can be said of a detector on a set of presentations. @public */
export interface Evaluation {
  /** Presentations that were answered, and the people in them. */
  readonly counts: {
    readonly attacks: number;
    readonly bonaFide: number;
    readonly identities: number;
    /** Presentations without an answer (ISO/IEC 30107-3: APNRR and BPNRR times their number); no rate counts them. */
    readonly unanswered: { readonly attack: number; readonly bonaFide: number };
  };
  /** Area under the ROC curve; `null` when a class is missing (APCER or BPCER of the other is still in `atThreshold`). */
  readonly auc: Estimate | null;
  /** Attacks being what is looked for. */
  readonly averagePrecision: Estimate | null;
  /** Where APCER of all species together equals BPCER. */
  readonly eer: (Estimate & { readonly threshold: number | null }) | null;
  /** At the detector's own threshold. */
  readonly atThreshold: { readonly threshold: number; readonly apcer: Estimate | null; readonly bpcer: Estimate | null; readonly species: readonly SpeciesRate[] };
  /** One for each of {@link APCER_LIMITS}; empty when a class is missing. */
  readonly atApcer: readonly (PointEstimate & { readonly limit: number })[];
}

/** How to evaluate. */
export interface EvaluateOptions {
  /** The detector's own threshold. */
  readonly threshold: number;
  /** Absent: no intervals. */
  readonly bootstrap?: BootstrapOptions | undefined;
}

/** All rates of a set of presentations. */
export function evaluate(samples: readonly ScoredSample[], options: EvaluateOptions): Evaluation {
  const ranked = rankSamples(samples);
  const curve = operatingCurve(ranked);
  return curve === undefined ? oneClass(ranked, options) : twoClasses(ranked, curve, options);
}

function twoClasses(ranked: RankedSamples, curve: OperatingCurve, { threshold, bootstrap }: EvaluateOptions): Evaluation {
  const values = statistics(curve, threshold);
  const intervals =
    bootstrap && bootstrapIntervals(ranked, (weights) => statistics(operatingCurve(ranked, weights)!, threshold), bootstrap);
  const estimate = (i: number): Estimate => ({ value: values[i]!, interval: intervals?.[i] ?? null });
  const eerThreshold = finite(equalErrorRate(curve).threshold);
  return {
    counts: countsOf(ranked),
    auc: estimate(0),
    averagePrecision: estimate(1),
    eer: { ...estimate(2), threshold: eerThreshold },
    atThreshold: { threshold, apcer: estimate(3), bpcer: estimate(4), species: apcerBySpecies(ranked, threshold) },
    atApcer: APCER_LIMITS.map((limit, i) => {
      const point = pointAtApcer(curve, limit);
      return { limit, threshold: finite(point.threshold), apcer: estimate(5 + 2 * i), bpcer: estimate(6 + 2 * i), species: apcerBySpecies(ranked, point.threshold) };
    }),
  };
}

function statistics(curve: OperatingCurve, threshold: number): number[] {
  const both = ({ apcer, bpcer }: OperatingPoint): number[] => [apcer, bpcer];
  return [
    areaUnderRoc(curve),
    averagePrecision(curve),
    equalErrorRate(curve).rate,
    ...both(pointAtThreshold(curve, threshold)),
    ...APCER_LIMITS.flatMap((limit) => both(pointAtApcer(curve, limit))),
  ];
}

/** APCER needs no bona fide presentations and BPCER no attacks, so a slice of one class still tells something. */
function oneClass(ranked: RankedSamples, { threshold }: EvaluateOptions): Evaluation {
  const counts = countsOf(ranked);
  const species = apcerBySpecies(ranked, threshold);
  const alone = (value: number): Estimate => ({ value, interval: null });
  const rejected = ranked.scores.filter((score) => score >= threshold).length;
  return {
    counts,
    auc: null,
    averagePrecision: null,
    eer: null,
    atThreshold: {
      threshold,
      apcer: counts.attacks === 0 ? null : alone(Math.max(...species.map(({ apcer }) => apcer))),
      bpcer: counts.bonaFide === 0 ? null : alone(rejected / counts.bonaFide),
      species,
    },
    atApcer: [],
  };
}

function countsOf({ species, identityNames, unanswered }: RankedSamples): Evaluation['counts'] {
  const attacks = species.reduce((count, kind) => count + (kind < 0 ? 0 : 1), 0);
  return { attacks, bonaFide: species.length - attacks, identities: identityNames.length, unanswered };
}

/** JSON has no infinity. */
function finite(threshold: number): number | null {
  return Number.isFinite(threshold) ? threshold : null;
}
