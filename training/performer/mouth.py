"""The inside of the mouth, made fit for a close view: teeth without gaps and each with its own tone, a tongue that can rise, moist lips."""

import numpy as np

TONGUE, TEETH_UPPER, TEETH_LOWER = 6, 7, 8  # parts of the pack's geometry
INSIDE = (2, 4, 5, 6, 7, 8)  # socket, gums, tongue, teeth


def components(triangles: np.ndarray, vertices: int) -> np.ndarray:
    """Label (vertices,) of the connected piece of each vertex: the smallest vertex index in it."""
    label = np.arange(vertices)
    while True:
        low = label[triangles].min(1)
        new = label.copy()
        for corner in range(3):
            np.minimum.at(new, triangles[:, corner], low)
        new = new[new]
        if np.array_equal(new, label):
            return label
        label = new


def tooth_pieces(head) -> list:
    """Vertex indices of every single tooth."""
    label = components(head.vtri, len(head.M.V))
    teeth = np.where(np.isin(head.M.part, (TEETH_UPPER, TEETH_LOWER)))[0]
    return [teeth[label[teeth] == k] for k in np.unique(label[teeth])]


def shape_teeth(head, widen=(1.04, 1.05), wobble=1.3, seed=5):
    """Close the gaps of the one set of teeth everybody has, turn each tooth by about `wobble` degrees, and vary its tone a little.

    `widen` are factors for the upper and the lower teeth. Cutting edges get the bluish, duller tone of thin enamel.
    """
    rs = np.random.RandomState(seed)
    corner_of = head.M.uvv
    for piece in tooth_pieces(head):
        if len(piece) < 20:
            continue
        points = head.neu[piece]
        middle = points.mean(0)
        # Along the dental arch: a parabola through the front teeth, so the direction at x is (1, slope).
        upper = head.M.part[piece[0]] == TEETH_UPPER
        factor = widen[0] if upper else widen[1]
        slope = -0.42 * middle[0]
        along = np.array([1, 0, slope]) / np.hypot(1, slope)
        offset = (points - middle) @ along
        points = points + np.outer(offset * (factor - 1), along)
        angle = np.radians(rs.randn() * wobble)
        relative = points - middle
        side, up = relative @ along, relative[:, 1]
        turned = relative + np.outer(side * (np.cos(angle) - 1) - up * np.sin(angle), along)
        turned[:, 1] = side * np.sin(angle) + up * np.cos(angle)
        head.neu[piece] = middle + turned
        tone = (1 + rs.randn() * 0.03) * np.array([1, 1 - 0.015 * rs.rand(), 1 - 0.05 * rs.rand()])
        mask = np.isin(corner_of, piece)
        y = head.neu[corner_of[mask], 1]
        edge = np.exp(-np.abs(y - (y.min() if upper else y.max())) / 0.22)[:, None]
        head.vcol[: len(corner_of)][mask] *= (tone * (1 - edge * np.array([0.16, 0.12, 0.07]))).astype(np.float32)
    head.rest = head.geometry(np.zeros(len(head.M.names)), np.zeros(3), np.zeros(2))[0]


def add_tongue(head):
    """Give the head a `tongue_lift`, 0..1: the blade of the tongue rises towards the ridge behind the upper teeth."""
    ids = np.where(head.M.part == TONGUE)[0]
    z = head.neu[ids, 2]
    share = np.clip((z - (z.max() - 4.0)) / 4.0, 0, 1)[:, None] ** 1.5
    plain = head.face
    head.tongue_lift = 0.0

    def face(weights, gaze):
        x = plain(weights, gaze)
        # The more the jaw has dropped, the further the tip has to travel.
        drop = 0.45 + 1.5 * float(weights[head.M.ix['jawOpen']])
        x[ids] += np.float32(head.tongue_lift) * share.astype(np.float32) * np.array([0, drop, 0.35], np.float32)
        return x

    head.face = face


def add_moist_lips(R, head, rough=0.41, spec=0.34, tint=(0.97, 0.93, 0.95)):
    """Move the triangles of the red of the lips to a material of their own with more gloss; `tint` multiplies the skin's."""
    points = head.neu
    outline = points[head.M.lm[48:60]][:, :2]
    kept = np.where(head.tm == R.MAT['face'])[0]
    centre = points[head.M.uvv[head.tri[kept]]].mean(1)
    inside = np.zeros(len(kept), bool)
    for a, b in zip(outline, np.roll(outline, -1, 0)):  # even-odd rule
        crosses = (a[1] > centre[:, 1]) != (b[1] > centre[:, 1])
        x = a[0] + (centre[:, 1] - a[1]) * (b[0] - a[0]) / (b[1] - a[1] + 1e-9)
        inside ^= crosses & (centre[:, 0] < x)
    inside &= centre[:, 2] > 8.5
    materials = list(head.mats) + [R.Mat.from_buffer_copy(head.mats[R.MAT['face']])]
    lips = materials[-1]
    lips.rough, lips.spec = rough, spec
    lips.tint[:] = [a * b for a, b in zip(lips.tint, tint)]
    head.mats = (R.Mat * len(materials))(*materials)
    head.tm[kept[inside]] = len(materials) - 1


def blink_scale(head) -> float:
    """Weight of eyeBlink at which the lids of this identity really meet (1 closes only the mean face)."""
    model = head.M

    def gap(amount):
        w = np.zeros(len(model.names))
        w[[model.ix['eyeBlink_L'], model.ix['eyeBlink_R']]] = amount
        p = head.face(w, (0, 0))[model.lm]
        return np.mean([p[a][1] - p[b][1] for a, b in ((37, 41), (38, 40), (43, 47), (44, 46))])

    wide, shut = gap(0.0), gap(1.0)
    return wide / max(wide - shut, 1e-3)
