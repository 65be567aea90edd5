"""The product's own crops: a Node process (`draft-crops.mjs`) that warps, drafts and cuts what the network will see.

One request is a *job*: a portrait, a driver, and the frames that the driver played. The protocol is little-endian, over the child's
standard input and output; `draft-crops.mjs` describes it.
"""

from __future__ import annotations

import json
import os
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np

SHAPES = {'mouth': (64, 96), 'eye': (48, 64), 'face': (72, 56)}  # of a crop of each network's
REGIONS = {'mouth': ('mouth',), 'eye': ('eye_left', 'eye_right'), 'face': ('face',)}  # that a network serves
PLANES = 20  # source 3, warp 3, validity, draft 3, graded driver 3, distances 2, carried surface, target 3, unused
SURFACE = 15
TARGET = 16
FAILED = 0xFFFFFFFF
# NODE: the program, if it isn't on the path. TEETH: the teeth atlas as gpu.sh packs it, for machines without the product's dependencies.
COMMAND = (os.environ.get('NODE', 'node'), str(Path(__file__).resolve().parent / 'draft-crops.mjs'), *(('--teeth', os.environ['TEETH']) if 'TEETH' in os.environ else ()))


@dataclass
class Job:
    """Pictures RGB uint8 [H, W, 3], points float32 [478, 3]; n frames."""

    present: bool  # the driver's pixels may be used
    source: np.ndarray  # with its surface
    surface: np.ndarray  # [H, W] uint8: 128 + 255 / 2 * light
    source_points: np.ndarray
    reference: np.ndarray  # the driver at rest
    reference_points: np.ndarray
    target_points: np.ndarray  # [n, 478, 3]
    targets: np.ndarray  # [n, H, W, 3] without surface
    drivers: np.ndarray  # [n, H, W, 3]
    driver_points: np.ndarray  # [n, 478, 3]
    lenders: np.ndarray  # [k, H, W, 3] other photos of the sitter, or none
    lender_points: np.ndarray  # [k, 478, 3]


@dataclass
class Crops:
    """By region; planes uint8 [n, 20, h, w]; own uint8 [3, h, w]: the sitter's crop, eyes not moved. openings float32 [n, regions] in units."""

    planes: dict[str, np.ndarray]
    openings: np.ndarray
    own: dict[str, np.ndarray]


class DraftCrops:
    """One child process, for any number of jobs; cuts the regions of the networks `kinds`."""

    def __init__(self, kinds: tuple[str, ...] = ('mouth', 'eye'), command: tuple[str, ...] = COMMAND):
        self._kinds = [kind for kind in SHAPES if kind in kinds]
        self._child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def make(self, job: Job) -> Crops:
        """Raises RuntimeError with the child's message."""
        frames, height, width = job.targets.shape[:3]
        header = json.dumps({'width': width, 'height': height, 'frames': frames, 'present': int(job.present), 'lenders': len(job.lenders), 'kinds': self._kinds}).encode()
        pipe = self._child.stdin
        try:
            pipe.write(struct.pack('<I', len(header)) + header)
            for part, dtype in (
                (job.source, np.uint8), (job.surface, np.uint8), (job.source_points, '<f4'), (job.reference, np.uint8), (job.reference_points, '<f4'),
                (job.target_points, '<f4'), (job.targets, np.uint8), (job.drivers, np.uint8), (job.driver_points, '<f4'),
                (job.lenders, np.uint8), (job.lender_points, '<f4'),
            ):  # fmt: skip
                pipe.write(np.ascontiguousarray(part, dtype).data)
            pipe.flush()
        except BrokenPipeError as error:
            raise RuntimeError(f'Expected draft-crops.mjs to take a job but it has ended with {self._child.wait()}.') from error
        if struct.unpack('<I', self._read(4))[0] == FAILED:
            raise RuntimeError(self._read(struct.unpack('<I', self._read(4))[0]).decode())
        shapes = {region: SHAPES[kind] for kind in self._kinds for region in REGIONS[kind]}
        planes = {k: self._array((frames, PLANES, *shape)) for k, shape in shapes.items()}
        openings = self._array((frames, len(shapes)), '<f4')
        return Crops(planes, openings, {k: self._array((3, *shape)) for k, shape in shapes.items()})

    def _read(self, count: int) -> bytes:
        data = self._child.stdout.read(count)
        if len(data) < count:
            raise RuntimeError(f'Expected {count} bytes from draft-crops.mjs but it ended after {len(data)}, with {self._child.wait()}.')
        return data

    def _array(self, shape: tuple[int, ...], dtype=np.uint8) -> np.ndarray:
        dtype = np.dtype(dtype)
        return np.frombuffer(self._read(int(np.prod(shape)) * dtype.itemsize), dtype).reshape(shape)

    def close(self) -> None:
        try:
            self._child.stdin.close()
        except BrokenPipeError:
            pass  # it has ended by itself
        self._child.stdout.close()
        self._child.wait()
