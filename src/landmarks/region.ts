import type { Box, Frame } from '../core/frame.js';

/** Copies a rectangle with whole-pixel edges out of a frame. */
export function cropFrame(frame: Frame, region: Box): Frame {
  const { x, y, width, height } = region;
  const data = new Uint8ClampedArray(width * height * 4);
  for (let row = 0; row < height; row++) {
    const start = ((y + row) * frame.width + x) * 4;
    data.set(frame.data.subarray(start, start + width * 4), row * width * 4);
  }
  return { data, width, height };
}

/** A square around `box`, `margin` times its longer side, cut to whole pixels of the picture. */
export function paddedBox(box: Box, margin: number, picture: { readonly width: number; readonly height: number }): Box {
  const half = (Math.max(box.width, box.height) * margin) / 2;
  const centreX = box.x + box.width / 2;
  const centreY = box.y + box.height / 2;
  const left = clamp(Math.floor(centreX - half), 0, picture.width - 1);
  const top = clamp(Math.floor(centreY - half), 0, picture.height - 1);
  const right = clamp(Math.ceil(centreX + half), left + 1, picture.width);
  const bottom = clamp(Math.ceil(centreY + half), top + 1, picture.height);
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** Shared area over joined area of two boxes, 0..1. */
export function overlap(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (a.width * a.height + b.width * b.height - shared);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
