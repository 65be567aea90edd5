"""One interface to the head renderer for training: people, motions, and pictures with MediaPipe-like landmarks.

Landmarks are projected points of the head model plus the difference in convention that MediaPipe has on average; its errors are
added by `LandmarkNoise`, drawn from what it really did on renders (`landmark_noise.npz`, measured once by calibrate.py).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from face_state import EYES, face_state
from heads.face import rotation
from heads.head import Head
from heads.performance import Motion, State, motion
from heads.pack import load_pack
from heads.people import identity
from heads.points import mesh_points
from heads.render import View, render, view
from heads.scene import VISIBLE

HERE = Path(__file__).resolve().parent
_NOISE = dict(np.load(HERE / 'landmark_noise.npz'))
FACE_DEPTH = 8.0  # model units in front of the origin: the eyes
SPACING = 36  # frames of a performance per couple: a second and a half, so that couples show different things
_packs: dict = {}  # loaded once a process


@dataclass
class Person:
    head: Head
    view: View


@dataclass
class Shot:
    picture: np.ndarray  # [H, W, 3] uint8
    points: np.ndarray  # [478, 3] landmarks without errors, pixels


def as_detected(exact: np.ndarray) -> np.ndarray:
    """
    [478, 3] projected points of the mesh -> where MediaPipe sees them on average, errors apart. Like the product's, they count from
    the picture's corner, so they lie half a pixel off its pixel centres.
    """
    points = exact.astype(np.float64)
    state = face_state(points)
    points[:468] += _NOISE['offset'] @ state.rotation.T * state.scale
    return points


def label(seed: int) -> dict[str, str]:
    """What errors by group of people are counted by."""
    who = identity(seed)
    darkness = (1 - who.skin_mix) * ('dark' in who.skin) + who.skin_mix * ('dark' in who.skin_other)
    return {
        'skin': 'dark' if darkness > 2 / 3 else 'medium' if darkness > 1 / 3 else 'light',
        'age': who.age,
        'sex': 'male' if who.sex > 0 else 'female',
        'hair': who.hair,
        'beard': 'yes' if who.beard else 'no',
        'glasses': 'yes' if who.glasses else 'no',
    }


class LandmarkNoise:
    """
    MediaPipe's errors: a bias that stays with the person, one that comes with the expression (both real residuals), shiver
    from frame to frame, lids that it sees less closed than they are, irises that it places poorly.
    """

    def __init__(self, rs: np.random.RandomState):
        self._rs = rs
        self._person = self._residual('person')

    def _residual(self, part: str) -> np.ndarray:
        return _NOISE[part][self._rs.randint(len(_NOISE[part]))].astype(np.float64) / 4096

    def expression(self) -> np.ndarray:
        """The part that neighbouring frames share; hand it to `apply` for each of them."""
        return self._residual('expression')

    def apply(self, points: np.ndarray, shared: np.ndarray) -> np.ndarray:
        rs, state = self._rs, face_state(points)
        # What comes with expressions is partly the same for sitter and driver, and cancels in relative motion.
        error = self._person + 0.4 * shared + rs.randn(468, 3) * 0.003
        out = points.copy()
        out[:468] += error @ state.rotation.T * state.scale
        lazy = rs.uniform(0, 0.35) if rs.rand() < 0.25 else 0.0
        unsteady = rs.uniform(0, 0.02)  # a gaze that can be trusted now and then: else the network hedges towards the middle
        for eye in EYES:
            upper, lower = eye['upper'][1:-1], eye['lower'][1:-1]
            left, right = (out[i] for i in eye['corners'])
            width = np.linalg.norm(right - left)
            # A closed lid drawn a little open: towards the contour of a resting eye, about a third as high as wide.
            normal = np.array([-(right - left)[1], (right - left)[0], 0]) / width
            for contour, share in ((upper, -0.22), (lower, 0.08)):
                arch = 4 * np.linspace(1 / 8, 7 / 8, len(contour)) * (1 - np.linspace(1 / 8, 7 / 8, len(contour)))
                rest = (left + right) / 2 + np.linspace(-0.5, 0.5, len(contour) + 2)[1:-1, None] * (right - left) + (arch * share * width)[:, None] * normal
                out[contour] += lazy * (rest - out[contour])
            out[eye['iris']] += np.r_[rs.randn(2) * unsteady * width, 0]
        return out


class Studio:
    """The renderer of `heads/`: people and motions by seed, each person in a light and before a camera of their own."""

    def __init__(self, assets: Path, size: int):
        """`assets`: folder of the heads pack, or the .npz of `heads.prepare`."""
        if not assets.exists():
            raise SystemExit(f'Expected the heads pack but there is nothing at {assets}; pass --assets (see training/heads/README.md).')
        key = (assets, size <= 320)
        if key not in _packs:
            _packs[key] = load_pack(str(assets), half=size <= 320)
        self._pack = _packs[key]
        self._size = size

    def person(self, seed: int) -> Person:
        """Close to the camera: the crops need every pixel."""
        zoom = np.random.RandomState(seed).uniform(0.66, 0.85)
        return Person(Head(self._pack, identity(seed)), view(self._pack, 1000 * seed, self._size, zoom))

    def motion(self, seed: int, couples: int) -> Motion:
        """`2 * couples` frames: neighbours two by two, apart from each other; the first couple at rest."""
        rs = np.random.RandomState(seed)
        long = motion(seed, SPACING * couples, yaw=16)  # the product turns no portrait much further
        out = long.take((np.arange(couples)[:, None] * SPACING + rs.randint(0, SPACING - 1, couples)[:, None] + [0, 1]).ravel())
        calm = np.where(np.arange(2 * couples) < 2, 0.1, 1.0)[:, None]
        return Motion(out.expression * calm, out.pose * np.maximum(calm, 0.3), out.gaze * calm, out.tongue * calm, out.strong, out.label)

    def shoot(self, person: Person, state: State, seed: int) -> Shot:
        """`seed`: of the sensor's noise."""
        head, look = person.head, replace(person.view, seed=seed)
        picture = render(head, state, look, truth=False).rgb
        return Shot(picture, as_detected(self.exact(person, state)))

    def exact(self, person: Person, state: State) -> np.ndarray:
        """[478, 3] points of the mesh in pixels, depth in pixels of the same scale."""
        head, camera = person.head, person.view.camera
        vertices = head.face.vertices(state.expression, state.gaze, state.tongue)
        points = mesh_points(self._pack).positions(vertices, head.face.irises, rotation(state.gaze[0], state.gaze[1], 0))
        points = head.pose_points(points, state.pose)
        focal = self._size * camera.distance / (VISIBLE * camera.zoom) / (camera.distance - FACE_DEPTH)
        return np.c_[camera.project(points, self._size)[:, :2], -points[:, 2] * focal]
