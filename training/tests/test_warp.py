"""Pins head_mesh.py, warp.py and opening.py to the TypeScript geometry by the golden files of tests/golden (written by make.mjs there).

Tolerances: positions 2e-3 pixels (float32 storage, another eigenvalue solver), pictures 1 level of 255 on 99.5 % of the values
(a position next to a rounding border of the 8-bit weights may fall on its other side), flow 5e-3 pixels on 99.5 % of the cells
(a cell on a triangle's edge may belong to its neighbour).
"""

import json
import sys
import unittest
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'training'))
from head_mesh import TOPOLOGY, FaceState, HeadMesh, face_state  # noqa: E402
from opening import fit_opening  # noqa: E402
from warp import Flow  # noqa: E402

GOLDEN = ROOT / 'tests' / 'golden'


def golden_cases():
    blob = (GOLDEN / 'warp.bin').read_bytes()
    for case in json.loads((GOLDEN / 'warp.json').read_text())['cases']:
        yield case['name'], {
            name: np.frombuffer(blob, entry['dtype'], entry['count'], entry['offset']) for name, entry in case['arrays'].items()
        }


def state_of(g, prefix=''):
    def key(name):
        return g[prefix + name[0].upper() + name[1:] if prefix else name]

    return FaceState(
        key('canonical').reshape(-1, 3).astype(float), key('rotation').reshape(3, 3).astype(float), float(key('scale')[0]), key('centre').astype(float)
    )


class WarpMatchesTheProduct(unittest.TestCase):
    def each(self):
        for name, g in golden_cases():
            with self.subTest(case=name):
                yield g

    def test_face_state(self):
        for g in self.each():
            state = face_state(g['points'].reshape(-1, 3))
            np.testing.assert_allclose(state.canonical.ravel(), g['canonical'], atol=1e-4)
            np.testing.assert_allclose(state.rotation.ravel(), g['rotation'], atol=1e-5)
            np.testing.assert_allclose(state.scale, g['scale'][0], rtol=1e-5)
            np.testing.assert_allclose(state.centre, g['centre'], atol=1e-3)

    def mesh(self, g):
        width, height = (int(v) for v in g['size'])
        mesh = HeadMesh(g['points'].reshape(-1, 3), state_of(g), width, height)
        mesh.pose(state_of(g, 'target'), g['targetPoints'].reshape(-1, 3))
        return mesh

    def test_mesh(self):
        for g in self.each():
            mesh = self.mesh(g)
            for ours, theirs in (('source_x', 'sourceX'), ('source_y', 'sourceY'), ('target_x', 'targetX'), ('target_y', 'targetY'), ('target_z', 'targetZ')):
                np.testing.assert_allclose(getattr(mesh, ours), g[theirs], atol=2e-3, err_msg=ours)

    def test_flow_and_picture(self):
        for g in self.each():
            mesh = self.mesh(g)
            flow = Flow(mesh, g['points'].reshape(-1, 3)).draw(mesh)
            np.testing.assert_allclose([*flow.origin, flow.step, flow.cols, flow.rows], g['field'], rtol=1e-6)
            error = np.maximum(abs(flow.x.ravel() - g['flowX']), abs(flow.y.ravel() - g['flowY']))
            self.assertGreater((error < 5e-3).mean(), 0.995)
            self.assertLess(np.median(error), 1e-4)
            width, height = (int(v) for v in g['size'])
            out = flow.apply(g['picture'].reshape(height, width, 4))
            difference = abs(out.astype(int).ravel() - g['warped'].astype(int))
            self.assertGreater((difference <= 1).mean(), 0.995)

    def test_openings(self):
        t = TOPOLOGY
        contours = {
            'mouthOpening': (t['innerLipUpper'], t['innerLipLower']),
            'leftEyeOpening': (t['eyes'][0]['upper'], t['eyes'][0]['lower']),
            'rightEyeOpening': (t['eyes'][1]['upper'], t['eyes'][1]['lower']),
        }
        for g in self.each():
            for name, (upper, lower) in contours.items():
                o = fit_opening(g['targetPoints'].reshape(-1, 3), upper, lower)
                np.testing.assert_allclose([o.x, o.y, o.ex, o.ey, o.width], g[name][:5], atol=1e-4)
                np.testing.assert_allclose(np.r_[o.upper, o.lower], g[name][5:], atol=2e-4, err_msg=name)


if __name__ == '__main__':
    unittest.main()
