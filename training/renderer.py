"""One interface to the head renderer for training: people, motions, and pictures with MediaPipe-like landmarks.

Landmarks are projected vertices of the head model (`landmark_map.npz`, fitted once by calibrate.py) plus the difference in
convention that MediaPipe has on average; its errors are added by `LandmarkNoise`, drawn from what it really did on renders.
"""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import warp
from warp import TOPOLOGY

HERE = Path(__file__).resolve().parent
_MAP = dict(np.load(HERE / 'landmark_map.npz'))
IRIS_RADIUS = 0.6  # model units (centimetres)


@dataclass
class Motion:
    """Expression weights [n, 57], head pose and gaze in radians [n, 3], [n, 2] (renderer's signs)."""

    expression: np.ndarray
    pose: np.ndarray
    gaze: np.ndarray


@dataclass
class Shot:
    picture: np.ndarray  # [H, W, 3] uint8
    points: np.ndarray  # [478, 3] exact landmarks, pixels


def landmarks(skin: np.ndarray, irises: np.ndarray, iris_pixels: float) -> np.ndarray:
    """
    `skin` [vertices, 3]: posed vertices in pixels, depth in pixels of the same scale, away from the camera positive;
    `irises` [2, 3]: iris centres, image left first. -> [478, 3].
    """
    points = np.empty((478, 3))
    points[:468] = skin[_MAP['vertex']]
    state = warp.face_state(points)
    points[:468] += _MAP['offset'] @ state.rotation.T * state.scale
    for eye, centre in zip(TOPOLOGY['eyes'], irises):
        for i, (dx, dy) in zip(eye['iris'], ((0, 0), (1, 0), (0, -1), (-1, 0), (0, 1))):
            points[i] = centre + np.array([dx, dy, 0]) * iris_pixels
    return points


class LandmarkNoise:
    """
    MediaPipe's errors: a bias that stays with the person, one that comes with the expression (both real residuals), shiver
    from frame to frame, lids that it sees less closed than they are, irises that it places poorly.
    """

    def __init__(self, rs: np.random.RandomState):
        self._rs = rs
        self._person = self._residual()

    def _residual(self) -> np.ndarray:
        bank = _MAP['noise']
        return bank[self._rs.randint(len(bank))].astype(np.float64) / 4096

    def expression(self) -> np.ndarray:
        """The part that neighbouring frames share; hand it to `apply` for each of them."""
        return self._residual()

    def apply(self, points: np.ndarray, shared: np.ndarray) -> np.ndarray:
        rs, state = self._rs, warp.face_state(points)
        error = 0.6 * self._person + 0.35 * shared + rs.randn(468, 3) * 0.003
        out = points.copy()
        out[:468] += error @ state.rotation.T * state.scale
        lazy = rs.uniform(0, 0.35) if rs.rand() < 0.25 else 0.0
        for eye in TOPOLOGY['eyes']:
            upper, lower = eye['upper'][1:-1], eye['lower'][1:-1]
            left, right = (out[i] for i in eye['corners'])
            width = np.linalg.norm(right - left)
            # A closed lid drawn a little open: towards the contour of a resting eye, about a third as high as wide.
            normal = np.array([-(right - left)[1], (right - left)[0], 0]) / width
            for contour, share in ((upper, -0.22), (lower, 0.08)):
                arch = 4 * np.linspace(1 / 8, 7 / 8, len(contour)) * (1 - np.linspace(1 / 8, 7 / 8, len(contour)))
                rest = (left + right) / 2 + np.linspace(-0.5, 0.5, len(contour) + 2)[1:-1, None] * (right - left) + (arch * share * width)[:, None] * normal
                out[contour] += lazy * (rest - out[contour])
            out[eye['iris']] += np.r_[rs.randn(2) * 0.02 * width, 0]
        return out


class ReferenceRenderer:
    """The renderer that comes with the heads pack (`DIR/reference/render.py`), one light and camera per person."""

    def __init__(self, assets: Path, size: int):
        path = assets / 'reference' / 'render.py'
        if not path.exists():
            raise SystemExit(f'Expected the heads pack with its renderer but there is no {path}; pass --assets DIR.')
        spec = importlib.util.spec_from_file_location('heads_reference', path)
        self._r = importlib.util.module_from_spec(spec)
        sys.modules['heads_reference'] = self._r
        spec.loader.exec_module(self._r)
        self._model = self._r.Model()
        self._size = size

    def identity(self, seed: int):
        rs = np.random.RandomState(seed)
        hair = ['buzz', 'receding', 'bald', 'ponytail01', 'short01', 'short02', 'short04', None][rs.randint(8)]
        head = self._r.Head(self._model, rs, hair=hair)
        return head, self._r.Scene(rs, self._size, rs.uniform(0.8, 1.0))

    def motion(self, seed: int, couples: int) -> Motion:
        """`2 * couples` frames: neighbours two by two; the first couple at rest, a quarter grins, laughs and gapes."""
        rs = np.random.RandomState(seed)
        M = self._model
        n = 12 * couples
        expression, pose, gaze = self._r.performance(rs, n, M, yaw=18)
        pick = (np.arange(couples) * 12 + rs.randint(0, 11, couples))[:, None] + [0, 1]
        e, p, g = expression[pick], pose[pick], gaze[pick]
        e[0] *= 0.1
        p[0] *= 0.3
        g[0] *= 0.2
        for k in range(1, couples):
            if rs.rand() < 0.33:
                self._exaggerate(e[k], rs)
            if rs.rand() < 0.15:
                lid = rs.uniform(0.4, 1, 2)
                for side in 'LR':
                    e[k, :, M.ix['eyeBlink_' + side]] = lid
            if rs.rand() < 0.25:
                g[k] += rs.uniform(-0.45, 0.45, 2) * [1, 0.6]
        return Motion(np.clip(e, 0, 1).reshape(-1, 57), p.reshape(-1, 3), np.clip(g, -0.6, 0.6).reshape(-1, 2))

    def _exaggerate(self, e: np.ndarray, rs) -> None:
        kinds = (
            {'mouthSmile': 0.9, 'mouthUpperUp': 0.35, 'mouthLowerDown': 0.35, 'cheekSquint': 0.5},
            {'mouthSmile': 0.8, 'mouthUpperUp': 0.5, 'mouthLowerDown': 0.4, 'jawOpen': 0.45, 'cheekSquint': 0.6, 'eyeSquint': 0.4},
            {'mouthStretch': 0.8, 'mouthLowerDown': 0.7, 'mouthUpperUp': 0.6, 'noseSneer': 0.5},
            {'jawOpen': 0.95, 'mouthLowerDown': 0.2, 'mouthFunnel': 0.2},
        )
        for name, value in kinds[rs.randint(len(kinds))].items():
            for key in [name] if name in self._model.ix else [name + '_L', name + '_R']:
                i = self._model.ix[key]
                e[:, i] = np.maximum(e[:, i], value * rs.uniform(0.5, 1.1) * np.array([1, rs.uniform(0.85, 1.1)]))

    def shoot(self, person, expression, pose, gaze, time: float) -> Shot:
        head, scene = person
        picture = self._r.render(head, scene, expression, pose, gaze, time, 2)[0]
        posed = head.geometry(expression, pose, gaze)[0][head.first()]
        at = scene.project(posed, self._size, time)[0]
        focal = self._size * scene.dist / (34.0 * scene.scale) * at[:, 3].mean()
        pixels = np.c_[at[:, :2], -posed[:, 2] * focal]
        part = self._model.part
        return Shot(picture, landmarks(pixels, np.stack([pixels[part == 12].mean(0), pixels[part == 10].mean(0)]), IRIS_RADIUS * focal))
