/** Width and height in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Scales `size` down, never up, so that its longer side is at most `maxSide` pixels. */
export function withinSide(size: Size, maxSide: number | undefined): Size {
  const longer = Math.max(size.width, size.height);
  return maxSide === undefined || longer <= maxSide ? size : scaled(size, maxSide / longer);
}

/** Scales `size` down, never up, to at most `maxPixels` pixels in all. */
export function withinArea(size: Size, maxPixels: number | undefined): Size {
  const area = size.width * size.height;
  if (maxPixels === undefined || area <= maxPixels) return size;
  const factor = Math.sqrt(maxPixels / area);
  return { width: Math.max(1, Math.floor(size.width * factor)), height: Math.max(1, Math.floor(size.height * factor)) };
}

function scaled(size: Size, factor: number): Size {
  return { width: Math.max(1, Math.round(size.width * factor)), height: Math.max(1, Math.round(size.height * factor)) };
}
