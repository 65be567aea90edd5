import type { Box } from '../core/frame.js';

/** A square of whole pixels with the face in its middle, `margin` times the face's longer side. It may reach over the border. */
export function faceSquare(face: Box, margin: number): Box {
  const half = (Math.max(face.width, face.height) * margin) / 2;
  const centreX = face.x + face.width / 2;
  const centreY = face.y + face.height / 2;
  const x = Math.round(centreX - half);
  const y = Math.round(centreY - half);
  return { x, y, width: Math.round(centreX + half) - x, height: Math.round(centreY + half) - y };
}
