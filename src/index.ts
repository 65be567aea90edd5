export { createAnimator, type Animator } from './animate.js';
export type { AnimatedFace } from './animator/portraits.js';
export type { Progress } from './animator/progress.js';
export type { StageSeconds, StageTime, TimedStage } from './animator/stage-clock.js';
export { linkTensorFlow, type LinkTensorFlowOptions, type LinkTensorFlowReport } from './backends/link-tensorflow/link.js';
export type { BackendName, BackendPreference, BackendProbe } from './backends/names.js';
export { checkExport, type CheckExportOptions, type ExportCheck } from './corpus/export/check/check-export.js';
export { exportCorpus, type ExportCorpusOptions, type ExportReport } from './corpus/export-corpus.js';
export type { ExportFormat } from './corpus/export/formats.js';
export type { CorpusProgress } from './corpus/make/corpus-progress.js';
export { type CorpusReport, makeCorpus, type MakeCorpusOptions } from './corpus/make-corpus.js';
export { corpusSchemas } from './corpus/schemas.js';
export { DISCLOSURE_LAYERS, type DisclosureLayer, type LayerReport, type VerifyReport, type VerifyStage } from './core/disclosure.js';
export { VivantError, type VivantErrorCode } from './core/errors.js';
export type { Box, Frame, TimedFrame } from './core/frame.js';
export type { MarkedFrame } from './core/marked-frame.js';
export type { Quality, RefinerInfo } from './core/ports.js';
export { RIGHTS_BASES, type DrivingRightsRecord, type RightsBasis, type RightsRecord } from './core/rights.js';
export type { Level } from './corpus/levels.js';
export type { AskedDescription, CommandDescription, CommonDescription, DetectorDescription, HttpDescription, OnnxDescription } from './detectors/description.js';
export { detectFaces, type DetectFacesOptions } from './detect-faces.js';
export { type CorpusReportFiles, reportCorpus, type ReportCorpusOptions } from './corpus-report/report-corpus.js';
export type { CurvePoint, DetectionReport, DetectorResult, SliceResult, UnitResult } from './corpus-report/report.js';
export { makeCorpusThroughQueue, type QueuedCorpusOptions } from './distributed/make-through-queue.js';
export { queueStatus, type QueueStatus } from './distributed/queue-status.js';
export { type WorkerNews, workQueue, type WorkQueueOptions, type WorkReport } from './distributed/work-queue.js';
export { doctor } from './doctor.js';
export { extractMotion, type ExtractMotionOptions } from './extract-motion.js';
export type { Interval } from './metrics/bootstrap.js';
export type { Estimate, Evaluation, PointEstimate } from './metrics/evaluate.js';
export type { Histogram } from './metrics/histogram.js';
export type { SpeciesRate } from './metrics/species.js';
export { listModels, type ModelsOptions, pullModels } from './models.js';
export { personalize } from './personalize/personalize.js';
export type { PersonalizeProgress } from './personalize/progress.js';
export type { MotionRegion } from './motion/regions.js';
export { loadMotion, type Motion } from './motion-file.js';
export type { FaceChoice, MotionMode } from './option-specs.js';
export type { AnimateOptions, AnimatorOptions, ClipOptions, PersonalizeOptions, SignerFiles } from './options.js';
export { reportSchemas } from './report-schemas.js';
export type {
  AnimateReport,
  ClipHashes,
  DoctorReport,
  FaceReport,
  FacesReport,
  ModelReport,
  ModelsReport,
  MotionReport,
  PersonalizeGain,
  PersonalizeReport,
  ValueRange,
  Warning,
} from './reports.js';
export { scoreCorpus, type ScoreCorpusOptions, type ScoreProgress, type ScoreReport } from './scoring/score-corpus.js';
export { verify, type VerifyOptions } from './verify.js';
