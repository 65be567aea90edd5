/**
 * Cuts clips out of a stretch of time: evenly spread, of one length, without overlap. Where there is no room for all of them
 * there are fewer; a stretch that is shorter than one clip is one short clip.
 *
 * @param length - of a clip, seconds
 * @returns starts and ends, seconds
 */
export function cutSegments(from: number, to: number, length: number, wanted: number): readonly (readonly [start: number, end: number])[] {
  const room = to - from;
  if (room <= length) return [[from, to]];
  const count = Math.min(wanted, Math.floor(room / length + 1e-6));
  const gap = (room - count * length) / count;
  return Array.from({ length: count }, (_, i) => {
    const start = from + gap / 2 + i * (length + gap);
    return [start, start + length] as const;
  });
}
