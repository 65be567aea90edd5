import { BACKEND_NAMES, type BackendPreference } from './backends/names.js';
import type { Quality } from './core/ports.js';
import { RIGHTS_BASES, type DrivingRightsRecord } from './core/rights.js';
import { MOTION_REGIONS } from './motion/regions.js';

/** One option: what it accepts, in words and in code, and what it is when left out. The command line derives from it. */
export interface OptionSpec<T> {
  /** Completes the sentence "Expected ... for `name`". */
  readonly expected: string;
  readonly fallback: T;
  /** Returns the value, or `undefined` when it isn't allowed. Never throws. */
  readonly accept: (value: unknown) => T | undefined;
  /** Present when only these words are allowed. */
  readonly choices?: readonly string[];
  /** True when numbers are among the values, so that the command line turns digits into numbers. */
  readonly numeric: boolean;
}

function choice<const T extends string>(choices: readonly T[], fallback: T): OptionSpec<T> {
  return {
    expected: choices.map((word) => `"${word}"`).join(' or '),
    fallback,
    accept: (value) => choices.find((word) => word === value),
    choices,
    numeric: false,
  };
}

function number<T extends number | undefined>(expected: string, allowed: (value: number) => boolean, fallback: T): OptionSpec<number | T> {
  const accept = (value: unknown): number | undefined =>
    typeof value === 'number' && Number.isFinite(value) && allowed(value) ? value : undefined;
  return { expected, fallback, accept, numeric: true };
}

function wordOrNumber<const W extends string, T extends W | number>(
  word: W,
  expected: string,
  allowed: (value: number) => boolean,
  fallback: T,
): OptionSpec<W | number> {
  const accept = (value: unknown): W | number | undefined => {
    if (value === word) return word;
    return typeof value === 'number' && allowed(value) ? value : undefined;
  };
  return { expected, fallback, accept, numeric: true };
}

function flag(fallback: boolean): OptionSpec<boolean> {
  return {
    expected: 'true or false',
    fallback,
    accept: (value) => (typeof value === 'boolean' ? value : undefined),
    numeric: false,
  };
}

function text<T extends string | undefined>(expected: string, fallback: T): OptionSpec<string | T> {
  return {
    expected,
    fallback,
    accept: (value) => (typeof value === 'string' && value.trim() !== '' ? value : undefined),
    numeric: false,
  };
}

const isFaceIndex = (value: number): boolean => Number.isInteger(value) && value >= 0;

/** Photos of one sitter, at most. */
export const MOST_PHOTOS = 32;

/** Longer side of the working picture when no size is asked for, pixels. */
export const DEFAULT_LONGER_SIDE = 2048;

const MOTION_MODES = ['relative', 'absolute'] as const;
const QUALITIES = ['draft', 'standard', 'high'] as const satisfies readonly Quality[];
const BACKENDS: readonly BackendPreference[] = ['auto', ...BACKEND_NAMES];

/** How a performance is transferred. @public */
export type MotionMode = (typeof MOTION_MODES)[number];
/** Which face of a picture: the largest one, or its place (from 0) when faces are sorted by area. @public */
export type FaceChoice = 'largest' | number;

/** Every option of one clip with a default. Nothing else in the package states a default or a range. */
export const CLIP_SPECS = {
  motion: choice(MOTION_MODES, 'relative'),
  amplitude: number('a number from 0 to 2', (value) => value >= 0 && value <= 2, 1),
  smooth: number('a number from 0 to 1', (value) => value >= 0 && value <= 1, 0.5),
  region: choice(MOTION_REGIONS, 'all'),
  quality: choice(QUALITIES, 'standard'),
  size: wordOrNumber<'native', number>(
    'native',
    '"native" or a whole number of pixels from 64 to 16384',
    (value) => Number.isInteger(value) && value >= 64 && value <= 16384,
    DEFAULT_LONGER_SIDE,
  ),
  face: wordOrNumber('largest', '"largest" or a whole number from 0', isFaceIndex, 'largest'),
  drivingFace: wordOrNumber('largest', '"largest" or a whole number from 0', isFaceIndex, 'largest'),
  drivingRights: choice<DrivingRightsRecord['basis'] | 'same'>([...RIGHTS_BASES, 'synthetic', 'same'], 'same'),
  driverPixels: flag(true),
  landmarks: text('the path of a landmark file', undefined),
  sitter: text('the path of a sitter file', undefined),
  loop: flag(false),
  start: number('a number of seconds from 0', (value) => value >= 0, 0),
  end: number('a number of seconds above 0', (value) => value > 0, undefined),
  fps: number('a number of frames a second from 1 to 120', (value) => value >= 1 && value <= 120, undefined),
  compare: flag(false),
} as const;

/** Options of a written file with a default. */
export const OUTPUT_SPECS = {
  audio: text('"driving", "none" or the path of a sound file', 'driving'),
  force: flag(false),
} as const;

/** Options of a personalization with a default. */
export const PERSONALIZE_SPECS = {
  steps: number('a whole number from 20 to 2000', (value) => Number.isInteger(value) && value >= 20 && value <= 2000, 300),
  force: flag(false),
} as const;

/** Options of an animator with a default. */
export const ANIMATOR_SPECS = {
  backend: choice(BACKENDS, 'auto'),
  model: text('the path of a face landmarker model', undefined),
  cacheDir: text('the path of a folder', undefined),
} as const;

export type Specs = Readonly<Record<string, OptionSpec<unknown>>>;
/** The complete values of a table of specs. */
export type Resolved<S extends Specs> = { readonly [K in keyof S]: S[K] extends OptionSpec<infer T> ? T : never };
