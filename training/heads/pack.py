"""The heads pack in memory: mean head, identity and expression offsets, and the pictures."""

import os
from functools import cached_property

import numpy as np

from .native import f32, i32

# Parts of the mesh by number (see `part_names` of geometry.npz).
FACE, HEAD, SOCKET, EYE_SOCKET, GUMS_UPPER, GUMS_LOWER, TONGUE, TEETH_UPPER, TEETH_LOWER = range(9)
SCLERA_L, IRIS_L, SCLERA_R, IRIS_R, LACRIMAL, EYE_BLEND, OCCLUSION, LASH_STRIPS = range(9, 17)
MOUTH_INSIDE = (SOCKET, GUMS_UPPER, GUMS_LOWER, TONGUE, TEETH_UPPER, TEETH_LOWER)
EYEBALLS = (SCLERA_L, IRIS_L, SCLERA_R, IRIS_R)
EYE_RADIUS = 1.51  # of the mean head, model units (about cm)


class Pack:
    """Loaded assets. Lengths are model units, about 1 cm; +x image right, +y up, +z towards the camera.

    `neutral` (26719, 3); `identity_basis` (100, 26719, 3) and `expression_basis` (57, 26719, 3) int16 with their steps;
    corners are (vertex, uv) pairs: `corner_vertex`, `corner_uv`; `triangles` index corners, `vertex_triangles` vertices.
    """

    def __init__(self, arrays: dict):
        def get(key):
            return arrays['geometry/' + key]

        self.neutral = f32(get('neutral'))
        self.identity_basis = np.ascontiguousarray(get('identity'))
        self.identity_step = float(get('identity_step'))
        self.expression_basis = np.ascontiguousarray(get('expression'))
        self.expression_step = float(get('expression_step'))
        self.names = [str(n) for n in get('expression_names')]
        self.index = {n: i for i, n in enumerate(self.names)}
        self.triangles = i32(get('tri'))
        self.corner_uv = f32(get('uv'))
        self.corner_vertex = i32(get('uv_vertex'))
        self.corner_tile = get('uv_tile')
        self.triangle_part = get('tri_part')
        self.part = get('vertex_part')
        self.landmarks68 = i32(get('landmarks68'))
        self.eye_centre = f32(get('eye_centre'))
        self.vertex_triangles = i32(self.corner_vertex[self.triangles])
        self.lights = {k.split('/')[1]: v for k, v in arrays.items() if k.startswith('lights/')}
        self._arrays = arrays
        self._cards = {}

    def rgb(self, kind: str, name: str) -> np.ndarray:
        """Colour picture (h, w, 3) uint8 of a folder of the pack."""
        return self._arrays[f'rgb/{kind}/{name}']

    def alpha(self, kind: str, name: str) -> np.ndarray:
        """Coverage picture (h, w) uint8."""
        return self._arrays[f'alpha/{kind}/{name}']

    def has_cards(self, kind: str, name: str) -> bool:
        """Whether the style has hair cards (and not only a scalp mask)."""
        return f'alpha/{kind}/{name}' in self._arrays

    def card(self, kind: str, name: str) -> dict:
        """Arrays of a card mesh: pos, uv, tri, attach, weight; hair also scalp."""
        key = f'{kind}/{name}'
        if key not in self._cards:
            start = f'cards/{key}/'
            self._cards[key] = {k[len(start) :]: v for k, v in self._arrays.items() if k.startswith(start)}
        return self._cards[key]

    def weights(self, values: dict) -> np.ndarray:
        """Expression weights (57,) from names; a name without side sets both sides."""
        out = np.zeros(len(self.names))
        for name, value in values.items():
            for key in [name] if name in self.index else [name + '_L', name + '_R']:
                out[self.index[key]] = value
        return out

    @cached_property
    def eye_vertices(self) -> list:
        """Vertex indices of the eyeball at image right (_L) and at image left (_R)."""
        return [np.flatnonzero((self.part == a) | (self.part == a + 1)) for a in (SCLERA_L, SCLERA_R)]

    @cached_property
    def skin_triangles(self) -> np.ndarray:
        """Vertex triangles of face and head, (t, 3)."""
        return self.vertex_triangles[self.triangle_part <= HEAD]

    @cached_property
    def corner_of_vertex(self) -> np.ndarray:
        """One corner of every vertex."""
        out = np.zeros(len(self.neutral), np.int64)
        out[self.corner_vertex] = np.arange(len(self.corner_vertex))
        return out

    @cached_property
    def teeth(self) -> list:
        """Vertex indices of every single tooth (connected pieces of the tooth parts with at least 20 vertices)."""
        chosen = self.vertex_triangles[np.isin(self.triangle_part, (TEETH_UPPER, TEETH_LOWER))]
        label = np.arange(len(self.neutral))
        while True:
            low = label[chosen].min(1)
            new = label.copy()
            for corner in range(3):
                np.minimum.at(new, chosen[:, corner], low)
            new = new[new]
            if np.array_equal(new, label):
                break
            label = new
        ids = np.unique(chosen)
        pieces = [ids[label[ids] == k] for k in np.unique(label[ids])]
        return [p for p in pieces if len(p) >= 20]


def load_pack(path: str, half: bool = False) -> Pack:
    """Load the pack from its folder (needs Pillow; `half` halves its pictures) or from the .npz that `heads.prepare` writes."""
    if os.path.isdir(path):
        from .prepare import read_folder

        return Pack(read_folder(path, half))
    with np.load(path) as z:
        return Pack({k: z[k] for k in z.files})
