"""Renders heads with exact ground truth.

    python3 -m heads.render --assets DIR --seed 7 --frames 50 --size 256 --out DIR

writes frame_NNNN.png, seg_NNNN.png, truth_NNNN.npz (uv, normals, depth, backward flow to frame 0), gt.npz and identity.json; run it from training/.
In a program: `head = Head(pack, identity(7)); frame = render(head, motion(3, 50).state(0), view(pack, 5, 256))`.
"""

import argparse
import dataclasses
import json
import math
import os
import time
from dataclasses import dataclass

import numpy as np

from . import native, scene
from .face import rotation
from .head import Head
from .materials import IRIS_EDGE, SEGMENT, SEGMENTS
from .performance import State, motion
from .native import f32, ptr
from .pack import Pack, load_pack
from .people import identity
from .points import mesh_points

SHADOW_SIZE, SHADOW_HALF = 384, 23.0  # texels; half side in model units
TONE = f32((1 - np.exp(-1.6 * (x := np.arange(4096) / 512) * (x + 0.02) / (x + 0.032))) ** (1 / 2.2))  # soft shoulder, then gamma


@dataclass(frozen=True)
class View:
    """Light, camera, sensor, background (size, size, 3) linear, and the seed of the grain."""

    light: scene.Light
    camera: scene.Camera
    sensor: scene.Sensor
    background: np.ndarray
    seed: int = 0


@dataclass
class Truth:
    """Ground truth at pixel centres (not anti-aliased). n = size; pixel coordinates have their origin at the top left corner of the picture, centres at .5.

    `segment` (n, n) uint8: SEGMENTS; `uv` (n, n, 3): u, v in the tile and the tile (0 face, 1 head, 2 gums and tongue, 3 teeth, 255 none: cards and cloth carry
    their own texture coordinates); `normal` (n, n, 3) unit, camera frame (+x right, +y up, +z to the camera), 0 on the background; `depth` (n, n): distance to
    the camera plane in model units, inf on the background; `landmarks68` (68, 2) and MediaPipe's `points` (478, 2) in pixels, `points3d`
    (478, 3) in posed model units; none is tested for occlusion. See points.py for which of them are exact.
    """

    segment: np.ndarray
    uv: np.ndarray
    normal: np.ndarray
    depth: np.ndarray
    landmarks68: np.ndarray
    points: np.ndarray
    points3d: np.ndarray
    ids: np.ndarray
    bary: np.ndarray
    screen: np.ndarray
    zbuffer: np.ndarray


@dataclass
class Frame:
    """`rgb` (n, n, 3) uint8 and, if asked for, its truth."""

    rgb: np.ndarray
    truth: Truth | None


def view(pack: Pack, seed: int, size: int, zoom: float | None = None) -> View:
    """A whole scene from one seed (each part may be drawn from its own, see scene.py)."""
    return View(scene.light(pack, seed), scene.camera(seed + 1, zoom), scene.sensor(seed + 2), scene.background(pack, seed + 3, size), seed + 4)


def _raster(head: Head, screen: np.ndarray, size: int, shadow: bool = False) -> tuple:
    tri, mat = (head.shadow_triangles, head.shadow_material) if shadow else (head.triangles, head.material)
    depth = np.empty((size, size), np.float32)
    ids = None if shadow else np.empty((size, size), np.int32)
    bary = None if shadow else np.zeros((size, size, 2), np.float32)
    look = head.look
    native.LIB.raster(len(tri), ptr(tri), ptr(mat), ptr(screen), ptr(head.uv), ptr(head.attr), look.materials, look.textures, size, size, ptr(depth), ptr(ids), ptr(bary))
    return depth, ids, bary


def _shadow(head: Head, points: np.ndarray, key: np.ndarray) -> tuple:
    """Depth map towards the key light and the 3x4 matrix from model space to it."""
    a = np.cross([0, 1, 0.0], key)
    a /= np.linalg.norm(a)
    b = np.cross(key, a)
    k, c, half = SHADOW_SIZE / (2 * SHADOW_HALF), np.array([0, -1.0, 0]), SHADOW_SIZE / 2
    m = f32([[*(a * k), half - a @ c * k], [*(-b * k), half + b @ c * k], [*(-key), 0]])
    screen = f32(np.concatenate([points @ m[:, :3].T + m[:, 3], np.ones((len(points), 1), np.float32)], 1))
    return _raster(head, screen, SHADOW_SIZE, shadow=True)[0], m


def render(head: Head, state: State, look: View, supersampling: int = 2, truth: bool = True) -> Frame:
    """One frame; its side is the side of the view's background. `supersampling` per axis."""
    size = len(look.background)
    big = size * supersampling
    points, normal, x, vn = head.geometry(state)
    depth, ids, bary = _raster(head, look.camera.project(points, big), big)
    head.attr[:, 0] = head.occlusion(x, vn)
    shadow, to_shadow = _shadow(head, points, look.light.key)
    folds = head.folds(state.expression)
    samples = np.empty((big, big, 4), np.float32)
    native.LIB.shade(
        big, big, ptr(ids), ptr(bary), ptr(head.triangles), ptr(head.material), ptr(points), ptr(head.rest), ptr(normal), ptr(head.uv), ptr(head.colour), ptr(head.attr),
        head.look.materials, head.look.textures, ptr(look.light.sh), 3, look.light.lights, ptr(look.camera.position), ptr(shadow), SHADOW_SIZE, ptr(to_shadow),
        ptr(head.look.hair_colour), ptr(head.look.lips), ptr(folds), folds.shape[0], native.C.c_float(scene.VISIBLE * look.camera.zoom / big), ptr(samples),
    )  # fmt: skip
    linear = np.empty((size, size, 3), np.float32)
    native.LIB.resolve(size, supersampling, ptr(samples), ptr(f32(look.background)), ptr(linear))
    rgb = _expose(linear, look.sensor, look.seed)
    return Frame(rgb, _truth(head, state, look, points, normal, x, size) if truth else None)


def _expose(x: np.ndarray, s: scene.Sensor, seed: int) -> np.ndarray:
    """Linear (n, n, 3) to 8-bit: exposure, vignette, slight blur, tone curve, grain."""
    n = len(x)
    y = (np.arange(n, dtype=np.float32) / n - 0.5) ** 2
    x = x * (f32(s.exposure * np.array(s.balance)) * (1 - s.vignette * 1.6 * f32(y[:, None] + y[None]))[..., None])
    if s.soft > 0.05:
        a = s.soft * 0.25
        q = np.pad(x, ((1, 1), (1, 1), (0, 0)), 'edge')
        x = x * (1 - a) + a * 0.25 * (q[:-2, 1:-1] + q[2:, 1:-1] + q[1:-1, :-2] + q[1:-1, 2:])
    noise = np.random.Generator(np.random.SFC64(seed)).standard_normal((n, n, 4), dtype=np.float32) * np.float32(s.grain)
    x = TONE[np.clip(x * 512, 0, 4095).astype(np.int32)] + noise[..., :1] * 0.8 + noise[..., 1:] * 0.5
    return (np.clip(x, 0, 1) * 255 + 0.5).astype(np.uint8)


def _truth(head, state, look, points, normal, x, size) -> Truth:
    pack, cam = head.pack, look.camera
    screen = cam.project(points, size)
    depth, ids, bary = _raster(head, screen, size)
    hit = ids >= 0
    first = head.triangles[np.maximum(ids, 0), 0]
    tile = np.full(len(head.uv), 255, np.uint8)
    tile[: len(pack.corner_tile)] = pack.corner_tile
    values = native.interpolate(ids, bary, head.triangles, f32(np.concatenate([head.uv, normal, points[:, 2:]], 1)))
    uv, n, z = values[..., :2], values[..., 2:5], np.where(hit, cam.distance - values[..., 5], np.inf)
    segment = np.where(hit, head.segment[np.maximum(ids, 0)], 0).astype(np.uint8)
    off_axis = np.sqrt(((uv - 0.5) ** 2).sum(-1)) * 180  # degrees, in eye pixels
    segment[(segment == SEGMENT['sclera']) & (off_axis < IRIS_EDGE)] = SEGMENT['iris']
    n = n / (np.sqrt((n * n).sum(-1, keepdims=True)) + 1e-9)
    c, s = math.cos(cam.roll), math.sin(cam.roll)
    n = n @ np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]], np.float32)
    mesh = mesh_points(pack)
    posed = head.pose_points(mesh.positions(x, head.face.irises, rotation(state.gaze[0], state.gaze[1], 0)), state.pose)
    lm = head.pose_points(x[pack.landmarks68], state.pose)
    return Truth(
        segment=segment,
        uv=f32(np.dstack([uv, np.where(hit, tile[first], 255)])), normal=f32(n), depth=f32(z),
        landmarks68=cam.project(lm, size)[:, :2], points=cam.project(posed, size)[:, :2], points3d=f32(posed),
        ids=ids, bary=bary, screen=screen, zbuffer=depth,
    )  # fmt: skip


def backward_flow(head: Head, target: Truth, source: Truth) -> tuple:
    """Where every pixel of `target` comes from in `source`, two frames of the same head under any motions and cameras.

    Returns positions (n, n, 2) in pixels of the source (x, y; centres at .5) and visibility (n, n) uint8: 1 where that surface point is seen in the
    source, 0 where it is hidden, turned away or outside. Background pixels stay in place, visible where the source also shows background.
    """
    n = len(target.ids)
    flow, visible = np.empty((n, n, 2), np.float32), np.empty((n, n), np.uint8)
    native.LIB.flow(n, ptr(target.ids), ptr(target.bary), ptr(head.triangles), ptr(source.screen), ptr(source.zbuffer), ptr(source.ids), ptr(head.two_sided),
                    native.C.c_float(0.0012), ptr(flow), ptr(visible))  # fmt: skip
    return flow, visible


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add('--assets', required=True, help='folder of the heads pack, or the .npz of heads.prepare')
    add('--out', required=True)
    add('--seed', type=int, default=7, help='identity')
    add('--motion', type=int, help='seed of the motion (default: --seed)')
    add('--view', type=int, help='seed of light, camera, sensor and background (default: --seed)')
    add('--frames', type=int, default=50)
    add('--size', type=int, default=256)
    add('--ss', type=int, default=2, help='supersampling per axis')
    add('--zoom', type=float, help='fixes the framing; smaller is closer')
    add('--rgb-only', action='store_true', help='no ground truth per pixel')
    o = parser.parse_args()
    from PIL import Image

    os.makedirs(o.out, exist_ok=True)
    begin = time.perf_counter()
    pack = load_pack(o.assets, half=o.size <= 320)
    who = identity(o.seed)
    head = Head(pack, who)
    moves = motion(o.seed if o.motion is None else o.motion, o.frames)
    scenery = view(pack, 1000 * (o.seed if o.view is None else o.view), o.size, o.zoom)
    ready = time.perf_counter()
    lists, spent, first = {'landmarks68': [], 'points': [], 'points3d': []}, 0.0, None
    for i in range(o.frames):
        start = time.perf_counter()
        frame = render(head, moves.state(i), dataclasses.replace(scenery, seed=i), o.ss)
        spent += time.perf_counter() - start
        for key, values in lists.items():
            values.append(getattr(frame.truth, key))
        Image.fromarray(frame.rgb).save(f'{o.out}/frame_{i:04d}.png')
        if not o.rgb_only:
            first = first or frame.truth
            Image.fromarray(frame.truth.segment).save(f'{o.out}/seg_{i:04d}.png')
            flow, visible = backward_flow(head, frame.truth, first)
            np.savez_compressed(f'{o.out}/truth_{i:04d}.npz', uv=frame.truth.uv, normal=frame.truth.normal.astype(np.float16), depth=frame.truth.depth, flow=flow, visible=visible)
    np.savez_compressed(
        f'{o.out}/gt.npz', expression_names=np.array(pack.names), expression=f32(moves.expression), tongue=f32(moves.tongue), pose_deg=f32(np.degrees(moves.pose)),
        gaze_deg=f32(np.degrees(moves.gaze)), label=moves.label, strong=moves.strong, points_exact=mesh_points(pack).exact,
        **{k: f32(v) for k, v in lists.items()},
    )  # fmt: skip
    with open(f'{o.out}/identity.json', 'w') as f:
        json.dump({'identity': dataclasses.asdict(who), 'camera': dataclasses.asdict(scenery.camera), 'light': scenery.light.name, 'segments': SEGMENTS}, f, indent=1, default=float)
    print(f'seed {o.seed}: set-up {ready - begin:.2f} s, {o.frames} frames with truth at {o.frames / spent:.1f} a second')


if __name__ == '__main__':
    main()
