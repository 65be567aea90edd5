import { describe, expect, it } from 'vitest';
import { VivantError } from '#dist/core/errors.js';
import { isMarked, takeMarkAuthority } from '#dist/core/marked-frame.js';
import { createMarker } from '#dist/provenance/marker.js';

const noisy = (width: number, height: number) => {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let p = 0; p < width * height; p++) {
    const v = 120 + 40 * Math.sin(p / 37) + ((p * 7919) % 23);
    data.set([v, v * 0.9, v * 0.8, p % 256], p * 4);
  }
  return { data, width, height, index: 3, time: 0.12 };
};

describe('createMarker', () => {
  it('takes the authority to brand frames, so that nobody else can', () => {
    expect(() => takeMarkAuthority()).toThrow(/already been taken/);
  });

  it('marks pixels in place and brands a frame of its own', () => {
    const frame = noisy(320, 240);
    const before = frame.data.slice();
    const marked = createMarker({ width: 320, height: 240, payload: 7 }).mark(frame);
    expect(isMarked(marked)).toBe(true);
    expect(isMarked(frame)).toBe(false);
    expect(marked.data).toBe(frame.data);
    expect(marked).toMatchObject({ width: 320, height: 240, index: 3, time: 0.12 });
    expect(marked.data).not.toEqual(before);
  });

  it('never touches alpha outside the badge, and makes the badge visible on transparent pictures', () => {
    const frame = noisy(320, 240);
    const before = frame.data.slice();
    const { badge, mark } = createMarker({ width: 320, height: 240, payload: 7 });
    mark(frame);
    const inside = (p: number) => {
      const [x, y] = [p % 320, Math.floor(p / 320)];
      return x >= badge.x && y >= badge.y && x < badge.x + badge.width && y < badge.y + badge.height;
    };
    let wrong = 0;
    for (let p = 0; p < 320 * 240; p++) {
      const [was, is] = [before[p * 4 + 3]!, frame.data[p * 4 + 3]!];
      if (inside(p) ? is < was : is !== was) wrong++;
    }
    expect(wrong).toBe(0);
    const clear = { ...frame, data: new Uint8ClampedArray(320 * 240 * 4) };
    createMarker({ width: 320, height: 240, payload: 7 }).mark(clear);
    const centre = (Math.round(badge.y + badge.height / 2) * 320 + Math.round(badge.x + badge.width / 2)) * 4;
    expect(clear.data[centre + 3]).toBeGreaterThan(150);
  });

  it('marks the same clip the same way twice', () => {
    const [a, b] = [noisy(200, 160), noisy(200, 160)];
    createMarker({ width: 200, height: 160, payload: 99 }).mark(a);
    createMarker({ width: 200, height: 160, payload: 99 }).mark(b);
    expect(a.data).toEqual(b.data);
  });

  it.each([1, 7, 16, 33])('survives tiny frames of %i pixels', (side) => {
    const frame = noisy(side, side);
    expect(isMarked(createMarker({ width: side, height: side, payload: 1 }).mark(frame))).toBe(true);
  });

  it('refuses frames of another size and payloads that are not 32-bit', () => {
    const code = (run: () => unknown) => {
      try {
        run();
      } catch (error) {
        return error instanceof VivantError ? error.code : error;
      }
      return undefined;
    };
    expect(code(() => createMarker({ width: 320, height: 240, payload: 7 }).mark(noisy(320, 200)))).toBe('INTERNAL');
    for (const payload of [-1, 2 ** 32, 1.5, Number.NaN]) expect(code(() => createMarker({ width: 320, height: 240, payload }))).toBe('INTERNAL');
    expect(code(() => createMarker({ width: 0, height: 240, payload: 1 }))).toBe('INTERNAL');
  });
});
