import { describe, expect, it } from 'vitest';
// @ts-expect-error The bench is plain JavaScript.
import { merge } from '../../../bench/quality/merge.mjs';
// @ts-expect-error The bench is plain JavaScript.
import { readOptions } from '../../../bench/quality/options.mjs';
// @ts-expect-error The bench is plain JavaScript.
import { averages, summarise } from '../../../bench/quality/summary.mjs';

const regions = (l1: number): object => Object.fromEntries(['face', 'mouth', 'eyes', 'skin'].map((name) => [name, { l1 }]));
const part = (rows: object, rest: object = {}): object => ({ frames: 40, skipped: 0, truth: { flicker: 0.01 }, rows, shots: {}, missing: {}, ...rest });

describe('results', () => {
  it('keep the rows that are not measured again', () => {
    const clips: Record<string, never> = {};
    const clip = { name: 'a', labels: { skin: 'dark' } };
    merge(clips, 'synthetic', clip, 'product', part({ warp: regions(0.2), draft: regions(0.1) }, { shotsTier: 'draft', shots: { 4: regions(0.09) }, missing: { standard: 'none' } }));
    merge(clips, 'synthetic', clip, 'product', part({ standard: regions(0.05) }, { shotsTier: 'standard', shots: { 4: regions(0.04) } }));
    merge(clips, 'synthetic', clip, 'product', part({ warp: regions(0.21) }));
    const { rows, shots } = summarise(clips['synthetic']!);
    expect([rows.warp.face.l1, rows.draft.face.l1, rows.standard.face.l1]).toEqual([0.21, 0.1, 0.05]);
    const one = { tier: 'standard', clips: 1 };
    expect(shots).toEqual({ 1: { ...one, l1: 0.05, mouth: 0.05, eyes: 0.05 }, 4: { ...one, l1: 0.04, mouth: 0.04, eyes: 0.04 } });
  });

  it('compare personalized sitters with fewer photos on the same clips, and keep them until the weights change', () => {
    const clips: Record<string, never> = {};
    const drawn = (l1: number, weights: string): object => ({ ...regions(l1), weights });
    const measure = (name: string, weights: string, shots: object): void => merge(clips, 'real', { name, labels: {} }, 'product', part({ standard: drawn(0.1, weights) }, { shotsTier: 'standard', shots }));
    measure('a', 'v1', { 8: drawn(0.08, 'v1'), personalized: { ...drawn(0.06, 'v1'), learnt: { cpuSeconds: 90 } } });
    measure('b', 'v1', { 8: drawn(0.02, 'v1') });
    measure('a', 'v1', { 8: drawn(0.07, 'v1') });
    const { shots } = summarise(clips['real']!);
    expect(shots[8]).toMatchObject({ clips: 2, l1: expect.closeTo(0.045, 6) as number });
    expect(shots.personalized).toMatchObject({ clips: 1, l1: 0.06, learnt: { cpuSeconds: 90 }, sameClips: { 1: { l1: 0.1 }, 8: { l1: 0.07 } } });
    measure('a', 'v2', { 8: drawn(0.07, 'v2') });
    expect(summarise(clips['real']!).shots.personalized).toBeUndefined();
  });

  it('forget a tier whose weights are gone, and say why', () => {
    const clips: Record<string, never> = {};
    merge(clips, 'real', { name: 'a', labels: {} }, 'product', part({ standard: regions(0.05) }));
    merge(clips, 'real', { name: 'a', labels: {} }, 'product', part({}, { missing: { standard: 'no weights' } }));
    expect(summarise(clips['real']!).rows.standard).toEqual({ missing: 'no weights' });
  });

  it('are means over clips and groups of sitters', () => {
    const clips: Record<string, never> = {};
    [0.1, 0.3].forEach((l1, k) => merge(clips, 'synthetic', { name: String(k), labels: { skin: k ? 'dark' : 'light' } }, 'product', part({ warp: { ...regions(l1), akd: 0, csim: 1 } })));
    const { rows, groups, clips: count, frames } = summarise(clips['synthetic']!);
    expect([count, frames]).toEqual([2, 80]);
    expect(rows.warp.mouth.l1).toBeCloseTo(0.2);
    expect(rows.draft).toBeNull();
    expect(groups.skin.dark.warp.mouth).toBeCloseTo(0.3);
  });
});

describe('averages', () => {
  it('go into every depth, leave holes out and sum what was lost', () => {
    expect(averages([{ a: 1, b: { c: 2 }, lost: 1 }, { a: null, b: { c: 4 }, lost: 2 }, null])).toEqual({ a: 1, b: { c: 3 }, lost: 3 });
  });
});

describe('flags', () => {
  it('default to everything', () => {
    const { tiers, sets, frameLimit, geometry } = readOptions([]);
    expect([tiers, sets, geometry]).toEqual([['static', 'warp', 'draft', 'standard', 'high'], ['synthetic', 'real', 'real-no-driver-pixels'], ['product', 'truth']]);
    expect(frameLimit).toBe(Infinity);
  });

  it('refuse what they do not know', () => {
    expect(() => readOptions(['--tiers', 'draft,best'])).toThrow('received "best"');
    expect(() => readOptions(['--frames', 'few'])).toThrow('--frames');
    expect(() => readOptions(['--speed'])).toThrow();
  });
});
