"""Finds where MediaPipe's 468 mesh points lie on our mesh, from its detections on renders. The result is committed (mediapipe_points.json);
this is only needed to make it again, from training/:

    python3 -m heads.calibrate render --assets DIR --work WORK
    node heads/detect.mjs WORK               # the product's own detector (npm run build first)
    python3 -m heads.calibrate fit --assets DIR --work WORK

Every detected point is looked up in the render's ground truth: which place of the mesh is seen there. The median of these places over all people,
on the mean face, snapped to its surface, is the point. Only calm, nearly frontal frames count.
"""

import argparse
import dataclasses
import json
import os

import numpy as np

from . import native
from .head import Head
from .native import f32
from .pack import FACE, HEAD, load_pack
from .people import identity
from .performance import State, moments
from .points import TABLE
from .render import render, view

PEOPLE, SIZE, FIRST_SEED = 90, 256, 5000


def render_all(pack, folder: str) -> None:
    """Writes WORK/NNN.png, and WORK/NNN.npy: the place on the mean face seen at every pixel (nan where no skin is)."""
    from PIL import Image

    for k in range(PEOPLE):
        who = dataclasses.replace(identity(FIRST_SEED + k), hair='buzz', beard=None, glasses=None)
        head, moves = Head(pack, who), moments(k, 8, yaw=8)
        calm = moves.state(int(np.argmin(moves.strong * 9.0 + moves.expression.max(1))))
        state = State(calm.expression * 0.5, calm.pose * 0.7, calm.gaze * 0.5, calm.tongue * 0)
        frame = render(head, state, view(pack, 7 * k, SIZE, 0.8))
        t = frame.truth
        mean = np.full((len(head.uv), 3), np.nan, np.float32)
        skin = np.isin(pack.part[pack.corner_vertex], (FACE, HEAD))
        mean[: len(skin)][skin] = pack.neutral[pack.corner_vertex][skin]
        place = native.interpolate(t.ids, t.bary, head.triangles, f32(mean))
        place[t.ids < 0] = np.nan
        np.save(f'{folder}/{k:03d}.npy', place.astype(np.float16))
        Image.fromarray(frame.rgb).save(f'{folder}/{k:03d}.png')


def fit(pack, folder: str) -> list:
    """[[three vertices], [their weights]] for MediaPipe points 0..467."""
    with open(f'{folder}/detections.json') as f:
        detections = json.load(f)
    seen = np.full((len(detections), 468, 3), np.nan)
    for row, (name, points) in enumerate(sorted(detections.items())):
        if points is None:
            continue
        place = np.load(f'{folder}/{name}.npy').astype(float)
        for m, (x, y) in enumerate(np.array(points).reshape(478, -1)[:468, :2]):
            # The outline may lie a little outside the head: the nearest skin within three pixels counts.
            x0, y0 = int(x), int(y)
            for r in range(4):
                ys, xs = slice(max(0, y0 - r), y0 + r + 1), slice(max(0, x0 - r), x0 + r + 1)
                window = place[ys, xs].reshape(-1, 3)
                window = window[np.isfinite(window[:, 0])]
                if len(window):
                    seen[row, m] = window.mean(0)
                    break
    middle = np.nanmedian(seen, 0)
    triangles = pack.skin_triangles
    front = triangles[(pack.neutral[triangles].mean(1)[:, 2] > -2)]
    return [_snap(pack.neutral, front, p) for p in middle]


def _snap(points, triangles, p) -> list:
    """The point of the surface nearest to p, by sampling the closest triangles' barycentric grid."""
    near = triangles[np.argsort(((points[triangles].mean(1) - p) ** 2).sum(1))[:12]]
    grid = np.array([(i, j, 10 - i - j) for i in range(11) for j in range(11 - i)]) / 10
    places = np.einsum('gk,tkc->tgc', grid, points[near])
    t, g = np.unravel_index(((places - p) ** 2).sum(-1).argmin(), places.shape[:2])
    return [near[t].tolist(), grid[g].round(2).tolist()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('step', choices=['render', 'fit'])
    parser.add_argument('--assets', required=True)
    parser.add_argument('--work', required=True, help='a folder for pictures and detections')
    o = parser.parse_args()
    pack = load_pack(o.assets, half=True)
    if o.step == 'render':
        os.makedirs(o.work, exist_ok=True)
        render_all(pack, o.work)
    else:
        rows = ',\n'.join(json.dumps(row) for row in fit(pack, o.work))
        with open(TABLE, 'w') as f:
            f.write(f'[\n{rows}\n]\n')


if __name__ == '__main__':
    main()
