import { describe, expect, it } from 'vitest';
import { toHeadAngles } from '#dist/geometry/rotation.js';
import { createMotionStream, type MotionStreamOptions } from '#dist/motion/stream.js';
import { face, facePoints, furthest, type Sitter } from './synthetic-face.js';

const SITTER: Sitter = { broad: 0.95, scale: 120 };
const FPS = 25;

type Step = ReturnType<ReturnType<typeof createMotionStream>['push']>[number];

/** Plays `clip` (undefined: no face); gives the targets and when each came out. */
function play(clip: readonly (Sitter | undefined)[], options: Partial<MotionStreamOptions> = {}, fps = FPS) {
  const stream = createMotionStream({
    source: face(SITTER), reference: face(), mode: 'relative', amplitude: 1, smooth: 0.5, region: 'all', fps, ...options,
  });
  const steps: Step[] = [];
  const heldBack: number[] = [];
  clip.forEach((now, index) => {
    steps.push(...stream.push({ index, time: index / fps, state: now && face(now) }));
    heldBack.push(index + 1 - steps.length);
  });
  steps.push(...stream.flush());
  return { steps, heldBack, bridged: stream.bridged, yaw: steps.map(({ target }) => toHeadAngles(target.rotation).yaw) };
}

function times<T>(count: number, make: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => make(i));
}

/** Mean size of second differences: what the eye sees as trembling. */
function jitter(values: readonly number[]): number {
  return values.slice(2).reduce((sum, value, i) => sum + Math.abs(value - 2 * values[i + 1]! + values[i]!), 0) / (values.length - 2);
}

/** Repeatable noise, about +-1. */
function noise(seed: number): number {
  const x = Math.sin(seed * 127.1) * 43_758.545;
  return 2 * (x - Math.floor(x)) - 1;
}

describe('stream', () => {
  it('gives every frame once, in order, an eighth of a second later when nothing is missing, at once unsmoothed', () => {
    const clip = times(30, (i): Sitter => ({ yaw: Math.sin(i / 5) * 8, gap: 0.05 + 0.05 * Math.sin(i) }));
    const { steps, heldBack, bridged } = play(clip);
    expect(steps.map(({ index }) => index)).toEqual(times(30, (i) => i));
    expect(steps.map(({ time }) => time)).toEqual(times(30, (i) => i / FPS));
    expect(Math.max(...heldBack)).toBe(3);
    expect(Math.max(...play(clip, { smooth: 0 }).heldBack)).toBe(0);
    expect(Math.max(...play(clip, {}, 100).heldBack)).toBe(6);
    expect(bridged).toEqual([]);
    expect(steps.every(({ target }) => target.confidence === 1)).toBe(true);
  });

  it('shows exactly the sitter while the driver rests', () => {
    for (const { target } of play(times(10, () => ({}))).steps) expect(furthest(target.points, facePoints(SITTER))).toBeLessThan(0.01);
  });

  it('closes parted lips in speech and lets them part again in silence', () => {
    const speech: Sitter[] = [...times(10, () => ({})), ...times(50, (i) => ({ gap: i % 10 < 6 ? 0.12 : 0.004 })), ...times(100, () => ({}))];
    const { steps } = play(speech, { source: face({ ...SITTER, gap: 0.05 }) });
    const gap = (i: number) => steps[i]!.target.canonical[3 * 14 + 1]! - steps[i]!.target.canonical[3 * 13 + 1]!;
    expect(gap(5)).toBeGreaterThan(0.07);
    for (const shut of [18, 19, 28, 29, 38, 39]) expect(gap(shut), `frame ${shut}`).toBeLessThan(0.012);
    expect(gap(159)).toBeGreaterThan(0.07);
  });
});

describe('smoothing', () => {
  const trembling = times(100, (i): Sitter => ({ yaw: 10 * Math.sin(i / 12) + 0.4 * noise(i), pitch: 0.4 * noise(i + 999), scale: 100 * (1 + 0.006 * noise(i + 500)), gap: 0.06 + 0.05 * Math.sin(i / 2) }));

  it('takes trembling and pulsing out of the head, and keeps its motion', () => {
    const { steps, yaw } = play(trembling);
    expect(jitter(yaw) / jitter(trembling.map((d) => d.yaw!))).toBeLessThan(0.5);
    expect(jitter(steps.map(({ target }) => target.scale / 120)) / jitter(trembling.map((d) => d.scale! / 100))).toBeLessThan(0.2);
    expect(Math.max(...yaw) - Math.min(...yaw)).toBeGreaterThan(17);
  });

  it('holds more the higher it is set, and nothing at 0', () => {
    const shake = (smooth: number) => jitter(play(trembling, { smooth }).yaw);
    const raw = shake(0);
    expect(raw / jitter(trembling.map((d) => d.yaw!))).toBeCloseTo(1, 1);
    expect(shake(0.25)).toBeLessThan(raw);
    expect(shake(0.5)).toBeLessThan(shake(0.25));
    expect(shake(1)).toBeLessThan(shake(0.5));
  });

  it('lets the lips go within a frame', () => {
    const pop = times(20, (i): Sitter => ({ gap: i === 10 ? 0.15 : 0.004 }));
    const gaps = play(pop).steps.map(({ target }) => target.canonical[3 * 14 + 1]! - target.canonical[3 * 13 + 1]!);
    const whole = play(pop, { smooth: 0 }).steps.map(({ target }) => target.canonical[3 * 14 + 1]! - target.canonical[3 * 13 + 1]!);
    expect(gaps[10]! / whole[10]!).toBeGreaterThan(0.6);
    expect(gaps[13]! / whole[10]!).toBeLessThan(0.1);
  });

  it('is neither late nor early: where a head turns as if seen backwards, so does the sitter', () => {
    const there = times(61, (i): Sitter => ({ yaw: 12 * Math.exp(-(((i - 30) / 6) ** 2)), gap: i >= 28 && i <= 32 ? 0.1 : 0.004 }));
    const { steps, yaw } = play(there);
    const gap = (i: number) => steps[i]!.target.canonical[3 * 14 + 1]! - steps[i]!.target.canonical[3 * 13 + 1]!;
    for (let i = 1; i <= 12; i++) {
      expect(Math.abs(yaw[30 - i]! - yaw[30 + i]!), `yaw, ${i} frames away`).toBeLessThan(0.35);
      expect(Math.abs(gap(30 - i) - gap(30 + i)), `lips, ${i} frames away`).toBeLessThan(0.01);
    }
  });

  it('minds the frame rate: twice the frames, the same motion', () => {
    const at = (fps: number) => play(times(fps * 2, (i) => ({ yaw: i / fps < 0.5 ? 0 : 10 })), {}, fps).yaw[Math.round(fps * 0.7)]!;
    expect(Math.abs(at(25) - at(50))).toBeLessThan(1.5);
  });
});

describe('gaps', () => {
  const turning = (i: number): Sitter => ({ yaw: i / 2, gap: 0.05 + 0.04 * Math.sin(i / 3) });

  it('are bridged smoothly when short, and reported', () => {
    const clip = times(40, (i) => (i >= 15 && i < 25 ? undefined : turning(i)));
    const { steps, bridged, yaw, heldBack } = play(clip, { smooth: 0 });
    expect(bridged).toEqual([{ from: 15, to: 24 }]);
    expect(steps.map(({ index }) => index)).toEqual(times(40, (i) => i));
    expect(heldBack[24]).toBe(10);
    for (let i = 16; i < 30; i++) {
      expect(yaw[i]! - yaw[i - 1]!).toBeGreaterThan(0);
      expect(yaw[i]! - yaw[i - 1]!).toBeLessThan(1.5);
    }
    for (const { index, target } of steps) expect(target.confidence).toBe(index >= 15 && index < 25 ? 0 : 1);
  });

  it('that are long end at rest and are left gently; hardly more than a second is held back', () => {
    const clip = times(160, (i) => (i >= 30 && i < 100 ? undefined : { yaw: 12, gap: 0.1 }));
    const { steps, bridged, heldBack, yaw } = play(clip);
    expect(bridged).toEqual([{ from: 30, to: 99 }]);
    expect(Math.max(...heldBack)).toBeLessThanOrEqual(FPS + 3);
    const rest = facePoints(SITTER);
    for (let i = 55; i < 100; i++) expect(furthest(steps[i]!.target.points, rest)).toBeLessThan(0.01);
    for (let i = 1; i < 160; i++) expect(Math.abs(yaw[i]! - yaw[i - 1]!)).toBeLessThan(2);
    expect(yaw[130]).toBeCloseTo(12, 0);
    expect(steps[100]!.target.confidence).toBeLessThan(0.1);
    expect(steps[130]!.target.confidence).toBe(1);
  });

  it('at the start are spent at rest, at the end eased out', () => {
    const { steps, bridged, yaw } = play(times(80, (i) => (i < 20 || i >= 60 ? undefined : { yaw: 10 })));
    expect(bridged).toEqual([{ from: 0, to: 19 }, { from: 60, to: 79 }]);
    const rest = facePoints(SITTER);
    for (let i = 0; i <= 20; i++) expect(furthest(steps[i]!.target.points, rest)).toBeLessThan(0.01);
    expect(yaw[50]).toBeCloseTo(10, 0);
    for (let i = 1; i < 80; i++) expect(Math.abs(yaw[i]! - yaw[i - 1]!)).toBeLessThan(2);
    expect(Math.abs(yaw[79]!)).toBeLessThan(0.5);
  });

  it('that are long let nothing through from their far side', () => {
    const clip = times(120, (i) => (i >= 30 && i < 100 ? undefined : { yaw: i < 30 ? 12 : -12 }));
    const until = play(clip.slice(0, 100)).steps;
    play(clip).steps.slice(0, 100).forEach(({ target }, i) => expect(furthest(target.points, until[i]!.target.points)).toBe(0));
  });

  it('do not make a whole clip without a face fail', () => {
    const { steps, bridged } = play(times(12, () => undefined));
    expect(steps).toHaveLength(12);
    expect(bridged).toEqual([{ from: 0, to: 11 }]);
  });

  it('swallow a slip of the detector', () => {
    const clip = times(30, (i): Sitter => (i === 12 || i === 13 ? { yaw: -40, centre: [520, 90], scale: 60 } : { yaw: i / 3 }));
    const { steps, bridged, yaw } = play(clip, { smooth: 0 });
    expect(bridged).toEqual([{ from: 12, to: 13 }]);
    for (let i = 1; i < 30; i++) expect(Math.abs(yaw[i]! - yaw[i - 1]!)).toBeLessThan(1);
    expect(steps[12]!.target.confidence).toBe(0);
  });

  it('are not seen in a cut, which is followed', () => {
    const { bridged, yaw, steps } = play(times(30, (i) => (i < 12 ? { yaw: -12, centre: [200, 200] } : { yaw: 12, centre: [400, 300] })));
    expect(bridged).toEqual([]);
    expect(steps).toHaveLength(30);
    expect(yaw[25]).toBeGreaterThan(9);
  });
});
