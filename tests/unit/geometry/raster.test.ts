import { describe, expect, it } from 'vitest';
import { createFlowField, resetFlow } from '#dist/geometry/flow-field.js';
import { rasteriseFlow } from '#dist/geometry/raster.js';

function mesh(vertices: readonly (readonly [sx: number, sy: number, tx: number, ty: number, tz: number])[]) {
  const column = (k: number): Float32Array => Float32Array.from(vertices, (v) => v[k]!);
  return { sourceX: column(0), sourceY: column(1), targetX: column(2), targetY: column(3), targetZ: column(4) };
}

describe('createFlowField', () => {
  it('points every cell at its own centre', () => {
    const field = createFlowField(10, 20, 8, 6, 2);
    expect([field.cols, field.rows]).toEqual([4, 3]);
    expect([field.x[0], field.y[0]]).toEqual([10.5, 20.5]);
    expect([field.x[11], field.y[11]]).toEqual([16.5, 24.5]);
  });
});

describe('rasteriseFlow', () => {
  it('is exact inside an affine triangle, whichever way it winds', () => {
    // Target = 2 * source + (3, -4).
    const corners = [
      [5, 10],
      [25, 12],
      [9, 30],
    ] as const;
    const vertices = corners.map(([x, y]) => [x, y, 2 * x + 3, 2 * y - 4, 0] as const);
    for (const triangle of [Uint16Array.of(0, 1, 2), Uint16Array.of(0, 2, 1)]) {
      const field = createFlowField(0, 0, 64, 64, 1);
      rasteriseFlow(mesh(vertices), triangle, field, new Float32Array(64 * 64));
      for (const [x, y] of [
        [25, 25],
        [22, 40],
        [40, 24],
      ] as const) {
        expect(field.x[y * 64 + x]).toBeCloseTo((x - 3) / 2, 4);
        expect(field.y[y * 64 + x]).toBeCloseTo((y + 4) / 2, 4);
      }
      expect(field.x[60 * 64 + 60]).toBe(60);
    }
  });

  it('lets the nearer of two triangles win in any order', () => {
    const vertices = [
      [0, 0, 0, 0, 5],
      [60, 0, 60, 0, 5],
      [0, 60, 0, 60, 5],
      [100, 100, 0, 0, 1],
      [160, 100, 60, 0, 1],
      [100, 160, 0, 60, 1],
    ] as const;
    for (const order of [
      [0, 1, 2, 3, 4, 5],
      [3, 4, 5, 0, 1, 2],
    ]) {
      const field = createFlowField(0, 0, 64, 64, 1);
      rasteriseFlow(mesh(vertices), Uint16Array.from(order), field, new Float32Array(64 * 64));
      expect(field.x[10 * 64 + 10]).toBeCloseTo(110, 3);
    }
  });

  it('leaves no cracks between neighbours', () => {
    const grid: (readonly [number, number, number, number, number])[] = [];
    for (let j = 0; j <= 6; j++) for (let i = 0; i <= 6; i++) grid.push([i * 10 + 500, j * 10, i * 10.3 + 0.21 * j, j * 9.7 + 0.17 * i, 0]);
    const triangles: number[] = [];
    for (let j = 0; j < 6; j++) {
      for (let i = 0; i < 6; i++) {
        const a = j * 7 + i;
        triangles.push(a, a + 1, a + 7, a + 1, a + 8, a + 7);
      }
    }
    const field = createFlowField(0, 0, 70, 70, 1);
    rasteriseFlow(mesh(grid), Uint16Array.from(triangles), field, new Float32Array(70 * 70));
    for (let y = 2; y < 56; y++) for (let x = 3; x < 58; x++) expect(field.x[y * 70 + x]).toBeGreaterThan(400);
  });

  it('survives degenerate and far-off triangles', () => {
    const vertices = [
      [0, 0, 5, 5, 0],
      [0, 0, 5, 5, 0],
      [0, 0, 9, 9, 0],
      [0, 0, -9000, 20, 0],
      [0, 0, 9000, 21, 0],
      [0, 0, 30, 9e4, 0],
    ] as const;
    const field = createFlowField(0, 0, 32, 32, 1);
    rasteriseFlow(mesh(vertices), Uint16Array.of(0, 1, 2, 3, 4, 5), field, new Float32Array(32 * 32));
    expect([...field.x].every(Number.isFinite)).toBe(true);
    resetFlow(field);
    expect(field.x[33]).toBe(1);
  });
});
