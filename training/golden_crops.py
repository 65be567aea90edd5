"""Writes `tests/golden/crops.{json,bin}`: what crops.py and grade() make of the faces of `warp.bin` (see make.mjs there).

    python3 training/golden_crops.py            # or --check: fail when crops.py no longer makes the committed file

The runtime's port is tested against it. For the cases `talk` and `turned`, per region: the source's crop as it is (`portrait`) and moved with
the iris (`source`), the target's crop (0..255, [rows, cols, 3]), the flow and validity between them, distances and opening of the target; `graded`: the
target's crop taken as a driver's, graded to the source's colours (0..1). The pictures are warp.bin's `picture`; the unit is the
source's.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import torch

import crops
from head_mesh import FaceState, HeadMesh
from model import grade, skin
from warp import Flow

GOLDEN = Path(__file__).resolve().parents[1] / 'tests' / 'golden'
TOLERANCE = 1e-3  # other compilers


def cases():
    blob = (GOLDEN / 'warp.bin').read_bytes()
    for case in json.loads((GOLDEN / 'warp.json').read_text())['cases']:
        if case['name'] != 'rest':
            yield case['name'], {k: np.frombuffer(blob, e['dtype'], e['count'], e['offset']) for k, e in case['arrays'].items()}


def arrays_of(g: dict) -> dict[str, np.ndarray]:
    width, height = (int(v) for v in g['size'])
    picture = np.ascontiguousarray(g['picture'].reshape(height, width, 4)[..., :3])
    points, target_points = g['points'].reshape(-1, 3), g['targetPoints'].reshape(-1, 3)
    source = FaceState(g['canonical'].reshape(-1, 3).astype(float), g['rotation'].reshape(3, 3).astype(float), float(g['scale'][0]), g['centre'].astype(float))
    target = FaceState(
        g['targetCanonical'].reshape(-1, 3).astype(float), g['targetRotation'].reshape(3, 3).astype(float), float(g['targetScale'][0]), g['targetCentre'].astype(float)
    )
    mesh = HeadMesh(points, source, width, height)
    mesh.pose(target, target_points)
    flow = Flow(mesh, points).draw(mesh)
    out = {}
    for region in crops.REGIONS:
        unit = crops.unit_of(region, source)
        from_frame = crops.crop_frame(region, points, source.scale, unit)
        to_frame = crops.crop_frame(region, target_points, target.scale, unit)
        field = crops.crop_flow(flow, to_frame, from_frame)
        shift = crops.iris_of(region, points, from_frame) - crops.iris_of(region, target_points, to_frame)
        kind = 'mouth' if region.eye is None else 'eye'
        arrays = {
            'frame': np.array([to_frame.x, to_frame.y, to_frame.ex, to_frame.ey, to_frame.pixel]),
            'portrait': crops.crop_picture(picture, from_frame),
            'source': crops.crop_picture(picture, from_frame.moved(*shift)),
            'target': crops.crop_picture(picture, to_frame),
            'flow': field,
            'valid': crops.validity(field, from_frame, width, height),
            'distance': crops.distances(region, target_points, to_frame),
            'opening': np.array([crops.opening_height(region, target_points, to_frame)]),
        }
        arrays['graded'] = _graded(kind, arrays, crops.distances(region, points, from_frame))
        out |= {f'{region.name}.{name}': value for name, value in arrays.items()}
    return out


def _graded(kind: str, arrays: dict, source_distance: np.ndarray) -> np.ndarray:
    def nchw(a: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(np.ascontiguousarray(a.transpose(2, 0, 1), np.float32))[None]

    masks = [skin(nchw(d), kind) for d in (arrays['distance'], source_distance)]
    return grade(nchw(arrays['target'] / 255), masks[0], nchw(arrays['portrait'] / 255), masks[1])[0].permute(1, 2, 0).numpy()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--check', action='store_true')
    options = parser.parse_args()
    index, chunks, offset = {}, [], 0
    for name, g in cases():
        for key, value in arrays_of(g).items():
            data = np.ascontiguousarray(value, '<f4')
            index.setdefault(name, {})[key] = {'shape': list(value.shape), 'offset': offset}
            chunks.append(data)
            offset += data.nbytes
    blob = np.concatenate([c.ravel() for c in chunks])
    if options.check:
        committed = np.frombuffer((GOLDEN / 'crops.bin').read_bytes(), '<f4')
        if json.loads((GOLDEN / 'crops.json').read_text()) != index or abs(committed - blob).max() > TOLERANCE * 255:
            raise SystemExit('Expected crops.py to make tests/golden/crops.bin but it differs. If the change is meant, run training/golden_crops.py and port it to the runtime.')
        return
    (GOLDEN / 'crops.bin').write_bytes(blob.tobytes())
    (GOLDEN / 'crops.json').write_text(json.dumps(index) + '\n')


if __name__ == '__main__':
    main()
