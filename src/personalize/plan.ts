import { Dice } from './random.js';

/** One lesson: the canvas, posed as another photo of the sitter, should look like that photo. */
export interface Lesson {
  readonly canvas: number;
  readonly target: number;
  /** Other photos that lend regions to the draft; never the target, which would give the answer away. */
  readonly lenders: readonly number[];
  /** The target in disguise plays the driver. */
  readonly driven: boolean;
}

/** What is learnt from, and what only checks whether it helped; half of either with a driver. */
export interface LessonPlan {
  readonly lessons: readonly Lesson[];
  readonly checks: readonly Lesson[];
}

/** Lessons at most: what is beyond them repeats itself, and each takes a megabyte. */
const MOST_LESSONS = 72;
/** From so many photos on, two are kept for checks instead of one. */
const TWO_CHECKS = 6;

/**
 * Chooses the pairs. Photo 0 is the canvas of most lessons, as it will be in use. Photos that check are never shown otherwise.
 *
 * @param count - photos, at least 1.
 * @param order - photos from the most unlike the canvas to the most like it: it says which ones check.
 */
export function planLessons(count: number, order: readonly number[], seed: number): LessonPlan {
  if (count === 1) {
    // A photo posed as itself: the draft is right already, and the network learns to leave it alone.
    const self = { canvas: 0, target: 0, lenders: [] };
    return { lessons: [{ ...self, driven: false }, { ...self, driven: true }], checks: [{ ...self, driven: false }] };
  }
  if (count === 2) {
    const back = { canvas: 1, target: 0, lenders: [] };
    const lessons = both({ canvas: 0, target: 1, lenders: [] });
    return { lessons: [...lessons, { canvas: 0, target: 0, lenders: [], driven: false }], checks: [{ ...back, driven: false }] };
  }
  // Neither the most unlike photo (it teaches most) nor the most like (it asks nothing).
  const middle = order.filter((k) => k !== 0);
  const kept = count >= TWO_CHECKS ? [middle[Math.floor(middle.length / 3)]!, middle[Math.floor((2 * middle.length) / 3)]!] : [middle[Math.floor(middle.length / 2)]!];
  const shown = [...Array(count).keys()].filter((k) => !kept.includes(k));
  const lendersFor = (canvas: number, target: number): readonly number[] => shown.filter((k) => k !== canvas && k !== target);
  const first = shown.filter((k) => k !== 0).flatMap((target) => [
    ...both({ canvas: 0, target, lenders: [] }),
    ...(lendersFor(0, target).length > 0 ? both({ canvas: 0, target, lenders: lendersFor(0, target) }) : []),
  ]);
  const dice = new Dice(seed, -1);
  const others = shuffled(
    shown.flatMap((canvas) => shown.filter((target) => canvas !== 0 && target !== canvas).flatMap((target) => both({ canvas, target, lenders: [] }))),
    dice,
  );
  const selves = shown.map((k): Lesson => ({ canvas: k, target: k, lenders: [], driven: false })).slice(0, 4);
  const front = first.length > MOST_LESSONS / 2 ? shuffled(first, dice).slice(0, MOST_LESSONS / 2) : first;
  return {
    lessons: [...front, ...selves, ...others].slice(0, MOST_LESSONS),
    checks: kept.flatMap((target) => [lendersFor(0, target), []].flatMap((lenders) => both({ canvas: 0, target, lenders }))),
  };
}

function both(lesson: Omit<Lesson, 'driven'>): Lesson[] {
  return [
    { ...lesson, driven: false },
    { ...lesson, driven: true },
  ];
}

function shuffled<T>(list: readonly T[], dice: Dice): T[] {
  return list.map((entry) => ({ entry, rank: dice.next() })).sort((a, b) => a.rank - b.rank).map(({ entry }) => entry);
}
