"""From expression, gaze and tongue to vertices: blendshapes, lids that meet and slide on the eyeballs, turning eyes, a moving tongue."""

import math

import numpy as np

from .materials import IRIS_EDGE
from .native import blend
from .pack import FACE, SCLERA_L, SCLERA_R, TONGUE, Pack
from .shape import eye_frame, neutral_shape

LIP_GAP = 0.02  # between the inner borders of closed lips, model units
LID_SHAPES = ('eyeSquint', 'eyeWide', 'eyeLookDown', 'eyeLookUp')


def rotation(yaw: float, pitch: float, roll: float) -> np.ndarray:
    """Rotation matrix (3, 3), angles in radians: yaw > 0 turns the face to image right, pitch > 0 looks down, roll > 0 is counter-clockwise."""
    cy, sy, cp, sp, cr, sr = [f(a) for a in (yaw, pitch, roll) for f in (math.cos, math.sin)]
    y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    x = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    return y @ x @ np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])


class Face:
    """The moving mesh of one person, before the head turns. `neutral` (26719, 3) f32; `eyes` [(centre, radius)] for `_L`, `_R`."""

    def __init__(self, pack: Pack, who):
        self.pack = pack
        self.lid_rest = who.lid_rest
        self.neutral = neutral_shape(pack, who)
        self._seal_lips()
        self.eyes = eye_frame(pack, self.neutral)
        p = self.neutral
        # The iris stands out a little from the sphere.
        self._ball = [float(np.percentile(np.linalg.norm(p[ids] - c, axis=1), 99.5)) for (c, _), ids in zip(self.eyes, pack.eye_vertices)]
        self.irises = [self._iris(side, IRIS_EDGE * who.iris_scale) for side in (0, 1)]
        # Lids: the skin in front of the eyeball, which may not sink into it.
        self._lids = [
            np.flatnonzero((pack.part == FACE) & (np.linalg.norm(p - c, axis=1) < r + 1.1) & (p[:, 2] > c[2] + 0.2) & (np.abs(p[:, 1] - c[1]) < r * 0.95)) for c, r in self.eyes
        ]
        self._tongue = np.flatnonzero(pack.part == TONGUE)
        z = p[self._tongue, 2]
        self._blade = np.clip((z - (z.max() - 4.0)) / 4.0, 0, 1).astype(np.float32)
        self.blink_scale = np.ones(2)
        self.blink_scale = np.array([self._closing(side) for side in (0, 1)])

    def _iris(self, side: int, edge: float) -> tuple:
        """Eye centre (3,), and relative to it, at gaze 0, the middle of the iris and image right, top, left, bottom of its rim (5, 3).

        `edge` is the rim's angle from the optical axis in degrees; the points lie on the cornea, where the iris is painted.
        """
        pack, centre = self.pack, self.eyes[side][0]
        ids = np.flatnonzero(pack.part == (SCLERA_L, SCLERA_R)[side])
        mean = pack.neutral[ids] - pack.eye_centre[side]
        angle = np.degrees(np.arctan2(np.hypot(mean[:, 0], mean[:, 1]), mean[:, 2]))
        around = np.degrees(np.arctan2(mean[:, 1], mean[:, 0]))
        relative, out = self.neutral[ids] - centre, [None] * 5
        for k, direction in enumerate((None, 0, 90, 180, 270)):
            if direction is None:
                near = np.argsort(angle)[:4]
                out[k] = relative[near].mean(0)
                continue
            off = np.abs((around - direction + 180) % 360 - 180)
            ray = np.flatnonzero((off < 25) & (angle < 50))
            # Along the ray: the place at `edge`, between rings of vertices, weighed towards the ray.
            weight = np.exp(-((off[ray] / 9) ** 2) - ((angle[ray] - edge) / 3.5) ** 2)
            design = np.c_[np.ones(len(ray)), angle[ray] - edge] * np.sqrt(weight)[:, None]
            out[k] = np.linalg.lstsq(design, relative[ray] * np.sqrt(weight)[:, None], rcond=None)[0][0]
        return centre, np.array(out)

    def _seal_lips(self) -> None:
        """Lets the lips of the neutral shape meet (many draws leave them ajar, with the teeth showing), by the model's own mouthClose."""
        pack, pairs = self.pack, ((61, 67), (62, 66), (63, 65))

        def gap(shape):
            p = shape[pack.landmarks68]
            return np.mean([p[a][1] - p[b][1] for a, b in pairs])

        closed = blend(self.neutral, pack.weights({'mouthClose': 1.0}), pack.expression_basis, pack.expression_step)
        amount = np.clip((gap(self.neutral) - LIP_GAP) / max(gap(self.neutral) - gap(closed), 1e-3), -0.1, 0.4)
        self.neutral += np.float32(amount) * (closed - self.neutral)

    def _closing(self, side: int) -> float:
        """Weight of eyeBlink at which this person's lids meet (1 does so only for the mean face)."""
        pairs = ((43, 47), (44, 46)) if side == 0 else ((37, 41), (38, 40))

        def gap(amount):
            w = np.zeros(len(self.pack.names))
            w[self.pack.index['eyeBlink_' + 'LR'[side]]] = amount
            p = blend(self.neutral, w, self.pack.expression_basis, self.pack.expression_step)[self.pack.landmarks68]
            return np.mean([p[a][1] - p[b][1] for a, b in pairs])

        wide, shut = gap(0.0), gap(1.0)
        return float(np.clip(1.02 * wide / max(wide - shut, 1e-3), 0.7, 1.6))

    def effective(self, expression: np.ndarray) -> np.ndarray:
        """The blendshape weights that realise expression weights (57,): a blink of 1 shuts this person's eye, and other lid shapes give way to it."""
        w = np.array(expression, float)
        for side, letter in enumerate('LR'):
            blink = self.pack.index['eyeBlink_' + letter]
            for name in LID_SHAPES:
                w[self.pack.index[f'{name}_{letter}']] *= 1 - 0.95 * min(1, w[blink])
            rest = self.lid_rest * (1 - min(1, w[self.pack.index['eyeWide_' + letter]]))
            w[blink] = (rest + (1 - rest) * w[blink]) * self.blink_scale[side]
        return w

    def vertices(self, expression, gaze, tongue) -> np.ndarray:
        """Vertices (26719, 3) f32 for expression (57,), gaze (yaw, pitch) radians relative to the head, tongue (lift, out, side)."""
        pack = self.pack
        x = blend(self.neutral, self.effective(expression), pack.expression_basis, pack.expression_step)
        turn = rotation(gaze[0], gaze[1], 0).astype(np.float32)
        for (centre, _), ball, ids, lids in zip(self.eyes, self._ball, pack.eye_vertices, self._lids):
            x[ids] = (x[ids] - centre) @ turn.T + centre
            away = x[lids] - centre
            distance = np.linalg.norm(away, axis=1, keepdims=True)
            x[lids] = centre + away * np.maximum(1, (ball + 0.04) / np.maximum(distance, 1e-3))
        self._move_tongue(x, expression, tongue)
        return x

    def _move_tongue(self, x, expression, tongue) -> None:
        lift, out, side = (float(t) for t in tongue)
        if lift == 0 and out == 0 and side == 0:
            return
        share = self._blade[:, None] ** np.float32(1.5)
        # The more the jaw has dropped, the further the tip has to travel to the ridge behind the upper teeth.
        drop = 0.45 + 1.5 * float(expression[self.pack.index['jawOpen']])
        reach = np.array([1.1 * side, drop * lift + 0.9 * out, 0.35 * lift + 3.2 * out], np.float32)
        moved = share * reach
        moved[:, 1] -= (share[:, 0] ** 4) * np.float32(1.6 * max(0.0, out - 0.3))  # the tip hangs over the lower lip
        x[self._tongue] += moved
