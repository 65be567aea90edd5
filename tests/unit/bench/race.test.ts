import { describe, expect, it } from 'vitest';
// @ts-expect-error The bench is plain JavaScript.
import { intoPage, ratio, tables } from '../../../bench/peers/tables.mjs';

const row = (peer: string, side: number, cpuMsPerFrame: number, more: object = {}): object => ({
  peer, side, cpuMsPerFrame, cpus: 1, device: 'cpu', msPerFrame: 2 * cpuMsPerFrame, networkMs: 7, startupCpuSeconds: 2, startupSeconds: 3, framesPerCpuSecond: 9, fpsEndToEnd: 4, peakMB: 321, projected: false, ...more,
});
const race = (load: number, rows: object[]): object => ({
  measured: '2026-01-01T00:00:00Z', machine: { cpu: 'x', cpus: 2, platform: 'linux-x64', node: '20', load }, clip: { name: 'c', frames: 200, fps: 25 }, rows, yardstick: [], missing: [],
});
const PARTS = { parameters: { motion: 28_119_000, generator: 55_365_000 }, macsPerFrame: 622.6e9, macsOnce: 37.9e9, projected: true };

describe('tables of the race', () => {
  it('compare with our standard at the same size on as many cores', () => {
    const rows = [row('standard', 256, 50), row('standard', 512, 80), row('standard', 512, 99, { cpus: 2 }), row('liveportrait', 512, 16_000)];
    expect(ratio(rows[3], rows)).toBe(200);
    expect(ratio(row('fomm', 128, 1), rows)).toBeNull();
  });

  it("show the clock only of a machine that had nothing else to do", () => {
    const rows = [row('standard', 512, 80), row('liveportrait', 512, 16_000, PARTS)];
    const [quiet, busy] = [tables(race(0.1, rows)), tables(race(3, rows))];
    expect(quiet).toContain('| ms a frame |');
    expect(busy).not.toContain('| ms a frame |');
    expect(busy).toContain('| LivePortrait | 16000 | 200 x |');
    expect(busy).toContain('9.0 * | 321 |');
    expect(busy).toContain('| LivePortrait | 83.48 | motion 28.12, generator 55.37 | 622.6 | 37.9 |');
  });

  it('take the place of the last ones in the page, and nothing else', () => {
    const page = 'before\n<!-- race: written by bench/peers/race.mjs -->\nold\n<!-- /race -->\nafter\n';
    const once = intoPage(page, 'new');
    expect(once).toBe('before\n<!-- race: written by bench/peers/race.mjs -->\n\nnew\n\n<!-- /race -->\nafter\n');
    expect(intoPage(once, 'new')).toBe(once);
    expect(() => intoPage('nothing', 'new')).toThrow(/marks/);
  });
});
