import type { Frame } from '../core/frame.js';
import type { DriverView, TargetFace } from '../core/motion.js';
import type { TargetStep } from '../motion/player.js';
import type { Driver, DriverMoment, Transfer } from './driver.js';
import type { StageClock } from './stage-clock.js';

/** One frame of the result before it is drawn. */
export interface Performed {
  readonly index: number;
  /** Seconds. */
  readonly time: number;
  readonly target: TargetFace;
  readonly view: DriverView | undefined;
  /** The driver's picture for a comparison. */
  readonly picture: Frame | undefined;
  /** Gives the driver picture's memory back. */
  release(): void;
}

/**
 * Turns what the driver does into what the sitter should do. The transfer may hold frames back (a gap is bridged when its
 * far side is seen); the driver's pictures wait here meanwhile, those without a face have none.
 */
export async function* perform<M>(driver: Driver<M>, transfer: Transfer<M>, clock: StageClock): AsyncGenerator<Performed> {
  const waiting = new Map<number, DriverMoment<M>>();
  const take = ({ index, time, target }: TargetStep): Performed => {
    const moment = waiting.get(index);
    waiting.delete(index);
    return { index, time, target, view: moment?.view, picture: moment?.picture, release: () => moment?.release() };
  };
  try {
    for await (const moment of driver.moments()) {
      waiting.set(moment.index, moment);
      for (const step of clock.measure('motion', () => transfer.push(moment))) yield take(step);
    }
    for (const step of clock.measure('motion', () => transfer.flush())) yield take(step);
  } finally {
    for (const moment of waiting.values()) moment.release();
  }
}
