import { createFrame } from '#dist/core/frame.js';
import { DriverShading } from '#dist/generator/shading/driver-shading.js';
import { faceState } from '#dist/motion/face-state.js';
import { identityRotation } from '#dist/geometry/rotation.js';
import { describe, expect, it } from 'vitest';
import { facePoints } from '../motion/synthetic-face.js';

const SIZE = 240;
const CHEEK = 50;
const OTHER_CHEEK = 280;
const OUTLINE = 234;

/** Levels at a place of the face, head units from its middle: a grey, or red, green and blue. */
type Light = (u: number, v: number) => number | readonly number[];

function view(light: Light, scale = 60, centre: readonly [number, number] = [120, 120]) {
  const frame = createFrame(SIZE, SIZE);
  for (let y = 0, o = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++, o += 4) frame.data.set([...levels(light, (x - centre[0]) / scale, (y - centre[1]) / scale), 255], o);
  }
  const points = facePoints({ scale, centre });
  return { frame, points, state: faceState({ points, rotation: identityRotation() }) };
}

function levels(light: Light, u: number, v: number): readonly number[] {
  const value = light(u, v);
  return typeof value === 'number' ? [value, value, value] : value;
}

const modelled = (u: number, v: number): number => 130 + 45 * Math.sin(4 * u) * Math.cos(3 * v);
const sitter = view(modelled);
const [cheekX, cheekY] = [0, 1].map((k) => (sitter.points[3 * CHEEK + k]! - 120) / 60) as [number, number];
/** 1 in the middle of the cheek, 0 around it. */
const inCheek = (u: number, v: number): number => Math.exp(-((u - cheekX) ** 2 + (v - cheekY) ** 2) / 0.15 ** 2);
/** A dent in the cheek that takes a quarter of the light. */
const dented =
  (light: Light): Light =>
  (u, v) =>
    levels(light, u, v).map((level) => level * (1 - 0.25 * inCheek(u, v)));
/** Skin that is redder where it is brighter. */
const coloured: Light = (u, v) => [1.1 * modelled(u, v), 0.9 * modelled(u, v) ** 0.9 + 20, 0.8 * modelled(u, v) ** 0.8 + 20];
/** A cheek that flushes: less green and blue. */
const flushed: Light = (u, v) => levels(coloured, u, v).map((level, k) => level * (1 - (k > 0 ? 0.2 : 0) * inCheek(u, v)));

/** Factor of red, green or blue (0, 1, 2) at a landmark. */
function gainAt(shader: DriverShading, landmark: number, { index = 0, channel = 1 } = {}): number {
  const { gain, originX, originY, step, cols } = shader.gains(index)!;
  const [x, y] = [0, 1].map((k) => Math.round((sitter.points[3 * landmark + k]! - [originX, originY][k]!) / step)) as [number, number];
  return gain[4 * (y * cols + x) + channel]!;
}

function shaderFor(rest: Light, photos = [sitter]): DriverShading {
  const shader = new DriverShading(photos);
  shader.setRest({ views: [view(rest, 45, [110, 125])], shares: photos.map(() => Float32Array.of(1)) });
  return shader;
}

describe('shading', () => {
  it('lends what the driver does where both are lit alike, in the places of the face', () => {
    const shader = shaderFor(modelled);
    shader.observe(view(dented(modelled), 45, [110, 125]));
    expect(gainAt(shader, CHEEK)).toBeGreaterThan(0.7);
    expect(gainAt(shader, CHEEK)).toBeLessThan(0.86);
    expect(gainAt(shader, OTHER_CHEEK)).toBeCloseTo(1, 1);
    expect(gainAt(shader, OUTLINE)).toBeCloseTo(1, 2);
  });

  it('lends nothing where the driver is lit from the other side', () => {
    const other = (u: number, v: number): number => 260 - modelled(u, v);
    const shader = shaderFor(other);
    shader.observe(view(dented(other), 45, [110, 125]));
    expect([...shader.gains(0)!.gain].every((gain) => gain === 1)).toBe(true);
  });

  it('never bleaches a fold', () => {
    const shader = shaderFor(coloured, [view(coloured)]);
    const bearded: Light = (u, v) => levels(coloured, u, v).map((level, k) => level * (1 - (k === 0 ? 0.35 : 0.2) * inCheek(u, v)));
    shader.observe(view(bearded, 45, [110, 125]));
    const [red, green] = [gainAt(shader, CHEEK, { channel: 0 }), gainAt(shader, CHEEK)];
    expect(green).toBeLessThan(0.88);
    expect(red).toBeCloseTo(green, 3);
  });

  it('lends colours where both have the same', () => {
    const shader = shaderFor(coloured, [view(coloured)]);
    shader.observe(view(flushed, 45, [110, 125]));
    expect(gainAt(shader, CHEEK, { channel: 0 })).toBeGreaterThan(0.97);
    expect(gainAt(shader, CHEEK)).toBeLessThan(0.9);
    expect(gainAt(shader, OTHER_CHEEK)).toBeCloseTo(1, 1);
  });

  it('keeps a photograph without colours without any', () => {
    const shader = shaderFor(coloured);
    shader.observe(view(flushed, 45, [110, 125]));
    const { gain } = shader.gains(0)!;
    expect(gainAt(shader, CHEEK)).toBeLessThan(0.95);
    for (let o = 0; o < gain.length; o += 4) expect(Math.abs(gain[o]! - gain[o + 2]!)).toBeLessThan(0.01);
  });

  it("hardly follows the camera's exposure", () => {
    const shader = shaderFor(modelled);
    shader.observe(view((u, v) => 1.3 * modelled(u, v), 45, [110, 125]));
    for (const gain of shader.gains(0)!.gain) expect(Math.abs(gain - 1)).toBeLessThan(0.04);
  });

  it('is whole in the first frame, and fades when the driver is lost', () => {
    const shader = shaderFor(modelled);
    const dent = view(dented(modelled), 45, [110, 125]);
    shader.observe(dent);
    const first = gainAt(shader, CHEEK);
    shader.observe(dent);
    expect(gainAt(shader, CHEEK)).toBeCloseTo(first, 5);
    shader.observe(undefined);
    expect(gainAt(shader, CHEEK)).toBeGreaterThan(first + 0.05);
    for (let i = 0; i < 8; i++) shader.observe(undefined);
    expect(gainAt(shader, CHEEK)).toBeCloseTo(1, 3);
  });

  it('starts from rest for a driver who comes late', () => {
    const shader = shaderFor(modelled);
    shader.observe(undefined);
    shader.observe(view(modelled, 45, [110, 125]));
    for (const gain of shader.gains(0)!.gain) expect(Math.abs(gain - 1)).toBeLessThan(0.01);
  });

  it('tells each photo from the driver doing the same', () => {
    const smiling = view(dented(modelled));
    const shader = new DriverShading([sitter, smiling]);
    const views = [view(modelled, 45, [110, 125]), view(dented(modelled), 45, [110, 125])];
    shader.setRest({ views, shares: [Float32Array.of(1, 0), Float32Array.of(0, 1)] });
    shader.observe(views[1]);
    expect(gainAt(shader, CHEEK)).toBeLessThan(0.86);
    expect(gainAt(shader, CHEEK, { index: 1 })).toBeCloseTo(1, 3);
  });

  it('has nothing to say before it has seen a driver', () => {
    const shader = new DriverShading([sitter]);
    shader.observe(view(modelled));
    expect(shader.gains(0)).toBeUndefined();
  });
});
