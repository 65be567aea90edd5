import { describe, expect, it } from 'vitest';
import { needsEvenSize, outputFormat } from '#dist/media/format.js';

describe('outputFormat', () => {
  it.each([
    ['out/mona.mp4', 'mp4'],
    ['MONA.MP4', 'mp4'],
    ['a.b.mov', 'mov'],
    ['x.webm', 'webm'],
    ['x.gif', 'gif'],
    ['x.png', 'png'],
    ['frames/%04d.png', 'png-sequence'],
    ['frames/shot-%d.png', 'png-sequence'],
    ['frames/', 'png-sequence'],
    ['100%.png', 'png'],
  ])('%s is %s', (path, format) => expect(outputFormat(path)).toBe(format));

  it.each(['x', 'x.avi', 'x.mp4.txt', '%04d.mp4', ''])('refuses %j', (path) => {
    expect(() => outputFormat(path)).toThrowError(expect.objectContaining({ code: 'INVALID_OPTION' }) as Error);
  });

  it('asks for even sides where colour is subsampled', () => {
    expect(['mp4', 'mov', 'webm', 'gif', 'png', 'png-sequence'].map((f) => needsEvenSize(f as 'mp4'))).toEqual([true, true, true, false, false, false]);
  });
});
