"""Where things are on the mean face: the position of every texel, the red of the lips, beard areas."""

import numpy as np

from . import native
from .native import Material, Texture, f32, ptr
from .pack import FACE, Pack


def smooth(a: float, b: float, x) -> np.ndarray:
    """0 where x <= a, 1 where x >= b, smooth between (a > b reverses)."""
    t = np.clip((np.asarray(x) - a) / (b - a), 0, 1)
    return t * t * (3 - 2 * t)


def texel_positions(pack: Pack, size: int) -> np.ndarray:
    """Position (size, size, 3) on the mean face of every texel of the face tile; nan outside its islands."""
    triangles = np.ascontiguousarray(pack.triangles[pack.triangle_part == FACE])
    # Texture space is left-handed as seen from outside: the rasteriser must not cull.
    materials = (Material * 1)(Material(two_sided=1, tex=-1))
    screen = f32(np.c_[pack.corner_uv[:, 0] * size, (1 - pack.corner_uv[:, 1]) * size, np.zeros(len(pack.corner_uv)), np.ones(len(pack.corner_uv))])
    depth, ids, bary = np.empty((size, size), np.float32), np.empty((size, size), np.int32), np.zeros((size, size, 2), np.float32)
    kinds, attr = np.zeros(len(triangles), np.int32), np.ones((len(screen), 4), np.float32)
    native.LIB.raster(len(triangles), ptr(triangles), ptr(kinds), ptr(screen), ptr(pack.corner_uv), ptr(attr), materials, (Texture * 1)(), size, size,
                      ptr(depth), ptr(ids), ptr(bary))  # fmt: skip
    weights = np.concatenate([bary, 1 - bary.sum(-1, keepdims=True)], -1)
    points = pack.neutral[pack.corner_vertex[triangles]][np.maximum(ids, 0)]  # [size, size, 3 corners, 3]
    out = np.einsum('hwc,hwck->hwk', weights, points)
    out[ids < 0] = np.nan
    return out


def distance_to_path(points: np.ndarray, path, reach: float = 1.2) -> tuple:
    """Distance in the xy plane of points (n, >= 2) from an open path [(x, y), ...], and the share of its length 0..1 at the nearest place.

    Points further than `reach` from the path's bounding box get distance 99.
    """
    path = np.asarray(path, float)
    low, high = path.min(0) - reach, path.max(0) + reach
    close = ((points[:, :2] > low) & (points[:, :2] < high)).all(1)
    distance, along = np.full(len(points), 99.0), np.zeros(len(points))
    distance[close], along[close] = _distance(points[close], path)
    return distance, along


def curve(path, steps: int = 5) -> np.ndarray:
    """Catmull-Rom curve through the points of a path, `steps` pieces a segment."""
    p = np.asarray(path, float)
    p = np.concatenate([[2 * p[0] - p[1]], p, [2 * p[-1] - p[-2]]])
    t = (np.arange(steps) / steps)[:, None]
    out = [
        0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3) for a, b, c, d in zip(p, p[1:], p[2:], p[3:])
    ]
    return np.concatenate([*out, p[-2:-1]])


def _distance(points: np.ndarray, path: np.ndarray) -> tuple:
    lengths = np.hypot(*np.diff(path, axis=0).T)
    start = np.r_[0, np.cumsum(lengths)]
    best = np.full(len(points), np.inf)
    share = np.zeros(len(points))
    for a, b, length, s in zip(path, path[1:], lengths, start):
        d = (b - a) / max(length, 1e-9)
        rel = points[:, :2] - a
        t = np.clip(rel @ d, 0, length)
        dist = np.hypot(rel[:, 0] - t * d[0], rel[:, 1] - t * d[1])
        closer = dist < best
        best = np.where(closer, dist, best)
        share = np.where(closer, (s + t) / start[-1], share)
    return best, share


def inside_polygon(points: np.ndarray, polygon: np.ndarray) -> np.ndarray:
    """Even-odd test in the xy plane of points (n, >= 2) against a closed polygon (k, >= 2)."""
    inside = np.zeros(len(points), bool)
    for a, b in zip(polygon, np.roll(polygon, -1, 0)):
        crosses = (a[1] > points[:, 1]) != (b[1] > points[:, 1])
        x = a[0] + (points[:, 1] - a[1]) * (b[0] - a[0]) / (b[1] - a[1] + 1e-12)
        inside ^= crosses & (points[:, 0] < x)
    return inside


def lip_mask(pack: Pack) -> np.ndarray:
    """Red of the lips per vertex, 0..1, with a border about 0.15 model units wide."""
    p = pack.neutral
    outline = p[pack.landmarks68[48:60]]
    near = np.flatnonzero((pack.part == FACE) & (np.abs(p[:, 0]) < 3.2) & (p[:, 1] > -5) & (p[:, 1] < -1.8) & (p[:, 2] > 8.3))
    distance, _ = distance_to_path(p[near], np.concatenate([outline, outline[:1]])[:, :2])
    signed = np.where(inside_polygon(p[near], outline), distance, -distance)
    out = np.zeros(len(p), np.float32)
    out[near] = smooth(-0.08, 0.12, signed)
    return out


def scalp_mask(pack: Pack, style: str) -> np.ndarray:
    """How much hair grows at every vertex, 0..1, for a style. The masks of the pack have bare streaks behind the hairline: seen from the
    crown, hair above the forehead may not get thinner again further up (`receding`, which is bare there on purpose, is left alone)."""
    out = np.zeros(len(pack.neutral), np.float32)
    out[:11248] = smooth(0.06, 0.72, pack.card('hair', style)['scalp'] / 255.0)
    if style == 'receding':
        return out
    p = pack.neutral
    high = np.flatnonzero((pack.part <= 1) & (p[:, 1] > 9.0))
    azimuth = np.arctan2(p[high, 0], p[high, 2] + 1.0)
    order = high[np.argsort(np.abs(np.arctan2(np.hypot(p[high, 0], p[high, 2] + 1.0), p[high, 1] - 6.0)))][::-1]  # hairline first, crown last
    bins = 72
    place = dict(zip(high.tolist(), ((azimuth + np.pi) / (2 * np.pi) * bins).astype(int) % bins))
    reached = np.zeros(bins)
    for v in order.tolist():
        b = place[v]
        out[v] = max(out[v], min(reached[b], max(reached[b - 1], reached[(b + 1) % bins])))
        reached[b] = max(reached[b], out[v])
    return out


BEARD_AREAS = ('moustache', 'goatee', 'cheeks', 'chin')


def beard_areas(pack: Pack) -> dict:
    """Density 0..1 per vertex of each of BEARD_AREAS on the mean face."""
    p = pack.neutral
    x, y, z = np.abs(p[:, 0]), p[:, 1], p[:, 2]
    skin = pack.part <= 1
    lips = lip_mask(pack)
    front = smooth(2.0, 3.5, z)
    # Upper border of a cheek beard: from the sideburn (7.2, 3.0) down to the corner of the mouth (3.2, -2.6).
    border = np.interp(x, [0, 2.6, 4.0, 5.6, 6.6, 7.4], [-4.9, -3.0, -2.6, -1.2, 1.0, 3.6])
    under_chin = smooth(-11.5, -8.0, y)
    cheeks = smooth(-0.2, 0.9, border - y) * under_chin * front * smooth(0.8, 2.4, np.hypot(x, (y + 3.4) * 1.2) - 1.6)
    # A moustache follows the upper lip and droops past the corners of the mouth.
    low, high = np.interp(x, [0, 0.73, 1.7, 2.53, 3.2], [-2.5, -2.45, -2.8, -3.5, -4.2]), np.interp(x, [0, 1, 2, 3, 3.6], [-1.45, -1.4, -1.65, -2.4, -3.4])
    moustache = smooth(-0.15, 0.15, y - low) * smooth(0.0, 0.3, high - y) * smooth(3.5, 2.9, x) * (z > 8)
    chin = smooth(3.1, 1.9, x) * smooth(-4.75, -5.15, y) * smooth(-8.4, -7.4, y) * (z > 6)
    soul = smooth(0.7, 0.3, x) * smooth(-4.35, -4.6, y) * smooth(-5.6, -5.2, y) * (z > 9)
    around = smooth(2.45, 2.75, x) * smooth(3.8, 3.2, x) * smooth(-2.7, -3.1, y) * smooth(-8.0, -7.0, y) * (z > 6)
    goatee = np.maximum.reduce([chin, around, 0.7 * soul])
    out = {'moustache': moustache, 'goatee': goatee, 'cheeks': cheeks, 'chin': np.maximum(chin, 0.7 * soul)}
    return {k: (np.clip(v, 0, 1) * skin * (1 - np.clip(lips * 1.5, 0, 1))).astype(np.float32) for k, v in out.items()}
