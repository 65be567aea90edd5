import type { VerifyReport } from '../core/disclosure.js';
import type { DisclosureRecord } from '../core/rights.js';
import type { SealIngredient } from '../provenance/c2pa/ingredient.js';
import type { SealReport } from '../provenance/seal.js';
import { sidecarPath } from '../provenance/containers/frame-sequence.js';
import type { AnimateReport } from '../reports.js';
import type { Scene } from './scene.js';
import { TIMED_STAGES } from './stage-clock.js';

/** What is known when a clip is done. */
export interface ClipFacts {
  readonly scene: Scene;
  readonly record: DisclosureRecord;
  readonly output: string;
  readonly seal: SealReport;
  readonly layers: VerifyReport['layers'];
  readonly ingredients: readonly SealIngredient[];
  readonly backend: string;
  /** SHA-256 of the landmark model. */
  readonly model: string;
  /** Frames drawn. */
  readonly count: number;
  /** MB. */
  readonly memory: number;
  /** `performance.now()` at the start and when the first frame was drawn. */
  readonly started: number;
  readonly firstFrame: number;
}

/** Most memory that this process has held so far, MB (1e6 bytes). */
export function peakMemory(): number {
  return Math.round((process.resourceUsage().maxRSS * 1024) / 1e6);
}

/** Puts the report of a clip together. */
export function buildReport(facts: ClipFacts): AnimateReport {
  const { scene, record, output, seal, ingredients, count, started } = facts;
  const { driver, sitter, transfer, generator, width, height } = scene;
  const fps = driver.kind === 'picture' ? 0 : driver.fps;
  const hashes = (role: SealIngredient['role']): readonly string[] => ingredients.filter((part) => part.role === role).map(({ sha256 }) => sha256);
  return {
    output,
    sidecar: seal.sidecar === undefined ? null : sidecarPath(output),
    frames: count,
    fps,
    width,
    height,
    durationSeconds: fps === 0 ? 0 : count / fps,
    backend: facts.backend,
    quality: generator.quality,
    refiner: generator.refiner ?? null,
    personalized: personalOf(scene),
    face: sitter.face,
    referenceFrame: driver.reference.index,
    bridged: transfer.bridged.map(({ from, to }) => ({ from, to })),
    warnings: [...sitter.warnings, ...otherSubject(scene), ...driver.warnings()].map(({ code, message }) => ({ code, message })),
    stages: scene.clock.report(count, TIMED_STAGES),
    firstFrameSeconds: seconds(facts.firstFrame - started),
    seconds: seconds(performance.now() - started),
    peakMemoryMB: facts.memory,
    disclosure: facts.layers,
    rights: { sitter: record.sitter, driver: record.driver },
    hashes: { portraits: hashes('portrait'), driving: hashes('driver')[0] ?? '', output: seal.files.map(({ sha256 }) => sha256), model: facts.model },
  };
}

function personalOf({ personal, clip }: Scene): AnimateReport['personalized'] {
  if (personal === undefined) return null;
  const { photos, created, sha256 } = personal;
  return { file: clip.sitter!, sha256, photos, created };
}

/** A sitter file of somebody else gives the portrait somebody else's eyes. */
function otherSubject({ personal, clip }: Scene): AnimateReport['warnings'] {
  const learnt = personal?.rights.subject ?? clip.rights.subject;
  if (learnt === clip.rights.subject) return [];
  return [{ code: 'OTHER_SUBJECT', message: `${clip.sitter!} was made of "${learnt}", but this clip is said to show "${clip.rights.subject}". Make sure that it is the same person.` }];
}

function seconds(milliseconds: number): number {
  return Number((milliseconds / 1000).toFixed(3));
}
