import type { Box, Frame } from '../core/frame.js';

/** Mid grey, opaque: what lies outside a picture. */
const OUTSIDE = 0xff808080;

/** Copies a rectangle with whole-pixel edges out of a frame. It may reach over the border: grey is found there. */
export function cropFrame(frame: Frame, region: Box): Frame {
  const { x, y, width, height } = region;
  const data = new Uint8ClampedArray(width * height * 4);
  const left = Math.max(0, x);
  const right = Math.min(frame.width, x + width);
  const top = Math.max(0, y);
  const bottom = Math.min(frame.height, y + height);
  const inside = right - left === width && bottom - top === height;
  if (!inside) new Uint32Array(data.buffer).fill(OUTSIDE);
  for (let row = top; row < bottom && right > left; row++) {
    const start = (row * frame.width + left) * 4;
    data.set(frame.data.subarray(start, start + (right - left) * 4), ((row - y) * width + left - x) * 4);
  }
  return { data, width, height };
}

/** A square of whole pixels with the centre of `box`, `margin` times its longer side. It may reach over the picture's border. */
export function squareAround(box: Box, margin: number): Box {
  const side = Math.max(2, Math.round(Math.max(box.width, box.height) * margin));
  return {
    x: Math.round(box.x + box.width / 2 - side / 2),
    y: Math.round(box.y + box.height / 2 - side / 2),
    width: side,
    height: side,
  };
}

/** Shared area over the smaller one of two boxes, 0..1. */
export function overlap(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  return (width * height) / Math.min(a.width * a.height, b.width * b.height);
}
