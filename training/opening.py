"""Openings of mouth and eyes (`src/geometry/opening.ts`) in numpy, pinned by `tests/golden/warp.bin`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SAMPLES = 48


@dataclass
class Opening:
    """Port of opening.ts: two curves over the axis between the corners, in units of the opening's width."""

    x: float
    y: float
    ex: float
    ey: float
    width: float
    upper: np.ndarray  # [48] b of the upper curve, a from -0.5 to 0.5
    lower: np.ndarray  # [48]

    def local(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Pixels -> (a, b)."""
        dx, dy = (x - self.x) / self.width, (y - self.y) / self.width
        return dx * self.ex + dy * self.ey, dy * self.ex - dx * self.ey

    def height(self) -> float:
        """`openingHeight`: of the middle third, in widths."""
        return float(max(0, (self.lower - self.upper)[SAMPLES // 3 : 2 * SAMPLES // 3].max()))

    def middle(self) -> float:
        """Mean b of both curves over the middle third."""
        return float((self.lower + self.upper)[SAMPLES // 3 : 2 * SAMPLES // 3].mean() / 2)


def fit_opening(points: np.ndarray, upper: list[int], lower: list[int]) -> Opening:
    left, right = points[upper[0]].astype(np.float64), points[upper[-1]].astype(np.float64)
    dx, dy = right[:2] - left[:2]
    width = max(1e-3, float(np.hypot(dx, dy)))
    o = Opening((left[0] + right[0]) / 2, (left[1] + right[1]) / 2, dx / width, dy / width, width, None, None)
    o.upper, o.lower = _fit_contour(points, upper, o), _fit_contour(points, lower, o)
    return o


def _fit_contour(points: np.ndarray, contour: list[int], o: Opening) -> np.ndarray:
    p = points[contour].astype(np.float64)
    a, b = (v.astype(np.float32).astype(np.float64) for v in o.local(p[:, 0], p[:, 1]))
    for i in range(1, len(a)):
        if a[i] <= a[i - 1]:
            a[i] = np.float32(a[i - 1] + 1e-4)
    n = len(a)
    at = np.arange(SAMPLES) / (SAMPLES - 1) - 0.5
    i = np.clip(np.searchsorted(a[1:], at, 'left'), 0, n - 2)
    a0, a1, b0, b1 = a[i], a[i + 1], b[i], b[i + 1]
    span = a1 - a0
    t = np.clip((at - a0) / span, 0, 1)
    before, after = np.maximum(i - 1, 0), np.minimum(i + 2, n - 1)
    m0 = np.where(i > 0, (b1 - b[before]) / np.where(i > 0, a1 - a[before], 1) * span, b1 - b0)
    m1 = np.where(i < n - 2, (b[after] - b0) / np.where(i < n - 2, a[after] - a0, 1) * span, b1 - b0)
    t2, t3 = t * t, t * t * t
    return ((2 * t3 - 3 * t2 + 1) * b0 + (t3 - 2 * t2 + t) * m0 + (3 * t2 - 2 * t3) * b1 + (t3 - t2) * m1).astype(np.float32)


def curve_at(curve: np.ndarray, a: np.ndarray) -> np.ndarray:
    """Linear between samples, clamped beyond the corners."""
    s = np.clip((a + 0.5) * (SAMPLES - 1), 0, SAMPLES - 1)
    i = np.minimum(s.astype(np.int64), SAMPLES - 2)
    return curve[i] + (curve[i + 1] - curve[i]) * (s - i)
