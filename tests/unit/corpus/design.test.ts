import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expandDesign } from '#dist/corpus/design/combinations.js';
import { cutSegments } from '#dist/corpus/design/segments.js';
import { type Appearance, assignSplits, checkNoLeak, type Role, SPLITS, type Split } from '#dist/corpus/design/splits.js';
import { keyed } from '#dist/corpus/job.js';
import { manifestLineSchema, type DesignLine, type DriverLine, type SubjectLine } from '#dist/corpus/manifest/schema.js';
import { decoyStretches } from '#dist/corpus/make/decoy-frames.js';

const SHARES = { train: 0.6, val: 0.2, test: 0.2 };
const line = (value: object): unknown => manifestLineSchema.parse(value);
const subjects = Array.from({ length: 7 }, (_, i) => line({ type: 'subject', id: `s${i}`, photos: ['p.jpg'], rights: { basis: 'licensed', subject: 'nobody' } }) as SubjectLine);
const drivers = Array.from({ length: 3 }, (_, i) => line({ type: 'driver', id: `d${i}`, video: 'v.mp4', rights: { basis: 'synthetic' } }) as DriverLine);

const ROLES: readonly Role[] = ['recording', 'driver', 'subject'];
/** `count` identities in one role. */
const cast = (role: Role, count: number): Appearance[] => Array.from({ length: count }, (_, i) => ({ identity: `p${i}`, role }));

describe('splits', () => {
  it('keep an identity together however it appears, and fill their shares', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 5, max: 40 }), (seed, count) => {
        const splits = assignSplits(cast('subject', count), SHARES, seed);
        const sizes = SPLITS.map((split) => [...splits.values()].filter((name) => name === split).length);
        expect(sizes.every((size) => size > 0)).toBe(true);
        expect(Math.abs(sizes[0]! - 0.6 * count)).toBeLessThanOrEqual(1.5);
      }),
    );
  });

  it('have somebody of every role where there are enough, whoever plays several', () => {
    const people = fc.array(fc.subarray([...ROLES], { minLength: 1 }), { minLength: 3, maxLength: 12 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), people, (seed, roles) => {
        const appearances = roles.flatMap((all, i) => all.map((role) => ({ identity: `p${i}`, role })));
        const splits = assignSplits(appearances, SHARES, seed);
        const used = SPLITS.filter((split) => [...splits.values()].includes(split));
        const sizes = ROLES.map((role) => roles.filter((all) => all.includes(role)).length).filter((size) => size > 0);
        expect(used).toHaveLength(Math.min(3, ...sizes));
        expect(splits.size).toBe(roles.length);
      }),
    );
    // Two of the three who are filmed also drive: they must not end up in one split.
    for (let seed = 0; seed < 20; seed++) {
      const splits = assignSplits([...cast('recording', 3), ...cast('driver', 2), { identity: 'p2', role: 'subject' }, { identity: 's', role: 'subject' }], SHARES, seed);
      expect([splits.get('p0'), splits.get('p1')].sort()).toEqual(['test', 'train']);
      expect([splits.get('p2'), splits.get('s')].sort()).toEqual(['test', 'train']);
    }
  });

  it('are fewer where too few people are filmed or drive, and none is left with one class', () => {
    const splits = assignSplits([...cast('recording', 2), ...cast('driver', 9), ...cast('subject', 30)], SHARES, 3);
    expect(new Set(splits.values())).toEqual(new Set(['train', 'test']));
    expect(new Set(assignSplits([...cast('driver', 1), ...cast('subject', 30)], SHARES, 3).values())).toEqual(new Set(['train']));
    // A manifest that fixes somebody for val opens it.
    const fixed = assignSplits([...cast('recording', 2), { identity: 'v', role: 'recording', split: 'val' }, ...cast('driver', 9)], SHARES, 3);
    expect(new Set(fixed.values())).toEqual(new Set(SPLITS));
  });

  it('depend on the seed and on nothing else', () => {
    const appearances = subjects.map(({ id }) => ({ identity: id, role: 'subject' as const }));
    const [a, b] = [assignSplits(appearances, SHARES, 5), assignSplits([...appearances].reverse(), SHARES, 5)];
    expect([...a].sort()).toEqual([...b].sort());
    const others = [6, 7, 8, 9].map((seed) => [...assignSplits(appearances, SHARES, seed)].sort().join());
    expect(new Set([...others, [...a].sort().join()]).size).toBeGreaterThan(1);
  });

  it('respect what the manifest fixes, and leave closed splits empty', () => {
    const splits = assignSplits([{ identity: 'a', role: 'subject', split: 'val' }, ...['b', 'c', 'd'].map((identity) => ({ identity, role: 'subject' as const }))], { train: 1, val: 0, test: 1 }, 1);
    expect(splits.get('a')).toBe('val');
    expect(['b', 'c', 'd'].map((name) => splits.get(name)).filter((split) => split === 'val')).toEqual([]);
  });

  it('with a leak are refused', () => {
    const clip = (id: string, split: Split, ...identities: string[]) => ({ id, split, identities });
    expect(() => checkNoLeak([clip('1', 'train', 'a', 'b'), clip('2', 'train', 'b')])).not.toThrow();
    expect(() => checkNoLeak([clip('1', 'train', 'a', 'driver'), clip('2', 'test', 'c', 'driver')])).toThrow(/driver is in train \(1\) and in test \(2\)/);
  });
});

describe('a design', () => {
  const splitOf = (entry: SubjectLine | DriverLine): Split => (['train', 'test'] as const)[Number(entry.id.slice(1)) % 2]!;
  const parts = { subjects, drivers, splitOf, seed: 1, seconds: 3 };
  const expand = (design: object) => expandDesign(line({ type: 'design', ...design }) as DesignLine, parts);

  it('pairs sitters and drivers of one split only', () => {
    const clips = expand({ takes: 2, settings: [{}, { motion: 'absolute' }] });
    // Four even sitters with two even drivers, three odd sitters with one odd driver.
    expect(clips).toHaveLength((4 * 2 + 3 * 1) * 2 * 2);
    expect(clips.every(({ subject, driver }) => splitOf(subject) === splitOf(driver))).toBe(true);
  });

  it('samples evenly and repeatably', () => {
    const [a, b] = [expand({ takes: 4, count: 15 }), expand({ takes: 4, count: 15 })];
    expect(a).toEqual(b);
    expect(a).toHaveLength(15);
    const perSitter = subjects.map(({ id }) => a.filter(({ subject }) => subject.id === id).length);
    expect(Math.max(...perSitter) - Math.min(...perSitter)).toBeLessThanOrEqual(1);
    expect(expand({ takes: 4, count: 15, seed: 2 })).not.toEqual(a);
  });

  it('takes other parts of the driver for other takes', () => {
    const places = expand({ takes: 5, subjects: ['s0'], drivers: ['d0'] }).map(({ place }) => place);
    expect(new Set(places).size).toBe(5);
    expect(places.every((place) => place >= 0 && place < 1)).toBe(true);
  });
});

describe('segments', () => {
  it('are disjoint, inside, and as many as there is room for', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 50, noNaN: true }), fc.double({ min: 0.5, max: 300, noNaN: true }), fc.double({ min: 0.5, max: 20, noNaN: true }), fc.integer({ min: 1, max: 30 }), (from, room, length, wanted) => {
        const cuts = cutSegments(from, from + room, length, wanted);
        expect(cuts.length).toBeGreaterThan(0);
        expect(cuts.length).toBeLessThanOrEqual(wanted);
        for (const [i, [start, end]] of cuts.entries()) {
          expect(start).toBeGreaterThanOrEqual((cuts[i - 1]?.[1] ?? from) - 1e-6);
          expect(end).toBeLessThanOrEqual(from + room + 1e-6);
        }
      }),
    );
  });
});

describe('decoy frames', () => {
  it.each([0, 0.25, 0.5, 1])('make up the share %d', (share) => {
    const runs = decoyStretches(600, share, 'seed');
    expect(runs.reduce((sum, [from, to]) => sum + to - from + 1, 0) / 600).toBeCloseTo(share, 1);
    for (const [i, [from]] of runs.entries()) if (i > 0) expect(from).toBeGreaterThan(runs[i - 1]![1] + 1);
  });
});

describe('a job', () => {
  const base = {
    kind: 'bonafide',
    corpus: 'demo',
    split: 'train',
    identity: 'a',
    identities: ['a'],
    groups: {},
    seconds: 2,
    root: '/one',
    geometry: { side: 256, margin: 2.2, render: 640 },
    levels: ['raw'],
    seed: 1,
    take: 0,
    tool: { name: 't', version: '1' },
    recording: { id: 'r', video: { path: 'v.mp4', sha256: 'f'.repeat(64) }, rights: { basis: 'consent', subject: 'A' }, start: 0, end: 2 },
    decoy: 1,
  } as const;

  it('has a key of everything that decides the frames, of the rights, and of nothing else', () => {
    const { key, id } = keyed(base);
    expect(id).toBe(`r__real__${key.slice(0, 8)}`);
    expect(keyed({ ...base, root: '/two', corpus: 'other', split: 'test', groups: { age: '9' } }).key).toBe(key);
    const changes: object[] = [{ seed: 2 }, { decoy: 0.5 }, { levels: ['c23'] }, { tool: { name: 't', version: '2' } }, { geometry: { ...base.geometry, side: 128 } }, { recording: { ...base.recording, start: 0.5 } }, { recording: { ...base.recording, rights: { basis: 'licensed', subject: 'A' } } }];
    const keys = changes.map((change) => keyed({ ...base, ...change }).key);
    expect(new Set([key, ...keys]).size).toBe(changes.length + 1);
  });
});
