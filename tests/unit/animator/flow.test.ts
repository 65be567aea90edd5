import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFaceFollower } from '#dist/animator/follow-face.js';
import { FramePool } from '#dist/animator/frame-pool.js';
import { easeFace, loopPerformance } from '#dist/animator/loop.js';
import { checkOutput, publish, writeFileOnce } from '#dist/animator/output-file.js';
import { cropToEven } from '#dist/animator/portraits.js';
import { type Progress, ProgressMeter } from '#dist/animator/progress.js';
import { StageClock, TIMED_STAGES } from '#dist/animator/stage-clock.js';
import { PersonalizeMeter } from '#dist/personalize/progress.js';
import { createFrame } from '#dist/core/frame.js';
import type { FaceLandmarks } from '#dist/core/landmarks.js';
import type { FaceState, TargetFace } from '#dist/core/motion.js';
import { fromHeadAngles, identityRotation, toHeadAngles } from '#dist/geometry/rotation.js';

function faceAt(x: number, width = 100): FaceLandmarks {
  return { points: new Float32Array(478 * 3), rotation: identityRotation(), box: { x, y: 0, width, height: width } };
}

describe('following one of several faces', () => {
  it('stays with the chosen one when sizes swap', () => {
    const follow = createFaceFollower((faces) => faces[1]);
    const right = faceAt(300, 90);
    expect(follow([faceAt(0), right])).toBe(right);
    const grown = faceAt(310, 140);
    expect(follow([grown, faceAt(0)])).toBe(grown);
    expect(follow([])).toBeUndefined();
    // The other one alone is not the one.
    expect(follow([faceAt(0)])).toBeUndefined();
    const back = faceAt(320, 120);
    expect(follow([faceAt(0), back])).toBe(back);
  });

  it('follows a lone face across a cut', () => {
    const follow = createFaceFollower((faces) => faces[0]);
    follow([faceAt(0)]);
    const far = faceAt(1000);
    expect(follow([far])).toBe(far);
  });

  it('waits for an index that is not there yet', () => {
    const follow = createFaceFollower((faces) => faces[1]);
    expect(follow([faceAt(0)])).toBeUndefined();
    const second = faceAt(400, 80);
    expect(follow([faceAt(0), second])).toBe(second);
  });
});

describe('frame pool', () => {
  it('copies, and uses memory again only after it was given back', () => {
    const pool = new FramePool();
    const source = { ...createFrame(4, 2), index: 0, time: 0 };
    const first = pool.hold(source);
    source.data.fill(9);
    expect(first.data[0]).toBe(0);
    const second = pool.hold({ ...source, index: 1 });
    expect(second.data).not.toBe(first.data);
    first.release();
    first.release();
    const third = pool.hold(source);
    expect(third.data).toBe(first.data);
    expect(pool.hold(source).data).not.toBe(first.data);
  });
});

function targetOf(state: FaceState): TargetFace {
  return { ...state, points: state.canonical, confidence: 1 };
}

const rest: FaceState = { canonical: new Float32Array(478 * 3), rotation: identityRotation(), scale: 100, centre: Float32Array.of(50, 50, 0) };
const turned: FaceState = { canonical: new Float32Array(478 * 3).fill(0.5), rotation: fromHeadAngles({ yaw: 20, pitch: 0, roll: 0 }), scale: 121, centre: Float32Array.of(60, 50, 0) };

describe('loop', () => {
  it('eases a face between rest and target', () => {
    const half = easeFace(rest, targetOf(turned), 0.5);
    expect(toHeadAngles(half.rotation).yaw).toBeCloseTo(10, 3);
    expect(half.scale).toBeCloseTo(110, 3);
    expect(half.centre[0]).toBeCloseTo(55);
    expect(half.confidence).toBe(0.5);
    expect(easeFace(rest, targetOf(turned), 0).points[0]).toBeCloseTo(50);
  });

  it.each([10, 40, 200])('starts and ends at rest, %i frames', async (frames) => {
    async function* performance() {
      for (let index = 0; index < frames; index++) yield { index, time: index / 25, target: targetOf(turned), view: undefined, picture: undefined, release: () => undefined };
    }
    const yaws: number[] = [];
    for await (const { target } of loopPerformance(performance(), rest, 25)) yaws.push(toHeadAngles(target.rotation).yaw);
    expect(yaws).toHaveLength(frames);
    expect(yaws[0]).toBeCloseTo(0, 3);
    expect(yaws.at(-1)).toBeCloseTo(0, 3);
    if (frames > 40) expect(Math.max(...yaws)).toBeCloseTo(20, 3);
    const steps = yaws.slice(1).map((yaw, i) => Math.abs(yaw - yaws[i]!));
    expect(Math.max(...steps)).toBeLessThan(3);
  });
});

describe('output', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'vivant-output-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const finished = (name: string): { path: string; sidecar: undefined } => {
    writeFileSync(join(folder, name), 'new');
    return { path: join(folder, name), sidecar: undefined };
  };

  it('does not replace a file that appeared meanwhile', async () => {
    const path = join(folder, 'out.mp4');
    await checkOutput(path, 'mp4', false);
    writeFileSync(path, 'old');
    await expect(publish(finished('a.partial'), path, 'mp4', false)).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' });
    await expect(checkOutput(path, 'mp4', false)).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' });
    expect(readFileSync(path, 'utf8')).toBe('old');
    await checkOutput(path, 'mp4', true);
    await publish(finished('b.partial'), path, 'mp4', true);
    expect(readFileSync(path, 'utf8')).toBe('new');
  });

  it('publishes no record without its file, and no file without its record', async () => {
    const path = join(folder, 'out.webm');
    writeFileSync(path, 'old');
    writeFileSync(join(folder, 'record'), '{}');
    await expect(publish({ ...finished('a.partial'), sidecar: join(folder, 'record') }, path, 'webm', false)).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' });
    expect(readdirSync(folder)).not.toContain('out.webm.c2pa.json');
  });

  it('replaces the frames of an earlier, longer sequence', async () => {
    const pattern = join(folder, 'f-%02d.png');
    for (const name of ['f-00.png', 'f-01.png', 'f-02.png']) writeFileSync(join(folder, name), 'old');
    await expect(checkOutput(pattern, 'png-sequence', false)).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' });
    const temporary = mkdtempSync(join(folder, '.partial-'));
    writeFileSync(join(temporary, 'f-00.png'), 'new');
    await publish({ path: temporary, sidecar: undefined }, pattern, 'png-sequence', true);
    expect(readdirSync(folder)).toEqual(['f-00.png']);
  });

  it('names what is wrong with the place', async () => {
    await expect(checkOutput(join(folder, 'none', 'out.mp4'), 'mp4', false)).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
    await expect(checkOutput(folder, 'mp4', true)).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
    await expect(writeFileOnce(join(folder, 'none', 'a.json'), '', false)).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
  });
});

describe('odd sides', () => {
  it('lose one pixel and nothing else', () => {
    const frame = createFrame(5, 3);
    for (let i = 0; i < 15; i++) frame.data[i * 4] = i;
    const even = cropToEven(frame);
    expect([even.width, even.height]).toEqual([4, 2]);
    expect([...even.data].filter((_, i) => i % 4 === 0)).toEqual([0, 1, 2, 3, 5, 6, 7, 8]);
    const fitting = createFrame(4, 2);
    expect(cropToEven(fitting)).toBe(fitting);
  });
});

describe('clocks', () => {
  it('counts overlapping work of one stage once', async () => {
    const clock = new StageClock(TIMED_STAGES);
    const work = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 40));
    await Promise.all([clock.measureAsync('landmarks', work), clock.measureAsync('landmarks', work), clock.measureAsync('decode', work)]);
    const { landmarks, decode } = clock.report(2, ['landmarks', 'decode']);
    expect(Math.abs(landmarks.seconds - decode.seconds)).toBeLessThan(decode.seconds / 2);
    expect(landmarks.perFrameMs).toBeCloseTo((landmarks.seconds * 1000) / 2, 0);
    expect(clock.seconds()).toMatchObject({ landmarks: { seconds: landmarks.seconds }, encode: { seconds: 0 } });
  });

  it('tell how long each stage of personalizing took', () => {
    let now = 0;
    const meter = new PersonalizeMeter(undefined, () => now);
    for (const [at, stage] of [[0, 'read'], [500, 'read'], [2000, 'pairs'], [2500, 'train'], [9000, 'train'], [9500, 'write']] as const) {
      now = at;
      meter.show(stage, 0, 1);
    }
    now = 9750;
    const took = { read: { seconds: 2 }, pairs: { seconds: 0.5 }, train: { seconds: 7 }, write: { seconds: 0.25 } };
    expect([meter.stages(), meter.stages()]).toEqual([took, took]);
  });

  it('tells rate and time left', () => {
    let now = 0;
    const seen: Progress[] = [];
    const meter = new ProgressMeter((progress) => seen.push(progress), () => now);
    meter.enter('animate', 100);
    for (let i = 0; i < 50; i++) {
      now += 40;
      meter.step(100);
    }
    expect(seen[0]).toEqual({ stage: 'animate', frame: 0, frames: 100, fps: 0, secondsLeft: undefined });
    expect(seen.at(-1)).toMatchObject({ stage: 'animate', frame: 50, frames: 100 });
    expect(seen.at(-1)!.fps).toBeCloseTo(25, 3);
    expect(seen.at(-1)!.secondsLeft).toBeCloseTo(2, 3);
  });
});
