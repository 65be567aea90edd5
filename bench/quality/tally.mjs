// Sums up what one row of one clip shows, frame by frame.
import { psnr } from './metrics/pixels.mjs';
import { mean, quantile } from './metrics/series.mjs';
import { fidelity, gazeError, jitter, withLids } from './metrics/motion.mjs';
import { REGIONS } from './regions.mjs';
import { averages } from './summary.mjs';

/** Means of pixel metrics by region. */
export class PixelTally {
  #values = Object.fromEntries(REGIONS.map((region) => [region, []]));

  /** @param values - `{ [region]: { l1, mse, ssim?, msssim? } }` of one frame */
  add(values) {
    for (const [region, value] of Object.entries(values)) this.#values[region].push(value);
  }

  /** PSNR is that of the mean squared error. */
  result() {
    const entries = Object.entries(this.#values).filter(([, values]) => values.length > 0);
    return Object.fromEntries(
      entries.map(([region, values]) => {
        const { l1, mse, ...structure } = averages(values);
        return [region, { l1, psnr: psnr(mse), ...structure }];
      }),
    );
  }
}

/** Everything else about one row. */
export class FaceTally {
  #faces = [];
  #distances = [];
  #flicker = [];
  #likeness = [];

  /** @param signals - of the output; `undefined` where the detector sees no face in it */
  face(index, signals) {
    this.#faces[index] = signals;
  }

  distance(value) {
    this.#distances.push(value);
  }

  flicker(value) {
    if (value !== undefined) this.#flicker.push(value);
  }

  likeness(value) {
    this.#likeness.push(value);
  }

  /**
   * @param driver - signals of the driver by frame
   * @param truth - signals of the ground truth by frame; the same array where the driver is the sitter
   */
  result(driver, truth) {
    const faces = withLids(Array.from(driver, (_, i) => this.#faces[i]));
    return {
      lost: truth.filter((face, i) => face && !faces[i]).length,
      akd: average(this.#distances),
      csim: this.#likeness.length === 0 ? null : quantile(this.#likeness, 0.5),
      csimLeast: this.#likeness.length === 0 ? null : Math.min(...this.#likeness),
      gazeDegrees: gazeError(truth, faces) ?? null,
      flicker: average(this.#flicker),
      fidelity: fidelity(driver, faces),
      ...(driver === truth ? {} : { fidelityToTruth: fidelity(truth, faces) }),
      jitter: jitter(driver, faces),
    };
  }
}

function average(values) {
  return values.length === 0 ? null : mean(values);
}
