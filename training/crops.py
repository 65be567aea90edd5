"""What the refiner sees: aligned crops, signed distances, validity. This file is the contract that the runtime must repeat.

A crop is a similarity of the picture: centred on the opening, turned with its corners, scaled by the head (not by the opening,
which a pout would shrink): one unit is the width of the sitter's mouth or eye at rest. The image-right eye is mirrored, so one
network serves both.

The source's crop of an eye is moved so that its iris lies where the target's does: the sitter's own iris, with its brush strokes,
at the gaze that is wanted. The network takes from it what fits, and the lids from elsewhere.

Patches are crops with `MARGIN` more pixels on each side: room for blurs and for a warp that reads beyond the crop.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from head_mesh import TOPOLOGY, FaceState
from opening import Opening, curve_at, fit_opening
from warp import Flow, sample_rgb

MARGIN = 16
MAX_SUBSAMPLES = 8
DISTANCE_SPAN = 0.25  # units at which signed distances saturate


@dataclass(frozen=True)
class Region:
    name: str
    cols: int
    rows: int
    per_unit: float  # crop pixels per unit
    upper: tuple  # contour of the opening whose corners give the axis
    lower: tuple
    corners: tuple  # the two landmarks whose distance at rest is the unit
    mirrored: bool
    eye: int | None  # index into EYES


MOUTH = Region('mouth', 96, 64, 96 / 1.8, tuple(TOPOLOGY['innerLipUpper']), tuple(TOPOLOGY['innerLipLower']), (61, 291), False, None)
EYE_REGIONS = tuple(
    Region(name, 64, 48, 40.0, tuple(eye['upper']), tuple(eye['lower']), tuple(eye['corners']), k == 1, k)
    for k, (name, eye) in enumerate(zip(('eye_left', 'eye_right'), TOPOLOGY['eyes']))
)
REGIONS = (MOUTH, *EYE_REGIONS)


def unit_of(region: Region, rest: FaceState) -> float:
    """Head units per unit of the region, measured on the face at rest."""
    a, b = region.corners
    return float(np.linalg.norm(rest.canonical[a] - rest.canonical[b]))


@dataclass(frozen=True)
class CropFrame:
    """Crop pixel (i, j) lies at `centre + pixel * (p * axis + q * normal)`, p and q counted from the crop's middle."""

    x: float
    y: float
    ex: float
    ey: float
    pixel: float  # picture pixels per crop pixel
    flip: float  # -1: mirrored
    cols: int
    rows: int

    def grid(self, margin: int = 0) -> tuple[np.ndarray, np.ndarray]:
        """Picture positions of all crop pixels, [rows + 2 * margin, cols + 2 * margin] each."""
        p = (np.arange(-margin, self.cols + margin) + 0.5 - self.cols / 2) * self.pixel * self.flip
        q = (np.arange(-margin, self.rows + margin) + 0.5 - self.rows / 2)[:, None] * self.pixel
        return self.x + p * self.ex - q * self.ey, self.y + p * self.ey + q * self.ex

    def moved(self, dx: float, dy: float) -> 'CropFrame':
        """The same crop, `dx`, `dy` crop pixels further along its own axes."""
        p, q = dx * self.pixel * self.flip, dy * self.pixel
        return replace(self, x=self.x + p * self.ex - q * self.ey, y=self.y + p * self.ey + q * self.ex)

    def inside(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Picture positions -> crop pixels (pixel centres at whole numbers)."""
        dx, dy = (x - self.x) / self.pixel, (y - self.y) / self.pixel
        p, q = (dx * self.ex + dy * self.ey) * self.flip, dy * self.ex - dx * self.ey
        return p + self.cols / 2 - 0.5, q + self.rows / 2 - 0.5


def opening_of(region: Region, points: np.ndarray) -> Opening:
    return fit_opening(points, list(region.upper), list(region.lower))


def crop_frame(region: Region, points: np.ndarray, scale: float, unit: float) -> CropFrame:
    """`scale`: pixels per head unit of this face; `unit`: see `unit_of`, of the same person."""
    o = opening_of(region, points)
    # A falling jaw takes the mouth's crop along; a lid doesn't move the eye.
    down = o.middle() * o.width if region.eye is None else 0.0
    return CropFrame(
        o.x - o.ey * down, o.y + o.ex * down, o.ex, o.ey, max(1e-3, scale * unit / region.per_unit), -1.0 if region.mirrored else 1.0, region.cols, region.rows
    )


def _subsamples(pixel: float) -> np.ndarray:
    """Offsets, in crop pixels, of the k samples across one crop pixel: as many as picture pixels under it, 1 to 8."""
    k = int(np.clip(round(pixel), 1, MAX_SUBSAMPLES))
    return (np.arange(k) + 0.5) / k - 0.5


def crop_picture(picture: np.ndarray, frame: CropFrame, margin: int = 0) -> np.ndarray:
    """[H, W, 3] uint8 -> [rows, cols, 3] float32, 0..255: the mean of the bilinear samples under each crop pixel."""
    x, y = frame.grid(margin)
    offsets = _subsamples(frame.pixel) * frame.pixel
    total = 0
    for q in offsets:
        for p in offsets * frame.flip:
            total = total + sample_rgb(picture, x + p * frame.ex - q * frame.ey, y + p * frame.ey + q * frame.ex)
    return total / len(offsets) ** 2


def crop_flow(flow: Flow, target: CropFrame, source: CropFrame) -> np.ndarray:
    """[rows, cols, 2]: the source crop's pixel that belongs at each pixel of the target's crop."""
    return np.stack(source.inside(*flow.at(*target.grid())), -1)


def validity(flow: np.ndarray, source: CropFrame, width: int, height: int) -> np.ndarray:
    """
    [rows, cols] 0..1: how much of the source really lies under each pixel.

    The area of source per area of target is the determinant of the flow's derivative (central differences, one-sided at the
    border). Nothing below a tenth (a closed mouth pulled open, a fold turned over), full from a half on; nothing from beyond
    the picture.
    """
    along, down = np.gradient(flow, axis=1), np.gradient(flow, axis=0)
    area = along[..., 0] * down[..., 1] - along[..., 1] * down[..., 0]
    p, q = flow[..., 0] + 0.5 - source.cols / 2, flow[..., 1] + 0.5 - source.rows / 2
    p = p * source.flip
    x = source.x + source.pixel * (p * source.ex - q * source.ey)
    y = source.y + source.pixel * (p * source.ey + q * source.ex)
    known = (x >= -0.5) & (y >= -0.5) & (x <= width - 0.5) & (y <= height - 0.5)
    return np.clip((area - 0.1) / 0.4, 0, 1) * known


def _opening_distance(o: Opening, x: np.ndarray, y: np.ndarray, unit_pixels: float) -> np.ndarray:
    a, b = o.local(x, y)
    inside = np.minimum(b - curve_at(o.upper, a), curve_at(o.lower, a) - b)
    return np.minimum(inside, 0.5 - np.abs(a)) * (o.width / unit_pixels)


def distances(region: Region, points: np.ndarray, frame: CropFrame) -> np.ndarray:
    """
    [rows, cols, 2] -1..1: the signed distances to the contour (outer lips; lids) and to what lies inside (inner lips; iris
    rim), positive inside, in units, saturated at a quarter.
    """
    x, y = frame.grid()
    unit_pixels = frame.pixel * region.per_unit
    if region.eye is None:
        outer = fit_opening(points, TOPOLOGY['outerLipUpper'], TOPOLOGY['outerLipLower'])
        contour = _opening_distance(outer, x, y, unit_pixels)
        inner = _opening_distance(opening_of(region, points), x, y, unit_pixels)
    else:
        contour = _opening_distance(opening_of(region, points), x, y, unit_pixels)
        iris = points[TOPOLOGY['eyes'][region.eye]['iris'], :2].astype(np.float64)
        radius = np.hypot(*(iris[1:] - iris[0]).T).mean()
        inner = (radius - np.hypot(x - iris[0, 0], y - iris[0, 1])) / unit_pixels
    return np.clip(np.stack([contour, inner], -1) / DISTANCE_SPAN, -1, 1)


def iris_of(region: Region, points: np.ndarray, frame: CropFrame) -> np.ndarray:
    """[2] crop pixel of the iris centre; zeros for the mouth."""
    if region.eye is None:
        return np.zeros(2)
    return np.array(frame.inside(*points[TOPOLOGY['eyes'][region.eye]['iris'][0], :2]))


def opening_height(region: Region, points: np.ndarray, frame: CropFrame) -> float:
    """Height of the opening in units, 0..1."""
    o = opening_of(region, points)
    return float(np.clip(o.height() * o.width / (frame.pixel * region.per_unit), 0, 1))
