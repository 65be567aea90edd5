"""Faces and the product's head mesh (`src/generator/warp/{head-mesh,reveal,rings}.ts`) in numpy.

Coordinates: pixels, x right, y down, z away from the camera. Points are `[478, 3]`. Pinned by `tests/golden/warp.bin`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

TOPOLOGY = json.loads((Path(__file__).resolve().parent / 'topology.json').read_text())
POSITIONS = np.array(TOPOLOGY['positions'], np.float64).reshape(-1, 3)  # [468, 3] centimetres, y up, z to the camera
TRIANGLES = np.array(TOPOLOGY['triangles'], np.int32).reshape(-1, 3)
OVAL = np.array(TOPOLOGY['oval'])
RIGID = np.array(TOPOLOGY['rigid'])
EYES = TOPOLOGY['eyes']
FACE_VERTICES = 468
BORDER_FADE = 0.3


def _average_face() -> np.ndarray:
    centred = POSITIONS - POSITIONS[RIGID].mean(0)
    size = np.sqrt((centred[RIGID] ** 2).sum(1).mean())
    return centred / size * np.array([1, -1, -1])


CANONICAL_SHAPE = _average_face()  # [468, 3] head units, image axes


@dataclass
class FaceState:
    """`points = scale * rotation @ canonical + centre`."""

    canonical: np.ndarray  # [478, 3] head units
    rotation: np.ndarray  # [3, 3]
    scale: float  # pixels per head unit
    centre: np.ndarray  # [3] pixels


def fit_rotation(source: np.ndarray, to: np.ndarray) -> np.ndarray:
    """The rotation that brings the rows of `source` closest to those of `to`, both centred (Kabsch)."""
    u, _, vt = np.linalg.svd((source - source.mean(0)).T @ (to - to.mean(0)))
    sign = np.sign(np.linalg.det(u @ vt))
    return (u @ np.diag([1, 1, sign]) @ vt).T


def face_state(points: np.ndarray) -> FaceState:
    """`faceState` of src/motion: who the face is, and its pose. `points` [478, 3] must have depth."""
    rigid = points[RIGID].astype(np.float64)
    centre = rigid.mean(0)
    scale = float(np.sqrt(((rigid - centre) ** 2).sum(1).mean()))
    rotation = fit_rotation(CANONICAL_SHAPE[RIGID], rigid)
    return FaceState((points - centre) / scale @ rotation, rotation, scale, centre)


def _smoothstep(low: float, high: float, x: np.ndarray) -> np.ndarray:
    t = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def _ring_behaviour(scale: float, upward: np.ndarray):
    """Port of rings.ts: (rigid, expression, depth) for every point of a ring."""
    up = np.maximum(0, upward) ** 1.5
    down = np.maximum(0, -upward) ** 1.5
    side = np.maximum(0, 1 - up - down)

    def mix(u, s, d):
        return up * u + side * s + down * d

    rigid = 1 - _smoothstep(mix(1.45, 1.2, 1.0), mix(2.2, 1.95, 2.3), scale)
    expression = 1 - _smoothstep(0.95, 1.75, np.full_like(up, scale))
    depth = mix(1.5, 1.3, 1.0) * np.sqrt(max(0, scale - 1))
    return rigid, expression, depth


def _ring_triangles() -> np.ndarray:
    n, rings, out = len(OVAL), len(TOPOLOGY['ringScales']), []
    for r in range(rings - 1, -1, -1):
        for i in range(n):
            j = (i + 1) % n
            a, b = (OVAL[i], OVAL[j]) if r == 0 else (FACE_VERTICES + (r - 1) * n + i, FACE_VERTICES + (r - 1) * n + j)
            c, d = FACE_VERTICES + r * n + i, FACE_VERTICES + r * n + j
            out += [(a, b, c), (b, d, c)]
    return np.array(out, np.int32)


ALL_TRIANGLES = np.ascontiguousarray(
    np.concatenate([_ring_triangles(), TRIANGLES, np.array(TOPOLOGY['bridges'], np.int32).reshape(-1, 3)])
)

_FEATURES = {i for eye in EYES for key in ('upper', 'lower', 'upperRing', 'lowerRing') for i in eye[key]}
_OUTERNESS = np.clip((np.hypot(POSITIONS[:, 0] / 7.7, (POSITIONS[:, 1] + 0.5) / 8.9) - 0.6) / (0.9 - 0.6), 0, 1)
_OUTERNESS[list(_FEATURES)] = 0


def _vertex_normals(canonical: np.ndarray) -> np.ndarray:
    a, b, c = (canonical[TRIANGLES[:, k]] for k in range(3))
    normal = np.cross(b - a, c - a)
    out = np.zeros((FACE_VERTICES, 3))
    for k in range(3):
        np.add.at(out, TRIANGLES[:, k], normal)
    flip = -1 if out[4, 2] > 0 else 1
    length = np.linalg.norm(out, axis=1, keepdims=True)
    return flip * out / np.where(length == 0, 1, length)


class HeadMesh:
    """Port of head-mesh.ts and reveal.ts: the 468 face points and seven rings of 36 points around them."""

    def __init__(self, points: np.ndarray, state: FaceState, width: int, height: int):
        self.state = state
        self.face_width = float(np.hypot(*(points[454, :2] - points[234, :2])))
        self._rings(points, width, height)
        self._reveal()
        x, y = self.source_x, self.source_y
        self.region = (
            max(0, int(np.floor(x.min()))),
            max(0, int(np.floor(y.min()))),
            min(width, int(np.ceil(x.max())) + 1),
            min(height, int(np.ceil(y.max())) + 1),
        )

    def _rings(self, points, width, height):
        s = self.state
        face = s.canonical
        middle = face[OVAL, :2].mean(0)
        face_height = abs(face[152, 1] - face[10, 1]) * s.scale
        d = face[OVAL, :2] - middle
        upward = -d[:, 1] / np.hypot(d[:, 0], d[:, 1])
        canonical, rigid, expression, px, py = [], [], [], [], []
        scales = TOPOLOGY['ringScales']
        for r, ring in enumerate(scales):
            behaviour, follow, depth = _ring_behaviour(ring, upward)
            xy = middle + d * ring
            at = s.centre + s.scale * np.c_[xy, face[OVAL, 2]] @ s.rotation.T
            border = np.maximum(0, np.minimum.reduce([at[:, 0], at[:, 1], width - 1 - at[:, 0], height - 1 - at[:, 1]]))
            inside = np.minimum(1, border / (BORDER_FADE * face_height))
            last = 0.0 if r == len(scales) - 1 else inside * inside * (3 - 2 * inside)
            canonical.append(np.c_[xy, face[OVAL, 2] + depth])
            rigid.append(behaviour * last)
            expression.append(follow * last)
            px.append(at[:, 0])
            py.append(at[:, 1])
        self.ring_canonical = np.concatenate(canonical)
        self.ring_rigid = np.concatenate(rigid)
        self.ring_expression = np.concatenate(expression)
        self.rest_x = np.concatenate([points[:FACE_VERTICES, 0], *px]).astype(np.float32)
        self.rest_y = np.concatenate([points[:FACE_VERTICES, 1], *py]).astype(np.float32)
        self.source_x, self.source_y = self.rest_x.copy(), self.rest_y.copy()

    def _reveal(self):
        normal = _vertex_normals(self.state.canonical)
        seen = normal @ self.state.rotation.T
        facing = -seen[:, 2]
        amount = _OUTERNESS * np.clip((0.6 - facing) / (0.6 - 0.2), 0, 1)
        length = np.hypot(seen[:, 0], seen[:, 1])
        used = np.flatnonzero((amount > 0) & (length >= 1e-6))
        self._reveal_at, self._reveal_normal, self._reveal_facing = used, normal[used], facing[used]
        self._pull = -seen[used, :2] / length[used, None] * (0.045 * self.face_width * amount[used, None])

    def pose(self, target: FaceState, points: np.ndarray) -> None:
        """Moves the target side of the mesh; `points` [478, 3] are the target's landmarks."""
        revealed = -(self._reveal_normal @ target.rotation[2])
        reveal = np.clip((revealed - self._reveal_facing) / 0.22, 0, 1)
        self.source_x[self._reveal_at] = self.rest_x[self._reveal_at] + self._pull[:, 0] * reveal
        self.source_y[self._reveal_at] = self.rest_y[self._reveal_at] + self._pull[:, 1] * reveal
        s, t, c = self.state, target, self.ring_canonical
        posed = t.scale * c @ t.rotation.T
        move = t.centre - s.centre + posed - s.scale * c @ s.rotation.T
        outline = np.tile(OVAL, len(TOPOLOGY['ringScales']))
        shift = (t.canonical[outline] - s.canonical[outline])[:, :2] @ t.rotation[:2, :2].T
        moved = self.ring_rigid[:, None] * move[:, :2] + (self.ring_expression * t.scale)[:, None] * shift
        face = points[:FACE_VERTICES]
        ring_x = self.source_x[FACE_VERTICES:] + moved[:, 0]
        ring_y = self.source_y[FACE_VERTICES:] + moved[:, 1]
        self.target_x = np.concatenate([face[:, 0], ring_x]).astype(np.float32)
        self.target_y = np.concatenate([face[:, 1], ring_y]).astype(np.float32)
        self.target_z = np.concatenate([face[:, 2], t.centre[2] + posed[:, 2]]).astype(np.float32)
