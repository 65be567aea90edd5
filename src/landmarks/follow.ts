import type { Box } from '../core/frame.js';
import type { FaceLandmarks } from '../core/landmarks.js';
import { squareAround } from './region.js';
import { sortFaces } from './select.js';
import { searchThoroughly } from './thorough.js';
import type { RegionDetector } from './thorough.js';

/** Side of the region around a small face, in sides of its box. */
const MARGIN = 2;
/** The region stays where it is until the face has moved or grown by this part of its side: a region that moves makes landmarks tremble. */
const HOLD = 0.15;
/** While there is no face, one frame in so many is searched for a small one. */
const SEARCH_EVERY = 10;
/** Smallest tiles of that search, part of the frame's shorter side. */
const SEARCH_TILE = 1 / 2;

/**
 * Finds faces in the frames of a clip, one after the other. Each frame is detected on its own; from earlier ones it only learns
 * where to look for a face that is too small for the whole frame to show, or that the whole frame lost.
 */
export class FaceFollower {
  #timestamp = -Infinity;
  /** Where the largest face was last seen. */
  #box: Box | undefined;
  /** Set while the face is found in a region only. */
  #region: Box | undefined;
  #empty = 0;

  /**
   * @param timestamp - milliseconds; when it doesn't rise, another clip has begun
   * @returns faces of the frame; of a small one that is followed, and its neighbours, only
   */
  detect(whole: Box, timestamp: number, detectIn: RegionDetector): readonly FaceLandmarks[] {
    if (timestamp <= this.#timestamp) this.#forget();
    this.#timestamp = timestamp;
    const faces = sortFaces(this.#find(whole, detectIn));
    if (faces[0]) this.#remember(faces[0].box);
    else this.#forget();
    return faces;
  }

  #find(whole: Box, detectIn: RegionDetector): readonly FaceLandmarks[] {
    if (this.#region) {
      const faces = detectIn(this.#region);
      if (faces.length > 0) return faces;
    }
    const faces = detectIn(whole);
    if (faces.length > 0) {
      this.#region = undefined;
      this.#empty = 0;
      return faces;
    }
    if (this.#box && !this.#region) {
      this.#region = squareAround(this.#box, MARGIN);
      const lost = detectIn(this.#region);
      if (lost.length > 0) return lost;
    }
    if (this.#empty++ % SEARCH_EVERY !== 0) return [];
    const found = sortFaces(searchThoroughly(whole, [], detectIn, SEARCH_TILE));
    if (found[0]) this.#region = squareAround(found[0].box, MARGIN);
    return found;
  }

  #remember(box: Box): void {
    this.#box = box;
    const region = this.#region;
    if (!region) return;
    const side = Math.max(box.width, box.height);
    const offX = box.x + box.width / 2 - region.x - region.width / 2;
    const offY = box.y + box.height / 2 - region.y - region.height / 2;
    const growth = (side * MARGIN) / region.width - 1;
    if (Math.max(Math.abs(offX), Math.abs(offY)) > HOLD * side || Math.abs(growth) > HOLD) this.#region = squareAround(box, MARGIN);
  }

  #forget(): void {
    this.#box = undefined;
    this.#region = undefined;
  }
}
