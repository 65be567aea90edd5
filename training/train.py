"""Trains the refiners of mouth and eye, or that of the whole face (the config's `kinds`).

    python3 training/train.py --config training/configs/cpu.py --assets DIR --data DATA --out OUT [--minutes 55]

Stops at the config's steps or when the minutes are over, whichever is first; run again with the same folders, it goes on where it
stopped. OUT: checkpoint.pt (networks and their averages), optimizer.pt, history.json, curves-*.png, sheet-*.png.
Every step's random numbers follow from the config's seed and the step. Groups that aren't ready at the start come in as they are prepared;
those that were used least are drawn most.
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import os
import time
from dataclasses import asdict, replace
from pathlib import Path

import torch
import torch.nn as nn

import sheets
from batches import Batch, make_batch, refine, to_batch
from config import Config, add_overrides, read_config, with_overrides
from data import HELD_OUT_SEED, Follower, Preparer, group_path
from draft_crops import REGIONS, SHAPES
from losses import Critic, adversarial_loss, critic_loss, picture_loss
from model import PACKED, Refiner, count_macs, skin
from muon import Muon
from pairs import PairSet
from weights import read_weights, widths_in

KINDS = tuple(SHAPES)  # all there are; a run trains the config's
JUDGED = ('mouth',)  # by an adversary, late: eyes have few secrets, and teeth are where averages blur


def make_refiners(config: Config) -> nn.ModuleDict:
    return nn.ModuleDict({kind: Refiner(getattr(config, f'{kind}_widths'), config.identity, kind) for kind in config.kinds})


def generator_for(config: Config, step: int, kind: str) -> torch.Generator:
    return torch.Generator().manual_seed((config.seed * 1_000_003 + step) * 2 + KINDS.index(kind))


def rate_at(config: Config, step: int, share: float) -> float:
    """Of the full rate: linear warm-up, then half a cosine over `share`, what of the training is done (0..1)."""
    if step < config.warmup:
        return (step + 1) / config.warmup
    begun = 0.0 if config.timed else config.warmup / config.steps
    t = min(1.0, (share - begun) / max(1e-6, 1 - begun))
    return config.rate_end + (1 - config.rate_end) * 0.5 * (1 + math.cos(math.pi * t))


def make_optimizers(refiner: Refiner, config: Config) -> list[torch.optim.Optimizer]:
    """Muon for the U-Net's convolutions, AdamW for the rest."""
    convolutions = [p for n, p in refiner.named_parameters() if p.ndim == 4 and p.requires_grad and not n.startswith(('embed.', 'out.'))]
    others = [p for p in refiner.parameters() if p.requires_grad and not any(p is c for c in convolutions)]
    return [torch.optim.AdamW(others, config.rate, (0.9, 0.99), weight_decay=1e-4), Muon(convolutions, config.conv_rate)]


def region_of(batch: Batch) -> torch.Tensor:
    """[N, 1, h, w]: mouth with its lips, eye with its lids, face without mouth and eyes."""
    if batch.kind == 'face':
        return (skin(batch.distance) > 0.5).float()
    return (batch.distance[:, 0:1] > (-0.4 if batch.kind == 'mouth' else -0.6)).float()


def errors_of(picture: torch.Tensor, batch: Batch) -> torch.Tensor:
    """[N] sum of absolute differences in the region."""
    return ((picture.clamp(0, 1) - batch.target).abs() * region_of(batch)).sum((1, 2, 3))


@torch.no_grad()
def evaluate(refiners: nn.ModuleDict, pairs: PairSet, stride: int = 2) -> dict[str, float]:
    """L1 in the region, and its share of the warp's and of the draft's: with driver, without one, and in painted styles; of kinds that there are pairs of."""
    out = {}
    for kind in refiners:
        if kind not in pairs.kinds:
            continue
        rows = []  # [ours, warp's, draft's, size, present, styled] a sample
        for drawn, _, _ in pairs.every(kind, stride):
            batch = to_batch(kind, drawn)
            image, _, _ = refine(refiners[kind], batch)
            errors = [errors_of(picture, batch) for picture in (image, batch.warp, batch.draft)]
            rows.append(torch.stack([*errors, 3 * region_of(batch).sum((1, 2, 3)), batch.present, batch.styled.float()], 1))
        table = torch.cat(rows).double()
        present, styled = table[:, 4] > 0, table[:, 5] > 0
        for name, used in (('', present | ~present), ('_driver', present), ('_nodriver', ~present), ('_styled', styled)):
            ours, warp, draft, size = table[used, :4].sum(0).tolist()
            if size:
                out |= {f'{kind}{name}_l1': ours / size, f'{kind}{name}_of_warp': ours / warp, f'{kind}{name}_of_draft': ours / draft}
    return out


class Run:
    """Everything that a checkpoint holds."""

    def __init__(self, config: Config, device: torch.device):
        torch.manual_seed(config.seed)
        self.refiners = make_refiners(config).to(device, memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.refiners).requires_grad_(False)
        self.critics = nn.ModuleDict({kind: Critic() for kind in config.kinds if kind in JUDGED}).to(device)
        self.optimizers = {kind: make_optimizers(self.refiners[kind], config) for kind in config.kinds}
        self.critic_optimizers = {kind: torch.optim.Adam(critic.parameters(), 2e-4, (0.5, 0.99)) for kind, critic in self.critics.items()}
        self.step = 0
        self.groups_seen = 0
        self.started: set[str] = set()  # networks that began with weights
        self.seconds = 0.0
        self.history: list[dict] = []
        self._config = config

    def save(self, out: Path) -> None:
        networks = {'config': asdict(self._config), 'step': self.step, 'groups_seen': self.groups_seen, 'seconds': self.seconds}
        networks |= {'refiners': self.refiners.state_dict(), 'average': self.average.state_dict()}
        rest = {'step': self.step, 'critics': self.critics.state_dict()}
        rest |= {'optimizers': {k: [o.state_dict() for o in both] for k, both in self.optimizers.items()}}
        rest |= {'critic_optimizers': {k: o.state_dict() for k, o in self.critic_optimizers.items()}}
        for name, value in (('optimizer.pt', rest), ('checkpoint.pt', networks)):
            torch.save(value, out / (name + '.tmp'))
        for name in ('optimizer.pt', 'checkpoint.pt'):
            os.replace(out / (name + '.tmp'), out / name)
        (out / 'history.json').write_text(json.dumps(self.history))
        for kind in self.refiners:
            rows = [{k: v for k, v in row.items() if k == 'step' or k.startswith(kind)} for row in self.history]
            sheets.curves(out / f'curves-{kind}.png', rows)

    def load(self, out: Path, device: torch.device) -> None:
        networks = torch.load(out / 'checkpoint.pt', map_location=device, weights_only=True)
        rest = torch.load(out / 'optimizer.pt', map_location=device, weights_only=True)
        if networks['step'] != rest['step']:
            raise SystemExit(f"Expected checkpoint.pt and optimizer.pt of one step in {out} but they are of {networks['step']} and {rest['step']}.")
        self.refiners.load_state_dict(networks['refiners'])
        self.average.load_state_dict(networks['average'])
        self.critics.load_state_dict(rest['critics'])
        for kind in self.refiners:
            for optimizer, state in zip(self.optimizers[kind], rest['optimizers'][kind]):
                optimizer.load_state_dict(state)
        for kind, optimizer in self.critic_optimizers.items():
            optimizer.load_state_dict(rest['critic_optimizers'][kind])
        self.step, self.groups_seen, self.seconds = networks['step'], networks['groups_seen'], networks['seconds']
        if (out / 'history.json').exists():
            self.history = [row for row in json.loads((out / 'history.json').read_text()) if row['step'] <= self.step]

    def start(self, folder: Path) -> None:
        """From weights as export.py writes them, of one tier: averages only, no optimizer's state. Networks that have other widths there, or aren't there, begin untrained."""
        self.started = {kind for kind in self.refiners if widths_in(folder, kind) == getattr(self._config, f'{kind}_widths')}
        if not self.started:
            raise SystemExit(f'Expected a network of the config\'s widths in {folder} but there is none.')
        metrics = read_weights(folder, nn.ModuleDict({kind: self.refiners[kind] for kind in self.refiners if kind in self.started}))
        self.average.load_state_dict(self.refiners.state_dict())
        self.groups_seen, self.seconds = int(metrics.get('groups_seen', 0)), 60 * metrics.get('training_minutes', 0.0)

    @torch.no_grad()
    def whiten(self, pairs: PairSet) -> None:
        """Measures what the networks will see; before the first step. Networks that were read from weights compute the same as before."""
        for kind in self.refiners:
            drawn = [make_batch(pairs, kind, self._config.batch, generator_for(self._config, -1 - i, kind)).input for i in range(12)]
            samples = torch.cat(drawn).permute(0, 2, 3, 1).reshape(-1, PACKED)[::7].float()
            for refiner in (self.refiners[kind], self.average[kind]):
                refiner.enter.conv.whiten(samples, keep=kind in self.started)

    @torch.no_grad()
    def update_average(self) -> None:
        # Short at first, so that the average isn't the initialisation.
        decay = min(self._config.ema, (1 + self.step) / (10 + self.step))
        torch._foreach_lerp_(list(self.average.parameters()), list(self.refiners.parameters()), 1 - decay)


def has_bf16(device: torch.device) -> bool:
    """Whether bfloat16 is faster there: emulated, on a CPU without instructions for it, a step took seven times as long."""
    return device.type != 'cpu' or any(has for name, has in torch.cpu.get_capabilities().items() if 'bf16' in name)


def train_step(run: Run, kind: str, batch: Batch, config: Config, device: torch.device, share: float) -> dict[str, torch.Tensor]:
    refiner, optimizers = run.refiners[kind], run.optimizers[kind]
    for optimizer, rate in zip(optimizers, (config.rate, config.conv_rate)):
        for group in optimizer.param_groups:
            group['lr'] = rate * rate_at(config, run.step, share)
    with torch.autocast(device.type, torch.bfloat16, enabled=config.bf16):
        image, behind, controls = refine(refiner, batch)
    loss, parts = picture_loss(image, behind, controls, batch.target, batch.draft, batch.distance, kind, config)
    if kind in JUDGED and share >= config.gan_from:
        critic, critic_optimizer = run.critics[kind], run.critic_optimizers[kind]
        judged = critic_loss(critic, image, batch.target, batch.distance)
        critic_optimizer.zero_grad(set_to_none=True)
        judged.backward()
        critic_optimizer.step()
        critic.requires_grad_(False)
        parts['adversary'] = config.gan_weight * adversarial_loss(critic, image, batch.target, batch.distance)
        critic.requires_grad_(True)
        loss = loss + parts['adversary']
        parts['critic'] = judged
    refiner.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(refiner.parameters(), config.clip)
    for optimizer in optimizers:
        optimizer.step()
    return {f'{kind}_{name}': value.detach() for name, value in ({'loss': loss} | parts).items()}


def prepare_start(assets: Path | None, data: Path, config: Config, run: Run, pairs: PairSet, held_out: PairSet) -> Preparer | Follower:
    """Waits for the groups that the start needs; returns who prepares the others. Without assets that is another process, from the beginning."""
    start = min(config.start_groups, config.groups)
    if assets is None:
        supply = Follower(data)
    else:
        numbers = [*range(HELD_OUT_SEED, HELD_OUT_SEED + config.held_out), *range(config.groups)]
        same = config.workers_later == config.workers
        supply = Preparer(assets, data, config, numbers if same else numbers[: config.held_out + start], config.workers)
    while len(held_out) < config.held_out or len(pairs) < start:
        take(supply, pairs, held_out, run, data, None)
    if assets is None or same:
        return supply
    supply.close()
    return Preparer(assets, data, config, range(start, config.groups), config.workers_later)


def take(supply: Preparer | Follower, pairs: PairSet, held_out: PairSet, run: Run, data: Path, timeout: float | None) -> None:
    """Takes in one prepared group, if there is one."""
    number = supply.next(timeout)
    if number is None:
        return
    if number >= HELD_OUT_SEED:
        held_out.add(group_path(data, number))
    else:
        pairs.add(group_path(data, number))
        run.groups_seen = max(run.groups_seen, number + 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ('config', 'data', 'out'):
        parser.add_argument(f'--{name}', type=Path, required=True)
    parser.add_argument('--assets', type=Path, help='the heads pack; without it, groups are taken as data.py writes them to DATA')
    parser.add_argument('--start', type=Path, help='models/<tier>, to go on from where OUT has no checkpoint')
    parser.add_argument('--minutes', type=float, default=math.inf)
    add_overrides(parser)
    options = parser.parse_args()
    config = with_overrides(read_config(options.config), options.set)
    began = time.time()
    deadline = began + 60 * options.minutes
    device = torch.device(config.device)
    config = replace(config, bf16=config.bf16 and has_bf16(device))
    torch.set_num_threads(config.threads)
    torch.backends.cudnn.benchmark = True
    torch.backends.cudnn.allow_tf32 = False  # what isn't left to bf16 needs all its digits
    options.out.mkdir(parents=True, exist_ok=True)

    run = Run(config, device)
    if (options.out / 'checkpoint.pt').exists():
        run.load(options.out, device)
        print(f'resumed at step {run.step}', flush=True)
    elif options.start:
        run.start(options.start)
        print(f"started from {options.start}: {', '.join(sorted(run.started))}", flush=True)
    macs = sum(len(REGIONS[kind]) * count_macs(run.refiners[kind], *SHAPES[kind]) for kind in config.kinds)
    sizes = {kind: sum(p.numel() for p in run.refiners[kind].parameters()) for kind in config.kinds}
    print(f'{macs / 1e6:.1f} MMAC a frame; parameters {sizes}', flush=True)

    pairs, held_out = PairSet(device, config.groups), PairSet(device, max(1, config.held_out))
    supply = prepare_start(options.assets, options.data, config, run, pairs, held_out)
    print(f'{len(pairs)} groups after {time.time() - began:.0f} s', flush=True)

    if run.step == 0:
        run.whiten(pairs)
    started, done, sums, before = time.time(), 0, {}, run.seconds
    while run.step < config.steps and time.time() < deadline:
        if run.step % 8 == 0:
            take(supply, pairs, held_out, run, options.data, 0)
        share = (time.time() - started) / max(1e-6, deadline - started) if config.timed else run.step / config.steps
        for kind in config.kinds:
            batch = make_batch(pairs, kind, config.batch, generator_for(config, run.step, kind), config.varied)
            for name, value in train_step(run, kind, batch, config, device, share).items():
                sums[name] = sums.get(name, 0) + value
        run.update_average()
        run.step, done = run.step + 1, done + 1
        run.seconds = before + time.time() - started
        if run.step % config.log_every == 0:
            row = {name: value.item() / config.log_every for name, value in sums.items()}
            sums = {}
            run.history.append({'step': run.step, 'seconds': run.seconds, **row})
            rate = done / (time.time() - started)
            losses = ' '.join(f'{kind} {row[f"{kind}_loss"]:.4f}' for kind in config.kinds)
            print(f'step {run.step}: {losses}; {rate:.2f} steps/s, {len(pairs)} groups', flush=True)
        if run.step % config.sheet_every == 0 or run.step == config.steps:
            report(run, pairs, held_out, options.out)
        if run.step % config.save_every == 0:
            run.save(options.out)
    report(run, pairs, held_out, options.out)
    run.save(options.out)
    supply.close()
    print(f'{done} steps in {time.time() - started:.0f} s; trained {run.seconds / 60:.1f} min in all', flush=True)


def report(run: Run, pairs: PairSet, held_out: PairSet, out: Path) -> None:
    """Numbers and pictures on people it has never seen (or on its own, when none are held out)."""
    seen = held_out if len(held_out) else pairs
    if run.history and any('of_warp' in k for k in run.history[-1]) and run.history[-1]['step'] == run.step:
        return
    measured = evaluate(run.average, seen)
    run.history.append({'step': run.step, **measured})
    print(' '.join(f'{k} {v:.4f}' for k, v in measured.items()), flush=True)
    for kind in run.refiners:
        with torch.no_grad():
            batch = make_batch(seen, kind, 12, torch.Generator().manual_seed(5), varied=False)
            image, _, controls = refine(run.average[kind], batch)
        sheets.sample_sheet(out / f'sheet-{kind}.png', batch, image, controls, 12)


if __name__ == '__main__':
    main()
