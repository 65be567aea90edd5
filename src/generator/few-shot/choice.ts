import type { FaceState } from '../../core/motion.js';
import { PHOTO_REGIONS, REGION_WEIGHTS, type PerRegion, type PhotoRegion } from './regions.js';

/** Another photo must be this much nearer than the canvas, so that noise alone never switches; lips that move are the least like anything. */
const ADVANTAGE: PerRegion<number> = { skin: 0.9, mouth: 0.75, eyes: 0.9 };
/** Radians of head rotation that weigh as much as one canonical unit of expression. */
const POSE_WEIGHT: PerRegion<number> = { skin: 0.5, mouth: 0.25, eyes: 0.25 };
/** How much farther than the nearest a photo may be to have a share of 1/e of the nearest one's, canonical units. */
const SOFTNESS: PerRegion<number> = { skin: 0.04, mouth: 0.03, eyes: 0.02 };
/** Photos that share a region at the same time, at most, while nothing fades. */
const MOST = 4;
/** Up to here from the canvas, canonical units, others share less and less: a sitter at rest is the picture itself. */
const REST = 0.02;
/** Shares below this are none. */
const LEAST = 0.1;
/** In which a switch is made to 63 %, seconds. */
const FADE = 0.15;

/** Per region, which photos of the sitter are nearest to the target in expression and pose. Shares fade from choice to choice. */
export class PhotoChoice {
  /** Share of each photo in each region, the canvas first, 0..1; together 1. */
  readonly shares: PerRegion<Float32Array>;
  readonly #goal: Float32Array;
  readonly #vertices: PerRegion<readonly number[]>;
  /** Of the way to the chosen photos, per frame, 0..1. */
  readonly #step: number;

  /**
   * @param states - of all photos, the canvas first.
   * @param fps - frames a second; 0 for pictures of their own, where nothing fades.
   */
  constructor(
    private readonly states: readonly FaceState[],
    fps: number,
  ) {
    const each = <T>(make: (region: PhotoRegion) => T): PerRegion<T> => ({ skin: make('skin'), mouth: make('mouth'), eyes: make('eyes') });
    this.#step = 1 - Math.exp(-1 / (fps * FADE));
    this.#vertices = each((region) => [...Array(468).keys()].filter((v) => REGION_WEIGHTS[region][v]! > 0.5));
    this.shares = each(() => Float32Array.from(states, (_, k) => (k === 0 ? 1 : 0)));
    this.#goal = new Float32Array(states.length);
  }

  update(target: FaceState): void {
    for (const region of PHOTO_REGIONS) {
      this.#choose(region, target);
      const shares = this.shares[region];
      for (let k = 0; k < shares.length; k++) shares[k]! += (this.#goal[k]! - shares[k]!) * this.#step;
    }
  }

  /** Sets the goal: the nearest few, the nearer the more; the canvas alone where the target is as it. */
  #choose(region: PhotoRegion, target: FaceState): void {
    const goal = this.#goal;
    this.states.forEach((state, k) => (goal[k] = this.#distance(region, state, target) * (k === 0 ? ADVANTAGE[region] : 1)));
    const sorted = goal.slice().sort();
    const nearest = sorted[0]!;
    const others = goal[0]! <= nearest ? Math.min(1, nearest / REST) : 1;
    const farthest = sorted[Math.min(MOST, sorted.length) - 1]!;
    let sum = 0;
    for (let k = 0; k < goal.length; k++) {
      const share = goal[k]! > farthest ? 0 : Math.exp((nearest - goal[k]!) / SOFTNESS[region]);
      sum += goal[k] = share < LEAST ? 0 : k === 0 ? share : share * others;
    }
    for (let k = 0; k < goal.length; k++) goal[k]! /= sum;
  }

  #distance(region: PhotoRegion, photo: FaceState, target: FaceState): number {
    const vertices = this.#vertices[region];
    let sum = 0;
    for (const v of vertices) {
      const dx = photo.canonical[v * 3]! - target.canonical[v * 3]!;
      const dy = photo.canonical[v * 3 + 1]! - target.canonical[v * 3 + 1]!;
      sum += dx * dx + dy * dy;
    }
    let trace = 0;
    for (let i = 0; i < 9; i++) trace += photo.rotation[i]! * target.rotation[i]!;
    const angle = Math.acos(Math.min(1, Math.max(-1, (trace - 1) / 2)));
    return Math.sqrt(sum / vertices.length) + POSE_WEIGHT[region] * angle;
  }
}
