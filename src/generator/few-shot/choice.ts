import type { FaceState } from '../../core/motion.js';
import { PHOTO_REGIONS, regionWeight, type PhotoRegion } from './regions.js';

/** Another photo must be this much nearer than the canvas, so that noise alone never switches. */
const ADVANTAGE = 0.75;
/** Radians of head rotation that weigh as much as one canonical unit of expression. */
const POSE_WEIGHT = 0.25;
/** Share of the way to the chosen photo per frame: switches take about a quarter of a second. */
const FADE = 0.2;

/**
 * Per region, which photo of the sitter is nearest to the target in expression and pose. Returns opacities that fade from
 * choice to choice; what is left of 1 is the canvas.
 */
export class PhotoChoice {
  /** Opacity of photo k (1-based: 0 is the canvas) in each region, 0..1. */
  readonly opacity: Readonly<Record<PhotoRegion, Float32Array>>;
  readonly #states: readonly FaceState[];
  readonly #vertices: Readonly<Record<PhotoRegion, readonly number[]>>;

  /**
   * @param states - of all photos, the canvas first.
   * @param fade - share of the way to the chosen photo per frame, 0..1.
   */
  constructor(states: readonly FaceState[], private readonly fade = FADE) {
    this.#states = states;
    const inRegion = (region: PhotoRegion): number[] => [...Array(468).keys()].filter((v) => regionWeight(region, v) > 0.5);
    this.#vertices = { mouth: inRegion('mouth'), eyes: inRegion('eyes') };
    this.opacity = { mouth: new Float32Array(states.length), eyes: new Float32Array(states.length) };
  }

  update(target: FaceState): void {
    for (const region of PHOTO_REGIONS) {
      let best = 0;
      let least = this.#distance(region, this.#states[0]!, target) * ADVANTAGE;
      for (let k = 1; k < this.#states.length; k++) {
        const distance = this.#distance(region, this.#states[k]!, target);
        if (distance < least) [best, least] = [k, distance];
      }
      const opacity = this.opacity[region];
      for (let k = 1; k < opacity.length; k++) opacity[k]! += ((k === best ? 1 : 0) - opacity[k]!) * this.fade;
    }
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
    return Math.sqrt(sum / vertices.length) + POSE_WEIGHT * angle;
  }
}
