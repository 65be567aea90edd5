import { LandmarkRegistration, type SkinView } from './registration.js';

/**
 * Several photos of one face, alike laid out: the skin's landmarks of all but the first are put where the mean of all shows the same skin, so
 * that layers of several photos meet. (The first stays as detected: everything is told from it.)
 */
export function registerPhotos<Photo extends SkinView>(photos: readonly [Photo, ...Photo[]]): [Photo, ...Photo[]] {
  const [canvas, ...others] = photos;
  if (others.length === 0) return [canvas];
  const skin = new LandmarkRegistration(photos, photos.map(() => 1 / photos.length));
  return [canvas, ...others.map((photo) => ({ ...photo, points: skin.register(photo) }))];
}
