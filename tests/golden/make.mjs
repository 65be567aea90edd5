/**
 * Writes the golden files that pin `training/warp.py` to the TypeScript geometry, and the tables of the face mesh that Python
 * reads (`training/topology.json`): `node tests/golden/make.mjs` after a build.
 * `--check` compares with the committed files instead and fails when the product's geometry has changed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createFlowField, resetFlow } from '../../dist/geometry/flow-field.js';
import { CANONICAL_POSITIONS, CANONICAL_TRIANGLES } from '../../dist/geometry/canonical-mesh.js';
import {
  EYES, FACE_OVAL, INNER_LIP_LOWER, INNER_LIP_UPPER, OUTER_LIP_LOWER, OUTER_LIP_UPPER, RIGID_POINTS,
} from '../../dist/geometry/face-topology.js';
import { createOpening, fitOpening } from '../../dist/geometry/opening.js';
import { rasteriseFlow } from '../../dist/geometry/raster.js';
import { fromHeadAngles } from '../../dist/geometry/rotation.js';
import { sampleFlow } from '../../dist/generator/sampler.js';
import { mouthRest } from '../../dist/generator/mouth/frame.js';
import { bridgeTriangles } from '../../dist/generator/warp/bridges.js';
import { createHeadMesh } from '../../dist/generator/warp/head-mesh.js';
import { RING_SCALES } from '../../dist/generator/warp/rings.js';
import { CANONICAL_SHAPE } from '../../dist/motion/canonical-shape.js';
import { faceState, posePoints } from '../../dist/motion/face-state.js';

const LOWER_FACE = new Set([...INNER_LIP_LOWER.slice(1, -1), 146, 91, 181, 84, 17, 314, 405, 321, 375, 152, 148, 377, 175, 199, 200, 176, 400, 171, 396]);

/** Three faces: at rest, talking and turned, and a strong turn near the picture's border with shut eyes. */
const CASES = [
  { name: 'rest', width: 80, height: 96, scale: 26, centre: [40, 46, 0], angles: { yaw: 0, pitch: 0, roll: 0 }, target: { yaw: 0, pitch: 0, roll: 0 }, jaw: 0, lids: 1, gaze: 0, grow: 1 },
  { name: 'talk', width: 96, height: 112, scale: 30.5, centre: [45.3, 52.7, 0], angles: { yaw: 8, pitch: -4, roll: 3 }, target: { yaw: -6, pitch: 5, roll: -4 }, jaw: 0.32, lids: 0.8, gaze: 0.05, grow: 1.04 },
  { name: 'turned', width: 88, height: 88, scale: 27, centre: [34.2, 40.1, 3], angles: { yaw: -24, pitch: 6, roll: -9 }, target: { yaw: -2, pitch: -8, roll: 6 }, jaw: 0.12, lids: 0.05, gaze: -0.06, grow: 0.95 },
];

/** `[478, 3]` canonical face with irises, its jaw lowered (head units), lids scaled, irises shifted. */
function canonicalFace({ jaw, lids, gaze }) {
  const c = new Float32Array(478 * 3);
  c.set(CANONICAL_SHAPE);
  for (let i = 0; i < 468; i++) if (LOWER_FACE.has(i)) c[3 * i + 1] += jaw * (LOWER_FACE.has(i) && INNER_LIP_LOWER.includes(i) ? 0.9 : 1);
  for (const eye of EYES) {
    const [l, r] = eye.corners;
    const [x, y, z] = [0, 1, 2].map((k) => (c[3 * l + k] + c[3 * r + k]) / 2);
    for (const i of [...eye.upper.slice(1, -1), ...eye.lower.slice(1, -1)]) c[3 * i + 1] = y + (c[3 * i + 1] - y) * lids;
    eye.iris.forEach((i, k) => {
      const radius = 0.075;
      const [dx, dy] = [[0, 0], [1, 0], [0, -1], [-1, 0], [0, 1]][k];
      c.set([x + gaze + dx * radius, y + dy * radius, z], 3 * i);
    });
  }
  return c;
}

function picture(width, height) {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const o = (y * width + x) * 4;
      data[o] = 128 + 90 * Math.sin(x / 5 + y / 11);
      data[o + 1] = 128 + 100 * Math.cos(x / 7 - y / 4);
      data[o + 2] = (x * 5 + y * 3) % 256;
      data[o + 3] = 255;
    }
  }
  return { data, width, height };
}

const openingOf = (points, upper, lower) => {
  const o = fitOpening(points, upper, lower, createOpening());
  return Float32Array.of(o.x, o.y, o.ex, o.ey, o.width, ...o.upper, ...o.lower);
};

function arraysOf(spec) {
  const frame = picture(spec.width, spec.height);
  const rest = canonicalFace({ jaw: 0, lids: 1, gaze: 0 });
  const sourceRotation = fromHeadAngles(spec.angles);
  const points = posePoints({ canonical: rest, rotation: sourceRotation, scale: spec.scale, centre: Float32Array.from(spec.centre) });
  const state = faceState({ points, rotation: sourceRotation });
  const canonical = Float32Array.from(canonicalFace(spec), (v, i) => v + (state.canonical[i] - rest[i]));
  const rotation = fromHeadAngles(spec.target);
  const scale = state.scale * spec.grow;
  const centre = Float32Array.from(state.centre, (v, k) => v + [1.7, -2.3, 0][k]);
  const target = { canonical, rotation, scale, centre, points: posePoints({ canonical, rotation, scale, centre }), confidence: 1 };
  const mesh = createHeadMesh({ frame, points, state });
  mesh.pose(target);
  const [left, top, right, bottom] = mesh.region;
  const faceWidth = Math.abs(points[454 * 3] - points[234 * 3]);
  const field = createFlowField(left, top, right - left, bottom - top, Math.max(1, faceWidth / 240));
  resetFlow(field);
  rasteriseFlow(mesh, mesh.triangles, field, new Float32Array(field.cols * field.rows));
  const out = { data: frame.data.slice(), width: spec.width, height: spec.height };
  sampleFlow(frame, field, out);
  const mouth = mouthRest(state);
  return {
    size: Float32Array.of(spec.width, spec.height),
    picture: Float32Array.from(frame.data),
    points,
    canonical: state.canonical,
    rotation: state.rotation,
    scale: Float32Array.of(state.scale),
    centre: state.centre,
    targetCanonical: canonical,
    targetRotation: rotation,
    targetScale: Float32Array.of(scale),
    targetCentre: centre,
    targetPoints: target.points,
    sourceX: mesh.sourceX,
    sourceY: mesh.sourceY,
    targetX: mesh.targetX,
    targetY: mesh.targetY,
    targetZ: mesh.targetZ,
    field: Float32Array.of(field.originX, field.originY, field.step, field.cols, field.rows),
    flowX: field.x,
    flowY: field.y,
    warped: Float32Array.from(out.data),
    mouthOpening: openingOf(target.points, INNER_LIP_UPPER, INNER_LIP_LOWER),
    leftEyeOpening: openingOf(target.points, EYES[0].upper, EYES[0].lower),
    rightEyeOpening: openingOf(target.points, EYES[1].upper, EYES[1].lower),
    mouthRest: Float32Array.of(...mouth.anchor, mouth.width),
  };
}

/** Pictures are bytes; everything else is float32, little-endian. */
const BYTES = new Set(['picture', 'warped']);

function pack() {
  const index = [];
  const chunks = [];
  let offset = 0;
  for (const spec of CASES) {
    const arrays = {};
    for (const [name, values] of Object.entries(arraysOf(spec))) {
      const bytes = BYTES.has(name) ? Buffer.from(Uint8Array.from(values)) : Buffer.from(values.slice().buffer);
      arrays[name] = { offset, count: values.length, dtype: BYTES.has(name) ? 'uint8' : 'float32' };
      chunks.push(bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4));
      offset += bytes.length + ((4 - (bytes.length % 4)) % 4);
    }
    index.push({ name: spec.name, arrays });
  }
  return { index: `${JSON.stringify({ cases: index })}\n`, bytes: Buffer.concat(chunks) };
}

const topology = `${JSON.stringify({
  comment: 'Written by tests/golden/make.mjs from src/geometry; see canonical-mesh.ts there for its origin and licence.',
  positions: CANONICAL_POSITIONS,
  triangles: CANONICAL_TRIANGLES,
  bridges: bridgeTriangles(),
  ringScales: RING_SCALES,
  oval: FACE_OVAL,
  rigid: RIGID_POINTS,
  innerLipUpper: INNER_LIP_UPPER,
  innerLipLower: INNER_LIP_LOWER,
  outerLipUpper: OUTER_LIP_UPPER,
  outerLipLower: OUTER_LIP_LOWER,
  eyes: EYES,
})}\n`;

const { index, bytes } = pack();
const files = [
  { url: new URL('../../training/topology.json', import.meta.url), content: Buffer.from(topology) },
  { url: new URL('warp.json', import.meta.url), content: Buffer.from(index) },
  { url: new URL('warp.bin', import.meta.url), content: bytes },
];
for (const { url, content } of files) {
  if (!process.argv.includes('--check')) {
    writeFileSync(url, content);
  } else if (!readFileSync(url).equals(content)) {
    console.error(`Expected the geometry of dist/ to be that of ${url.pathname.split('/').slice(-3).join('/')} but it differs. If the change is meant, run node tests/golden/make.mjs and port it to training/warp.py.`);
    process.exit(1);
  }
}
