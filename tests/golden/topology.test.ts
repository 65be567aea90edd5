import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CANONICAL_POSITIONS } from '#dist/geometry/canonical-mesh.js';
import { EYES, RIGID_POINTS } from '#dist/geometry/face-topology.js';

it('the training code knows the face by the same tables as the product', () => {
  const topology = JSON.parse(readFileSync(new URL('../../training/topology.json', import.meta.url), 'utf8')) as Record<string, unknown>;
  expect(topology.positions).toEqual([...CANONICAL_POSITIONS]);
  expect(topology.rigid).toEqual([...RIGID_POINTS]);
  expect(topology.eyes).toEqual(EYES.map(({ corners, upper, lower, iris }) => ({ corners, upper, lower, iris })));
});
