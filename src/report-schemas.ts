import { z } from 'zod';
import { BACKEND_NAMES } from './backends/names.js';
import { FACES_STAGES, READ_STAGES, TIMED_STAGES } from './animator/stage-clock.js';
import { DISCLOSURE_LAYERS, VERIFY_STAGES, type VerifyReport } from './core/disclosure.js';
import { RIGHTS_BASES } from './core/rights.js';
import { PERSONALIZE_STAGES } from './personalize/progress.js';
import type { LinkTensorFlowReport } from './backends/link-tensorflow/link.js';
import type { AnimateReport, DoctorReport, FacesReport, ModelsReport, MotionReport, PersonalizeReport } from './reports.js';

const count = z.int().nonnegative();
const pixels = z.int().positive();
const measure = z.number().nonnegative();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const box = z.object({ x: z.number(), y: z.number(), width: measure, height: measure }).readonly();
const warning = z.object({ code: z.string(), message: z.string() }).readonly();
const layer = z.object({ status: z.enum(['present', 'absent', 'altered', 'unsupported']), detail: z.string() }).readonly();
const layers = z.object(record(DISCLOSURE_LAYERS, layer)).readonly();
const sitter = z.object({ basis: z.enum(RIGHTS_BASES), subject: z.string(), note: z.string().exactOptional() }).readonly();
const driver = z.object({ basis: z.enum([...RIGHTS_BASES, 'synthetic']), note: z.string().exactOptional() }).readonly();
const stretch = z.object({ from: count, to: count }).readonly();
const range = z.object({ min: z.number(), max: z.number() }).readonly();
const refiner = z.object({ name: z.string(), version: z.string(), sha256 }).readonly();
const stageTime = z.object({ seconds: measure, perFrameMs: measure }).readonly();
const stageSeconds = z.object({ seconds: measure }).readonly();

const animate = z.object({
  output: z.string(),
  sidecar: z.string().nullable(),
  frames: z.int().positive(),
  fps: measure,
  width: pixels,
  height: pixels,
  durationSeconds: measure,
  backend: z.string(),
  quality: z.enum(['draft', 'standard', 'high']),
  refiner: refiner.nullable(),
  personalized: z.object({ file: z.string(), sha256, photos: z.int().positive(), created: z.string() }).readonly().nullable(),
  face: z.object({ index: count, of: z.int().positive(), box }).readonly(),
  referenceFrame: count,
  bridged: z.array(stretch).readonly(),
  warnings: z.array(warning).readonly(),
  stages: z.object(record(TIMED_STAGES, stageTime)).readonly(),
  firstFrameSeconds: measure,
  seconds: measure,
  peakMemoryMB: measure,
  disclosure: layers,
  rights: z.object({ sitter, driver }).readonly(),
  hashes: z
    .object({ portraits: z.array(sha256).readonly(), driving: sha256, output: z.array(sha256).readonly(), model: sha256 })
    .readonly(),
});

const personalize = z.object({
  output: z.string(),
  bytes: z.int().positive(),
  sha256,
  photos: z.int().positive(),
  refiner,
  backend: z.string(),
  gain: z.object({ before: measure, after: measure, steps: count }).readonly(),
  resumedAt: count,
  warnings: z.array(warning).readonly(),
  rights: sitter,
  created: z.string(),
  stages: z.object(record(PERSONALIZE_STAGES, stageSeconds)).readonly(),
  seconds: measure,
});

const ingredient = z.object({ title: z.string(), relationship: z.string(), format: z.string().exactOptional(), sha256: sha256.exactOptional() }).readonly();

const verify = z.object({
  file: z.string(),
  disclosed: z.boolean(),
  intact: z.boolean(),
  layers,
  rights: z.object({ sitter: sitter.exactOptional(), driver: driver.exactOptional() }).readonly().nullable(),
  ingredients: z.array(ingredient).readonly(),
  explanation: z.string(),
  stages: z.object(record(VERIFY_STAGES, stageSeconds)).readonly(),
});

const angles = z.object({ yaw: z.number(), pitch: z.number(), roll: z.number() }).readonly();

const faces = z.object({
  file: z.string(),
  width: pixels,
  height: pixels,
  faces: z.array(z.object({ index: count, box, angles, warnings: z.array(warning).readonly() }).readonly()).readonly(),
  output: z.string().nullable(),
  stages: z.object(record(FACES_STAGES, stageSeconds)).readonly(),
});

const motion = z.object({
  file: z.string(),
  frames: count,
  fps: measure,
  durationSeconds: measure,
  referenceFrame: count,
  gaps: z.array(stretch).readonly(),
  ranges: z.object(record(['yaw', 'pitch', 'roll', 'mouth', 'eyes', 'gaze'], range)).readonly(),
  tool: z.object({ name: z.string(), version: z.string() }).readonly(),
  drivingRights: driver,
  stages: z.object(record(READ_STAGES, stageTime)).readonly().exactOptional(),
  seconds: measure.exactOptional(),
});

const model = z
  .object({
    name: z.string(),
    status: z.enum(['ready', 'missing', 'corrupt']),
    origin: z.string(),
    sha256: sha256.nullable(),
    bytes: count.nullable(),
    detail: z.string(),
  })
  .readonly();

const models = z.object({ models: z.array(model).readonly() });

const doctor = z.object({
  tool: z.object({ name: z.string(), version: z.string() }).readonly(),
  node: z.string(),
  platform: z.string(),
  cpus: z.int().positive(),
  backends: z.array(z.object({ name: z.enum(BACKEND_NAMES), supported: z.boolean(), detail: z.string(), advice: z.string().exactOptional() }).readonly()).readonly(),
  chosen: z.object({ name: z.string(), reason: z.string() }).readonly().nullable(),
  models: z.array(model).readonly(),
  media: z
    .array(z.object({ name: z.string(), path: z.string().nullable(), version: z.string().nullable(), detail: z.string() }).readonly())
    .readonly(),
  advice: z.array(z.string()).readonly(),
});

const link = z.object({
  addon: z.string(),
  package: z.object({ name: z.string(), version: z.string() }).readonly(),
  tensorflow: z.object({ version: z.string(), path: z.string() }).readonly(),
  compiler: z.string(),
  gpu: z.boolean(),
});

const error = z.object({
  error: z.object({ code: z.string(), message: z.string(), details: z.record(z.string(), z.unknown()) }),
});

interface Reports {
  readonly animate: AnimateReport;
  readonly personalize: PersonalizeReport;
  readonly verify: VerifyReport;
  readonly faces: FacesReport;
  readonly motion: MotionReport;
  readonly models: ModelsReport;
  readonly doctor: DoctorReport;
  readonly 'link-tensorflow': LinkTensorFlowReport;
}

// The compiler holds the schemas to the hand-written interfaces, which carry the documentation.
const schemas: { readonly [K in keyof Reports]: z.ZodType<Reports[K]> } = { animate, personalize, verify, faces, motion, models, doctor, 'link-tensorflow': link };

/** JSON Schema (draft 2020-12) of every report, and of the `error` that `--json` prints instead. @public */
export const reportSchemas: Readonly<Record<'animate' | 'personalize' | 'verify' | 'faces' | 'motion' | 'models' | 'doctor' | 'link-tensorflow' | 'error', object>> = {
  animate: z.toJSONSchema(schemas.animate),
  personalize: z.toJSONSchema(schemas.personalize),
  verify: z.toJSONSchema(schemas.verify),
  faces: z.toJSONSchema(schemas.faces),
  motion: z.toJSONSchema(schemas.motion),
  models: z.toJSONSchema(schemas.models),
  doctor: z.toJSONSchema(schemas.doctor),
  'link-tensorflow': z.toJSONSchema(schemas['link-tensorflow']),
  error: z.toJSONSchema(error),
};

/** The same shape under every name. */
function record<const K extends string, T>(names: readonly K[], shape: T): Record<K, T> {
  return Object.fromEntries(names.map((name) => [name, shape])) as Record<K, T>;
}
