import type { Evaluation } from '../metrics/evaluate.js';
import type { Histogram } from '../metrics/histogram.js';

// The shape of report.json.

/** One operating point of a curve. @public */
export interface CurvePoint {
  /** `null`: nothing is called an attack. */
  readonly threshold: number | null;
  /** 0..1, all species together. */
  readonly apcer: number;
  /** 0..1. */
  readonly bpcer: number;
}

/** Rates of a part of the corpus. @public */
export interface SliceResult {
  /** What it was cut by, for example `level`. */
  readonly dimension: string;
  /** For example `c40`. */
  readonly name: string;
  /** Whose rates stand against each other: both classes of the slice, or one class of it and all of the other. */
  readonly against: 'slice' | 'all bona fide' | 'all synthetic';
  /** The rates. */
  readonly rates: Evaluation;
}

/** What a detector achieves on clips, or on frames. @public */
export interface UnitResult {
  /** On everything. */
  readonly overall: Evaluation;
  /** ROC and DET curves are drawn from these. */
  readonly curve: readonly CurvePoint[];
  /** Of the scores, 20 bins from 0 to 1. */
  readonly histograms: { readonly attack: Histogram; readonly bonaFide: Histogram };
  /** On parts. */
  readonly slices: readonly SliceResult[];
}

/** What one detector achieves. @public */
export interface DetectorResult {
  /** Name of the detector. */
  readonly name: string;
  /** From which score on it calls a clip an attack. */
  readonly threshold: number;
  /** Frames of each clip that it was shown. */
  readonly framesPerClip: number;
  /** Clips of the corpus without a score. */
  readonly unscored: number;
  /** A clip's score is the mean of its frames', or the detector's own. */
  readonly video: UnitResult;
  /** `null` for detectors that look at clips as a whole. */
  readonly frame: UnitResult | null;
  /** What a reader should know. */
  readonly warnings: readonly string[];
}

/** What `report.json` holds. @public */
export interface DetectionReport {
  /** Always this word. */
  readonly format: 'tableau-vivant-detection-report';
  /** Of the format. */
  readonly version: 1;
  /** The corpus. */
  readonly corpus: {
    /** Its name. */
    readonly name: string;
    /** Its seed. */
    readonly seed: number;
    /** What made it. */
    readonly tool: { readonly name: string; readonly version: string };
    /** Compression levels. */
    readonly levels: readonly string[];
    /** Files of each class that the report is about. */
    readonly files: { readonly attack: number; readonly bonaFide: number };
  };
  /** The split that the report is about; `null`: all of them. */
  readonly split: string | null;
  /** Of the intervals. */
  readonly bootstrap: { readonly rounds: number; readonly seed: number; readonly confidence: number };
  /** One for each file of scores. */
  readonly detectors: readonly DetectorResult[];
}
