import { describe, expect, it } from 'vitest';
import { shapeLikeness } from '../../../../src/generator/mouth/shape.js';

describe('how well a photo’s open mouth suits another', () => {
  const photo = { height: 0.3, width: 5 };

  it('suits one that is about as open and as wide', () => {
    expect(shapeLikeness(photo, photo)).toBe(1);
    expect(shapeLikeness({ height: 0.4, width: 5.5 }, photo)).toBe(1);
  });

  it('suits none that is twice as open, or half', () => {
    expect(shapeLikeness({ height: 0.6, width: 5 }, photo)).toBe(0);
    expect(shapeLikeness({ height: 0.15, width: 5 }, photo)).toBe(0);
  });

  it('does not put the teeth of a grin into a mouth that speaks', () => {
    expect(shapeLikeness({ height: 0.3, width: 3.5 }, photo)).toBe(0);
    expect(shapeLikeness({ height: 0.3, width: 4 }, photo)).toBeGreaterThan(0.5);
    expect(shapeLikeness({ height: 0.3, width: 4 }, photo)).toBeLessThan(1);
  });

  it('never divides by a mouth that is shut', () => {
    expect(shapeLikeness({ height: 0, width: 5 }, photo)).toBe(0);
  });
});
