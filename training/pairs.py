"""All prepared groups in a device's memory, as bytes, and how batches are drawn there: one gather an array, whatever the number of groups."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import torch

from data import HELD_OUT_SEED
from draft_crops import REGIONS

GROUPS_PER_BATCH = 48


@dataclasses.dataclass
class Draw:
    """Crops of `kind` as stored, as bytes; couples are sample i and i + N/2."""

    planes: torch.Tensor  # [N, 18, h, w]: source 3, warp 3, validity, draft 3, graded driver 3, distances 2, target 3
    own: torch.Tensor  # [N, 3, h, w] the sitter's crop, eyes not moved
    opening: torch.Tensor  # [N] in units
    present: torch.Tensor  # [N] bool: the driver's pixels may be used
    styled: torch.Tensor  # [N] bool


class PairSet:
    """Groups of one config: as many people, jobs, motions and kinds in each."""

    def __init__(self, device: torch.device, most: int):
        self._device = device
        self._most = most
        self._arrays: dict[str, torch.Tensor] = {}  # [most, ...] of each array of a group
        self._uses = torch.zeros(most)
        self._added = 0
        self.labels: list[list[dict]] = []  # of each group's people

    def __len__(self) -> int:
        return min(self._added, self._most)

    @property
    def kinds(self) -> list[str]:
        """Those that the groups have crops of, in the order of REGIONS."""
        return [kind for kind in REGIONS if kind in self._arrays]

    def add(self, path: Path) -> None:
        """Reads one group; the oldest gives way when all places are taken."""
        place = self._added % self._most
        with np.load(path) as file:
            self.labels[place : place + 1] = [[json.loads(label) for label in file['labels']]]
            for name in file.files:
                if name != 'labels':
                    array = torch.from_numpy(file[name])
                    if name not in self._arrays:
                        self._arrays[name] = torch.empty((self._most, *array.shape), dtype=array.dtype, device=self._device)
                    self._arrays[name][place] = array.to(self._device, non_blocking=True)
        self._uses[place] = 0
        self._added += 1

    def couples(self, kind: str, batch: int, random: torch.Generator) -> Draw:
        """
        `batch` couples of neighbouring frames of `kind` ('mouth', 'eye' or 'face'), one frame of all, then its neighbour of all. Groups that were
        used less since they came are preferred, so that all are used alike in the end. `random` must live on the CPU.
        """
        count = min(GROUPS_PER_BATCH, batch, len(self))
        chosen = torch.multinomial((1 + self._uses[: len(self)]) ** -4, count, generator=random)
        group = chosen[torch.arange(batch) % count]
        self._uses[chosen] += 1
        jobs, frames = self._arrays['opening'].shape[1:3]

        def draw(high: int) -> torch.Tensor:
            return torch.randint(high, (batch,), generator=random)

        job, eye, first, backwards = draw(jobs), draw(2), 2 * draw(frames // 2), draw(2)  # time runs either way
        return self._gather(kind, group.repeat(2), job.repeat(2), eye.repeat(2), torch.cat([first + backwards, first + 1 - backwards]))

    def _gather(self, kind: str, group: torch.Tensor, job: torch.Tensor, eye: torch.Tensor, frame: torch.Tensor) -> Draw:
        arrays = self._arrays
        group, job, eye, frame = torch.stack([group, job, eye, frame]).to(self._device, non_blocking=True)
        before = self.kinds[: self.kinds.index(kind)]
        region = torch.full_like(eye, sum(len(REGIONS[other]) for other in before))
        if kind == 'eye':
            planes, own, region = arrays['eye'][group, job, eye, frame], arrays['eye_own'][group, job, eye], region + eye
        else:
            planes, own = arrays[kind][group, job, frame], arrays[f'{kind}_own'][group, job]
        return Draw(planes, own, arrays['opening'][group, job, frame, region], arrays['present'][group, job], arrays['styled'][group, job])

    def every(self, kind: str, stride: int = 1):
        """Yields (Draw, number of the group, person [N]) for all jobs: every `stride`th frame, both eyes in turn."""
        jobs, frames = self._arrays['opening'].shape[1:3]
        frame = torch.arange(0, frames, stride)
        for group in range(len(self)):
            for job in range(jobs):
                # Neighbouring jobs begin at other frames.
                when = (frame + job % stride) % frames
                same = [torch.full_like(when, value) for value in (group, job)]
                yield self._gather(kind, *same, (torch.arange(len(when)) + job) % 2, when), group, int(self._arrays['person'][group, job])


def held_out_pairs(data: Path) -> PairSet:
    """The prepared groups of `data` that nobody trains on."""
    paths = sorted(p for p in data.glob('group-*.npz') if int(p.stem.split('-')[1]) >= HELD_OUT_SEED)
    if not paths:
        raise SystemExit(f'Expected held-out groups in {data} but there are none.')
    pairs = PairSet(torch.device('cpu'), len(paths))
    for path in paths:
        pairs.add(path)
    return pairs
