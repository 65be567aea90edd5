import { drawAhead } from '#dist/animator/draw-ahead.js';
import { StageClock, TIMED_STAGES } from '#dist/animator/stage-clock.js';
import { describe, expect, it } from 'vitest';

type Step = Parameters<typeof drawAhead>[0] extends AsyncIterable<infer S> ? S : never;
type Generator = Parameters<typeof drawAhead>[1];

const SIZE = { width: 4, height: 2 };

/** Steps that note when they are given back. */
function performance(count: number) {
  const released: number[] = [];
  const asked: number[] = [];
  async function* steps(): AsyncGenerator<Step> {
    for (let index = 0; index < count; index++) {
      asked.push(index);
      yield { index, time: index / 25, target: { index } as never, view: undefined, picture: undefined, release: () => released.push(index) };
    }
  }
  return { steps: steps(), released, asked };
}

/** Writes a frame's number into its canvas after a while; later frames may be ready sooner. */
function generator(overlap: number | undefined, failing?: number) {
  let busy = 0;
  let most = 0;
  const made: Generator = {
    quality: 'standard',
    ...(overlap === undefined ? {} : { overlap }),
    async render(target, _view, out) {
      const { index } = target as unknown as { index: number };
      most = Math.max(most, ++busy);
      for (let i = 0; i < (index % 3) * 2; i++) await Promise.resolve();
      busy--;
      if (index === failing) throw new Error(`frame ${index}`);
      out.data.fill(index);
    },
    close: () => Promise.resolve(),
  };
  return { made, most: () => most, busy: () => busy };
}

describe('drawAhead', () => {
  it.each([undefined, 1, 2, 3])('hands out every frame in order, complete, with an overlap of %s', async (overlap) => {
    const { steps, released } = performance(10);
    const { made, most } = generator(overlap);
    const seen: number[] = [];
    for await (const { step, canvas } of drawAhead(steps, made, SIZE, new StageClock(TIMED_STAGES))) {
      expect(canvas.data.every((value) => value === step.index)).toBe(true);
      await Promise.resolve(); // What follows may wait; the canvas stays as it is.
      expect(canvas.data[0]).toBe(step.index);
      seen.push(step.index);
      step.release();
    }
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(released).toEqual(seen);
    expect(most()).toBeLessThanOrEqual(overlap ?? 1);
  });

  it('fails with the frame that failed, after those before it, and gives the rest back', async () => {
    const { steps, released } = performance(10);
    const { made, busy } = generator(2, 4);
    const seen: number[] = [];
    const all = async (): Promise<void> => {
      for await (const { step } of drawAhead(steps, made, SIZE, new StageClock(TIMED_STAGES))) {
        seen.push(step.index);
        step.release();
      }
    };
    await expect(all()).rejects.toThrow('frame 4');
    expect(seen).toEqual([0, 1, 2, 3]);
    expect(released).toEqual([0, 1, 2, 3, 4, 5]);
    expect(busy()).toBe(0);
  });

  it('waits for what is under way when the consumer leaves', async () => {
    const { steps, released, asked } = performance(10);
    const { made, busy } = generator(2);
    for await (const { step } of drawAhead(steps, made, SIZE, new StageClock(TIMED_STAGES))) {
      step.release();
      if (step.index === 3) break;
    }
    expect(busy()).toBe(0);
    expect(released.sort()).toEqual(asked);
  });
});
