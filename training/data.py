"""Cross-reenactment pairs with ground truth, prepared on the CPU; `pairs.py` draws batches of them.

A group is 4 people who share 16 motions (8 couples of neighbouring frames), each person with a pose of their own added: in the
product, too, sitter and driver hold their heads differently. Person A under motion m is the target, another person B under m the
driver, another frame of A the portrait: an exact answer for every motion.

Prepared once, on the CPU: renders, noisy landmarks, and *jobs* (A, a portrait, B, a style). Each job goes through the product, which
warps, drafts and cuts the crops (see draft_crops.py); they are stored as bytes.

    python3 training/data.py --assets DIR --out DATA --config training/configs/cpu.py [--first N]   # prepare without training, group N first
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
import multiprocessing
import os
import signal
import sys
import time
from pathlib import Path

import numpy as np
import torch

import augment
from config import Config, add_overrides, read_config, with_overrides
from draft_crops import REGIONS, SURFACE, TARGET, Crops, DraftCrops, Job

HELD_OUT_SEED = 900_000  # groups from here on are never trained on
PHOTO_SEED = 50_000_000  # added to a group's number: the motions of which its photos are taken
POSE_SPREAD = np.radians([5.0, 3.0, 3.0])  # yaw, pitch, roll that a person adds to the group's motions
NICE = 10  # of the processes that prepare: training comes first


# --- preparation ------------------------------------------------------------------------------------------------------


@dataclasses.dataclass
class Roll:
    """What one person did: pictures [n, H, W, 3] uint8, landmarks with noise [n, 478, 3]; and more photos, of other moments."""

    pictures: np.ndarray
    points: np.ndarray
    photos: np.ndarray
    photo_points: np.ndarray
    label: dict


def render_group(assets: Path, config: Config, number: int, rs: np.random.RandomState) -> list[Roll]:
    import renderer

    studio = renderer.Studio(assets, config.size)
    motion = studio.motion(number, config.couples)
    others = studio.motion(number + PHOTO_SEED, config.photos) if config.photos else None
    rolls = []
    for k in range(config.people):
        seed = number * config.people + k
        person = studio.person(seed)
        offset = rs.randn(3) * POSE_SPREAD
        noise = renderer.LandmarkNoise(rs)
        pictures, points, shared = [], [], None

        def shoot(state, f: int) -> None:
            shot = studio.shoot(person, dataclasses.replace(state, pose=state.pose + offset), f)
            pictures.append(shot.picture)
            points.append(noise.apply(shot.points, shared))

        frames = 2 * config.couples
        for f in range(frames):
            if f % 2 == 0:
                shared = noise.expression()
            shoot(motion.state(f), f)
        for k in range(config.photos):
            shared = noise.expression()
            shoot(others.state(2 * k), frames + k)
        taken, at = np.stack(pictures), np.stack(points).astype(np.float32)
        rolls.append(Roll(taken[:frames], at[:frames], taken[frames:], at[frames:], renderer.label(seed)))
    return rolls


def awake(points: np.ndarray) -> np.ndarray:
    """Frames [n, 478, 3] -> those, after the couple at rest, that may be a portrait: nobody sits for one in mid blink."""
    from face_state import eye_opening

    eyes = np.array([eye_opening(p) for p in points])
    found = np.flatnonzero(eyes[2:] > 0.6 * eyes[0]) + 2
    return found if len(found) else np.arange(2, len(points))


def make_job(sitter: Roll, portrait: int, lenders: int, driver: Roll, present: bool, styled: bool, random: torch.Generator) -> Job:
    """`lenders`: other photos of the sitter. `styled` False: as rendered."""
    pictures, filmed = np.concatenate([sitter.pictures[portrait : portrait + 1], sitter.photos[:lenders], sitter.pictures]), driver.pictures
    light = np.full(pictures.shape[1:3], 128, np.uint8)
    if styled:
        painted = augment.paint(_floats(pictures), random)
        surface = augment.surface(*light.shape, random)
        light = _bytes(128 + 127.5 * surface.numpy())
        pictures = _pictures(torch.cat([augment.lit(painted[:1], surface), painted[1:]]))
        filmed = _pictures(augment.film(_floats(filmed), random))
    return Job(
        present, pictures[0], light, sitter.points[portrait], filmed[0], driver.points[0], sitter.points, pictures[1 + lenders :], filmed, driver.points,
        pictures[1 : 1 + lenders], sitter.photo_points[:lenders],
    )  # fmt: skip


def answer(planes: np.ndarray) -> np.ndarray:
    """[n, 20, h, w] -> [n, 18, h, w]: the target gets the surface that the warp carried to it; the rest stays."""
    light = torch.from_numpy((planes[:, SURFACE : SURFACE + 1].astype(np.float32) - 128) / 127.5)
    target = augment.lit(torch.from_numpy(planes[:, TARGET : TARGET + 3].copy()).float() / 255, light)
    return np.concatenate([planes[:, :SURFACE], _bytes(target.numpy() * 255)], 1)


def prepare_group(assets: Path, config: Config, number: int, drafts: DraftCrops) -> dict[str, np.ndarray]:
    """One group's jobs. Deterministic in `number`, the config and the product."""
    torch.set_num_threads(1)
    rs, random = np.random.RandomState(number), torch.Generator().manual_seed(number)
    rolls = render_group(assets, config, number, rs)
    out: dict[str, list] = {}

    def keep(**values) -> None:
        for name, value in values.items():
            out.setdefault(name, []).append(value)

    for a in range(config.people):
        pool = awake(rolls[a].points)
        for j in range(config.jobs):
            portrait = int(rs.choice(pool)) if j else 0
            b = a if rs.rand() < config.driver_self else (a + 1 + rs.randint(config.people - 1)) % config.people
            lenders = 1 + rs.randint(config.photos) if config.photos and rs.rand() < config.lent else 0
            present, styled = bool(rs.rand() >= config.driver_dropped), bool(rs.rand() >= config.unstyled)
            crops: Crops = drafts.make(make_job(rolls[a], portrait, lenders, rolls[b], present, styled, random))
            keep(opening=crops.openings)
            for kind in config.kinds:
                planes, own = [answer(crops.planes[k]) for k in REGIONS[kind]], [crops.own[k] for k in REGIONS[kind]]
                # Both eyes share an array with an axis of their own.
                keep(**({kind: np.stack(planes), f'{kind}_own': np.stack(own)} if len(own) > 1 else {kind: planes[0], f'{kind}_own': own[0]}))
            keep(person=a, driver=b, portrait=portrait, lenders=lenders, present=present, styled=styled)
    return {name: np.stack(values) for name, values in out.items()} | {'labels': np.array([json.dumps(r.label) for r in rolls])}


def _floats(pictures: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 255


def _pictures(x: torch.Tensor) -> np.ndarray:
    return _bytes((x * 255).permute(0, 2, 3, 1).numpy())


def _bytes(values: np.ndarray) -> np.ndarray:
    return np.clip(np.round(values), 0, 255).astype(np.uint8)


def group_path(folder: Path, number: int) -> Path:
    return folder / f'group-{number:06d}.npz'


_drafts: DraftCrops | None = None  # one child a process


def _work(task: tuple[Path, Path, Config, int]) -> int:
    global _drafts
    assets, folder, config, number = task
    _drafts = _drafts or DraftCrops(config.kinds)
    path = group_path(folder, number)
    if not path.exists():
        temporary = path.with_suffix(f'.{os.getpid()}.tmp')
        with open(temporary, 'wb') as file:
            np.savez(file, **prepare_group(assets, config, number, _drafts))
        os.replace(temporary, path)
    return number


def _be_modest() -> None:
    os.nice(NICE)


class Follower:
    """Groups that other processes (`data.py`) write into `folder`; numbers come as the files appear."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._taken: set[Path] = set()

    def next(self, timeout: float | None = None) -> int | None:
        """As Preparer.next."""
        until = time.time() + (math.inf if timeout is None else timeout)
        while True:
            new = sorted(set(self._folder.glob('group-*.npz')) - self._taken)
            if new:
                self._taken.add(new[0])
                return int(new[0].stem.split('-')[1])
            if time.time() >= until:
                return None
            time.sleep(0.2)

    def close(self) -> None:
        """They aren't ours to end."""


class Preparer:
    """Prepares groups in processes of its own; `numbers` come back, in order, as their files are ready."""

    def __init__(self, assets: Path, folder: Path, config: Config, numbers, workers: int):
        for name in ('OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS'):
            os.environ[name] = '1'  # inherited: every process keeps to its own core
        folder.mkdir(parents=True, exist_ok=True)
        # Spawned, not forked: the parent holds a CUDA context.
        self._pool = multiprocessing.get_context('spawn').Pool(workers, _be_modest)
        self._results = self._pool.imap(_work, ((assets, folder, config, n) for n in numbers))

    def next(self, timeout: float | None = None) -> int | None:
        """The next number, or None when none is ready within `timeout` seconds (None: as long as it takes), or none is left."""
        try:
            return self._results.next(timeout)
        except (multiprocessing.TimeoutError, StopIteration):
            return None

    def close(self) -> None:
        self._pool.terminate()
        self._pool.join()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--assets', type=Path, required=True)
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument('--config', type=Path, required=True)
    parser.add_argument('--first', type=int, default=0)
    add_overrides(parser)
    options = parser.parse_args()
    config = with_overrides(read_config(options.config), options.set)
    numbers = [*range(HELD_OUT_SEED, HELD_OUT_SEED + config.held_out), *range(options.first, options.first + config.groups)]
    began = time.time()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # not without its processes
    preparer = Preparer(options.assets, options.out, config, numbers, config.workers)
    try:
        for _ in numbers:
            number = preparer.next()
            print(f'group {number}: {time.time() - began:.0f} s', flush=True)
    finally:
        preparer.close()


if __name__ == '__main__':
    main()
