"""Cross-reenactment pairs with ground truth: what is prepared on the CPU, and how batches are drawn on the device.

A group is 4 people who share 24 motions (12 couples of neighbouring frames), each person with a pose of their own added: in the
product, too, sitter and driver hold their heads differently. Person A under motion m is the target, any other person of the group
under m the driver, a few frames of A are portraits: every ordered pair has an exact answer.

Prepared once, on the CPU: renders, noisy landmarks, warps. Stored are frames (patches, signed distances) and, for each portrait and
target of a person, the backward flow and its validity. Pairs, appearance and warped pixels are made on the device, from these:
a batch costs the card a few gathers and one bilinear sample.

    python3 training/data.py --assets DIR --out DATA --config training/configs/cpu.py   # prepare without training
"""

from __future__ import annotations

import argparse
import dataclasses
import multiprocessing
import os
import time
from pathlib import Path

import numpy as np
import torch

import crops
from config import Config, read_config, with_overrides
from crops import EYE_REGIONS, MARGIN, MOUTH, REGIONS

HELD_OUT_SEED = 900_000  # groups from here on are never trained on
POSE_SPREAD = np.radians([5.0, 3.0, 3.0])  # yaw, pitch, roll that a person adds to the group's motions


# --- preparation ------------------------------------------------------------------------------------------------------


def prepare_group(assets: Path, config: Config, number: int) -> dict[str, np.ndarray]:
    """Renders one group. Deterministic in `number` and the config's size, people, couples and sources."""
    import renderer
    from head_mesh import HeadMesh, face_state
    from warp import Flow

    rs = np.random.RandomState(number)
    studio = renderer.Studio(assets, config.size)
    motion = studio.motion(number, config.couples)
    frames = 2 * config.couples
    out: dict[str, list] = {}

    def keep(name: str, value: np.ndarray) -> None:
        out.setdefault(name, []).append(value)

    for k in range(config.people):
        person = studio.person(number * config.people + k)
        offset = rs.randn(3) * POSE_SPREAD
        noise = renderer.LandmarkNoise(rs)
        shots, points = [], []
        shared = None
        for f in range(frames):
            state = motion.state(f)
            shot = studio.shoot(person, dataclasses.replace(state, pose=state.pose + offset), f)
            if f % 2 == 0:
                shared = noise.expression()
            shots.append(shot)
            points.append(noise.apply(shot.points, shared))
        states = [face_state(p) for p in points]
        units = [crops.unit_of(region, states[0]) for region in REGIONS]  # the first frame is at rest
        crop_of = [[crops.crop_frame(r, p, s.scale, u) for r, u in zip(REGIONS, units)] for p, s in zip(points, states)]
        for f in range(frames):
            patches = [crops.crop_picture(shots[f].picture, frame, MARGIN) for frame in crop_of[f]]
            fields = [crops.distances(r, points[f], frame) for r, frame in zip(REGIONS, crop_of[f])]
            keep('mouth_patch', _bytes(patches[0]))
            keep('eye_patch', np.stack([_bytes(p) for p in patches[1:]]))
            keep('mouth_distance', _signed(fields[0]))
            keep('eye_distance', np.stack([_signed(d) for d in fields[1:]]))
            keep('iris', np.array([crops.iris_of(r, points[f], frame) for r, frame in zip(REGIONS, crop_of[f])], np.float32))
            keep('opening', np.array([crops.opening_height(r, points[f], frame) for r, frame in zip(REGIONS, crop_of[f])], np.float16))
        # Nobody sits for a portrait in mid blink.
        eyes = np.array([min(crops.opening_height(r, points[f], crop_of[f][k]) for k, r in enumerate(REGIONS) if k) for f in range(frames)])
        awake = np.flatnonzero(eyes[2:] > 0.6 * eyes[0]) + 2
        pool = awake if len(awake) >= config.sources - 1 else np.arange(2, frames)
        sources = np.r_[0, rs.choice(pool, config.sources - 1, replace=False)].astype(np.int64)
        keep('source', sources)
        for s in sources:
            height, width = shots[s].picture.shape[:2]
            mesh = HeadMesh(points[s], states[s], width, height)
            flow = Flow(mesh, points[s])
            for f in range(frames):
                mesh.pose(states[f], points[f])
                flow.draw(mesh)
                fields = [crops.crop_flow(flow, target, source) for target, source in zip(crop_of[f], crop_of[s])]
                valid = [_bytes(255 * crops.validity(field, source, width, height)) for field, source in zip(fields, crop_of[s])]
                offsets = [(field - np.stack(np.meshgrid(np.arange(r.cols), np.arange(r.rows)), -1)).astype(np.float16) for r, field in zip(REGIONS, fields)]
                keep('mouth_flow', offsets[0])
                keep('eye_flow', np.stack(offsets[1:]))
                keep('mouth_valid', valid[0])
                keep('eye_valid', np.stack(valid[1:]))
    shape = {'source': (config.people, config.sources)}
    for name, values in out.items():
        lead = shape.get(name) or ((config.people, config.sources, frames) if 'flow' in name or 'valid' in name else (config.people, frames))
        out[name] = np.stack(values).reshape(*lead, *np.asarray(values[0]).shape[1 if name == 'source' else 0 :])
    return out


def _bytes(values: np.ndarray) -> np.ndarray:
    return np.clip(np.round(values), 0, 255).astype(np.uint8)


def _signed(values: np.ndarray) -> np.ndarray:
    return _bytes((values + 1) * 127.5)


def group_path(folder: Path, number: int) -> Path:
    return folder / f'group-{number:06d}.npz'


def _work(task: tuple[Path, Path, Config, int]) -> int:
    assets, folder, config, number = task
    path = group_path(folder, number)
    if not path.exists():
        temporary = path.with_suffix(f'.{os.getpid()}.tmp')
        with open(temporary, 'wb') as file:
            np.savez(file, **prepare_group(assets, config, number))
        os.replace(temporary, path)
    return number


class Preparer:
    """Renders groups in processes of its own; `numbers` come back, in order, as their files are ready."""

    def __init__(self, assets: Path, folder: Path, config: Config, numbers):
        for name in ('OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS'):
            os.environ[name] = '1'  # inherited: every process keeps to its own core
        folder.mkdir(parents=True, exist_ok=True)
        # Spawned, not forked: the parent holds a CUDA context.
        self._pool = multiprocessing.get_context('spawn').Pool(config.workers)
        self._results = self._pool.imap(_work, ((assets, folder, config, n) for n in numbers))

    def next(self, timeout: float | None = None) -> int | None:
        """The next number, or None when none is ready within `timeout` seconds (None: as long as it takes)."""
        try:
            return self._results.next(timeout)
        except multiprocessing.TimeoutError:
            return None

    def close(self) -> None:
        self._pool.terminate()
        self._pool.join()


# --- batches ----------------------------------------------------------------------------------------------------------


class PairSet:
    """All prepared groups in the device's memory, as bytes; draws batches there."""

    def __init__(self, device: torch.device, max_groups: int):
        self._device = device
        self._max = max_groups
        self._groups: list[dict[str, torch.Tensor]] = []
        self._next = 0

    def __len__(self) -> int:
        return len(self._groups)

    def add(self, path: Path) -> None:
        """Reads one group; the oldest gives way when all places are taken."""
        with np.load(path) as file:
            arrays = {k: torch.from_numpy(file[k]).to(self._device, non_blocking=True) for k in file.files}
        if len(self._groups) < self._max:
            self._groups.append(arrays)
        else:
            self._groups[self._next % self._max] = arrays
        self._next += 1

    def couples(self, kind: str, batch: int, random: torch.Generator, groups_per_batch: int = 16) -> dict[str, torch.Tensor]:
        """
        `batch` couples of neighbouring frames of `kind` ('mouth' or 'eye'), frame t of all, then frame t + 1 of all:
        source, target, driver patches [2B, 3, h + 2M, w + 2M] 0..1; flow [2B, h, w, 2] in source crop pixels; valid [2B, 1, h, w];
        distance [2B, 2, h, w] -1..1; opening [2B]; moved [2B, h, w, 2]: where in the source's crop the source is to be read (see crops.py). `random` must live on the CPU.
        """
        count = min(groups_per_batch, batch, len(self._groups))
        chosen = torch.randint(len(self._groups), (count,), generator=random).tolist()
        sizes = [batch // count + (i < batch % count) for i in range(count)]
        parts = [self._from_group(self._groups[g], kind, n, random) for g, n in zip(chosen, sizes)]
        joined = {k: torch.cat([p[k][:, 0] for p in parts] + [p[k][:, 1] for p in parts]) for k in parts[0]}
        return self._decode(kind, joined)

    def _from_group(self, g, kind: str, n: int, random: torch.Generator) -> dict[str, torch.Tensor]:
        people, sources = g['source'].shape
        couples = g['opening'].shape[1] // 2

        def draw(high: int) -> torch.Tensor:
            return torch.randint(high, (n,), generator=random)

        a, s, eye = draw(people), draw(sources), draw(2)
        b = (a + 1 + draw(max(1, people - 1))) % people if people > 1 else a
        t = (2 * draw(couples))[:, None] + torch.tensor([0, 1])  # [n, 2]
        # Time runs either way.
        t = torch.where((draw(2) == 1)[:, None], t.flip(1), t)
        a, b, s, t, eye = (v.to(self._device, non_blocking=True) for v in (a, b, s, t, eye))
        a2, b2, s2, eye2 = (v[:, None].expand(-1, 2) for v in (a, b, s, eye))
        source = g['source'][a2, s2]

        def frame(name: str, who, when):
            return g[f'mouth_{name}'][who, when] if kind == 'mouth' else g[f'eye_{name}'][who, when, eye2]

        def pair(name: str):
            return g[f'mouth_{name}'][a2, s2, t] if kind == 'mouth' else g[f'eye_{name}'][a2, s2, t, eye2]

        region = eye2 + 1 if kind == 'eye' else torch.zeros_like(eye2)
        return {
            'source': frame('patch', a2, source),
            'target': frame('patch', a2, t),
            'driver': frame('patch', b2, t),
            'driver_distance': frame('distance', b2, t),
            'source_distance': frame('distance', a2, source),
            'distance': frame('distance', a2, t),
            'flow': pair('flow'),
            'valid': pair('valid'),
            'opening': g['opening'][a2, t, region],
            'shift': g['iris'][a2, source, region] - g['iris'][a2, t, region],
        }

    def _decode(self, kind: str, raw: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        region = MOUTH if kind == 'mouth' else EYE_REGIONS[0]
        out = {k: raw[k].permute(0, 3, 1, 2).float() / 255 for k in ('source', 'target', 'driver')}
        out |= {k: raw[k].permute(0, 3, 1, 2).float() / 127.5 - 1 for k in ('distance', 'source_distance', 'driver_distance')}
        y, x = torch.meshgrid(torch.arange(region.rows, device=self._device), torch.arange(region.cols, device=self._device), indexing='ij')
        out['flow'] = raw['flow'].float() + torch.stack([x, y], -1)
        out['valid'] = raw['valid'][:, None].float() / 255
        out['opening'] = raw['opening'].float()
        out['moved'] = torch.stack([x, y], -1) + raw['shift'][:, None, None]
        return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--assets', type=Path, required=True)
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument('--config', type=Path, required=True)
    parser.add_argument('--set', nargs='*', default=[], metavar='NAME=VALUE')
    options = parser.parse_args()
    config = with_overrides(read_config(options.config), options.set)
    numbers = [*range(config.groups), *range(HELD_OUT_SEED, HELD_OUT_SEED + config.held_out)]
    began = time.time()
    preparer = Preparer(options.assets, options.out, config, numbers)
    for _ in numbers:
        number = preparer.next()
        print(f'group {number}: {time.time() - began:.0f} s', flush=True)
    preparer.close()


if __name__ == '__main__':
    main()
