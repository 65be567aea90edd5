import { describe, expect, it } from 'vitest';
import { CLIP_SPECS, OUTPUT_SPECS } from '#dist/option-specs.js';
import { type AnimateOptions, resolveAnimate, resolveAnimator, resolveClip } from '#dist/options.js';

const least: AnimateOptions = { portraits: 'a.jpg', driving: 'b.mp4', output: 'c.mp4', rights: { basis: 'consent', subject: 'Anna' } };

describe('resolveAnimate', () => {
  it('completes the least that can be said', () => {
    const { clip, file } = resolveAnimate(least);
    expect(clip).toMatchObject({ portraits: ['a.jpg'], driving: 'b.mp4', motion: 'relative', amplitude: 1, quality: 'standard', size: 2048, face: 'largest', driverPixels: true });
    expect(file).toEqual({ output: 'c.mp4', audio: 'driving', force: false });
    for (const name of Object.keys(CLIP_SPECS)) expect(clip).toHaveProperty(name);
    for (const name of Object.keys(OUTPUT_SPECS)) expect(file).toHaveProperty(name);
  });

  it('gives every option a default that it accepts itself', () => {
    for (const spec of [...Object.values(CLIP_SPECS), ...Object.values(OUTPUT_SPECS)]) {
      if (spec.fallback !== undefined) expect(spec.accept(spec.fallback)).toBe(spec.fallback);
    }
  });

  it('takes a value at the edge of its range and refuses one beyond', () => {
    for (const [name, good, bad] of [
      ['amplitude', [0, 2, 0.5], [-0.01, 2.01, Number.NaN, Infinity, '1', null]],
      ['smooth', [0, 1], [-1, 1.1]],
      ['size', ['native', 64, 16384], [63, 16385, 100.5, 'big']],
      ['face', ['largest', 0, 7], [-1, 1.5, 'smallest']],
      ['fps', [1, 120], [0, 121]],
      ['start', [0, 5], [-1]],
      ['loop', [true, false], ['yes', 1]],
      ['region', ['lips'], ['ears', '']],
      ['drivingRights', ['synthetic', 'same'], ['none']],
    ] as const) {
      for (const value of good) expect(() => resolveAnimate({ ...least, [name]: value })).not.toThrow();
      for (const value of bad) {
        expect(() => resolveAnimate({ ...least, [name]: value } as AnimateOptions)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION', details: expect.objectContaining({ option: name }) as object }) as Error);
      }
    }
  });

  it('names the option, what was received and what is allowed', () => {
    expect(() => resolveAnimate({ ...least, motion: 'sideways' as 'relative' })).toThrow('Expected "relative" or "absolute" for `motion` but received "sideways".');
  });

  it.each([
    ['no rights at all', undefined],
    ['no subject', { basis: 'consent' }],
    ['a blank subject', { basis: 'consent', subject: '  ' }],
    ['no basis', { subject: 'Anna' }],
  ])('asks for rights: %s', (_, rights) => {
    expect(() => resolveAnimate({ ...least, rights } as AnimateOptions)).toThrow(expect.objectContaining({ code: 'RIGHTS_REQUIRED' }) as Error);
  });

  it('refuses names it does not know', () => {
    expect(() => resolveAnimate({ ...least, amplitud: 1 } as AnimateOptions)).toThrow(/no option `amplitud`/);
    expect(() => resolveClip({ ...least } as AnimateOptions)).toThrow(/no option `output`/);
    expect(() => resolveAnimator({ gpu: true } as object)).toThrow(/no option `gpu`/);
  });

  it('refuses an end before the start', () => {
    expect(() => resolveAnimate({ ...least, start: 2, end: 2 })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }) as Error);
  });
});
