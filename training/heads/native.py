"""The C half of the renderer (`raster.c`): compiled on first use, called through ctypes.

Needs a C compiler: `cc`, or the program named by the environment variable CC. The library is kept in the user's cache folder
(XDG_CACHE_HOME or ~/.cache, else the temporary folder) under the hash of its source, so that an edit recompiles it.
"""

import ctypes as C
import hashlib
import os
import platform
import subprocess
import tempfile

import numpy as np

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'raster.c')
# Linked without -ffast-math, which would switch denormals off for the whole process.
FLAGS = ['-O3', '-march=native', '-fPIC', '-w']


class Texture(C.Structure):
    """An RGBA8 picture, gamma 2.2, row 0 at v = 1."""

    _fields_ = [('w', C.c_int), ('h', C.c_int), ('px', C.c_void_p)]


class Material(C.Structure):
    """Linear tint; roughness, specular, subsurface 0..1; alpha 0 = opaque; texture index or -1; kinds: see raster.c."""

    _fields_ = (
        [('tint', C.c_float * 3)]
        + [(k, C.c_float) for k in ('rough', 'spec', 'sss', 'alpha', 'bump', 'sat', 'mottle', 'freckle')]
        + [(k, C.c_int) for k in ('tex', 'two_sided', 'kind')]
    )


class DirectionalLight(C.Structure):
    """Unit direction towards the light, irradiance / pi as linear RGB, and whether the shadow map applies."""

    _fields_ = [('dir', C.c_float * 3), ('col', C.c_float * 3), ('shadow', C.c_int)]


def _cache_folder() -> str:
    base = os.environ.get('XDG_CACHE_HOME') or os.path.join(os.path.expanduser('~'), '.cache')
    try:
        folder = os.path.join(base, 'vivant-heads')
        os.makedirs(folder, exist_ok=True)
        return folder
    except OSError:
        return tempfile.mkdtemp(prefix='vivant-heads-')


def _compile() -> C.CDLL:
    with open(SOURCE, 'rb') as f:
        key = hashlib.sha256(f.read() + platform.processor().encode() + platform.node().encode()).hexdigest()[:16]
    path = os.path.join(_cache_folder(), f'raster-{key}.so')
    if not os.path.exists(path):
        compiler = os.environ.get('CC', 'cc')
        part = f'{path}.{os.getpid()}'
        try:
            subprocess.run([compiler, *FLAGS, '-ffast-math', '-c', SOURCE, '-o', part + '.o'], check=True)
            subprocess.run([compiler, *FLAGS, '-shared', part + '.o', '-o', part, '-lm'], check=True)
        except FileNotFoundError as e:
            raise RuntimeError(f'expected a C compiler, but {compiler!r} was not found: install one or set CC') from e
        finally:
            if os.path.exists(part + '.o'):
                os.remove(part + '.o')
        os.replace(part, path)
    return C.CDLL(path)


LIB = _compile()
for _name in ('blend', 'blend_maps', 'normals', 'turn', 'raster', 'ambient', 'shade', 'interpolate', 'resolve', 'flow'):
    getattr(LIB, _name).restype = None


def f32(a) -> np.ndarray:
    """a as a contiguous float32 array."""
    return np.ascontiguousarray(a, np.float32)


def i32(a) -> np.ndarray:
    """a as a contiguous int32 array."""
    return np.ascontiguousarray(a, np.int32)


def ptr(a):
    """Pointer to a contiguous array (None stays None)."""
    if a is None:
        return None
    assert a.flags.c_contiguous
    return a.ctypes.data_as(C.c_void_p)


def blend(base: np.ndarray, weights: np.ndarray, basis: np.ndarray, step: float) -> np.ndarray:
    """base (n, 3) f32 + step * weights (k,) . basis (k, n, 3) i16; zero weights cost nothing."""
    rows = i32(np.flatnonzero(np.abs(weights) > 1e-5))
    out = np.empty_like(base)
    LIB.blend(base.size, ptr(base), len(rows), ptr(rows), ptr(f32(np.asarray(weights)[rows])), ptr(basis), C.c_float(step), ptr(out))
    return out


def blend_maps(weights: np.ndarray, maps: np.ndarray) -> np.ndarray:
    """weights (k,) . maps (k, s, s) i8 / 127, as (s, s) f32."""
    rows = i32(np.flatnonzero(np.abs(weights) > 1e-4))
    out = np.empty(maps.shape[1:], np.float32)
    LIB.blend_maps(out.size, len(rows), ptr(rows), ptr(f32(np.asarray(weights)[rows])), ptr(maps), ptr(out))
    return out


def normals(points: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """Area-weighted unit normals (n, 3) of points (n, 3) f32 under triangles (t, 3) i32."""
    out = np.empty_like(points)
    LIB.normals(len(points), ptr(points), len(triangles), ptr(triangles), ptr(out))
    return out


def ambient(points, normal, triangles, receivers, directions, resolution, centre, half, bias) -> np.ndarray:
    """Ambient occlusion 0..1 (1 = open) at points[receivers]; see `ambient` in raster.c."""
    out = np.empty(len(receivers), np.float32)
    LIB.ambient(len(points), ptr(points), ptr(normal), len(triangles), ptr(triangles), len(receivers), ptr(receivers), len(directions),
                ptr(directions), resolution, ptr(f32(centre)), C.c_float(half), C.c_float(bias), ptr(out))  # fmt: skip
    return out


def interpolate(ids: np.ndarray, bary: np.ndarray, triangles: np.ndarray, values: np.ndarray) -> np.ndarray:
    """values (corners, k) f32 at the pixels of ids (h, w), bary (h, w, 2): (h, w, k); 0 where ids is -1."""
    k = values.shape[1]
    out = np.empty((*ids.shape, k), np.float32)
    LIB.interpolate(ids.size, ptr(ids), ptr(bary), ptr(triangles), k, ptr(values), ptr(out))
    return out


def sphere(count: int, lowest: float) -> np.ndarray:
    """`count` directions (count, 3) spread evenly over the part of the unit sphere with z from 1 down to `lowest`."""
    z = 1 - (1 - lowest) * (np.arange(count) + 0.5) / count
    r, a = np.sqrt(1 - z * z), np.arange(count) * 2.399963
    return f32(np.stack([r * np.cos(a), r * np.sin(a), z], 1))
