"""MediaPipe's 478 points on the mesh. The contours of lips and lids and the irises have a definite place and are exact; for the others
mediapipe_points.json (made by calibrate.py) says where MediaPipe sees them."""

import heapq
import json
import os

import numpy as np

from .native import f32, i32
from .pack import FACE, Pack

# Contours of MediaPipe points through anchors of the 68 Multi-PIE points: (anchor of the 68 or None, MediaPipe index), image left to image right.
# Points between two anchors share the mesh path between them at equal arc lengths on the mean face.
CONTOURS = {
    'outerLipUpper': [(48, 61), (None, 185), (None, 40), (None, 39), (50, 37), (51, 0), (52, 267), (None, 269), (None, 270), (None, 409), (54, 291)],
    'outerLipLower': [(48, 61), (None, 146), (None, 91), (None, 181), (None, 84), (57, 17), (None, 314), (None, 405), (None, 321), (None, 375), (54, 291)],
    'innerLipUpper': [(60, 78), (None, 191), (None, 80), (None, 81), (None, 82), (62, 13), (None, 312), (None, 311), (None, 310), (None, 415), (64, 308)],
    'innerLipLower': [(60, 78), (None, 95), (None, 88), (None, 178), (None, 87), (66, 14), (None, 317), (None, 402), (None, 318), (None, 324), (64, 308)],
    'leftLidUpper': [(36, 33), (None, 246), (None, 161), (None, 160), (None, 159), (None, 158), (None, 157), (None, 173), (39, 133)],
    'leftLidLower': [(36, 33), (None, 7), (None, 163), (None, 144), (None, 145), (None, 153), (None, 154), (None, 155), (39, 133)],
    'rightLidUpper': [(42, 362), (None, 398), (None, 384), (None, 385), (None, 386), (None, 387), (None, 388), (None, 466), (45, 263)],
    'rightLidLower': [(42, 362), (None, 382), (None, 381), (None, 380), (None, 374), (None, 373), (None, 390), (None, 249), (45, 263)],
}  # fmt: skip
# Extra mesh anchors that a contour's path must pass, though no MediaPipe point sits exactly there.
THROUGH = {
    'outerLipUpper': [48, 49, 50, 51, 52, 53, 54], 'outerLipLower': [48, 59, 58, 57, 56, 55, 54], 'innerLipUpper': [60, 61, 62, 63, 64],
    'innerLipLower': [60, 67, 66, 65, 64], 'leftLidUpper': [36, 37, 38, 39], 'leftLidLower': [36, 41, 40, 39], 'rightLidUpper': [42, 43, 44, 45],
    'rightLidLower': [42, 47, 46, 45],
}  # fmt: skip
TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'mediapipe_points.json')
# Points 468..472 and 473..477 are the irises at image left and right: centre, then image right, top, left, bottom of the rim.
_cache = {}


def _path(pack: Pack, graph: dict, start: int, goal: int) -> list:
    """Shortest path over mesh edges (Dijkstra)."""
    p = pack.neutral
    best, queue, previous = {start: 0.0}, [(0.0, start)], {}
    while queue:
        cost, v = heapq.heappop(queue)
        if v == goal:
            break
        if cost > best[v]:
            continue
        for w in graph[v]:
            c = cost + float(np.linalg.norm(p[v] - p[w]))
            if c < best.get(w, np.inf):
                best[w], previous[w] = c, v
                heapq.heappush(queue, (c, w))
    out = [goal]
    while out[-1] != start:
        out.append(previous[out[-1]])
    return out[::-1]


class Points:
    """Points 0..477 in MediaPipe's order. `exact` (478,) tells those with a definite place from those that are only calibrated."""

    def __init__(self, pack: Pack):
        graph = {}
        for triangle in pack.vertex_triangles[pack.triangle_part == FACE].tolist():
            for a, b in zip(triangle, triangle[1:] + triangle[:1]):
                graph.setdefault(a, set()).add(b)
                graph.setdefault(b, set()).add(a)
        with open(TABLE) as f:
            table = json.load(f)
        self.vertices, self.weights = i32([v for v, _ in table]), f32([w for _, w in table])  # (468, 3) each
        self.exact = np.zeros(478, bool)
        self.exact[468:] = True
        anchor = pack.landmarks68
        for name, contour in CONTOURS.items():
            stops = THROUGH[name]
            route = [int(anchor[stops[0]])]
            for a, b in zip(stops, stops[1:]):
                route += _path(pack, graph, int(anchor[a]), int(anchor[b]))[1:]
            along = np.r_[0, np.cumsum(np.linalg.norm(np.diff(pack.neutral[route], axis=0), axis=1))]
            fixed = [(k, along[route.index(int(anchor[a]))]) for k, (a, _) in enumerate(contour) if a is not None]
            place = np.interp(np.arange(len(contour)), [k for k, _ in fixed], [s for _, s in fixed])
            for (_, m), s in zip(contour, place):
                i = min(int(np.searchsorted(along, s, 'right')) - 1, len(route) - 2)
                t = (s - along[i]) / (along[i + 1] - along[i])
                self.vertices[m], self.weights[m], self.exact[m] = (route[i], route[i + 1], route[i]), (1 - t, t, 0), True

    def positions(self, x: np.ndarray, irises, turn: np.ndarray) -> np.ndarray:
        """(478, 3) points of unposed vertices x; `irises` from face.Face, `_L` (image right) first; `turn` (3, 3) rotates the eyeballs."""
        mesh = (x[self.vertices] * self.weights[..., None]).sum(1)
        right, left = (centre + local @ turn.T for centre, local in irises)
        return np.concatenate([mesh, left, right]).astype(np.float32)


def mesh_points(pack: Pack) -> Points:
    """The points of a pack, built on first use."""
    if id(pack) not in _cache:
        _cache[id(pack)] = Points(pack)
    return _cache[id(pack)]
