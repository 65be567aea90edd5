"""How the picture looks: a soft studio light, a plain background, and materials tuned for close view of mouth and eyes."""

import math

import numpy as np

from casting import Cast, Casting
from mouth import INSIDE, add_moist_lips, add_tongue, blink_scale, shape_teeth


# Backdrop behind the performer: a warm grey pool of light on a cool grey wall, linear RGB.
WALL = ((0.235, 0.225, 0.215), (0.085, 0.095, 0.115))


def unit(v):
    """v scaled to length 1."""
    v = np.asarray(v, float)
    return v / np.linalg.norm(v)


def make_head(R, model, cast: Cast):
    """Build the head of a cast with our material values. `R` is the reference renderer module, `model` its `Model`."""
    head = R.Head(model, Casting(cast), cast.skin, cast.hair)
    first = head.off['cloth']
    head.vcol[first:] = cast.cloth
    tune_materials(R, head)
    shape_teeth(head)
    add_tongue(head)
    add_moist_lips(R, head)
    # Light falls off towards the throat, but hardly on the front teeth (z 10).
    z = model.V[:, 2]
    fall = np.clip(np.exp((z - 9.4) * 0.42), 0.03, 1)
    head.mouth_fall = np.where(np.isin(model.part, INSIDE), fall, 1).astype(np.float32)
    head.blink_scale = blink_scale(head)
    soften_shadows(head)
    head.rest_weights = np.zeros(len(model.names))
    for name, value in cast.rest.items():
        for key in [name] if name in model.ix else [name + '_L', name + '_R']:
            head.rest_weights[model.ix[key]] = value
    head.blink_scale -= head.rest_weights[model.ix['eyeBlink_L']]
    return head


def soften_shadows(head, bias=0.32):
    """Push the shadow casters back by `bias` model units: the reference's bias is below the size of its filter, which hatches the cheeks."""
    plain = head.raster

    def raster(points, selection, resolution):
        if selection is head.shadow and resolution == 384:  # the key light's shadow map
            points = points.copy()
            points[:, 2] += bias
        return plain(points, selection, resolution)

    head.raster = raster


def tune_materials(R, head):
    """Material values that differ from the reference (linear albedo; roughness and specular 0..1)."""

    def material(name, tint=None, **values):
        m = head.mats[R.MAT[name]]
        if tint is not None:
            m.tint[:] = tint
        for key, value in values.items():
            setattr(m, key, value)

    material('teeth', (0.78, 0.715, 0.605), rough=0.22, spec=0.5, sss=0.45)
    material('gums', (0.46, 0.17, 0.16), rough=0.32, spec=0.45)
    material('tongue', (0.44, 0.16, 0.15), rough=0.42, spec=0.4, bump=0.10)
    dark = head.tone < 0.2
    # A sclera lit like the skin around it looks too white in a dark face.
    material('eye', (0.80, 0.755, 0.71) if dark else (1.08, 1.03, 0.99), sat=1.15 if dark else 0.8)
    material('hair', rough=0.95 if head.hairc.max() < 0.03 else 0.5, spec=0.2)  # black hair greys out at its edges otherwise
    material('face', rough=0.42 if dark else 0.46, spec=0.42 if dark else 0.34, bump=0.07)
    material('head', bump=0.07)


class Studio:
    """Builds scenes that have the fields the reference `render` and `sensor` read, without any chance in them."""

    def __init__(self, R, width: int, scale=0.80, centre=(0.0, 2.4), distance=95.0, exposure=1.12, side=1, wall=WALL, ambient=1.0):
        """`scale` x 34 model units are visible across `width`; `centre` is the model point in the middle of the picture.

        `side` is 1 for the key light on the right of the picture, -1 for the left; `wall` are the lit and the far colour of the backdrop; `ambient` scales the shadowless part of the light.
        """
        s = R.Scene(np.random.RandomState(1), width, scale)
        s.roll, s.drift = 0.0, [0, 0.1, 0, 0]
        s.cx, s.cy, s.dist = centre[0], centre[1], distance
        s.exposure, s.wb, s.vig, s.soft, s.grain = exposure, np.ones(3), 0.06, 0.25, 0.0035
        s.key = unit([0.62 * side, 0.62, 0.85])
        lights = [
            (s.key, np.array([1.0, 0.95, 0.88]) * 0.62, 1),
            (unit([-0.85 * side, 0.15, 0.7]), np.array([0.88, 0.94, 1.0]) * 0.13, 0),
            (unit([-0.7 * side, 0.5, -0.6]), np.array([0.92, 0.96, 1.0]) * 0.45, 0),
        ]
        s.lights = (R.Light * 3)(*[R.Light((R.C.c_float * 3)(*d), (R.C.c_float * 3)(*c), shadow) for d, c, shadow in lights])
        # Irradiance of a big soft box high on that side: constant, y, z, x (then the second order, left at zero).
        warm = np.array([1.0, 0.975, 0.94])[:, None]
        s.sh = R.f32(ambient * warm * np.array([[0.37, 0.12, 0.11, 0.08 * side, 0, 0, 0, 0, 0]]))
        s.bgW = R.f32(backdrop(width, *wall))
        self.scene = s


def backdrop(width: int, lit, far) -> np.ndarray:
    """A painted studio backdrop with a soft pool of light behind the sitter, (width, width, 3) linear."""
    y, x = np.mgrid[0:width, 0:width] / width
    pool = np.exp(-(((x - 0.36) / 0.55) ** 2 + ((y - 0.40) / 0.60) ** 2))[..., None]
    return np.array(far) * (1 - pool) + np.array(lit) * pool


def ambient_occlusion(R, head, weights, gaze=(0.0, 0.0), directions=40, resolution=160):
    """Ambient occlusion per corner for one expression, head unturned. The reference only blends closed and open jaw."""
    points = head.geometry(weights, np.zeros(3), np.asarray(gaze))[0]
    occlusion = head.occlusion(points, directions, resolution)
    # Light bounces about between teeth and lips, which plain occlusion does not know.
    inside = np.isin(head.M.part[head.M.uvv], INSIDE)
    occlusion[: len(inside)][inside] **= 0.8
    return occlusion


def degrees(*angles):
    """Angles in degrees to a tuple in radians."""
    return tuple(math.radians(a) for a in angles)
