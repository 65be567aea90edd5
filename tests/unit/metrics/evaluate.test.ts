import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bootstrapIntervals, quantile } from '#dist/metrics/bootstrap.js';
import { operatingCurve } from '#dist/metrics/curve.js';
import { APCER_LIMITS, evaluate } from '#dist/metrics/evaluate.js';
import { histogram } from '#dist/metrics/histogram.js';
import { seededRandom } from '#dist/metrics/random.js';
import { areaUnderRoc, averagePrecision, equalErrorRate, pointAtApcer } from '#dist/metrics/rates.js';
import { rankSamples, type ScoredSample } from '#dist/metrics/samples.js';

function attack(score: number | null, species = 'a', identity = 'x'): ScoredSample {
  return { score, attack: true, species, identity };
}

function real(score: number | null, identity = 'y'): ScoredSample {
  return { score, attack: false, species: '', identity };
}

describe('by hand', () => {
  // Rising: real .1, attack .2, real .3, attack .4, attack .6 | real .6, attack .9
  const samples = [real(0.1), attack(0.2), real(0.3), attack(0.4), attack(0.6, 'b'), real(0.6), attack(0.9, 'b')];
  const curve = operatingCurve(rankSamples(samples))!;

  it('walks every operating point', () => {
    expect([...curve.threshold]).toEqual([0.1, 0.2, 0.3, 0.4, 0.6, 0.9, Infinity]);
    expect([...curve.apcer]).toEqual([0, 0, 1 / 4, 1 / 4, 2 / 4, 3 / 4, 1]);
    expect([...curve.worstApcer]).toEqual([0, 0, 1 / 2, 1 / 2, 1, 1, 1]);
    [1, 2 / 3, 2 / 3, 1 / 3, 1 / 3, 0, 0].forEach((rate, k) => expect(curve.bpcer[k]).toBeCloseTo(rate, 12));
  });

  it('counts pairs for the area, ties half', () => {
    // Attacks .2 .4 .6 .9 beat 1, 2, 2 and a half, 3 of the three bona fide scores.
    expect(areaUnderRoc(curve)).toBeCloseTo(8.5 / 12, 12);
  });

  it('averages precision over the recall gained', () => {
    // .9: 1/1; .6: 2 caught of 3 called; .4: 3 of 4; .2: 4 of 6.
    expect(averagePrecision(curve)).toBeCloseTo((1 + 2 / 3 + 3 / 4 + 4 / 6) / 4, 12);
  });

  it('finds where both errors are equal', () => {
    // From (APCER 1/4, BPCER 1/3) at .4 to (1/2, 1/3) at .6.
    expect(equalErrorRate(curve).rate).toBeCloseTo(1 / 3, 12);
    expect(equalErrorRate(curve).threshold).toBe(0.4);
  });

  it('takes the worst species, not the average', () => {
    expect(pointAtApcer(curve, 0.3)).toEqual({ threshold: 0.2, apcer: 0, bpcer: 2 / 3 });
    const at = evaluate(samples, { threshold: 0.5 }).atThreshold;
    expect(at.apcer?.value).toBe(1);
    expect(at.bpcer?.value).toBeCloseTo(1 / 3, 12);
    expect(at.species).toEqual([
      { species: 'a', count: 2, apcer: 1 },
      { species: 'b', count: 2, apcer: 0 },
    ]);
  });

  it('calls a score that equals the threshold an attack', () => {
    const { atThreshold } = evaluate([attack(0.5), real(0.5)], { threshold: 0.5 });
    expect(atThreshold.apcer?.value).toBe(0);
    expect(atThreshold.bpcer?.value).toBe(1);
  });

  it('allows a limit that is met exactly', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => attack(i < 5 ? 0.1 : 0.9));
    const point = pointAtApcer(operatingCurve(rankSamples([...hundred, real(0.2)]))!, 0.05);
    expect(point).toEqual({ threshold: 0.9, apcer: 0.05, bpcer: 0 });
  });

  it('counts what got no answer, and leaves it out of every rate', () => {
    const { counts, auc } = evaluate([attack(0.9), attack(null), real(0.1), real(null), real(null)], { threshold: 0.5 });
    expect(counts).toMatchObject({ attacks: 1, bonaFide: 1, unanswered: { attack: 1, bonaFide: 2 } });
    expect(auc?.value).toBe(1);
  });

  it('says what one class alone can tell', () => {
    const attacks = evaluate([attack(0.4), attack(0.6, 'b')], { threshold: 0.5 });
    expect(attacks).toMatchObject({ auc: null, eer: null, atApcer: [] });
    expect(attacks.atThreshold).toMatchObject({ apcer: { value: 1 }, bpcer: null });
    expect(evaluate([real(0.4), real(0.6)], { threshold: 0.5 }).atThreshold).toMatchObject({ apcer: null, bpcer: { value: 0.5 } });
    expect(evaluate([], { threshold: 0.5 }).atThreshold).toMatchObject({ apcer: null, bpcer: null });
  });
});

interface Fixture {
  readonly name: string;
  readonly samples: readonly (readonly [score: number, attack: number, species: string])[];
  readonly expected: {
    readonly auc: number;
    readonly averagePrecision: number;
    readonly eer: number;
    readonly bpcerAt: readonly number[];
    readonly atHalf: { readonly apcer: Readonly<Record<string, number>>; readonly bpcer: number };
  };
}

describe('as scikit-learn has it (scripts/metric-fixtures.py)', () => {
  const fixtures = JSON.parse(readFileSync(new URL('./fixtures.json', import.meta.url), 'utf8')) as Fixture[];
  it.each(fixtures.map((fixture) => [fixture.name, fixture] as const))('%s', (_, { samples, expected }) => {
    const result = evaluate(
      samples.map(([score, isAttack, species]) => (isAttack === 1 ? attack(score, species) : real(score))),
      { threshold: 0.5 },
    );
    expect(result.auc?.value).toBeCloseTo(expected.auc, 10);
    expect(result.averagePrecision?.value).toBeCloseTo(expected.averagePrecision, 10);
    expect(result.eer?.value).toBeCloseTo(expected.eer, 8);
    expect(result.atApcer.map(({ limit }) => limit)).toEqual([...APCER_LIMITS]);
    result.atApcer.forEach(({ bpcer }, i) => expect(bpcer.value).toBeCloseTo(expected.bpcerAt[i]!, 10));
    expect(Object.fromEntries(result.atThreshold.species.map(({ species, apcer }) => [species, apcer]))).toEqual(expected.atHalf.apcer);
    expect(result.atThreshold.bpcer?.value).toBeCloseTo(expected.atHalf.bpcer, 10);
  });
});

describe('intervals', () => {
  const random = seededRandom(4);
  const people = Array.from({ length: 12 }, (_, i) => `p${String(i)}`);
  const samples = people.flatMap((person) =>
    Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? attack(random() * 0.7 + 0.3, 'a', person) : real(random() * 0.7, person))),
  );
  const bootstrap = { rounds: 200, seed: 7, confidence: 0.95 };

  it('are the same for the same seed and others for another', () => {
    const first = evaluate(samples, { threshold: 0.5, bootstrap });
    expect(evaluate(samples, { threshold: 0.5, bootstrap })).toEqual(first);
    expect(evaluate(samples, { threshold: 0.5, bootstrap: { ...bootstrap, seed: 8 } }).auc?.interval).not.toEqual(first.auc?.interval);
  });

  it('hold the estimate and have width', () => {
    const { auc, eer } = evaluate(samples, { threshold: 0.5, bootstrap });
    for (const estimate of [auc!, eer!]) {
      expect(estimate.interval!.low).toBeLessThan(estimate.value);
      expect(estimate.interval!.high).toBeGreaterThan(estimate.value);
    }
  });

  it('draw people, so that doubled clips of the same people narrow nothing', () => {
    const doubled = evaluate([...samples, ...samples], { threshold: 0.5, bootstrap });
    expect(doubled.auc?.interval).toEqual(evaluate(samples, { threshold: 0.5, bootstrap }).auc?.interval);
  });

  it('draw each class of people apart, so that no round lacks one', () => {
    const ranked = rankSamples([attack(0.9, 'a', 'mona'), attack(0.8, 'a', 'lisa'), real(0.1, 'only')]);
    bootstrapIntervals(
      ranked,
      (weights) => {
        expect(weights[ranked.identityNames.indexOf('only')]).toBe(1);
        expect(weights.reduce((sum, weight) => sum + weight, 0)).toBe(3);
        return [0];
      },
      { rounds: 50, seed: 1, confidence: 0.9 },
    );
  });

  it('interpolate quantiles as NumPy does', () => {
    expect(quantile([1, 2, 4, 8], 0.5)).toBe(3);
    expect(quantile([1, 2, 4, 8], 0.9)).toBeCloseTo(6.8, 12);
  });
});

describe('histogram', () => {
  it('counts the upper edge in the last bin', () => {
    expect(histogram([0, 0.49, 0.5, 1, 1.2, -1], 0, 1, 2)).toEqual({ edges: [0, 0.5, 1], counts: [3, 3] });
  });
});
