import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VivantError } from '#dist/core/errors.js';
import type { Box } from '#dist/core/frame.js';
import type { FaceLandmarks } from '#dist/core/landmarks.js';
import { PixelStoreCanvas } from '#dist/landmarks/mediapipe/pixel-store.js';
import { cropFrame, overlap, squareAround } from '#dist/landmarks/region.js';
import { selectFace, sortFaces } from '#dist/landmarks/select.js';
import { averageViews, searchThoroughly, tiles } from '#dist/landmarks/thorough.js';

function faceAt(box: Box, jitter = 0): FaceLandmarks {
  const points = new Float32Array(3 * 478);
  for (let i = 0; i < 478; i++) {
    points[3 * i] = box.x + box.width * ((i % 20) / 19) + jitter * Math.sin(i);
    points[3 * i + 1] = box.y + box.height * (Math.floor(i / 20) / 23);
  }
  return { points, rotation: Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1), box };
}

/** A detector that sees a face only when it is wholly inside the region and at least a sixth of its side. */
function detectorOf(faces: readonly Box[], jitter: (region: Box) => number = () => 0) {
  return (region: Box): FaceLandmarks[] =>
    faces
      .filter(
        (box) =>
          box.x >= region.x &&
          box.y >= region.y &&
          box.x + box.width <= region.x + region.width &&
          box.y + box.height <= region.y + region.height &&
          box.width * 6 >= Math.max(region.width, region.height),
      )
      .map((box) => faceAt(box, jitter(region)));
}

describe('tiles', () => {
  it('hold every square of half their side whole in one tile, and stay inside the picture', () => {
    const size = fc.integer({ min: 100, max: 3000 });
    fc.assert(
      fc.property(size, size, fc.double({ min: 0.1, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (width, height, part, u, v) => {
        const side = Math.floor(Math.min(width, height) * part);
        const small = Math.floor(side / 2) - 1;
        const x = u * (width - small);
        const y = v * (height - small);
        const all = [...tiles({ x: 0, y: 0, width, height }, side)];
        expect(all.every((tile) => tile.x >= 0 && tile.y >= 0 && tile.x + side <= width && tile.y + side <= height)).toBe(true);
        expect(all.some((tile) => tile.x <= x && tile.y <= y && x + small <= tile.x + side && y + small <= tile.y + side)).toBe(true);
      }),
    );
  });
});

describe('averageViews', () => {
  const box = { x: 400, y: 300, width: 200, height: 240 };
  const wrong = (face: Float32Array): number => Math.max(...face.map((value, i) => Math.abs(value - faceAt(box).points[i]!)));

  it('leaves less of what single crops show wrongly', () => {
    let k = 0;
    const crops = new Set<string>();
    const average = averageViews(faceAt(box, 2), (region) => {
      crops.add(JSON.stringify(region));
      return detectorOf([box], () => (k++ % 2 ? 2 : -2))(region);
    });
    expect(crops.size).toBeGreaterThan(5);
    expect(wrong(faceAt(box, 2).points)).toBeGreaterThan(1.9);
    expect(wrong(average)).toBeLessThan(0.3);
  });

  it('passes over other faces, slips, and crops without a face', () => {
    const beside = { x: 610, y: 300, width: 200, height: 240 };
    let k = 0;
    const average = averageViews(faceAt(box), (region) => [[], [faceAt(beside)], detectorOf([box], () => 30)(region)][k++ % 3]!);
    expect(wrong(average)).toBeLessThan(1e-3);
  });
});

describe('searchThoroughly', () => {
  const whole = { x: 0, y: 0, width: 3000, height: 2000 };

  it('finds a small face, each face of a group once', () => {
    const group = [
      { x: 200, y: 300, width: 150, height: 180 },
      { x: 1500, y: 900, width: 140, height: 170 },
      { x: 2700, y: 1700, width: 130, height: 160 },
    ];
    const found = searchThoroughly(whole, [], detectorOf(group));
    expect(found.map(({ box }) => box).sort((a, b) => a.x - b.x)).toEqual(group);
  });

  it('looks one size further than the first face, and no further', () => {
    const large = { x: 300, y: 300, width: 900, height: 1000 };
    const small = { x: 2000, y: 500, width: 250, height: 260 };
    const tiny = { x: 2500, y: 1500, width: 60, height: 60 };
    const detect = detectorOf([large, small, tiny]);
    expect(searchThoroughly(whole, detect(whole), detect).map(({ box }) => box)).toEqual([large, small]);
    expect(searchThoroughly(whole, [], detectorOf([tiny])).map(({ box }) => box)).toEqual([tiny]);
  });

  it('drops what looks different in another crop', () => {
    const pattern = { x: 1500, y: 900, width: 140, height: 170 };
    expect(searchThoroughly(whole, [], detectorOf([pattern], (region) => (region.width % 7) * 3))).toEqual([]);
  });

  it('keeps a face that only the whole picture shows', () => {
    const face = faceAt({ x: 100, y: 100, width: 900, height: 900 });
    expect(searchThoroughly(whole, [face], () => [])).toEqual([face]);
  });
});

describe('regions', () => {
  it('crop pixels and show grey outside the picture', () => {
    const frame = { data: Uint8ClampedArray.from({ length: 4 * 3 * 2 }, (_, i) => i), width: 3, height: 2 };
    expect([...cropFrame(frame, { x: 1, y: 1, width: 2, height: 1 }).data]).toEqual([16, 17, 18, 19, 20, 21, 22, 23]);
    const over = cropFrame(frame, { x: -1, y: 1, width: 2, height: 2 });
    expect([...over.data]).toEqual([128, 128, 128, 255, 12, 13, 14, 15, 128, 128, 128, 255, 128, 128, 128, 255]);
  });

  it('know squares and overlaps', () => {
    expect(squareAround({ x: 10, y: 10, width: 20, height: 10 }, 2)).toEqual({ x: 0, y: -5, width: 40, height: 40 });
    expect(overlap({ x: 0, y: 0, width: 10, height: 10 }, { x: 5, y: 0, width: 10, height: 10 })).toBeCloseTo(0.5);
    expect(overlap({ x: 0, y: 0, width: 10, height: 10 }, { x: 10, y: 0, width: 10, height: 10 })).toBe(0);
  });
});

describe('selectFace', () => {
  const faces = sortFaces([faceAt({ x: 0, y: 0, width: 10, height: 10 }), faceAt({ x: 50, y: 0, width: 30, height: 30 })]);

  it('takes the largest or the indexed one', () => {
    expect(selectFace(faces, 'largest').box.width).toBe(30);
    expect(selectFace(faces, 1).box.width).toBe(10);
  });

  it.each([
    [[], 'largest', 'NO_FACE'],
    [faces, 7, 'FACE_INDEX'],
    [faces, -1, 'FACE_INDEX'],
    [faces, 0.5, 'FACE_INDEX'],
  ] as const)('refuses what is not there', (list, choice, code) => {
    expect(() => selectFace(list, choice)).toThrow(VivantError);
    expect(() => selectFace(list, choice)).toThrow(expect.objectContaining({ code }) as Error);
  });
});

describe('the pixel store', () => {
  it('gives back what was uploaded through WebGL calls', () => {
    const gl = new PixelStoreCanvas(1, 1).getContext('webgl2')!;
    const image = { data: Uint8ClampedArray.from({ length: 16 }, (_, i) => i), width: 2, height: 2 };
    const texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, image);
    const framebuffer = gl.createFramebuffer();
    gl.bindFramebuffer(0, framebuffer);
    gl.framebufferTexture2D(0, 0, gl.TEXTURE_2D, texture);
    const heap = new Uint8Array(20);
    gl.readPixels(0, 0, 2, 2, gl.RGBA, gl.UNSIGNED_BYTE, heap, 4);
    expect([...heap]).toEqual([0, 0, 0, 0, ...image.data]);
    expect(new PixelStoreCanvas(1, 1).getContext('2d')).toBeNull();
  });
});
