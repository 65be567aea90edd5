import { VivantError } from './core/errors.js';
import type { BackendPreference } from './backends/names.js';
import type { Quality } from './core/ports.js';
import { RIGHTS_BASES, type DrivingRightsRecord, type RightsRecord } from './core/rights.js';
import {
  ANIMATOR_SPECS,
  CLIP_SPECS,
  type FaceChoice,
  type MotionMode,
  MOST_PHOTOS,
  OUTPUT_SPECS,
  PERSONALIZE_SPECS,
  type Resolved,
  type Specs,
} from './option-specs.js';
import type { MotionRegion } from './motion/regions.js';
import type { Motion } from './motion-file.js';
import type { Progress } from './animator/progress.js';
import type { PersonalizeProgress } from './personalize/progress.js';

/** Options of {@link createAnimator}. @public */
export interface AnimatorOptions {
  /** Tensor backend. Default `auto`: the fastest one that works here. */
  readonly backend?: BackendPreference;
  /** Path of a face landmarker model (`.task`). Default: the verified cached one, else assembled from npm packages. */
  readonly model?: string;
  /** Folder of downloaded models. Default: the user's cache folder. */
  readonly cacheDir?: string;
  /** Your own certificate chain (PEM, the signing certificate first) and private key (PEM). Default: one made on this machine. */
  readonly signer?: SignerFiles;
}

/** Paths of a signing certificate and its key. @public */
export interface SignerFiles {
  /** PEM, the signing certificate first, then its issuers. */
  readonly certificate: string;
  /** PEM, not encrypted. */
  readonly key: string;
}

/** What to animate, and how. @public */
export interface ClipOptions {
  /** Path of the portrait. Several photos of one sitter are accepted; the first one is the canvas, the others lend what it doesn't show. */
  readonly portraits: string | readonly string[];
  /** Path of a video, a picture or a motion file, or a motion from {@link loadMotion}. */
  readonly driving: string | Motion;
  /** The right to animate the sitter: required, and written into the result. */
  readonly rights: RightsRecord;
  /** `relative` moves the sitter as the driver moves from rest, `absolute` copies pose and expression. Default `relative`; `absolute` for a picture. */
  readonly motion?: MotionMode;
  /** Strength of the motion, 0..2. Default 1. */
  readonly amplitude?: number;
  /** Smoothing over time, 0 (none) to 1. Default 0.5. */
  readonly smooth?: number;
  /** Which part of the face moves. Default `all`. */
  readonly region?: MotionRegion;
  /** `draft` works without a network; in `standard` two small networks correct mouth and eyes; in `high` two larger ones do, and a third one shades the skin. Default `standard`. */
  readonly quality?: Quality;
  /** Longer side of the result in pixels, never more than the portrait has, or `native`. Default 2048. */
  readonly size?: 'native' | number;
  /** Which face of the portrait. Default `largest`. */
  readonly face?: FaceChoice;
  /** Which face of the driver, at its first frame with a face. Default `largest`. */
  readonly drivingFace?: FaceChoice;
  /** The right to use the driver's performance. Default `same`: what a motion file states, else the sitter's basis. */
  readonly drivingRights?: DrivingRightsRecord['basis'] | 'same';
  /** May the driver's own mouth pixels be used? Default true. */
  readonly driverPixels?: boolean;
  /** Path of a landmark file for the first portrait, in place of detection. */
  readonly landmarks?: string;
  /** Path of a file that {@link personalize} made of the same person. Needs `standard`, which is then the default. */
  readonly sitter?: string;
  /** Start and end on the untouched portrait, for endless playing. Default false. */
  readonly loop?: boolean;
  /** Where to start in the driver, seconds. Default 0. */
  readonly start?: number;
  /** Where to stop in the driver, seconds. Default: its end. */
  readonly end?: number;
  /** Frames a second, 1..120. Default: the driver's. */
  readonly fps?: number;
  /** Show driver, portrait and result side by side. Default false. */
  readonly compare?: boolean;
  /** Stops the work; nothing is left behind. */
  readonly signal?: AbortSignal;
  /** Called at every step. */
  readonly onProgress?: (progress: Progress) => void;
}

/** What to animate, how, and where to write it. @public */
export interface AnimateOptions extends ClipOptions {
  /** `.mp4`, `.mov`, `.webm`, `.gif`, `.png`, or `name-%04d.png` for a sequence. */
  readonly output: string;
  /** `driving`, `none` or the path of a sound file. Default `driving`. */
  readonly audio?: string;
  /** Replace an existing output. Default false. */
  readonly force?: boolean;
}

/** Whom to learn, and where to write it. @public */
export interface PersonalizeOptions extends Omit<AnimatorOptions, 'signer'> {
  /** Paths of 1 to 32 photos of one person, with different expressions; the first one is the one that will be animated most. */
  readonly photos: readonly string[];
  /** Path of the sitter file to write. */
  readonly output: string;
  /** The right to make a model of this person: required, and kept in the file. */
  readonly rights: RightsRecord;
  /** Steps of training, 20..2000, at most. Default 300. */
  readonly steps?: number;
  /** Replace an existing output. Default false. */
  readonly force?: boolean;
  /** Stops the work; the same call goes on with it later. */
  readonly signal?: AbortSignal;
  /** Called at every step. */
  readonly onProgress?: (progress: PersonalizeProgress) => void;
}

/** Complete options of one clip. */
export interface ResolvedClip extends Resolved<typeof CLIP_SPECS> {
  readonly portraits: readonly string[];
  readonly driving: string | Motion;
  readonly rights: RightsRecord;
  /** True when the caller chose `motion`: a picture as driver has another default. */
  readonly motionChosen: boolean;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((progress: Progress) => void) | undefined;
}
/** Complete options of a written file. */
export interface ResolvedOutput extends Resolved<typeof OUTPUT_SPECS> {
  readonly output: string;
}
/** Complete options of a personalization. */
export interface ResolvedPersonalize extends Resolved<typeof PERSONALIZE_SPECS> {
  readonly photos: readonly string[];
  readonly output: string;
  readonly rights: RightsRecord;
  readonly animator: ResolvedAnimator;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((progress: PersonalizeProgress) => void) | undefined;
}
/** Complete options of an animator. */
export interface ResolvedAnimator extends Resolved<typeof ANIMATOR_SPECS> {
  readonly signer: SignerFiles | undefined;
}

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

/** The error of every option that isn't what it should be. */
export function invalidOption(name: string, expected: string, value: unknown): VivantError {
  return new VivantError('INVALID_OPTION', `Expected ${expected} for \`${name}\` but received ${show(value)}.`, {
    details: { option: name, received: value, expected },
  });
}

/**
 * Fills in every default of `specs` and checks every value.
 *
 * @param known - further option names that are allowed here and checked elsewhere
 * @throws VivantError `INVALID_OPTION` for an unknown name or a value that isn't allowed
 */
export function resolve<S extends Specs>(specs: S, given: object, known: readonly string[] = []): Resolved<S> {
  const values = given as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(values)) {
    if (!(name in specs) && !known.includes(name)) {
      throw new VivantError('INVALID_OPTION', `There is no option \`${name}\`. Allowed: ${[...known, ...Object.keys(specs)].join(', ')}.`, {
        details: { option: name },
      });
    }
  }
  const resolved: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(specs)) {
    const value = values[name];
    const accepted = value === undefined ? spec.fallback : spec.accept(value);
    if (value !== undefined && accepted === undefined) throw invalidOption(name, spec.expected, value);
    resolved[name] = accepted;
  }
  return resolved as Resolved<S>;
}

function resolveRights(rights: unknown): RightsRecord {
  const given = (typeof rights === 'object' && rights !== null ? rights : {}) as Partial<Record<keyof RightsRecord, unknown>>;
  const { basis, subject, note } = given;
  const bases = RIGHTS_BASES.join(', ');
  if (basis === undefined || subject === undefined || (typeof subject === 'string' && subject.trim() === '')) {
    const missing = basis === undefined ? '`rights.basis`' : '`rights.subject`';
    throw new VivantError(
      'RIGHTS_REQUIRED',
      `A portrait is a person: say on what ground it may be animated (${bases}) and whose likeness it is. ${missing} is missing.`,
      { details: { missing: basis === undefined ? 'basis' : 'subject', allowed: RIGHTS_BASES } },
    );
  }
  const known = RIGHTS_BASES.find((word) => word === basis);
  if (known === undefined) throw invalidOption('rights', RIGHTS_BASES.map((word) => `"${word}"`).join(' or '), basis);
  if (typeof subject !== 'string') throw invalidOption('rights.subject', 'a name', subject);
  if (note !== undefined && typeof note !== 'string') throw invalidOption('rights.note', 'a text', note);
  return { basis: known, subject, ...(note === undefined ? {} : { note }) };
}

const CLIP_NAMES = ['portraits', 'driving', 'rights', 'signal', 'onProgress'];
const FILE_NAMES = ['output', ...Object.keys(OUTPUT_SPECS)];

/**
 * Checks and completes the options of one clip.
 *
 * @throws VivantError `INVALID_OPTION`, `RIGHTS_REQUIRED`
 */
export function resolveClip(given: ClipOptions, further: readonly string[] = []): ResolvedClip {
  const options = resolve(CLIP_SPECS, given, [...CLIP_NAMES, ...further]);
  const { portraits, driving } = given as { portraits?: unknown; driving?: unknown };
  const list: unknown[] = Array.isArray(portraits) ? portraits : [portraits];
  if (list.length === 0 || !list.every((path) => typeof path === 'string' && path !== '')) {
    throw invalidOption('portraits', 'the path of a portrait, or a list of paths', portraits);
  }
  const loaded = typeof driving === 'object' && driving !== null;
  if (!loaded && (typeof driving !== 'string' || driving === '')) {
    throw invalidOption('driving', 'the path of a video, picture or motion file, or a loaded motion', driving);
  }
  if (list.length > MOST_PHOTOS) throw invalidOption('portraits', `at most ${MOST_PHOTOS} photos of one sitter`, portraits);
  if (options.sitter !== undefined && given.quality !== undefined && options.quality !== 'standard') {
    throw invalidOption('quality', '"standard", which `sitter` was made for,', options.quality);
  }
  if (options.end !== undefined && options.end <= options.start) {
    throw invalidOption('end', `a number of seconds above \`start\` (${options.start})`, options.end);
  }
  if (given.signal !== undefined && !(given.signal instanceof AbortSignal)) throw invalidOption('signal', 'an AbortSignal', given.signal);
  if (given.onProgress !== undefined && typeof given.onProgress !== 'function') {
    throw invalidOption('onProgress', 'a function', given.onProgress);
  }
  const sitter = resolveRights(given.rights);
  return {
    ...options,
    quality: options.sitter === undefined ? options.quality : 'standard',
    portraits: list as string[],
    driving: driving as string | Motion,
    rights: sitter,
    motionChosen: given.motion !== undefined,
    signal: given.signal,
    onProgress: given.onProgress,
  };
}

/**
 * Checks and completes the options of one file.
 *
 * @throws VivantError `INVALID_OPTION`, `RIGHTS_REQUIRED`
 */
export function resolveAnimate(given: AnimateOptions): { readonly clip: ResolvedClip; readonly file: ResolvedOutput } {
  const clip = resolveClip(given, FILE_NAMES);
  const { output, audio, force } = given as { output?: unknown; audio?: unknown; force?: unknown };
  if (typeof output !== 'string' || output === '') throw invalidOption('output', 'the path of the file to write', output);
  return { clip, file: { output, ...resolve(OUTPUT_SPECS, { audio, force }) } };
}

/**
 * Checks and completes the options of an animator.
 *
 * @throws VivantError `INVALID_OPTION`
 */
export function resolveAnimator(given: AnimatorOptions): ResolvedAnimator {
  const { signer } = given as { signer?: Partial<Record<keyof SignerFiles, unknown>> };
  const paths = signer === undefined || (typeof signer === 'object' && typeof signer?.certificate === 'string' && typeof signer.key === 'string');
  if (!paths) throw invalidOption('signer', '{ certificate, key }, two paths of PEM files', signer);
  return { ...resolve(ANIMATOR_SPECS, given, ['signer']), signer: given.signer };
}

/**
 * Checks and completes the options of a personalization.
 *
 * @throws VivantError `INVALID_OPTION`, `RIGHTS_REQUIRED`
 */
export function resolvePersonalize(given: PersonalizeOptions): ResolvedPersonalize {
  const { photos, output, signal, onProgress } = given as { photos?: unknown; output?: unknown; signal?: unknown; onProgress?: unknown };
  const { backend, model, cacheDir, ...own } = given;
  const options = resolve(PERSONALIZE_SPECS, own, ['photos', 'output', 'rights', 'signal', 'onProgress', ...Object.keys(ANIMATOR_SPECS)]);
  if (!Array.isArray(photos) || photos.length === 0 || photos.length > MOST_PHOTOS || !photos.every((path) => typeof path === 'string' && path !== '')) {
    throw invalidOption('photos', `the paths of 1 to ${MOST_PHOTOS} photos`, photos);
  }
  if (typeof output !== 'string' || output === '') throw invalidOption('output', 'the path of the sitter file to write', output);
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw invalidOption('signal', 'an AbortSignal', signal);
  if (onProgress !== undefined && typeof onProgress !== 'function') throw invalidOption('onProgress', 'a function', onProgress);
  const animator = resolveAnimator({ ...(backend === undefined ? {} : { backend }), ...(model === undefined ? {} : { model }), ...(cacheDir === undefined ? {} : { cacheDir }) });
  return { ...options, photos: photos as string[], output, rights: resolveRights(given.rights), animator, signal, onProgress: given.onProgress };
}
