import { createFrame, type Frame } from '../core/frame.js';
import type { Generator } from '../core/ports.js';
import type { Performed } from './perform.js';
import type { StageClock } from './stage-clock.js';

/** A drawn frame; its canvas is drawn over when the next but few is asked for. */
export interface Drawn {
  readonly step: Performed;
  readonly canvas: Frame;
}

interface UnderWay extends Drawn {
  readonly rendering: Promise<void>;
}

/**
 * Draws a performance in order, as many frames at a time as the generator can have under way; each has a canvas of its own.
 * The consumer releases the steps that it was given.
 */
export async function* drawAhead(
  steps: AsyncIterable<Performed>,
  generator: Generator,
  { width, height }: Pick<Frame, 'width' | 'height'>,
  clock: StageClock,
): AsyncGenerator<Drawn, void, undefined> {
  const overlap = generator.overlap ?? 1;
  const canvases: Frame[] = Array.from({ length: overlap }, () => createFrame(width, height));
  const queue: UnderWay[] = [];
  const finish = async function* (): AsyncGenerator<Drawn, void, undefined> {
    const { rendering, step, canvas } = queue[0]!;
    await rendering;
    queue.shift();
    yield { step, canvas };
    canvases.push(canvas);
  };
  try {
    for await (const step of steps) {
      const canvas = canvases.pop()!;
      const rendering = clock.measureAsync('generate', () => generator.render(step.target, step.view, canvas));
      rendering.catch(() => undefined); // Reported when its turn comes, unless an earlier frame failed.
      queue.push({ step, canvas, rendering });
      if (queue.length === overlap) yield* finish();
    }
    while (queue.length > 0) yield* finish();
  } finally {
    // The generator must not be closed, nor a driver's picture given back, while a frame is drawn from it.
    for (const { rendering, step } of queue) {
      await rendering.catch(() => undefined);
      step.release();
    }
  }
}
