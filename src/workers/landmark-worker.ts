import { parentPort } from 'node:worker_threads';
import type { Transferable } from 'node:worker_threads';
import { createFaceDetector } from '../landmarks/detector.js';
import type { FaceDetector } from '../landmarks/detector.js';
import type { LandmarkRequest, LandmarkResponse } from './protocol.js';
import { toWire } from './wire-error.js';

const port = parentPort!;
let detector: FaceDetector | undefined;

port.on('message', (request: LandmarkRequest) => {
  if (request.type === 'start') void start(request);
  else void detect(request);
});

async function start({ options }: Extract<LandmarkRequest, { type: 'start' }>): Promise<void> {
  try {
    detector = await createFaceDetector(options);
    send({ type: 'ready', model: detector.model });
  } catch (error) {
    send({ type: 'start-failed', error: toWire(error) });
  }
}

async function detect({ id, pixels, width, height, options }: Extract<LandmarkRequest, { type: 'detect' }>): Promise<void> {
  try {
    const frame = { data: new Uint8ClampedArray(pixels, 0, width * height * 4), width, height };
    const faces = await detector!.detect(frame, options);
    const memory = faces.flatMap(({ points, rotation }) => [points.buffer as ArrayBuffer, rotation.buffer as ArrayBuffer]);
    send({ type: 'detected', id, faces, pixels }, [pixels, ...memory]);
  } catch (error) {
    send({ type: 'detect-failed', id, error: toWire(error), pixels }, [pixels]);
  }
}

function send(response: LandmarkResponse, transfer: readonly Transferable[] = []): void {
  port.postMessage(response, transfer);
}
