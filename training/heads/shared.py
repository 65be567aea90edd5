"""What all people share and is worked out once per pack: fold maps, lip mask, and the front of the face for occlusion."""

import numpy as np

from .folds import fold_maps
from .native import i32
from .pack import EYE_BLEND, EYEBALLS, FACE, LASH_STRIPS, MOUTH_INSIDE, OCCLUSION, Pack
from .regions import lip_mask

_cache = {}


class Shared:
    """`folds` (maps, 512, 512) int8 with `fold_scale`; `lips` (vertices,); `front_vertices`, `front_triangles`; corner lists; `throat` (vertices,)."""

    def __init__(self, pack: Pack):
        self.folds, self.fold_scale = fold_maps(pack)
        self.lips = lip_mask(pack)
        p = pack.neutral
        hidden = np.isin(pack.part, (EYE_BLEND, OCCLUSION, LASH_STRIPS))
        inside = np.isin(pack.part, MOUTH_INSIDE)
        front = ((pack.part == FACE) & (p[:, 2] > 3.5) & (p[:, 1] > -8) & (p[:, 1] < 8)) | inside | (np.isin(pack.part, EYEBALLS) & (p[:, 2] > 8.0))
        # Deep in the throat nothing is lit: only what can be seen is worked out.
        front &= ~hidden & ~(inside & (p[:, 2] < 6.0))
        self.front_vertices = i32(np.flatnonzero(front))
        self.front_triangles = i32(pack.vertex_triangles[front[pack.vertex_triangles].all(1)])
        self.mouth_corners = np.flatnonzero(inside[pack.corner_vertex])
        self.lip_corners = np.flatnonzero((self.lips > 0)[pack.corner_vertex] & front[pack.corner_vertex])
        self.eye_corners = np.flatnonzero(np.isin(pack.part, EYEBALLS)[pack.corner_vertex])
        self.throat = np.where(inside, np.clip(np.exp((p[:, 2] - 9.4) * 0.35), 0.04, 1), 1).astype(np.float32)


def shared_maps(pack: Pack) -> Shared:
    """The shared maps of a pack, built on first use."""
    if id(pack) not in _cache:
        _cache[id(pack)] = Shared(pack)
    return _cache[id(pack)]
