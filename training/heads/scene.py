"""Everything around the head: light, background, camera and sensor, each from its own seed. Colours are linear RGB."""

import math
from dataclasses import dataclass

import numpy as np

from .native import C, DirectionalLight, f32
from .pack import Pack

VISIBLE = 34.0  # model units across the picture at zoom 1, at the depth of the neck


@dataclass(frozen=True)
class Light:
    """`sh` (3, 9) irradiance / pi (basis 1, y, z, x, xy, yz, 3z2-1, xz, x2-y2); three directional lights, the first casts shadows."""

    sh: np.ndarray
    lights: object
    key: np.ndarray
    name: str


@dataclass(frozen=True)
class Camera:
    """Pinhole: `distance` to the origin in model units; the point (x, y) is in the middle; 34 x `zoom` units are visible at depth 0; `roll` radians."""

    distance: float
    zoom: float
    x: float
    y: float
    roll: float

    def project(self, points: np.ndarray, size: int) -> np.ndarray:
        """(n, 4): pixel x, y (origin at the top left corner, pixel centres at .5), depth (smaller = nearer), 1 / distance."""
        cr, sr = math.cos(self.roll), math.sin(self.roll)
        dx, dy = points[:, 0] - self.x, points[:, 1] - self.y
        inverse = 1 / (self.distance - points[:, 2])
        focal = size * self.distance / (VISIBLE * self.zoom) * inverse
        return f32(np.stack([size / 2 + (dx * cr - dy * sr) * focal, size / 2 - (dx * sr + dy * cr) * focal, -inverse * 1e3, inverse], 1))

    @property
    def position(self) -> np.ndarray:
        """Place of the pinhole, model units."""
        return f32([self.x, self.y, self.distance])


@dataclass(frozen=True)
class Sensor:
    """Exposure, white balance (3,), vignette 0..0.3, softness 0..1, grain (standard deviation of values 0..1)."""

    exposure: float
    balance: tuple
    vignette: float
    soft: float
    grain: float


def _unit(v) -> np.ndarray:
    return np.array(v, float) / np.linalg.norm(v)


def _sky(pack: Pack, rs) -> tuple:
    """One of the panoramas at a random heading: radiance (64, 128, 3) and its name."""
    i = rs.randint(len(pack.lights['names']))
    return np.roll(pack.lights['env'][i].astype(np.float32), rs.randint(128), 1), str(pack.lights['names'][i])


def _irradiance(sky: np.ndarray) -> np.ndarray:
    """Spherical-harmonic irradiance / pi (3, 9) of a panorama, mean 1; sources brighter than 4 are left to the key light."""
    h, w = sky.shape[:2]
    theta, phi = (np.arange(h) + 0.5) / h * np.pi, (np.arange(w) + 0.5) / w * 2 * np.pi - np.pi
    y = np.cos(theta)[:, None] + 0 * phi
    x, z = np.sin(theta)[:, None] * np.sin(phi), np.sin(theta)[:, None] * np.cos(phi)
    solid = (np.sin(theta) * np.pi / h * 2 * np.pi / w)[:, None] + 0 * phi
    c0, c1, c2, c3, c4 = 0.282095, 0.488603, 1.092548, 0.315392, 0.546274
    basis = np.stack([c0 + 0 * x, c1 * y, c1 * z, c1 * x, c2 * x * y, c2 * y * z, c3 * (3 * z * z - 1), c2 * x * z, c4 * (x * x - y * y)])
    sh = np.einsum('khw,hwc,hw->ck', basis, np.minimum(sky, 4), solid)
    sh /= sh[:, 0].mean() / 3.545
    return sh * [c0, c1 * 2 / 3, c1 * 2 / 3, c1 * 2 / 3, c2 / 4, c2 / 4, c3 / 4, c2 / 4, c4 / 4]


def light(pack: Pack, seed: int) -> Light:
    """A panorama's soft light, a key light from the front half, a weak fill and a rim light."""
    rs = np.random.RandomState(seed)
    sky, name = _sky(pack, rs)
    soft = rs.rand() < 0.35  # an overcast day or a window: hardly any key
    a, e, power = rs.uniform(-1.2, 1.2), rs.uniform(0.1, 0.9), rs.uniform(0.12, 0.4) if soft else rs.uniform(0.35, 1.0)
    key = _unit([math.sin(a) * math.cos(e), math.sin(e), math.cos(a) * math.cos(e)])
    warm = np.array([1, rs.uniform(0.88, 1), rs.uniform(0.72, 1)])
    three = [
        (key, warm * power, 1),
        (_unit([-math.sin(a), 0.3, 0.6]), np.array([0.85, 0.92, 1]) * power * rs.uniform(0.08, 0.35), 0),
        (_unit([-math.sin(a) * 0.8 + 0.2, 0.5, -0.7]), np.array([0.9, 0.95, 1]) * rs.uniform(0, 0.45), 0),
    ]
    packed = (DirectionalLight * 3)(*[DirectionalLight((C.c_float * 3)(*d), (C.c_float * 3)(*c), s) for d, c, s in three])
    return Light(f32(_irradiance(sky) * (rs.uniform(0.5, 0.8) if soft else rs.uniform(0.28, 0.6))), packed, key, name)


def camera(seed: int, zoom: float | None = None) -> Camera:
    """Head and shoulders, the head filling about half of the height; `zoom` fixes the framing (smaller is closer)."""
    rs = np.random.RandomState(seed)
    z = rs.uniform(0.72, 1.2) if zoom is None else zoom
    return Camera(rs.uniform(55, 120), z, rs.uniform(-1.5, 1.5), 3.0 - 5.5 * (z - 0.75) + rs.uniform(-1.0, 1.0), rs.uniform(-0.04, 0.04))


def sensor(seed: int) -> Sensor:
    """A mild camera."""
    rs = np.random.RandomState(seed)
    return Sensor(rs.uniform(0.85, 1.2), tuple(rs.uniform(0.95, 1.05, 3)), rs.uniform(0, 0.25), rs.uniform(0, 0.8), rs.uniform(0.001, 0.014))


def background(pack: Pack, seed: int, size: int) -> np.ndarray:
    """A blurred place, soft shapes, a wall, or a painter's dark ground: linear (size, size, 3) f32."""
    rs = np.random.RandomState(seed)
    n = 128
    y, x = np.mgrid[0:n, 0:n] / n
    kind = ('place', 'gradient', 'room', 'wall', 'painted')[rs.choice(5, p=[0.25, 0.15, 0.2, 0.15, 0.25])]
    if kind == 'place':
        sky, _ = _sky(pack, rs)
        column = ((x - 0.5) * rs.uniform(0.15, 0.4) * 128 + 128) % 128
        row = np.clip(32 + (y - 0.5) * 28, 0, 63)
        out = np.minimum(_bilinear(np.concatenate([sky, sky[:, :1]], 1), row, column), 4) * 0.45
        for _ in range(rs.randint(4, 14)):
            out = _box(out)
    elif kind == 'painted':
        base = np.array([0.09, 0.065, 0.04]) * rs.uniform(0.3, 2.2) * rs.uniform(0.75, 1.25, 3)
        pool = np.exp(-(((x - rs.uniform(0.2, 0.8)) / 0.5) ** 2 + ((y - rs.uniform(0.2, 0.6)) / 0.5) ** 2))[..., None]
        strokes = rs.randn(n, n, 1)
        for _ in range(3):
            strokes = _box(strokes)
        out = base * (0.5 + rs.uniform(0.3, 1.6) * pool) * np.exp(strokes * rs.uniform(0.1, 0.6))
    else:
        first = rs.uniform(0.03, 0.55) * rs.uniform(0.7, 1.3, 3)
        ramp = x * rs.randn() + y * rs.randn()
        ramp = ((ramp - ramp.min()) / (np.ptp(ramp) + 1e-6))[..., None]
        out = first * (1 - ramp) + first * rs.uniform(0.4, 1.3, 3) * ramp
        for _ in range(0 if kind == 'wall' else rs.randint(3, 14)):
            colour, sharp = rs.uniform(0.02, 0.8) * rs.uniform(0.6, 1.4, 3), rs.uniform(15, 60)
            if kind == 'gradient':
                d = rs.uniform(0.05, 0.35) - np.hypot(x - rs.rand(), (y - rs.rand()) * rs.uniform(0.3, 2))
            else:
                d = np.minimum(rs.uniform(0.03, 0.3) - np.abs(x - rs.rand()), rs.uniform(0.03, 0.5) - np.abs(y - rs.rand()))
            m = 0.85 / (1 + np.exp(-d * sharp))[..., None]
            out = out * (1 - m) + m * colour
    at = np.clip((np.arange(size) + 0.5) * n / size - 0.5, 0, n - 1)
    return f32(_bilinear(out, at[:, None] + 0 * at, at[None] + 0 * at[:, None]))


def _box(a: np.ndarray) -> np.ndarray:
    n, m = a.shape[:2]
    p = np.pad(a, ((1, 1), (1, 1), (0, 0)), 'edge')
    return sum(p[dy : dy + n, dx : dx + m] for dy in range(3) for dx in range(3)) / 9


def _bilinear(a: np.ndarray, row, column) -> np.ndarray:
    i, j = np.minimum(row.astype(int), a.shape[0] - 2), np.minimum(column.astype(int), a.shape[1] - 2)
    f, g = (row - i)[..., None], (column - j)[..., None]
    return (a[i, j] * (1 - g) + a[i, j + 1] * g) * (1 - f) + (a[i + 1, j] * (1 - g) + a[i + 1, j + 1] * g) * f
