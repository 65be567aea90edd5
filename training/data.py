"""Cross-reenactment pairs with ground truth: what is prepared on the CPU, and how batches are drawn on the device.

A group is 4 people who share 16 motions (8 couples of neighbouring frames), each person with a pose of their own added: in the
product, too, sitter and driver hold their heads differently. Person A under motion m is the target, another person B under m the
driver, another frame of A the portrait: an exact answer for every motion.

Prepared once, on the CPU: renders, noisy landmarks, and *jobs* (A, a portrait, B, a style). Each job goes through the product, which
warps, drafts and cuts the crops (see draft_crops.py); they are stored as bytes. A batch is a few gathers.

    python3 training/data.py --assets DIR --out DATA --config training/configs/cpu.py   # prepare without training
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import multiprocessing
import os
import time
from pathlib import Path

import numpy as np
import torch

import augment
from config import Config, read_config, with_overrides
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


# --- batches ----------------------------------------------------------------------------------------------------------


@dataclasses.dataclass
class Draw:
    """Crops of `kind` as stored, as bytes; couples are sample i and i + N/2."""

    planes: torch.Tensor  # [N, 18, h, w]: source 3, warp 3, validity, draft 3, graded driver 3, distances 2, target 3
    own: torch.Tensor  # [N, 3, h, w] the sitter's crop, eyes not moved
    opening: torch.Tensor  # [N] in units
    present: torch.Tensor  # [N] bool: the driver's pixels may be used
    styled: torch.Tensor  # [N] bool


class PairSet:
    """All prepared groups in the device's memory, as bytes; draws batches there."""

    def __init__(self, device: torch.device, max_groups: int):
        self._device = device
        self._max = max_groups
        self._groups: list[dict[str, torch.Tensor]] = []
        self._next = 0
        self.labels: list[list[dict]] = []  # of each group's people

    def __len__(self) -> int:
        return len(self._groups)

    def add(self, path: Path) -> None:
        """Reads one group; the oldest gives way when all places are taken."""
        with np.load(path) as file:
            labels = [json.loads(label) for label in file['labels']]
            arrays = {k: torch.from_numpy(file[k]).to(self._device, non_blocking=True) for k in file.files if k != 'labels'}
        if len(self._groups) < self._max:
            self._groups.append(arrays)
            self.labels.append(labels)
        else:
            self._groups[self._next % self._max], self.labels[self._next % self._max] = arrays, labels
        self._next += 1

    def couples(self, kind: str, batch: int, random: torch.Generator, groups_per_batch: int = 16) -> Draw:
        """`batch` couples of neighbouring frames of `kind` ('mouth', 'eye' or 'face'), one frame of all, then its neighbour of all. `random` must live on the CPU."""
        count = min(groups_per_batch, batch, len(self._groups))
        chosen = torch.randint(len(self._groups), (count,), generator=random).tolist()
        sizes = [batch // count + (i < batch % count) for i in range(count)]
        parts = [self._from_group(self._groups[g], kind, n, random) for g, n in zip(chosen, sizes)]
        return Draw(*(torch.cat([p[k][:, 0] for p in parts] + [p[k][:, 1] for p in parts]) for k in range(len(parts[0]))))

    def _from_group(self, g, kind: str, n: int, random: torch.Generator) -> tuple[torch.Tensor, ...]:
        """[n, 2, ...] of each field of Draw."""
        jobs, frames = g['opening'].shape[:2]

        def draw(high: int) -> torch.Tensor:
            return torch.randint(high, (n,), generator=random)

        job, eye = draw(jobs), draw(2)
        t = (2 * draw(frames // 2))[:, None] + torch.tensor([0, 1])  # [n, 2]
        # Time runs either way.
        t = torch.where((draw(2) == 1)[:, None], t.flip(1), t)
        return self._gather(g, kind, job[:, None].expand(-1, 2), eye[:, None].expand(-1, 2), t)

    def _gather(self, g, kind: str, job: torch.Tensor, eye: torch.Tensor, frame: torch.Tensor) -> tuple[torch.Tensor, ...]:
        job, eye, frame = (v.to(self._device, non_blocking=True) for v in (job, eye, frame))
        present = [other for other in REGIONS if other in g]
        region = torch.full_like(eye, sum(len(REGIONS[other]) for other in present[: present.index(kind)]))
        if kind == 'eye':
            planes, own, region = g['eye'][job, eye, frame], g['eye_own'][job, eye], region + eye
        else:
            planes, own = g[kind][job, frame], g[f'{kind}_own'][job]
        return planes, own, g['opening'][job, frame, region], g['present'][job], g['styled'][job]

    def every(self, kind: str, stride: int = 1):
        """Yields (Draw, number of the group, person [N]) for all jobs: every `stride`th frame, both eyes in turn."""
        for number, g in enumerate(self._groups):
            jobs, frames = g['opening'].shape[:2]
            frame = torch.arange(0, frames, stride)
            for job in range(jobs):
                # Neighbouring jobs begin at other frames.
                when = (frame + job % stride) % frames
                who = torch.full_like(when, job)
                yield Draw(*self._gather(g, kind, who, (torch.arange(len(when)) + job) % 2, when)), number, int(g['person'][job])


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
    preparer = Preparer(options.assets, options.out, config, numbers, config.workers)
    for _ in numbers:
        number = preparer.next()
        print(f'group {number}: {time.time() - began:.0f} s', flush=True)
    preparer.close()


if __name__ == '__main__':
    main()
