import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { openDetector } from '#dist/detectors/open-detector.js';
import type { ClipView, FaceView, FrameDetector, SpoofDetector, VideoDetector } from '#dist/detectors/detector.js';
import { parseSpec } from '#dist/detectors/spec.js';

const child = fileURLToPath(new URL('./command-child.mjs', import.meta.url));
const opened: SpoofDetector[] = [];
const servers: Server[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((detector) => detector.close()));
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function open(spec: object): Promise<SpoofDetector> {
  const detector = await openDetector(parseSpec({ name: 'outside', timeoutSeconds: 30, ...spec }, 'test'));
  opened.push(detector);
  return detector;
}

async function command(fault = '', more: object = {}): Promise<FrameDetector> {
  return (await open({ type: 'command', command: `"${process.execPath}" "${child}" ${fault}`, ...more })) as FrameDetector;
}

/** A 2 x 1 picture: white and mid grey. */
function view(): FaceView {
  return { item: 'mona', index: 4, frame: { data: Uint8ClampedArray.from([255, 255, 255, 255, 128, 128, 128, 255]), width: 2, height: 1 }, face: { x: 0, y: 0, width: 2, height: 1 } };
}

const BRIGHTNESS = (255 + 128) / 2 / 255;

describe('a command', () => {
  it('is asked about pictures and answers scores, one process for all of them', async () => {
    const detector = await command('dies-second');
    expect(await detector.score(view())).toBeCloseTo(BRIGHTNESS, 6);
    // Its second answer never comes: that is a failure, and the third is asked of a new process.
    await expect(detector.score(view())).rejects.toMatchObject({ code: 'DETECTOR_FAILED', message: expect.stringMatching(/exit code 3.*no module named torch/) as string });
    expect(await detector.score(view())).toBeCloseTo(BRIGHTNESS, 6);
  });

  it('leaves no picture behind', async () => {
    const before = await temporary();
    const detector = await command();
    await detector.score(view());
    await detector.close();
    expect(await temporary()).toEqual(before);
  });

  it('turns "real" scores around', async () => {
    const detector = await command('', { scores: 'real' });
    expect(await detector.score(view())).toBeCloseTo(1 - BRIGHTNESS, 6);
  });

  it('can take the clip itself', async () => {
    const detector = (await command('', { input: 'video' })) as unknown as VideoDetector;
    expect(detector.kind).toBe('video');
    const clip: ClipView = { item: 'mona', video: '/clips/mona.mp4', picture: { x: 0, y: 0, width: 25, height: 30 } };
    expect(await detector.score(clip)).toBe(0.25);
  });

  it.each([
    ['garbage', /one JSON object but received "Loading weights..."/],
    ['out-of-range', /0\.\.1 or null/],
    ['wrong-id', /answer to question 1/],
    ['says-error', /out of memory/],
    ['dies', /exit code 3 before it answered.*no module named torch/],
  ])('that is %s ends in DETECTOR_FAILED', async (fault, message) => {
    const detector = await command(fault);
    await expect(detector.score(view())).rejects.toMatchObject({ code: 'DETECTOR_FAILED', message: expect.stringMatching(message) as string });
  });

  it('that never answers is ended after its time', async () => {
    const detector = await command('silent', { timeoutSeconds: 0.5 });
    await expect(detector.score(view())).rejects.toMatchObject({ code: 'DETECTOR_FAILED', message: expect.stringMatching(/no answer within 0\.5 s/) as string });
  });

  it('that does not exist is named', async () => {
    const detector = (await open({ type: 'command', command: 'no-such-program-here' })) as FrameDetector;
    await expect(detector.score(view())).rejects.toMatchObject({ code: 'DETECTOR_FAILED', message: expect.stringContaining('no-such-program-here') as string });
  });

  it('stops when it is told to', async () => {
    const detector = await command('silent');
    const controller = new AbortController();
    const answer = detector.score(view(), controller.signal);
    setImmediate(() => controller.abort());
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('has another fingerprint when a file of its command changes, and when its version does', async () => {
    const plain = await command();
    expect((await command()).info.fingerprint).toBe(plain.info.fingerprint);
    expect((await command('', { version: '2' })).info.fingerprint).not.toBe(plain.info.fingerprint);
    const other = await open({ type: 'command', command: `"${process.execPath}" "${fileURLToPath(import.meta.url)}" ` });
    expect(other.info.fingerprint).not.toBe(plain.info.fingerprint);
  });
});

describe('an endpoint', () => {
  async function serve(answer: (question: { readonly id: number; readonly image: string }) => { readonly status?: number; readonly headers?: Record<string, string>; readonly body: string }): Promise<FrameDetector> {
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const { status = 200, headers = {}, body: text } = answer(JSON.parse(body) as { id: number; image: string });
        response.writeHead(status, headers).end(text);
      });
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (await open({ type: 'http', url: `http://localhost:${String((server.address() as AddressInfo).port)}/score` })) as FrameDetector;
  }

  it('is posted the question and answers a score', async () => {
    const detector = await serve(({ id, image }) => ({ body: JSON.stringify({ id, score: existsSync(image) ? 0.75 : 0 }) }));
    expect(await detector.score(view())).toBe(0.75);
    expect(await detector.score(view())).toBe(0.75);
  });

  it.each([
    ['another status', { status: 500, body: 'no GPU' }, /status 200 but received 500 no GPU/],
    ['a redirect, which is not followed', { status: 302, headers: { location: 'http://example.com/' }, body: '' }, /status 200 but received 302/],
    ['garbage', { body: '<html>' }, /one JSON object/],
    ['too much', { body: 'x'.repeat(100_000) }, /more than 65536 bytes/],
  ])('that answers %s ends in DETECTOR_FAILED', async (_, answer, message) => {
    const detector = await serve(() => answer);
    await expect(detector.score(view())).rejects.toMatchObject({ code: 'DETECTOR_FAILED', message: expect.stringMatching(message) as string });
  });

  it('that is not there ends in DETECTOR_FAILED', async () => {
    const detector = await serve(() => ({ body: '' }));
    servers.splice(0).forEach((server) => server.close());
    await expect(detector.score(view())).rejects.toMatchObject({ code: 'DETECTOR_FAILED', message: expect.stringContaining('ECONNREFUSED') as string });
  });

  it.each(['http://example.com/score', 'http://10.0.0.5/score', 'https://127.0.0.1/', 'http://localhost.example.com/', 'http://127.0.0.1.example.com/', 'file:///etc/passwd', 'score'])(
    'elsewhere is refused: %s',
    async (url) => {
      await expect(open({ type: 'http', url })).rejects.toMatchObject({ code: 'INVALID_OPTION', message: expect.stringContaining('never sent to another machine') as string });
    },
  );
});

async function temporary(): Promise<readonly string[]> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith('.vivant-detector.'));
}
