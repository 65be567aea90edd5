"""Fits the landmark map: which vertex of the head model each MediaPipe landmark sits on, and how MediaPipe strays from it.

    python3 training/calibrate.py RENDERS --out training/landmark_map.npz

RENDERS holds `NNNN.npz` (uv [vertices, 3]: projected vertices in pixels, z as warp.py wants it) of a few hundred varied renders
and `points.json` ({NNNN: 478 x 3 numbers}), what the product's detector found in them. Written once; training needs no detector.
"""

import argparse
import json
from pathlib import Path

import numpy as np

from head_mesh import RIGID, face_state

IRIS_FROM = 468


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('renders', type=Path)
    parser.add_argument('--face-vertices', type=int, default=9409, help='leading vertices of the model that are face skin')
    parser.add_argument('--per-person', type=int, default=6, help='renders of one person in a row')
    parser.add_argument('--out', type=Path, required=True)
    options = parser.parse_args()
    found = {k: np.array(v).reshape(-1, 3) for k, v in json.loads((options.renders / 'points.json').read_text()).items()}
    names = sorted(found)
    vertices = [np.load(options.renders / f'{name}.npz')['uv'] for name in names]
    states = [face_state(found[name]) for name in names]

    # The vertex that stays nearest to the landmark over all renders.
    cost = np.zeros((options.face_vertices, IRIS_FROM))
    for name, uv, state in zip(names, vertices, states):
        skin = uv[: options.face_vertices, :2]
        d = skin[:, None] - found[name][None, :IRIS_FROM, :2]
        cost += np.minimum((d**2).sum(-1) / state.scale**2, 0.09)
    vertex = cost.argmin(0)

    # What is left, in the head's own axes and units: its mean is a difference of convention, the rest MediaPipe's noise.
    residuals = []
    for name, uv, state in zip(names, vertices, states):
        exact = uv[vertex]
        depth = exact[:, 2] - exact[RIGID, 2].mean() + state.centre[2]
        at = np.c_[exact[:, :2], depth]
        residuals.append((found[name][:IRIS_FROM] - at) / state.scale @ state.rotation)
    residuals = np.array(residuals)
    offset = np.median(residuals, 0)
    noise = residuals - offset
    sane = np.abs(noise[..., :2]).max((1, 2)) < 0.25  # a face that was found elsewhere is not noise
    noise, who = noise[sane], np.array([int(name) // options.per_person for name in names])[sane]
    person = np.array([noise[who == w].mean(0) for w in np.unique(who)])
    expression = np.concatenate([noise[who == w] - noise[who == w].mean(0) for w in np.unique(who)])
    packed = {k: np.clip(v * 4096, -32767, 32767).astype(np.int16) for k, v in (('person', person), ('expression', expression))}
    np.savez_compressed(options.out, vertex=vertex.astype(np.uint16), offset=offset.astype(np.float32), **packed)
    size = {k: np.sqrt((v[..., :2] ** 2).sum(-1).mean()) for k, v in (('person', person), ('expression', expression))}
    print(f'{sane.sum()} of {len(names)} renders; rms in head units: {size}; nearest vertex {np.sqrt(cost.min(0).mean() / len(names)):.4f}')


if __name__ == '__main__':
    main()
