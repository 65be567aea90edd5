import { createFrame, type Frame, type TimedFrame } from '../core/frame.js';

/** A copy of a source's frame that lives until it is given back. */
export interface HeldFrame extends TimedFrame {
  /** Gives the memory back. The frame must not be used after. */
  release(): void;
}

/** Copies frames into reused memory, so that several can be in flight while their source decodes the next one. */
export class FramePool {
  private readonly free: Frame[] = [];

  hold(frame: TimedFrame): HeldFrame {
    const { width, height, index, time } = frame;
    const fitting = this.free.findIndex((candidate) => candidate.width === width && candidate.height === height);
    const memory = fitting < 0 ? createFrame(width, height) : this.free.splice(fitting, 1)[0]!;
    memory.data.set(frame.data);
    let held = true;
    const release = (): void => {
      if (held) this.free.push(memory);
      held = false;
    };
    return { data: memory.data, width, height, index, time, release };
  }
}
