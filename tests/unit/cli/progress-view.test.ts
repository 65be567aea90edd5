import { describe, expect, it } from 'vitest';
import { barLine, plainLine, ProgressView } from '#dist/cli/progress-view.js';
import type { Terminal } from '#dist/cli/terminal.js';
import type { Progress } from '#dist/index.js';

const half: Progress = { stage: 'animate', frame: 50, frames: 100, fps: 25, secondsLeft: 2 };

function fakeTerminal(interactive: boolean): Terminal & { readonly written: string[] } {
  const written: string[] = [];
  return { written, out: () => undefined, err: (text) => written.push(text), interactive, columns: 80, signal: new AbortController().signal };
}

describe('progress', () => {
  it('shows frames, rate and time left', () => {
    expect(plainLine(half)).toBe('Animating: 50/100 frames, 25.0 fps, 2 s left');
    expect(barLine(half, 80)).toBe('[############............]  50 %  50/100 frames, 25.0 fps, 2 s left');
    expect(barLine({ ...half, secondsLeft: 125 }, 80)).toContain('2 min 05 s left');
    expect(barLine({ ...half, frames: undefined, secondsLeft: undefined }, 80)).toContain('frame 50, 25.0 fps');
  });

  it('never exceeds the width of the terminal', () => {
    for (const columns of [10, 40, 80]) expect(barLine(half, columns).length).toBeLessThanOrEqual(columns);
  });

  it('redraws one line on a terminal and takes it away at the end', () => {
    const terminal = fakeTerminal(true);
    const view = new ProgressView(terminal, false);
    view.show(half);
    view.end();
    expect(terminal.written.join('')).toMatch(/^\r\u001b\[2K\[#+\.+\].*\r\u001b\[2K$/);
  });

  it('writes plain lines elsewhere, one a stage at least, and nothing when quiet', () => {
    const terminal = fakeTerminal(false);
    const view = new ProgressView(terminal, false);
    view.show({ ...half, stage: 'prepare', frame: 0 });
    view.show(half);
    view.show({ ...half, frame: 51 });
    view.show({ ...half, stage: 'sign' });
    expect(terminal.written).toEqual(['Reading the portrait and the driver ...\n', 'Animating: 50/100 frames, 25.0 fps, 2 s left\n', 'Signing and reading back ...\n']);
    const silent = fakeTerminal(true);
    new ProgressView(silent, true).show(half);
    expect(silent.written).toEqual([]);
  });
});
