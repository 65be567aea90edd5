"""The product's backward flow (`src/geometry/raster.ts`, `src/generator/sampler.ts`), its hot loops in C.

The network must be trained on the very warp that it will refine, so this is a port, not a relative: `tests/golden/warp.bin`,
written by the TypeScript code itself, pins it (`training/tests/test_warp.py`; tolerance there). Change both or neither.

Coordinates: pixels, x right, y down, pixel centres at whole numbers; z away from the camera.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from head_mesh import ALL_TRIANGLES, HeadMesh

HERE = Path(__file__).resolve().parent
CELLS_ACROSS_FACE = 240


def _load_library() -> ctypes.CDLL:
    source = HERE / 'warp.c'
    key = hashlib.sha256(source.read_bytes()).hexdigest()[:16]
    path = Path(tempfile.gettempdir()) / f'vivant-warp-{os.getuid()}-{key}.so'
    if not path.exists():
        with tempfile.TemporaryDirectory() as folder:
            built = Path(folder) / 'warp.so'
            flags = ['-O3', '-ffp-contract=off', '-fPIC', '-shared']
            subprocess.check_call([os.environ.get('CC', 'cc'), *flags, str(source), '-o', str(built), '-lm'])
            temporary = path.with_suffix(f'.{os.getpid()}')
            temporary.write_bytes(built.read_bytes())
            os.replace(temporary, path)  # whole or not at all: several processes may build at once
    return ctypes.CDLL(str(path))


_LIBRARY = _load_library()


def _address(array: np.ndarray) -> ctypes.c_void_p:
    assert array.flags.c_contiguous
    return ctypes.c_void_p(array.ctypes.data)


_double = ctypes.c_double


class Flow:
    """Dense backward flow over the mesh's region; see flow-field.ts for the place of each cell."""

    def __init__(self, mesh: HeadMesh, points: np.ndarray):
        """`points`: the source's landmarks, which set the step."""
        left, top, right, bottom = mesh.region
        self.step = max(1.0, abs(float(points[454, 0]) - float(points[234, 0])) / CELLS_ACROSS_FACE)
        self.origin = (left, top)
        self.cols = int(np.ceil((right - left) / self.step))
        self.rows = int(np.ceil((bottom - top) / self.step))
        self._rest_x = np.float32(left + (np.arange(self.cols) + 0.5) * self.step - 0.5)
        self._rest_y = np.float32(top + (np.arange(self.rows) + 0.5) * self.step - 0.5)
        self._depth = np.empty((self.rows, self.cols), np.float32)
        self.x = np.empty((self.rows, self.cols), np.float32)  # source x of each cell, pixels
        self.y = np.empty((self.rows, self.cols), np.float32)

    def _grid(self):
        return _double(self.origin[0]), _double(self.origin[1]), _double(self.step), self.cols, self.rows

    def draw(self, mesh: HeadMesh) -> 'Flow':
        """Rasterises the posed mesh with a depth test."""
        self.x[:] = self._rest_x
        self.y[:] = self._rest_y[:, None]
        arrays = [mesh.source_x, mesh.source_y, mesh.target_x, mesh.target_y, mesh.target_z]
        _LIBRARY.rasterise(
            len(ALL_TRIANGLES), _address(ALL_TRIANGLES), *map(_address, arrays), *self._grid(), _address(self.x), _address(self.y), _address(self._depth)
        )
        return self

    def at(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Source positions of output positions of any shape; outside its rectangle nothing moves."""
        qx, qy = np.ascontiguousarray(x, np.float64), np.ascontiguousarray(y, np.float64)
        px, py = np.empty_like(qx), np.empty_like(qy)
        _LIBRARY.flow_at(qx.size, _address(qx), _address(qy), *self._grid(), _address(self.x), _address(self.y), _address(px), _address(py))
        left, top = self.origin
        outside = (qx < left) | (qy < top) | (qx > left + self.cols * self.step - 1) | (qy > top + self.rows * self.step - 1)
        return np.where(outside, qx, px), np.where(outside, qy, py)

    def apply(self, picture: np.ndarray) -> np.ndarray:
        """`sampleFlow`: [H, W, 4] uint8 -> the same, warped."""
        source = np.ascontiguousarray(picture)
        out = source.copy()
        height, width = source.shape[:2]
        _LIBRARY.sample_flow(_address(source), width, height, *self._grid(), _address(self.x), _address(self.y), _address(out))
        return out


def sample_rgb(picture: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Bilinear samples of [H, W, 3] uint8 at positions of any shape -> [..., 3] float32, 0..255."""
    source = np.ascontiguousarray(picture)
    qx, qy = np.ascontiguousarray(x, np.float64), np.ascontiguousarray(y, np.float64)
    out = np.empty(qx.shape + (3,), np.float32)
    _LIBRARY.sample_rgb(_address(source), source.shape[1], source.shape[0], qx.size, _address(qx), _address(qy), _address(out))
    return out
