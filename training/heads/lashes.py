"""Lashes turn about the eye with the margin of their lid, so that they point down when the eye is shut."""

import numpy as np

from .pack import Pack
from .points import mesh_points

# MediaPipe numbers of the lid contours: (upper, lower) of the eye at image right (_L), then of the one at image left (_R).
LIDS = (
    ((362, 398, 384, 385, 386, 387, 388, 466, 263), (362, 382, 381, 380, 374, 373, 390, 249, 263)),
    ((33, 246, 161, 160, 159, 158, 157, 173, 133), (33, 7, 163, 144, 145, 153, 154, 155, 133)),
)


class Lashes:
    """Lash vertices `rest` (n, 3) on the neutral face of a person; `eyes` from shape.eye_frame."""

    def __init__(self, pack: Pack, rest: np.ndarray, neutral: np.ndarray, eyes):
        mesh = mesh_points(pack)
        self._rest, self._groups = rest, []
        for (centre, _), lids, side in zip(eyes, LIDS, (1, -1)):
            mine = rest[:, 0] * side > 0
            margins = [mesh.vertices[list(lid), 0] for lid in lids]
            order = [m[np.argsort(neutral[m, 0])] for m in margins]
            line = [np.interp(rest[:, 0], neutral[m, 0], neutral[m, 1]) for m in order]
            upper = rest[:, 1] > (line[0] + line[1]) / 2
            for margin, chosen in ((order[0], mine & upper), (order[1], mine & ~upper)):
                self._groups.append((np.flatnonzero(chosen), margin, centre, neutral[margin]))

    def place(self, x: np.ndarray) -> np.ndarray:
        """Lash vertices (n, 3) for mesh vertices x."""
        out = self._rest.copy()
        for ids, margin, centre, before in self._groups:
            now = x[margin]
            a, b = before - centre, now - centre
            turn = np.arctan2(b[:, 1], b[:, 2]) - np.arctan2(a[:, 1], a[:, 2])
            grow = np.hypot(b[:, 1], b[:, 2]) - np.hypot(a[:, 1], a[:, 2])
            angle, out_by = (np.interp(self._rest[ids, 0], before[:, 0], v) for v in (turn, grow))
            shift = np.interp(self._rest[ids, 0], before[:, 0], now[:, 0] - before[:, 0])
            rel = self._rest[ids] - centre
            radius, at = np.hypot(rel[:, 1], rel[:, 2]) + out_by, np.arctan2(rel[:, 1], rel[:, 2]) + angle
            out[ids] = np.stack([rel[:, 0] + shift, radius * np.sin(at), radius * np.cos(at)], 1) + centre
        return out
