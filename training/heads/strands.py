"""Hair made of single strands: short coily or straight hair, beards. Thin strips that grow from the skin and move with it."""

import numpy as np

from .native import f32, i32, normals
from .pack import Pack
from .regions import BEARD_AREAS, beard_areas, scalp_mask

BEARD_PARTS = {'full': BEARD_AREAS, 'moustache': ('moustache',), 'goatee': ('moustache', 'goatee'), 'chin': ('chin',)}


def beard_density(pack: Pack, style: str) -> np.ndarray:
    """Density 0..1 per vertex of a beard style."""
    areas = beard_areas(pack)
    return np.maximum.reduce([areas[a] for a in BEARD_PARTS[style]])


def _roots(pack: Pack, shape, density, count, rs):
    """Roots on the skin of `shape`: their three vertices (count, 3), weights (count, 3), point and normal."""
    triangles = pack.skin_triangles
    a, b, c = (shape[triangles[:, k]] for k in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1) * density[triangles].mean(1)
    chosen = triangles[rs.choice(len(triangles), count, p=area / area.sum())]
    u, v = rs.rand(2, count)
    flip = u + v > 1
    u, v = np.where(flip, 1 - u, u), np.where(flip, 1 - v, v)
    weight = np.stack([1 - u - v, u, v], 1)
    # Sparse areas keep fewer roots than their area: soft borders.
    kept = rs.rand(count) < np.clip((density[chosen] * weight).sum(1) * 1.6, 0, 1)
    chosen, weight = chosen[kept], weight[kept]
    skin = normals(f32(shape), i32(triangles))
    point = np.einsum('nk,nkj->nj', weight, shape[chosen])
    normal = np.einsum('nk,nkj->nj', weight, skin[chosen])
    return chosen, weight, point, normal / np.linalg.norm(normal, axis=1, keepdims=True)


def strands(pack: Pack, shape, density, count, direction, length, width, rs, curl=0.0) -> dict:
    """A card mesh of up to `count` strands on the skin of the neutral `shape` (vertices, 3).

    `direction(point, normal)` gives where strands grow (n, 3); `length` (model units) is scaled by 0.6..1.2 per strand; `curl` bends them at random.
    Returns pos, tri, attach (n, 4), weight (n, 4), shade (n,) and root (n,), the skin vertex that lends its normal.
    """
    chosen, weight, point, normal = _roots(pack, shape, density, count, rs)
    n = len(point)
    grow = direction(point, normal)
    grow += rs.randn(n, 3) * 0.22
    grow /= np.linalg.norm(grow, axis=1, keepdims=True)
    side = np.cross(grow, normal)
    side += rs.randn(n, 3) * 0.3
    side /= np.linalg.norm(side, axis=1, keepdims=True) + 1e-9
    reach = (length * rs.uniform(0.6, 1.2, n) * np.clip((density[chosen] * weight).sum(1) + 0.25, 0.3, 1))[:, None]
    bend = rs.randn(n, 3) * curl
    middle = point + (grow + normal * 0.12 + bend) * reach * 0.5
    tip = point + (grow - normal * 0.10 - bend) * reach
    half = side * width / 2
    pos = np.stack([point - half - normal * 0.03, point + half - normal * 0.03, middle - half * 0.9, middle + half * 0.9, tip], 1).reshape(-1, 3)
    base = 5 * np.arange(n)[:, None]
    tri = (base[:, :, None] + np.array([[0, 1, 2], [1, 3, 2], [2, 3, 4]])[None]).reshape(-1, 3)
    tone = rs.uniform(0.75, 1.2, n)[:, None] * np.array([0.55, 0.55, 0.95, 0.95, 1.25])
    attach = np.repeat(np.c_[chosen, chosen[:, 0]], 5, 0)
    weights = np.repeat(np.c_[weight, np.zeros(n)], 5, 0)
    return {'pos': f32(pos), 'tri': i32(tri), 'attach': attach, 'weight': f32(weights), 'shade': f32(tone.ravel()), 'root': attach[:, 0]}


def beard_strands(pack: Pack, shape, beard, rs) -> dict:
    """The strands of a people.Beard: down over the chin, sideways over the lip, lying along the cheeks."""

    def direction(point, normal):
        x, y = point[:, :1], point[:, 1:2]
        over_lip = (y > -2.95) & (np.abs(x) < 3.2) & (point[:, 2:] > 8)
        fall = np.concatenate([np.sign(x) * 0.12, np.full_like(x, -1.0), np.full_like(x, 0.1)], 1)
        sweep = np.concatenate([np.sign(x) * (0.25 + 0.35 * np.abs(x)), np.full_like(x, -0.55), np.full_like(x, 0.1)], 1)
        grow = np.where(over_lip, sweep, fall)
        grow -= normal * (grow * normal).sum(1, keepdims=True) * 0.9  # lie on the skin ...
        return grow / (np.linalg.norm(grow, axis=1, keepdims=True) + 1e-9) + normal * 0.32  # ... and stand off it a little

    density = beard_density(pack, beard.style)
    count = (9000 if beard.style == 'full' else 3600) if beard.length < 0.6 else (6500 if beard.style == 'full' else 2800)
    out = strands(pack, shape, density, count, direction, beard.length, 0.06 if beard.length < 0.6 else 0.085, rs, curl=0.10)
    # Over the lip strands are short, or they would hang into the mouth.
    over = (out['pos'].reshape(-1, 5, 3)[:, 0, 1] > -2.95) & (np.abs(out['pos'].reshape(-1, 5, 3)[:, 0, 0]) < 3.0)
    strips = out['pos'].reshape(-1, 5, 3)
    shorter = min(1.0, 0.55 / max(beard.length, 1e-3))
    strips[over] = strips[over][:, :1] + (strips[over] - strips[over][:, :1]) * np.array([1, 1, shorter, shorter, shorter])[None, :, None]
    return out


def hairline_strands(pack: Pack, shape, style: str, rs) -> dict:
    """Fine hair along the edge of a style's scalp mask, combed back, which hides the hard edge of its cards."""
    scalp = scalp_mask(pack, style)
    edge = np.clip(4 * scalp * (1 - scalp), 0, 1) * (pack.neutral[:, 1] > 2) * (pack.neutral[:, 2] > -3)
    if edge.max() == 0:
        return strands(pack, shape, scalp + 1e-3, 1, lambda p, n: n, 0.01, 0.01, rs)

    def direction(point, normal):
        back = np.array([0, 9.0, -4.0]) - point
        back /= np.linalg.norm(back, axis=1, keepdims=True)
        grow = back - normal * (back * normal).sum(1, keepdims=True)
        return grow / (np.linalg.norm(grow, axis=1, keepdims=True) + 1e-9) + normal * 0.22

    return strands(pack, shape, edge.astype(np.float32), 2600, direction, 1.5, 0.09, rs, curl=0.06)


def scalp_strands(pack: Pack, shape, style: str, rs) -> dict:
    """Short hair all over the scalp: `coils` (dense curls) or `crop` (straight, combed forward and down)."""
    density = scalp_mask(pack, 'buzz')
    if style == 'coils':
        return strands(pack, shape, density, 11000, lambda point, normal: normal + rs.randn(*normal.shape) * 0.55, rs.uniform(0.5, 1.7), 0.18, rs, curl=0.45)

    def direction(point, normal):
        comb = np.array([0, -0.45, 0.9]) * np.clip(1 - (point[:, 2:] < 0) * 1.6, -1, 1) + np.array([0, -0.25, 0])
        grow = comb - normal * (comb * normal).sum(1, keepdims=True)
        return grow / (np.linalg.norm(grow, axis=1, keepdims=True) + 1e-9) + normal * 0.5

    return strands(pack, shape, density, 10000, direction, rs.uniform(0.7, 1.5), 0.15, rs, curl=0.08)
