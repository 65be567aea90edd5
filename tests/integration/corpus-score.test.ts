import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { type DetectorDescription, scoreCorpus } from '#dist/index.js';
import { mediaTools } from '#dist/media/binaries.js';
import { readCorpus } from '#dist/corpus/read-corpus.js';
import { readScores, scoreKey } from '#dist/scoring/score-file.js';
import { sampledFrames } from '#dist/scoring/sampled-faces.js';
import { MEDIA, runCli, workFolder } from './run-cli.js';
import { writeCorpus, type FixtureClip } from './scoring-fixture.js';

const work = workFolder();
afterAll(() => work.remove());

let dir: string;
let log: string;
let detector: DetectorDescription;
let folders = 0;
beforeEach(() => {
  dir = work.file(`corpus${String(++folders)}`);
  log = `${dir}.log`;
  const script = fileURLToPath(new URL('./clip-scorer.mjs', import.meta.url));
  detector = { type: 'command', name: 'reader', command: `VIVANT_LOG="${log}" "${process.execPath}" "${script}"`, input: 'video', timeoutSeconds: 60 };
});

const asked = (): string[] => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []);
const clip = (id: string, attack: boolean, files: FixtureClip['files'], more: Partial<FixtureClip> = {}): FixtureClip => ({ id, attack, identity: id, files, ...more });

describe('scores of a corpus', () => {
  it('are asked for once, and kept', async () => {
    writeCorpus(dir, [clip('a', true, { raw: '0.9', c23: '0.8' }), clip('b', false, { raw: '0.1', c23: 'null' })]);
    const progress: number[] = [];
    const first = await scoreCorpus(dir, { detector, onProgress: ({ done, total }) => progress.push(done / total) });
    expect(first).toMatchObject({ clips: 4, scored: 4, cached: 0, unanswered: 1, failed: [], detector: 'reader', output: join(dir, 'scores', 'reader.jsonl') });
    expect(progress).toEqual([0.25, 0.5, 0.75, 1]);
    expect(asked()).toEqual(['a', 'a', 'b', 'b']);
    expect(await scoreCorpus(dir, { detector })).toMatchObject({ clips: 4, scored: 0, cached: 4, unanswered: 1 });
    expect(asked()).toHaveLength(4);
  });

  it('are addressed by content: a clip that was made anew is scored anew, a detector that changed scores all', async () => {
    writeCorpus(dir, [clip('a', true, { raw: '0.9' }), clip('b', false, { raw: '0.1' })]);
    await scoreCorpus(dir, { detector });
    writeCorpus(dir, [clip('a', true, { raw: '0.7' }), clip('b', false, { raw: '0.1' })]);
    expect(await scoreCorpus(dir, { detector })).toMatchObject({ scored: 1, cached: 1 });
    expect(await scoreCorpus(dir, { detector: { ...detector, version: '2' } })).toMatchObject({ scored: 2, cached: 0 });
    const { head, byKey } = (await readScores(join(dir, 'scores', 'reader.jsonl')))!;
    const { items } = await readCorpus(dir);
    expect(items.map((item) => byKey.get(scoreKey(head, item))?.score)).toEqual([0.7, 0.1]);
  });

  it('go on after a kill in the middle of a line', async () => {
    writeCorpus(dir, [clip('a', true, { raw: '0.9' }), clip('b', false, { raw: '0.1' })]);
    const { output } = await scoreCorpus(dir, { detector });
    truncateSync(output, readFileSync(output).length - 5);
    expect(await scoreCorpus(dir, { detector })).toMatchObject({ scored: 1, cached: 1 });
    expect(await scoreCorpus(dir, { detector })).toMatchObject({ scored: 0, cached: 2 });
  });

  it('stop between two clips when told to, and go on', async () => {
    writeCorpus(dir, ['a', 'b', 'c', 'd'].map((id) => clip(id, true, { raw: '0.5' + id.charCodeAt(0) })));
    const controller = new AbortController();
    await expect(scoreCorpus(dir, { detector, signal: controller.signal, onProgress: ({ done }) => done === 2 && controller.abort() })).rejects.toMatchObject({ code: 'ABORTED', message: expect.stringContaining('so far are kept') as string });
    expect(await scoreCorpus(dir, { detector })).toMatchObject({ scored: 2, cached: 2 });
  });

  it('of one split or some levels only', async () => {
    writeCorpus(dir, [clip('a', true, { raw: '0.9', c40: '0.8' }, { split: 'train' }), clip('b', false, { raw: '0.1', c40: '0.2' })]);
    expect(await scoreCorpus(dir, { detector, split: 'train', levels: ['c40'] })).toMatchObject({ clips: 1, scored: 1 });
    await expect(scoreCorpus(dir, { detector, levels: ['c23'] })).rejects.toMatchObject({ code: 'INVALID_CORPUS', message: expect.stringContaining('at c23') as string });
  });
});

describe('clips that fail', () => {
  it('are reported and do not stop the others', async () => {
    writeCorpus(dir, [clip('a', true, { raw: 'die' }), clip('b', false, { raw: '0.1' }), clip('c', false, { raw: '0.2' }), clip('d', true, { raw: '0.3' })]);
    appendFileSync(join(dir, 'items', 'c', 'raw.mp4'), 'altered');
    const report = await scoreCorpus(dir, { detector });
    expect(report).toMatchObject({ scored: 2, cached: 0 });
    expect(report.failed).toMatchObject([
      { id: 'a/raw', code: 'DETECTOR_FAILED', message: expect.stringContaining('exit code 9') as string },
      { id: 'c/raw', code: 'INVALID_CORPUS', message: expect.stringContaining('changed after it was made') as string },
    ]);
    // A failure is no score: it is tried again.
    expect((await scoreCorpus(dir, { detector })).failed).toHaveLength(2);
  });

  it('three times in a row end the run; what was scored is kept', async () => {
    writeCorpus(dir, [clip('a', true, { raw: '0.9' }), ...['b', 'c', 'd', 'e'].map((id) => clip(id, true, { raw: `die ${id}` }))]);
    await expect(scoreCorpus(dir, { detector })).rejects.toMatchObject({ code: 'DETECTOR_FAILED', message: expect.stringMatching(/3 clips in a row.*1 scores are kept.*exit code 9/) as string });
    expect(asked()).toEqual(['a', 'b', 'c', 'd']);
  });
});

describe('the command line', () => {
  it('says what is wrong', async () => {
    const run = (...args: string[]) => runCli(['corpus', 'score', ...args], work.path);
    expect(await run(work.file('nothing'), '--detector', 'antispoof')).toMatchObject({ code: 3, stderr: expect.stringContaining('Make one with "vivant corpus make"') as string });
    writeFileSync(work.file('corpus.json'), '{"format":"something"}');
    expect(await run(work.path, '--detector', 'antispoof')).toMatchObject({ code: 3, stderr: expect.stringContaining('INVALID_CORPUS') as string });
    writeCorpus(dir, [clip('a', true, { raw: '0.9' })]);
    expect(await run(dir)).toMatchObject({ code: 2, stderr: expect.stringContaining('one of --detector') as string });
    expect(await run(dir, '--detector-url', 'http://example.com/')).toMatchObject({ code: 2, stderr: expect.stringContaining('never sent to another machine') as string });
    expect(await run(dir, '--detector', 'antispoof', '--threshold', '0.4')).toMatchObject({ code: 2 });
    expect(await run(dir, '--detector', 'antispoof', '--backend', 'abacus')).toMatchObject({ code: 2, stderr: expect.stringContaining('abacus') as string });
  });

  it('scores with a command and ends with 8 when a clip failed', async () => {
    writeCorpus(dir, [clip('a', true, { raw: '0.9' }), clip('b', false, { raw: 'die' })]);
    const { code, stdout } = await runCli(['corpus', 'score', dir, '--detector-cmd', (detector as { command: string }).command, '--input', 'video', '--name', 'mine', '--json'], work.path);
    expect(code).toBe(8);
    expect(JSON.parse(stdout)).toMatchObject({ detector: 'mine', scored: 1, failed: [{ id: 'b/raw' }] });
  });
});

describe('a detector of pictures', () => {
  it('sees evenly spread frames', () => {
    expect(sampledFrames(10, 2)).toEqual([2, 7]);
    expect(sampledFrames(3, 8)).toEqual([0, 1, 2]);
    expect(sampledFrames(100, 3)).toEqual([16, 50, 83]);
  });

  it('sees faces, and never the band', async () => {
    // A webcam picture of 400 x 300 with a white band of 40 rows below, like a clip of a corpus; and one without anybody.
    const { ffmpeg } = await mediaTools();
    const make = (name: string, ...input: string[]): Uint8Array => {
      const path = work.file(name);
      execFileSync(ffmpeg.path, ['-v', 'error', '-y', ...input, '-vf', 'scale=400:300,pad=400:340:0:0:white', '-frames:v', '12', '-pix_fmt', 'yuv420p', path]);
      return readFileSync(path);
    };
    const size = { width: 400, height: 340 };
    const picture = { x: 0, y: 0, width: 400, height: 300 };
    const face = make('face.mp4', '-i', MEDIA.webcam);
    const nobody = make('nobody.mp4', '-f', 'lavfi', '-i', 'color=gray:size=400x300:rate=25');
    writeCorpus(dir, [clip('face', false, { c23: face }, { frames: 12, size, picture }), clip('nobody', true, { c23: nobody }, { frames: 12, size, picture })]);
    const report = await scoreCorpus(dir, { detector: 'antispoof', framesPerClip: 3, backend: 'wasm' });
    expect(report).toMatchObject({ scored: 2, unanswered: 1, failed: [] });
    expect(Math.min(report.stages.load.seconds, report.stages.score.seconds)).toBeGreaterThan(0);
    const { byKey } = (await readScores(report.output))!;
    const lines = new Map([...byKey.values()].map((line) => [line.id, line]));
    const { score, frames } = lines.get('face/c23')!;
    expect(frames.map(([index]) => index)).toEqual([2, 6, 10]);
    expect(score).toBeCloseTo(frames.reduce((sum, [, one]) => sum + one!, 0) / 3, 10);
    // Human itself says 0.72 "real" of this clip's first frame.
    expect(Math.abs(score! - 0.28)).toBeLessThan(0.15);
    expect(lines.get('nobody/c23')).toMatchObject({ score: null, frames: [[2, null], [6, null], [10, null]] });
  });
});
