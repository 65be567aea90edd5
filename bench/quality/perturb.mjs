// Self-reenactment: the driver's own pixels are the answer. So the driver is seen through another camera: other colours, less sharp, a
// face of other proportions. Fixed, the same for all clips and rows.
import sharp from 'sharp';

/** Factors on width and height: a narrower, longer face. */
const STRETCH = [0.94, 1.05];
const BLUR = 1.1; // standard deviation, pixels
/** Linear map of R, G, B: warmer, paler, a little darker. */
const COLOURS = [
  [0.8, 0.16, 0.02],
  [0.06, 0.78, 0.06],
  [0.04, 0.12, 0.62],
];
const LIFT = 14; // of 255

/** Says what {@link perturb} does, for reports. */
export const PERTURBATION = `stretched to ${STRETCH[0]} x ${STRETCH[1]}, blurred (sigma ${BLUR} px), colours mixed and lifted`;

/** The picture as another camera would show another face doing the same. Own memory. */
export async function perturb({ data, width, height }) {
  const size = { width: Math.round(STRETCH[0] * width), height: Math.round(STRETCH[1] * height) };
  const pixels = await sharp(Buffer.from(data.buffer, data.byteOffset, data.byteLength), { raw: { width, height, channels: 4 } })
    .removeAlpha()
    .resize({ ...size, fit: 'fill' })
    .recomb(COLOURS)
    .linear(1, LIFT)
    .blur(BLUR)
    .ensureAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer();
  return { data: new Uint8ClampedArray(pixels.buffer, pixels.byteOffset, pixels.length), ...size };
}
