import { describe, expect, it } from 'vitest';
import { hertz, parseRate, rateOf, rateText, snapRate } from '#dist/media/frame-rate.js';

describe('frame rates', () => {
  it('finds the fraction behind a decimal', () => {
    expect(rateText(rateOf(29.97))).toBe('30000/1001');
    expect(rateText(rateOf(30000 / 1001))).toBe('30000/1001');
    expect(rateText(rateOf(23.976))).toBe('24000/1001');
    expect(rateText(rateOf(25))).toBe('25/1');
    expect(hertz(rateOf(12.5))).toBe(12.5);
    expect(hertz(rateOf(1 / 3))).toBeCloseTo(1 / 3, 4);
  });

  it('rejects rates that say nothing', () => {
    expect(parseRate('0/0')).toBeUndefined();
    expect(parseRate('90000/1')).toBeUndefined();
    expect(parseRate(undefined)).toBeUndefined();
    expect(parseRate('30000/1001')).toEqual({ num: 30000, den: 1001 });
  });

  it('rounds an average only where no frame moves by half a frame', () => {
    expect(rateText(snapRate({ num: 29990, den: 1000 }, 10))).toBe('30/1');
    expect(rateText(snapRate({ num: 29990, den: 1000 }, 200))).toBe('29990/1000');
    expect(rateText(snapRate({ num: 29970, den: 1000 }, 4))).toBe('30000/1001');
  });
});
