/**
 * Antialiased filling of outlines: exact area coverage by accumulating signed trapezoids
 * (the method of Levien's font-rs). Contours of one shape must not overlap; holes run the other way round.
 */
export interface CoverageCanvas {
  readonly width: number;
  readonly height: number;
  /** Adds an edge, pixels; edges outside at left and right count fully, above and below are cut. */
  line(x0: number, y0: number, x1: number, y1: number): void;
  /** Adds a quadratic Bezier curve. */
  curve(x0: number, y0: number, cx: number, cy: number, x1: number, y1: number): void;
  /** `[height, width]`, 0..1; independent of the contours' direction. */
  coverage(): Float32Array;
}

const CURVE_SEGMENTS = 6;

/** An empty canvas. */
export function createCoverageCanvas(width: number, height: number): CoverageCanvas {
  const area = new Float32Array(width * height + 1);

  /** The part of an edge within one row: `y` is the row, `xa` to `xb` its ends, `dy` its signed height. */
  const rowPart = (y: number, xa: number, xb: number, dy: number): void => {
    const left = Math.min(Math.max(Math.min(xa, xb), 0), width);
    const right = Math.min(Math.max(Math.max(xa, xb), 0), width);
    const first = Math.min(Math.floor(left), width - 1);
    const last = Math.min(Math.floor(right), width - 1);
    const row = y * width;
    if (first === last) {
      const middle = (left + right) / 2 - first;
      area[row + first]! += dy * (1 - middle);
      if (first + 1 < width) area[row + first + 1]! += dy * middle;
      return;
    }
    // Share of the height that lies in each column, and where in it.
    const slope = dy / (right - left);
    for (let x = first; x <= last; x++) {
      const a = Math.max(left, x);
      const b = Math.min(right, x + 1);
      const part = (b - a) * slope;
      const middle = (a + b) / 2 - x;
      area[row + x]! += part * (1 - middle);
      if (x + 1 < width) area[row + x + 1]! += part * middle;
    }
  };

  const line = (x0: number, y0: number, x1: number, y1: number): void => {
    if (y0 === y1) return;
    const direction = y0 < y1 ? 1 : -1;
    const [xt, yt, xb, yb] = y0 < y1 ? [x0, y0, x1, y1] : [x1, y1, x0, y0];
    const dxdy = (xb - xt) / (yb - yt);
    const end = Math.min(yb, height);
    for (let y = Math.max(0, Math.floor(yt)); y < end; y++) {
      const top = Math.max(yt, y);
      const bottom = Math.min(yb, y + 1);
      if (bottom <= top) continue;
      rowPart(y, xt + (top - yt) * dxdy, xt + (bottom - yt) * dxdy, direction * (bottom - top));
    }
  };

  return {
    width,
    height,
    line,
    curve(x0, y0, cx, cy, x1, y1) {
      let px = x0;
      let py = y0;
      for (let i = 1; i <= CURVE_SEGMENTS; i++) {
        const t = i / CURVE_SEGMENTS;
        const u = 1 - t;
        const x = u * u * x0 + 2 * u * t * cx + t * t * x1;
        const y = u * u * y0 + 2 * u * t * cy + t * t * y1;
        line(px, py, x, y);
        px = x;
        py = y;
      }
    },
    coverage() {
      const out = new Float32Array(width * height);
      for (let y = 0; y < height; y++) {
        let sum = 0;
        for (let x = 0; x < width; x++) {
          sum += area[y * width + x]!;
          out[y * width + x] = Math.min(1, Math.abs(sum));
        }
      }
      return out;
    },
  };
}

/** Adds a rectangle with round corners, pixels. */
export function addRoundedRectangle(canvas: CoverageCanvas, x: number, y: number, width: number, height: number, radius: number): void {
  const x1 = x + width;
  const y1 = y + height;
  canvas.line(x, y + radius, x, y1 - radius);
  canvas.curve(x, y1 - radius, x, y1, x + radius, y1);
  canvas.curve(x1 - radius, y1, x1, y1, x1, y1 - radius);
  canvas.line(x1, y1 - radius, x1, y + radius);
  canvas.curve(x1, y + radius, x1, y, x1 - radius, y);
  canvas.curve(x + radius, y, x, y, x, y + radius);
}
