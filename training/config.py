"""Everything that a training run depends on; `configs/*.py` hold one instance each, named CONFIG."""

from __future__ import annotations

import argparse
import dataclasses
import importlib.util
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Config:
    seed: int = 1
    device: str = 'cpu'  # or 'cuda'
    threads: int = 1  # of PyTorch, on the CPU
    bf16: bool = False

    kinds: tuple = ('mouth', 'eye')  # the networks that are trained, in this order; ('face',) is that of `high`

    # Data: groups of people who share their motions (see data.py)
    size: int = 320  # pixels of a render's side, a multiple of 8
    people: int = 4  # in a group
    couples: int = 8  # of neighbouring frames; 16 motions
    jobs: int = 6  # portraits of each person in a group, each with a driver and a style of its own
    groups: int = 24  # in all; those after the first `start_groups` are taken in during training; when following, the most that are kept in memory
    start_groups: int = 24  # to prepare before training starts
    held_out: int = 3  # groups with seeds of their own that are only measured on
    workers: int = 1  # processes that prepare, of lower priority
    workers_later: int = 1  # of them, how many go on while training
    driver_dropped: float = 0.3  # share of jobs in which the driver's pixels may not be used
    driver_self: float = 0.25  # share of jobs in which the sitter, filmed by another camera, is the driver
    lent: float = 0.4  # share of jobs with several photos of the sitter
    photos: int = 4  # of each person besides the motions, to lend; a job with several has 1 to all of them
    unstyled: float = 0.15  # share of jobs that stay as rendered

    # Network
    mouth_widths: tuple = (32, 48, 64)
    eye_widths: tuple = (32, 64, 96)
    face_widths: tuple = (16, 32, 48)
    identity: int = 24  # numbers that describe a sitter

    # Optimisation
    batch: int = 8  # couples of neighbouring frames, for each network
    steps: int = 20_000
    timed: bool = False  # rates and adversary follow the share of this run's minutes instead of the share of the steps
    rate: float = 2e-3  # of AdamW, for biases, the last layer and all that depends on the sitter
    conv_rate: float = 0.02  # of Muon, for the other convolutions
    rate_end: float = 0.02  # of either, as a share, at the end
    warmup: int = 200
    ema: float = 0.999
    clip: float = 1.0
    texture: float = 0.3  # weight of the amount of detail (losses.texture); 0 is best for mean errors, and greyer
    varied: bool = True  # small changes of light in every batch
    fill: float = 2.0  # weight of what the residual adds inside the mouth (losses.fill)
    gan_from: float = 0.7  # share of the steps after which the adversary joins; 1 = never
    gan_weight: float = 0.02

    # Reports
    log_every: int = 50
    sheet_every: int = 1000
    save_every: int = 500


def read_config(path: Path) -> Config:
    """CONFIG of a Python file."""
    spec = importlib.util.spec_from_file_location('training_config', path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.CONFIG


def add_overrides(parser: argparse.ArgumentParser) -> None:
    """`--set NAME=VALUE ...`, as often as one likes."""
    parser.add_argument('--set', nargs='*', action='extend', default=[], metavar='NAME=VALUE', help='overrides of the config')


def with_overrides(config: Config, overrides: list[str]) -> Config:
    """`name=value` pairs; the value is read as the field's own type."""
    for item in overrides:
        name, _, text = item.partition('=')
        if name not in {f.name for f in dataclasses.fields(config)}:
            raise SystemExit(f"Expected a setting of config.py but received '{name}'.")
        kind = type(getattr(config, name))
        if kind is bool and text not in ('True', 'False'):
            raise SystemExit(f"Expected True or False for {name} but received '{text}'.")
        value = text == 'True' if kind is bool else tuple(int(v) if v.isdigit() else v for v in text.split(',')) if kind is tuple else kind(text)
        config = dataclasses.replace(config, **{name: value})
    return config
