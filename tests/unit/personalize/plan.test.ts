import { planLessons } from '#dist/personalize/plan.js';
import { describe, expect, it } from 'vitest';

const order = (count: number): number[] => [...Array(count).keys()].reverse();

describe('lessons', () => {
  it.each([3, 4, 8, 32])('from %i photos never show what checks them', (count) => {
    const { lessons, checks } = planLessons(count, order(count), 1);
    const kept = new Set(checks.map(({ target }) => target));
    expect(kept.size).toBe(count < 6 ? 1 : 2);
    expect(kept.has(0)).toBe(false);
    for (const { canvas, target, lenders } of lessons) {
      expect([canvas, target, ...lenders].filter((photo) => kept.has(photo))).toEqual([]);
    }
    // A network that is only checked without a driver forgets what to do with one.
    expect(checks.filter(({ driven }) => driven)).toHaveLength(checks.length / 2);
    for (const { canvas, lenders } of checks) {
      expect(canvas).toBe(0);
      expect(lenders.some((photo) => kept.has(photo))).toBe(false);
    }
  });

  it.each([1, 2, 3, 8, 32])('from %i photos never lend the answer, and are not too many', (count) => {
    const { lessons, checks } = planLessons(count, order(count), 1);
    for (const { canvas, target, lenders } of [...lessons, ...checks]) {
      expect(lenders).not.toContain(target);
      expect(lenders).not.toContain(canvas);
      expect(Math.max(canvas, target, ...lenders)).toBeLessThan(count);
    }
    expect(lessons.length).toBeGreaterThan(0);
    expect(lessons.length).toBeLessThanOrEqual(72);
    expect(checks.length).toBeGreaterThan(0);
  });

  it('mostly animate the first photo, with and without a driver', () => {
    const { lessons } = planLessons(8, order(8), 1);
    const first = lessons.filter(({ canvas, target }) => canvas === 0 && target !== 0);
    expect(new Set(first.map(({ target }) => target)).size).toBe(5);
    expect(first.filter(({ driven }) => driven).length).toBe(first.length / 2);
    // Only pictures as the product makes them: with other photos lending, and alone.
    expect(first.some(({ lenders }) => lenders.length === 4)).toBe(true);
    expect(first.some(({ lenders }) => lenders.length === 0)).toBe(true);
  });

  it('are the same for the same seed only', () => {
    expect(planLessons(32, order(32), 7)).toEqual(planLessons(32, order(32), 7));
    expect(planLessons(32, order(32), 7)).not.toEqual(planLessons(32, order(32), 8));
  });
});
