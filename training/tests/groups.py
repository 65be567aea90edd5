"""Groups of noise in the shapes of real ones, and the smallest networks, for tests."""

import dataclasses
import json
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from config import Config  # noqa: E402
from draft_crops import REGIONS, SHAPES  # noqa: E402
from pairs import PairSet  # noqa: E402

torch.set_num_threads(1)
TINY = Config(mouth_widths=(4, 8, 8), eye_widths=(4, 8, 8), identity=4, batch=2, steps=8, warmup=1, gan_from=0.5)
FACE = dataclasses.replace(TINY, kinds=('face',), face_widths=(4, 8, 8))
CPU = torch.device('cpu')


def write_group(path: Path, seed: int = 0, jobs: int = 4, couples: int = 2, kinds: tuple = TINY.kinds) -> None:
    """A group of noise in the shapes of a real one; in every other job the driver is dropped."""
    rs = np.random.RandomState(seed)
    frames = 2 * couples

    def noise(*shape):
        return rs.randint(0, 256, shape).astype(np.uint8)

    crops = {}
    for kind in kinds:
        both = (2,) if kind == 'eye' else ()
        crops |= {kind: noise(jobs, *both, frames, 18, *SHAPES[kind]), f'{kind}_own': noise(jobs, *both, 3, *SHAPES[kind])}
    regions = sum(len(REGIONS[kind]) for kind in kinds)
    np.savez(
        path, **crops,
        opening=rs.rand(jobs, frames, regions).astype(np.float32), person=np.arange(jobs) % 2, driver=np.arange(jobs) % 2, portrait=np.zeros(jobs, int),
        present=np.arange(jobs) % 2 == 0, styled=np.arange(jobs) > 0, labels=np.array([json.dumps({'age': a}) for a in ('young', 'old')]),
    )  # fmt: skip


class WithPairs(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        write_group(self.folder / 'group.npz')
        self.pairs = PairSet(CPU, 2)
        self.pairs.add(self.folder / 'group.npz')
