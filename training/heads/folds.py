"""Folds that come and go with expression: height maps over the face tile, each with the expressions that drive it.

The mesh (vertices 0.25 model units apart) shows cheeks that bulge but no creases. A fold map holds grooves (negative) and ridges,
in the xy plane of the mean face; the shader tilts normals by its slope and darkens its grooves. Left and right are driven apart.
"""

import numpy as np

from .pack import Pack
from .regions import curve, distance_to_path, texel_positions

SIZE = 512  # texels of a map's side; about 0.045 model units each
SIDES = ('L', 'R')  # as in expression names: _L is the person's left, image right, x > 0
# Fold: expressions (without side) and the gain of each. Sums are clipped to 0..1.3.
DRIVERS = {
    'forehead': {'browInnerUp': 0.7, 'browOuterUp': 0.8},
    'glabella': {'browDown': 1.0, 'noseSneer': 0.35},
    'crow': {'cheekSquint': 0.55, 'eyeSquint': 0.55, 'mouthSmile': 0.25, 'cheekRaiser': 0.4},
    'underEye': {'cheekSquint': 0.7, 'cheekRaiser': 0.6, 'eyeSquint': 0.4, 'mouthSmile': 0.2},
    'nasolabial': {'mouthSmile': 0.9, 'mouthUpperUp': 0.5, 'noseSneer': 0.6, 'mouthDimple': 0.3, 'mouthStretch': 0.3, 'cheekRaiser': 0.3},
    'bunny': {'noseSneer': 1.0},
    'bracket': {'mouthSmile': 0.55, 'mouthDimple': 0.9, 'mouthStretch': 0.7},
    'lipLines': {'mouthPucker': 1.0, 'mouthFunnel': 0.3, 'mouthPress': 0.3},
    'chin': {'mouthShrugLower': 1.0, 'mouthPress': 0.4, 'mouthFrown': 0.5, 'mouthPucker': 0.3},
    'marionette': {'mouthFrown': 1.0, 'mouthShrugLower': 0.3, 'mouthStretch': 0.5},
}
# How visible a fold is in a face at rest, per unit of an identity's wrinkle_base.
AT_REST = {'forehead': 1.0, 'glabella': 0.8, 'crow': 1.0, 'underEye': 1.3, 'nasolabial': 1.3, 'bracket': 0.5, 'lipLines': 0.6, 'marionette': 1.0}
NAMES = list(DRIVERS)


def _groove(distance, width, depth):
    """A V with soft lips: `depth` model units deep, `width` to its ridges."""
    q = distance / width
    return -depth * np.exp(-(q**2) * 2.2) + 0.35 * depth * np.exp(-((q - 1.35) ** 2) * 2.5)


def _line(points, path, width, depth):
    """A groove along a path that fades out at both ends."""
    distance, share = distance_to_path(points, curve(path))
    return _groove(distance, width, depth) * np.clip(np.minimum(share, 1 - share) * 5, 0, 1) ** 0.7


def _heights(name: str, p: np.ndarray, rs) -> np.ndarray:
    """Height, model units, of one fold on the side x > 0 at points (n, 3) of the mean face."""
    x, y = p[:, 0], p[:, 1]
    if name == 'forehead':
        out = 0
        for k, base in enumerate((7.1, 8.0, 8.95, 9.8)):
            end = (5.0, 5.4, 4.9, 3.6)[k] + rs.uniform(-0.4, 0.4)
            xs = np.linspace(-0.6, end, 9)
            ys = base + 0.22 * np.cos(xs * 0.9 + rs.uniform(-0.4, 0.4)) - 0.022 * xs**2 + rs.randn(9) * 0.035
            out = out + _line(p, np.c_[xs, ys], 0.17, (0.045, 0.055, 0.05, 0.035)[k])
        return out
    if name == 'glabella':
        return _line(p, [(0.72, 4.9), (0.78, 5.6), (0.70, 6.3), (0.82, 7.0)], 0.17, 0.075) + _line(p, [(1.45, 5.6), (1.25, 6.2), (1.35, 6.7)], 0.15, 0.03) + _line(p, [(-0.2, 4.55), (0.5, 4.5), (0.9, 4.3)], 0.13, 0.03)
    if name == 'crow':
        rays = [(38, 1.5), (19, 1.9), (2, 2.0), (-16, 1.8), (-33, 1.4)]
        out = 0
        for degrees, length in rays:
            a, s = np.radians(degrees + rs.uniform(-4, 4)), np.linspace(0, length, 5)
            bow = 0.10 * s**2 * np.sign(degrees)
            out = out + _line(p, np.c_[4.95 + s * np.cos(a), 3.40 + s * np.sin(a) - bow], 0.11, 0.028)
        return out
    if name == 'underEye':
        return _line(p, [(1.75, 2.75), (2.5, 2.25), (3.5, 2.2), (4.4, 2.6)], 0.16, 0.04) + _line(p, [(1.7, 2.2), (2.6, 1.55), (3.8, 1.45), (4.9, 2.0)], 0.22, 0.045)
    if name == 'nasolabial':
        distance, share = distance_to_path(p, curve([(1.45, 0.2), (1.85, -0.55), (2.6, -1.6), (3.2, -2.7), (3.4, -3.8)]))
        fade = np.clip(share * 6, 0, 1) * np.clip((1 - share) * 3, 0, 1)
        cheek = np.where(x * 0.8 + y * 0.6 > 0.8 * 2.6 - 0.6 * 1.6, 1.0, 0.35)  # the cheek swells over the fold
        return fade * (-0.13 * np.exp(-((distance / 0.26) ** 2)) + 0.05 * cheek * np.exp(-(((distance - 0.5) / 0.3) ** 2)))
    if name == 'bunny':
        return _line(p, [(0.35, 3.3), (0.9, 3.0), (1.45, 2.3)], 0.13, 0.035) + _line(p, [(0.3, 2.7), (0.85, 2.35), (1.3, 1.7)], 0.13, 0.03) + _line(p, [(-0.3, 3.85), (0.5, 3.75)], 0.12, 0.03)
    if name == 'bracket':
        return _line(p, [(3.6, -2.2), (4.05, -3.1), (3.95, -4.1), (3.5, -4.9)], 0.24, 0.06)
    if name == 'lipLines':
        phase = x * 7.5 + 0.35 * np.sin(x * 3) + 0.2 * (y + 3.4)
        area = np.exp(-((np.maximum(np.abs(y + 3.35) - 0.75, 0) / 0.28) ** 2)) * np.clip((2.2 - np.abs(x)) / 0.5, 0, 1)
        return 0.018 * area * (np.sin(phase * 2) * 0.7 - 0.3)
    if name == 'chin':
        grain = sum(np.sin(p @ v + o) for v, o in zip(rs.randn(9, 3) * 8.5, rs.rand(9) * 6.28)) / 3
        crease = _line(p, [(-0.3, -5.0), (0.7, -5.0), (1.5, -5.2)], 0.2, 0.06)
        return 0.012 * grain * np.exp(-((x / 1.6) ** 2) - ((y + 6.1) / 0.9) ** 2) + crease
    if name == 'marionette':
        return _line(p, [(2.6, -3.6), (2.95, -4.4), (3.05, -5.4)], 0.2, 0.06)
    raise ValueError(f'expected a fold of {NAMES}, received {name!r}')


def fold_maps(pack: Pack) -> tuple:
    """Maps (2 * folds, SIZE, SIZE) int8, 127 = `scale` model units, in the order of NAMES x SIDES, and `scale`."""
    positions = texel_positions(pack, SIZE)
    valid = np.isfinite(positions[..., 0])
    points = positions[valid]
    side = {'L': 1.0, 'R': -1.0}
    scale, out = 0.15, np.zeros((2 * len(NAMES), SIZE, SIZE), np.int8)
    for i, name in enumerate(NAMES):
        for j, letter in enumerate(SIDES):
            mirrored = points * [side[letter], 1, 1]
            h = _heights(name, mirrored, np.random.RandomState(50 + 2 * i + j))
            h = h * np.clip(mirrored[:, 0] / 0.5 + 0.5, 0, 1) * np.clip((points[:, 2] - 1.5) / 2, 0, 1)
            out[2 * i + j][valid] = np.clip(h / scale * 127, -127, 127).round()
    return out, scale


def fold_weights(pack: Pack, expression: np.ndarray, gain: float, base: float) -> np.ndarray:
    """Weight (2 * folds,) of every map for expression weights (57,) of a person with that wrinkle gain and base."""
    out = np.zeros(2 * len(NAMES))
    for i, name in enumerate(NAMES):
        for j, letter in enumerate(SIDES):
            drive = sum(g * expression[pack.index.get(f'{e}_{letter}', pack.index.get(e, 0))] for e, g in DRIVERS[name].items())
            out[2 * i + j] = gain * np.clip(drive, 0, 1.3) + base * AT_REST.get(name, 0)
    return out
