"""Who a face is, and its pose: `faceState` of src/motion in numpy.

Coordinates: pixels, x right, y down, z away from the camera. Points are `[478, 3]`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

TOPOLOGY = json.loads((Path(__file__).resolve().parent / 'topology.json').read_text())
POSITIONS = np.array(TOPOLOGY['positions'], np.float64).reshape(-1, 3)  # [468, 3] centimetres, y up, z to the camera
RIGID = np.array(TOPOLOGY['rigid'])
EYES = TOPOLOGY['eyes']


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
    """`points` [478, 3] must have depth."""
    rigid = points[RIGID].astype(np.float64)
    centre = rigid.mean(0)
    scale = float(np.sqrt(((rigid - centre) ** 2).sum(1).mean()))
    rotation = fit_rotation(CANONICAL_SHAPE[RIGID], rigid)
    return FaceState((points - centre) / scale @ rotation, rotation, scale, centre)


def eye_opening(points: np.ndarray) -> float:
    """Height of the less open eye, in its own widths."""

    def height(eye: dict) -> float:
        left, right = points[eye['corners']]
        return np.linalg.norm(points[eye['upper'][1:-1]].mean(0) - points[eye['lower'][1:-1]].mean(0)) / np.linalg.norm(right - left)

    return float(min(height(eye) for eye in EYES))
