import { createFrame } from '#dist/core/frame.js';
import { FoldShader } from '#dist/generator/folds/fold-shader.js';
import { faceState } from '#dist/motion/face-state.js';
import { identityRotation } from '#dist/geometry/rotation.js';
import { describe, expect, it } from 'vitest';
import { facePoints } from '../motion/synthetic-face.js';

const SIZE = 240;
const CHEEK = 50;
const OTHER_CHEEK = 280;
const OUTLINE = 234;

/** Luminance at a place of the face, head units from its middle. */
type Light = (u: number, v: number) => number;

function view(light: Light, scale = 60, centre: readonly [number, number] = [120, 120]) {
  const frame = createFrame(SIZE, SIZE);
  for (let y = 0, o = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++, o += 4) frame.data.set([...Array<number>(3).fill(light((x - centre[0]) / scale, (y - centre[1]) / scale)), 255], o);
  }
  const points = facePoints({ scale, centre });
  return { frame, points, state: faceState({ points, rotation: identityRotation() }) };
}

const modelled: Light = (u, v) => 130 + 45 * Math.sin(4 * u) * Math.cos(3 * v);
const sitter = view(modelled);
const [cheekX, cheekY] = [0, 1].map((k) => (sitter.points[3 * CHEEK + k]! - 120) / 60) as [number, number];
/** A dent in the cheek that takes a quarter of the light. */
const dented =
  (light: Light): Light =>
  (u, v) =>
    light(u, v) * (1 - 0.25 * Math.exp(-((u - cheekX) ** 2 + (v - cheekY) ** 2) / 0.15 ** 2));

function gainAt(shader: FoldShader, landmark: number, index = 0): number {
  const { gain, originX, originY, step, cols } = shader.gains(index)!;
  const [x, y] = [0, 1].map((k) => Math.round((sitter.points[3 * landmark + k]! - [originX, originY][k]!) / step)) as [number, number];
  return gain[y * cols + x]!;
}

function shaderFor(rest: Light, photos = [sitter]): FoldShader {
  const shader = new FoldShader(photos);
  shader.setRest({ views: [view(rest, 45, [110, 125])], shares: photos.map(() => Float32Array.of(1)) });
  return shader;
}

describe('fold shading', () => {
  it('lends what the driver does where both are lit alike, in the places of the face', () => {
    const shader = shaderFor(modelled);
    shader.observe(view(dented(modelled), 45, [110, 125]));
    expect(gainAt(shader, CHEEK)).toBeGreaterThan(0.7);
    expect(gainAt(shader, CHEEK)).toBeLessThan(0.86);
    expect(gainAt(shader, OTHER_CHEEK)).toBeCloseTo(1, 1);
    expect(gainAt(shader, OUTLINE)).toBeCloseTo(1, 2);
  });

  it('lends nothing where the driver is lit from the other side', () => {
    const other: Light = (u, v) => 260 - modelled(u, v);
    const shader = shaderFor(other);
    shader.observe(view(dented(other), 45, [110, 125]));
    expect([...shader.gains(0)!.gain].every((gain) => gain === 1)).toBe(true);
  });

  it("doesn't follow the camera's exposure", () => {
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
    const shader = new FoldShader([sitter, smiling]);
    const views = [view(modelled, 45, [110, 125]), view(dented(modelled), 45, [110, 125])];
    shader.setRest({ views, shares: [Float32Array.of(1, 0), Float32Array.of(0, 1)] });
    shader.observe(views[1]);
    expect(gainAt(shader, CHEEK, 0)).toBeLessThan(0.86);
    expect(gainAt(shader, CHEEK, 1)).toBeCloseTo(1, 3);
  });

  it('has nothing to say before it has seen a driver', () => {
    const shader = new FoldShader([sitter]);
    shader.observe(view(modelled));
    expect(shader.gains(0)).toBeUndefined();
  });
});
