/** What shows through transparent pixels of pictures and videos: white paper, 0..255. */
export const BACKGROUND = 255;

/** Lays RGBA pixels (straight alpha) on the background, in place. */
export function flatten(data: Uint8ClampedArray): void {
  for (let i = 0; i < data.length; i += 4) {
    const alpha = data[i + 3]!;
    if (alpha === 255) continue;
    const rest = BACKGROUND * (255 - alpha);
    data[i] = (data[i]! * alpha + rest) / 255;
    data[i + 1] = (data[i + 1]! * alpha + rest) / 255;
    data[i + 2] = (data[i + 2]! * alpha + rest) / 255;
    data[i + 3] = 255;
  }
}
