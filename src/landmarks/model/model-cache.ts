import { homedir } from 'node:os';
import { join } from 'node:path';

/** Google's own FaceLandmarker bundle, float16, version 1 (Apache-2.0). It also holds a blendshape model, which isn't used here. */
export const OFFICIAL_MODEL = {
  name: 'face_landmarker.task',
  url: 'https://storage.googleapis.com/mediapipe-models/face_landmarker/face_landmarker/float16/1/face_landmarker.task',
  sha256: '64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff',
  /** Size of the file. */
  bytes: 3758596,
} as const;

/**
 * The user's cache folder for this package: `$XDG_CACHE_HOME` (Linux and whoever sets it), `~/Library/Caches` (macOS),
 * `%LOCALAPPDATA%` (Windows), `~/.cache` elsewhere.
 */
export function defaultCacheDir(
  platform: NodeJS.Platform = process.platform,
  env: Readonly<Record<string, string | undefined>> = process.env,
  home: string = homedir(),
): string {
  const xdg = env['XDG_CACHE_HOME'];
  if (xdg) return join(xdg, 'tableau-vivant');
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'tableau-vivant');
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'tableau-vivant', 'Cache');
  return join(home, '.cache', 'tableau-vivant');
}

/** Where the official bundle is kept once it has been pulled. */
export function cachedModelPath(cacheDir: string = defaultCacheDir()): string {
  return join(cacheDir, 'models', OFFICIAL_MODEL.name);
}
