"""Hair cards with their rules, eyebrows, lashes, glasses, and the garment."""

import numpy as np

from .native import f32, i32
from .pack import Pack
from .regions import smooth

FRINGES = ('bob01', 'bob02', 'short03', 'braid01')  # their fringe would hang over one eye


def mirror(pack: Pack, ids: np.ndarray) -> np.ndarray:
    """Skin vertices nearest to the mirrored places of vertices `ids`."""
    unique, inverse = np.unique(ids, return_inverse=True)
    skin = pack.neutral[:11248]
    wanted = pack.neutral[unique] * [-1, 1, 1]
    found = [np.argmin(((skin - w) ** 2).sum(1)) for w in wanted]
    return np.array(found)[inverse].reshape(ids.shape)


def hair_cards(pack: Pack, style: str, side: int) -> dict:
    """Card mesh of a style; side -1 mirrors it. `fade` (n,) is an alpha factor that cuts fringes above the eyes and softens the hairline."""
    card = dict(pack.card('hair', style))
    if side < 0:
        card['pos'] = f32(card['pos'] * [-1, 1, 1])
        card['attach'] = mirror(pack, card['attach'].astype(np.int64))
    p = card['pos']
    fade = np.ones(len(p))
    if style in FRINGES:
        # Over the face nothing may hang lower than this line, which is high in the middle and falls to the temples.
        line = np.interp(np.abs(p[:, 0]), [0, 3, 5.5, 7.0, 8.0], [8.4, 8.0, 6.6, 3.5, -3])
        fade = np.where(p[:, 2] > 1.5, smooth(-0.2, 1.1, p[:, 1] - line), 1)
    card['fade'] = f32(fade)
    return card


def hair_picture(pack: Pack, style: str, colour) -> np.ndarray:
    """The style's strands in a linear `colour`: RGBA uint8."""
    rgb, alpha = (pack.rgb('hair', style) / 255.0) ** 2.2, pack.alpha('hair', style)
    light = rgb @ [0.3, 0.6, 0.1]
    light = np.clip(light / np.median(light[alpha > 128]), 0.15, 3.2) ** 0.8
    colour = np.clip(light[..., None] * colour, 0, 1) ** (1 / 2.2)
    return np.ascontiguousarray(np.dstack([(colour * 255 + 0.5).astype(np.uint8), alpha]))


def _tube(path, radius, closed, sides=6):
    """Vertices and triangles of a tube along a path (n, 3)."""
    path = np.asarray(path, float)
    n = len(path)
    ahead = np.roll(path, -1, 0) - np.roll(path, 1, 0) if closed else np.gradient(path, axis=0)
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
    up = np.where(np.abs(ahead[:, 2:]) > 0.9, [[0, 1, 0]], [[0, 0, 1]])
    a = np.cross(ahead, up)
    a /= np.linalg.norm(a, axis=1, keepdims=True)
    b = np.cross(ahead, a)
    angle = np.arange(sides) / sides * 2 * np.pi
    ring = path[:, None] + radius * (np.cos(angle)[None, :, None] * a[:, None] + np.sin(angle)[None, :, None] * b[:, None])
    i = np.arange(n if closed else n - 1)[:, None] * sides
    k = np.arange(sides)[None]
    k1, nxt = (k + 1) % sides, (i + sides) % (n * sides)
    quads = np.stack([i + k, i + k1, nxt + k, i + k1, nxt + k1, nxt + k], -1).reshape(-1, 3)
    return ring.reshape(-1, 3), quads


def glasses(pack: Pack, shape, eyes, kind: str, thickness: float) -> dict:
    """Frames that sit on the nose of the neutral `shape`; `eyes` from shape.eye_frame; `thickness` is the rim's radius, model units."""
    lm = shape[pack.landmarks68]
    plane = max(lm[[19, 24], 2].max() + 0.35, lm[28, 2] + 0.25)
    power = 2.0 if kind == 'round' else 3.6
    t = np.linspace(0, 2 * np.pi, 36, endpoint=False)
    paths, inner = [], []
    for sign, (centre, _) in zip((1, -1), eyes):
        ring = np.sign(np.cos(t)) * np.abs(np.cos(t)) ** (2 / power), np.sign(np.sin(t)) * np.abs(np.sin(t)) ** (2 / power)
        rx, ry = (2.25, 2.05) if kind == 'round' else (2.5, 1.7)
        x = centre[0] + sign * 0.15 + rx * ring[0]
        z = plane - 0.028 * (np.abs(x) - 1.0) ** 2  # wraps round the face
        paths.append((np.c_[x, centre[1] - 0.15 + ry * ring[1], z], True))
        nose = np.argmin(np.abs(x))
        inner.append(paths[-1][0][nose] + [0, 0.35, 0])
        outer = np.argmax(np.abs(x))
        hinge = paths[-1][0][outer] + [0, 0.5, -0.1]
        temple = [hinge, [sign * (abs(lm[0 if sign < 0 else 16, 0]) + 0.35), hinge[1] + 0.1, 4.0], [sign * (abs(lm[0 if sign < 0 else 16, 0]) + 0.3), hinge[1], -0.5]]
        paths.append((np.array(temple), False))
    middle = (inner[0] + inner[1]) / 2 + [0, 0.25, 0.35]
    paths.append((np.array([inner[0], middle, inner[1]]), False))
    pos, tri = [], []
    for path, closed in paths:
        p, q = _tube(path, thickness, closed)
        tri.append(q + sum(map(len, pos)))
        pos.append(p)
    pos = f32(np.concatenate(pos))
    n = len(pos)
    return {'pos': pos, 'tri': i32(np.concatenate(tri)), 'attach': np.zeros((n, 4), np.int64), 'weight': np.zeros((n, 4), np.float32)}


class Garment:
    """A top over the bust (offset skin) with a skirt that widens the cut-off bust to shoulders. Lengths are model units."""

    RINGS = 9

    def __init__(self, pack: Pack, neckline: str):
        v = pack.neutral
        x, z = v[:, 0], v[:, 2]
        back = -12.6 + 0.022 * x**2 - 0.06 * z
        front = {'crew': -13.2 + 0.012 * x**2 - 0.10 * z, 'scoop': -15.0 + 0.028 * x**2 - 0.12 * z, 'vee': -16.6 + 0.5 * np.abs(x) - 0.1 * z}[neckline]
        blend = smooth(-4, 3, z)
        line = np.where(np.abs(x) > 9, back, np.minimum(back, front) * blend + back * (1 - blend))
        below = line - v[:, 1]  # how far under the neckline
        skin = pack.skin_triangles[(below[pack.skin_triangles] > 0).any(1)]
        self.vertices, inverse = np.unique(skin, return_inverse=True)
        self.loop = self._bottom_edge(pack)
        base, m = len(self.vertices), len(self.loop)
        place = {int(a): i for i, a in enumerate(self.vertices)}
        ids = np.concatenate([[[place[int(a)] for a in self.loop]], base + np.arange(self.RINGS * m).reshape(self.RINGS, -1)])
        nxt = np.roll(np.arange(m), -1)
        quads = [np.stack([p, r, q, q, r, s], -1).reshape(-1, 3) for p, q, r, s in ((ids[i], ids[i][nxt], ids[i + 1], ids[i + 1][nxt]) for i in range(self.RINGS))]
        self.triangles = i32(np.concatenate([inverse.reshape(-1, 3), *quads]))
        self.count = base + self.RINGS * m
        self.lift = (0.16 + 0.41 * smooth(-0.2, 1.6, below[self.vertices]))[:, None]
        self.uv = np.full((self.count, 2), 0.5, np.float32)
        self.uv[:base, 0] = 0.5 + np.clip(below[self.vertices], -2, 1.9) / 4
        self.uv[base:, 0] = 0.99

    @staticmethod
    def _bottom_edge(pack: Pack) -> np.ndarray:
        """Vertices around the open lower edge of the bust, in order."""
        t = pack.skin_triangles
        edges, count = np.unique(np.sort(np.concatenate([t[:, [0, 1]], t[:, [1, 2]], t[:, [2, 0]]]), 1), axis=0, return_counts=True)
        edges = edges[count == 1]
        edges = edges[(pack.neutral[edges][:, :, 1] < -12).all(1)]
        neighbours = {}
        for a, b in edges.tolist():
            neighbours.setdefault(a, []).append(b)
            neighbours.setdefault(b, []).append(a)
        loop, previous = [int(edges[0, 0])], -1
        while True:
            following = [q for q in neighbours[loop[-1]] if q != previous]
            previous = loop[-1]
            if not following or following[0] == loop[0]:
                break
            loop.append(following[0])
        loop = np.array(loop)
        a = pack.neutral[loop]
        area = np.sum(a[:, 2] * np.roll(a[:, 0], -1) - np.roll(a[:, 2], -1) * a[:, 0])
        return loop[::-1] if area < 0 else loop

    def place(self, x: np.ndarray, normal: np.ndarray) -> np.ndarray:
        """Vertices (count, 3) over the body x (26719, 3) with its vertex normals."""
        f = (np.arange(1, self.RINGS + 1) / self.RINGS)[:, None]
        over = x[self.vertices] + normal[self.vertices] * self.lift
        b = (x[self.loop] + normal[self.loop] * 0.57)[None]
        skirt = np.stack([b[..., 0] * (1 + 0.8 * np.sqrt(f)), b[..., 1] + (-38 - b[..., 1]) * f**2.2, b[..., 2] * (1 + 0.25 * f)], 2)
        return f32(np.concatenate([over, skirt.reshape(-1, 3)]))


def hem_picture(rs) -> np.ndarray:
    """Coverage and hem of the garment by distance below the neckline: RGBA (2, 256, 4)."""
    out = np.full((2, 256, 4), 255, np.uint8)
    q = (np.arange(256) + 0.5 - 128) / 64
    out[:, q < 0, 3] = 0
    out[..., :3] = np.where((q > 0.62) & (q < 0.70), 150, np.where(q < 0.66, int(rs.randint(170, 256)), 255))[None, :, None]
    return out
