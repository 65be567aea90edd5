import { describe, expect, it } from 'vitest';
import type { Frame } from '#dist/core/frame.js';
import { EYE_LEFT, EYE_RIGHT } from '#dist/geometry/face-topology.js';
import type { EyeTopology } from '#dist/geometry/face-topology.js';
import { IrisRefiner } from '#dist/landmarks/iris/iris.js';

const WIDTH = 240;
const HEIGHT = 120;

interface Drawing {
  /** Eye width, pixels. Default 48. */
  readonly width?: number;
  /** Lids apart, part of the eye's width. Default 0.36. */
  readonly opening?: number;
  /** True shift of the irises from where the model puts them, part of the eye's width; `right`: of the right one if it differs. */
  readonly shift: number;
  readonly right?: number;
  /** Grey levels of iris and white. */
  readonly iris?: number;
  readonly white?: number;
  /** Standard deviation of the noise, grey levels. */
  readonly noise?: number;
  /** Side of a white square over the upper right of each iris, part of its radius. */
  readonly catchLight?: number;
  /** Slope of the head in the picture, radians. */
  readonly roll?: number;
}

const RADIUS = 0.22;

/** Two drawn eyes, and landmarks whose irises lie in the middle of them. */
function draw(drawing: Drawing): { frame: Frame; points: Float32Array; width: number; turn: (x: number, y: number) => [number, number] } {
  const { width = 48, opening = 0.36, shift, right = shift, iris = 60, white = 190, noise = 0, catchLight = 0, roll = 0 } = drawing;
  const turn = (x: number, y: number): [number, number] => {
    const dx = x - WIDTH / 2;
    const dy = y - HEIGHT / 2;
    return [WIDTH / 2 + dx * Math.cos(roll) - dy * Math.sin(roll), HEIGHT / 2 + dx * Math.sin(roll) + dy * Math.cos(roll)];
  };
  const points = new Float32Array(3 * 478);
  const put = (point: number, x: number, y: number): void => points.set(turn(x, y), 3 * point);
  const lid = (t: number): number => (opening / 2) * width * (1 - (2 * t - 1) ** 2);
  const eyes = [
    { eye: EYE_LEFT, x: WIDTH / 2 - 1.2 * width, shift },
    { eye: EYE_RIGHT, x: WIDTH / 2 + 1.2 * width, shift: right },
  ];
  for (const { eye, x } of eyes) {
    const along = (t: number): number => x + (t - 0.5) * width;
    eye.upper.forEach((point, i) => put(point, along(i / 8), HEIGHT / 2 - lid(i / 8)));
    eye.lower.forEach((point, i) => put(point, along(i / 8), HEIGHT / 2 + lid(i / 8)));
    const r = RADIUS * width;
    const rim = [[0, 0], [r, 0], [0, -r], [-r, 0], [0, r]] as const;
    eye.iris.forEach((point, i) => put(point, x + rim[i]![0], HEIGHT / 2 + rim[i]![1]));
  }
  let seed = 1;
  const random = (): number => (seed = (seed * 48271) % 2147483647) / 2147483647;
  const data = new Uint8ClampedArray(WIDTH * HEIGHT * 4).fill(255);
  const [cos, sin] = [Math.cos(roll), Math.sin(roll)];
  for (let row = 0; row < HEIGHT; row++) {
    for (let column = 0; column < WIDTH; column++) {
      let sum = 0;
      for (let k = 0; k < 16; k++) {
        const a = column + ((k % 4) + 0.5) / 4 - WIDTH / 2;
        const b = row + (Math.floor(k / 4) + 0.5) / 4 - HEIGHT / 2;
        const x = a * cos + b * sin;
        const y = b * cos - a * sin;
        let level = 150;
        for (const eye of eyes) {
          const u = (x - (eye.x - WIDTH / 2)) / width;
          if (Math.abs(u) > 0.5 || Math.abs(y) > lid(u + 0.5)) continue;
          const du = (u - eye.shift) / RADIUS;
          const dv = y / width / RADIUS;
          const lit = Math.abs(du - 0.4) < catchLight / 2 && Math.abs(dv + 0.4) < catchLight / 2;
          level = lit ? 255 : du * du + dv * dv < 1 ? iris : white;
        }
        sum += level / 16;
      }
      const grain = noise * (random() + random() + random() + random() - 2) * Math.sqrt(3);
      data.fill(Math.round(sum + grain), 4 * (row * WIDTH + column), 4 * (row * WIDTH + column) + 3);
    }
  }
  return { frame: { data, width: WIDTH, height: HEIGHT }, points, width, turn };
}

/** How far the refiner moves both irises along the eye and across, parts of the eye's width. */
function moved(drawing: Drawing): { along: [number, number]; across: [number, number] } {
  const { frame, points, width } = draw(drawing);
  const before = points.slice();
  new IrisRefiner().refine(frame, points);
  const roll = drawing.roll ?? 0;
  const move = ({ iris: [centre] }: EyeTopology): [number, number] => {
    const x = (points[3 * centre]! - before[3 * centre]!) / width;
    const y = (points[3 * centre + 1]! - before[3 * centre + 1]!) / width;
    return [x * Math.cos(roll) + y * Math.sin(roll), y * Math.cos(roll) - x * Math.sin(roll)];
  };
  const left = move(EYE_LEFT);
  const right = move(EYE_RIGHT);
  return { along: [left[0], right[0]], across: [left[1], right[1]] };
}

describe('IrisRefiner', () => {
  it('finds irises that the model misplaced by up to a sixth of the eye, to a hundredth of its width', () => {
    for (const width of [24, 48, 66]) {
      for (const shift of [-0.16, -0.1, -0.053, 0, 0.03, 0.077, 0.16]) {
        for (const along of moved({ width, shift }).along) expect(Math.abs(along - shift), `${width} px, ${shift}`).toBeLessThan(0.0125);
      }
    }
  });

  it('does so in tilted heads, through noise, catch-lights and half-closed lids', () => {
    for (const shift of [-0.1, 0.05, 0.12]) {
      for (const drawing of [{ roll: 0.4 }, { noise: 12 }, { catchLight: 0.5 }, { opening: 0.2 }, { iris: 100, white: 140 }]) {
        for (const along of moved({ ...drawing, shift }).along) {
          expect(Math.abs(along - shift), `${JSON.stringify(drawing)}, ${shift}`).toBeLessThan(0.025);
        }
      }
    }
  });

  it('leaves irises where the model puts them when the picture says nothing', () => {
    for (const drawing of [{ opening: 0 }, { opening: 0.02 }, { iris: 150, white: 150 }, { iris: 150, white: 150, noise: 3 }, { width: 6 }]) {
      const { along, across } = moved({ ...drawing, shift: 0.12 });
      for (const move of [...along, ...across]) expect(Math.abs(move), JSON.stringify(drawing)).toBeLessThan(0.01);
    }
  });

  it('moves an eye that shows nothing with its fellow', () => {
    const { frame, points, width } = draw({ shift: 0.1 });
    // a glare over the right eye
    for (let row = 0; row < HEIGHT; row++) frame.data.fill(230, 4 * (row * WIDTH + WIDTH / 2), 4 * (row + 1) * WIDTH);
    const before = points.slice();
    new IrisRefiner().refine(frame, points);
    for (const { iris } of [EYE_LEFT, EYE_RIGHT]) {
      const move = (points[3 * iris[0]]! - before[3 * iris[0]]!) / width;
      expect(move).toBeGreaterThan(0.06);
      expect(move).toBeLessThan(0.11);
    }
  });

  it('changes smoothly while an eye closes', () => {
    let last = moved({ opening: 0.4, shift: 0.1 }).along[0];
    for (let opening = 0.39; opening >= 0; opening -= 0.01) {
      const now = moved({ opening, shift: 0.1 }).along[0];
      expect(Math.abs(now - last), String(opening)).toBeLessThan(0.05);
      last = now;
    }
  });

  it('keeps the size of an iris and moves nothing but irises, lids and the ring around them', () => {
    const { frame, points } = draw({ shift: 0.1 });
    const before = points.slice();
    new IrisRefiner().refine(frame, points);
    const may = new Set<number>();
    for (const { iris, upper, lower, upperRing, lowerRing } of [EYE_LEFT, EYE_RIGHT]) {
      for (const point of [...iris, ...upper, ...lower, ...upperRing, ...lowerRing]) may.add(point);
      for (const point of iris) {
        for (const axis of [0, 1]) {
          const offset = points[3 * point + axis]! - points[3 * iris[0] + axis]!;
          expect(offset).toBeCloseTo(before[3 * point + axis]! - before[3 * iris[0] + axis]!, 4);
        }
      }
    }
    for (let point = 0; point < 478; point++) {
      if (!may.has(point)) expect([...points.subarray(3 * point, 3 * point + 3)]).toEqual([...before.subarray(3 * point, 3 * point + 3)]);
      expect(points[3 * point + 2]).toBe(before[3 * point + 2]);
    }
  });

  it('moves lids as a whole, a little, against the gaze', () => {
    const { frame, points, width } = draw({ shift: 0.12 });
    const before = points.slice();
    new IrisRefiner().refine(frame, points);
    const moves = [...EYE_LEFT.upper, ...EYE_LEFT.lower, ...EYE_RIGHT.upper, ...EYE_RIGHT.lower].map((point) => (points[3 * point]! - before[3 * point]!) / width);
    for (const move of moves) expect(move).toBeCloseTo(moves[0]!, 5);
    expect(moves[0]!).toBeLessThan(-0.01);
    expect(moves[0]!).toBeGreaterThan(-0.025);
  });

  it('survives eyes outside the picture and points that are no numbers', () => {
    const { frame, points } = draw({ shift: 0 });
    const far = points.map((value, i) => (i % 3 === 0 ? value + 1000 : value));
    const farBefore = far.slice();
    new IrisRefiner().refine(frame, far);
    for (const { iris } of [EYE_LEFT, EYE_RIGHT]) expect(far[3 * iris[0]]).toBeCloseTo(farBefore[3 * iris[0]]!, 1);
    const same = new Float32Array(3 * 478);
    new IrisRefiner().refine(frame, same);
    expect(same.every((value) => value === 0)).toBe(true);
  });
});
