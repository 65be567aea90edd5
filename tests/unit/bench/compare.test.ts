import { describe, expect, it } from 'vitest';
// @ts-expect-error The bench is plain JavaScript.
import { compare, words } from '../../../bench/compare.mjs';

const MACHINE = { cpu: 'x', cpus: 2, platform: 'linux-x64', node: '20.20.2', load: 0.1 };
const result = (cpuMsPerFrame: number, fps: number, machine: object = {}): object => ({
  measured: '2026-01-01',
  machine: { ...MACHINE, ...machine },
  speed: { cpuMsPerFrame, fpsAfterFirstFrame: fps, perFrameMs: { mark: 5 } },
  peakMemoryMB: { withSigningAndFfmpeg: 500 },
  memory: [{ withSigningAndFfmpegMB: 400 }],
});

describe('comparison with the stored result', () => {
  it('flags what got worse by more than noise, in either direction of good, as ratios', () => {
    const { ratios, regressions } = compare(result(40, 50), result(50, 40));
    expect(ratios['speed.cpuMsPerFrame']).toBe(1.25);
    expect(ratios['speed.fpsAfterFirstFrame']).toBe(0.8);
    expect(regressions.map(({ figure }: { figure: string }) => figure)).toEqual(['speed.cpuMsPerFrame', 'speed.fpsAfterFirstFrame']);
  });

  it('flags neither noise nor gains', () => {
    expect(compare(result(40, 50), result(43, 46)).regressions).toEqual([]);
    expect(compare(result(40, 50), result(20, 100)).regressions).toEqual([]);
  });

  it("doesn't believe the clock of a busy machine, but CPU time", () => {
    const { regressions, spoiled } = compare(result(40, 50), result(50, 10, { load: 3 }));
    expect(regressions.map(({ figure }: { figure: string }) => figure)).toEqual(['speed.cpuMsPerFrame']);
    expect(spoiled).toBe(3);
  });

  it('compares nothing with another machine, or with nothing', () => {
    expect(compare(result(40, 50, { cpus: 8 }), result(90, 9)).why).toContain('cpus 8, now 2');
    expect(compare(undefined, result(90, 9))).toMatchObject({ regressions: [], why: 'no stored result', against: null });
  });

  it('skips figures that only one of the two has', () => {
    const now = { ...result(40, 50), standard: { cpuMsPerFrame: 70 } };
    expect(Object.keys(compare(result(40, 50), now).ratios)).not.toContain('standard.cpuMsPerFrame');
  });

  it('says it in words', () => {
    expect(words(compare(result(40, 50), result(50, 50)))).toContain('REGRESSIONS: speed.cpuMsPerFrame 40 -> 50 (1.25)');
    expect(words(compare(result(40, 50), result(40, 50)))).toContain('No regression.');
  });
});
