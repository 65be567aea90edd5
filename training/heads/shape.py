"""The neutral shape of a person: the identity modes, leaned along a direction that tells men's faces from women's."""

import numpy as np

from .native import blend
from .pack import TEETH_UPPER, Pack

# How a length or offset of the face differs between the sexes, in standard deviations of the population per unit of `sex`
# (sign and order of magnitude after the anthropometry of Farkas, "Anthropometry of the Head and Face", 1994: men have longer and
# wider faces, heavier jaws and brows, broader necks and noses, thinner lips, and their brows sit lower over deeper eyes).
DIMORPHISM = {
    'size': 0.5, 'face_height': 0.4, 'face_width': 0.2, 'jaw_width': 0.8, 'chin_height': 0.7, 'chin_width': 0.6, 'neck_width': 1.0, 'nose_width': 0.6, 'nose_length': 0.5,
    'brow_ridge': 0.8, 'brow_to_eye': -0.6, 'lip_thickness': -0.5, 'eye_opening': -0.4, 'cheek_fullness': -0.4,
}  # fmt: skip
SEX_SHIFT = 1.0  # length of the lean at sex = 1, standard deviations of one mode
_directions = {}


def measures(pack: Pack, shape: np.ndarray) -> dict:
    """Size of the face (1 = the mean face) and named lengths in model units, scaled to the mean size, of vertex positions (26719, 3)."""
    p, v = shape[pack.landmarks68], shape

    def near(x, y, z):
        return int(np.argmin(((pack.neutral[:11248] - [x, y, z]) ** 2).sum(1)))

    neck = [near(-6, -10, 0), near(6, -10, 0)]
    cheeks = [near(-5, -0.5, 8.5), near(5, -0.5, 8.5)]
    size = float(np.linalg.norm(p - p.mean(0)) / np.linalg.norm(pack.neutral[pack.landmarks68] - pack.neutral[pack.landmarks68].mean(0)))
    lengths = {
        'face_height': p[27, 1] - p[8, 1], 'face_width': p[15, 0] - p[1, 0], 'jaw_width': p[12, 0] - p[4, 0], 'chin_height': p[57, 1] - p[8, 1],
        'chin_width': p[10, 0] - p[6, 0], 'neck_width': v[neck[1], 0] - v[neck[0], 0], 'nose_width': p[35, 0] - p[31, 0], 'nose_length': p[27, 1] - p[33, 1],
        'brow_ridge': p[[19, 20, 23, 24], 2].mean() - p[[37, 38, 43, 44], 2].mean(), 'brow_to_eye': p[[19, 24], 1].mean() - p[[37, 44], 1].mean(),
        'lip_thickness': p[51, 1] - p[57, 1], 'eye_opening': p[[37, 38, 43, 44], 1].mean() - p[[41, 40, 47, 46], 1].mean(),
        'cheek_fullness': v[cheeks, 2].mean() - p[[31, 35], 2].mean(),
    }  # fmt: skip
    return {'size': size, **{k: float(x) / size for k, x in lengths.items()}}


def shape_sex(pack: Pack) -> np.ndarray:
    """Unit direction (100,) in the space of identity weights along which faces become more masculine.

    Every measure is linear in the weights; the direction is the sum of the measures' gradients, each scaled to one standard
    deviation of its measure over the population and weighed by DIMORPHISM.
    """
    if id(pack) not in _directions:
        base = measures(pack, pack.neutral)
        gradients = {k: np.zeros(len(pack.identity_basis)) for k in base}
        for i, mode in enumerate(pack.identity_basis):
            moved = measures(pack, pack.neutral + mode * np.float32(pack.identity_step))
            for k in base:
                gradients[k][i] = moved[k] - base[k]
        total = sum(DIMORPHISM[k] * g / np.linalg.norm(g) for k, g in gradients.items())
        _directions[id(pack)] = total / np.linalg.norm(total)
    return _directions[id(pack)]


def neutral_shape(pack: Pack, who) -> np.ndarray:
    """Vertex positions (26719, 3) f32 of `who` (an Identity) at rest, with that person's own teeth."""
    direction = shape_sex(pack)
    weights = np.array(who.shape)
    # The population's spread along the direction is halved, so that shape and skin seldom disagree.
    weights += direction * (SEX_SHIFT * 2.2 * who.sex - 0.5 * (weights @ direction))
    shape = blend(pack.neutral, weights, pack.identity_basis, pack.identity_step)
    _set_teeth(pack, shape, who.teeth)
    return shape


def _set_teeth(pack: Pack, shape: np.ndarray, teeth) -> None:
    """Widen, lengthen, turn and shift every single tooth along its arch, in place."""
    rs = np.random.RandomState(teeth.seed)
    for piece in pack.teeth:
        points = shape[piece]
        middle = points.mean(0)
        upper = pack.part[piece[0]] == TEETH_UPPER
        # Along the dental arch: a parabola through the front teeth, so the direction at x is (1, slope).
        slope = -0.42 * middle[0]
        along = np.array([1, 0, slope]) / np.hypot(1, slope)
        out = np.array([-along[2], 0, along[0]])
        relative = points - middle
        side, up = relative @ along, relative[:, 1]
        turn, spin = np.radians(rs.randn(2) * teeth.wobble)
        wide = (teeth.width_upper if upper else teeth.width_lower) - 1
        moved = relative + np.outer(side * wide - up * np.sin(turn), along)
        root = up.max() if upper else up.min()
        moved[:, 1] = root + (up - root) * (teeth.height * (1 + 0.03 * rs.randn())) + side * np.sin(turn)
        moved += np.outer(side * np.sin(spin), out)
        push = np.sign(middle[0]) * teeth.gap / 2 * (1 if upper else 0.4)
        shape[piece] = middle + moved + push * along + out * (teeth.forward * (1 if upper else -0.5) + rs.randn() * teeth.wobble * 0.008)


def eye_frame(pack: Pack, shape: np.ndarray) -> list:
    """Centre (3,) and radius of both eyeballs of a shape: (image right `_L`, image left `_R`)."""
    out = []
    for centre, ids in zip(pack.eye_centre, pack.eye_vertices):
        c = centre + (shape[ids] - pack.neutral[ids]).mean(0)
        out.append((c.astype(np.float32), float(np.linalg.norm(shape[ids] - c, axis=1).mean())))
    return out
