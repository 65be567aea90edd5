"""From stored couples to what the network is given and asked for: appearance, surface, warp, grading, dropped drivers."""

from __future__ import annotations

from dataclasses import dataclass

import torch

import augment
from data import PairSet
from model import Controls, Refiner, centre, composite, grade, network_input, redrawn, sample, skin


@dataclass
class Batch:
    """All crops [2B, 3, h, w], 0..1; couples are sample i and i + B."""

    kind: str
    portrait: torch.Tensor  # the source's crop as it is, for the embedder
    source: torch.Tensor  # moved with the iris
    warp: torch.Tensor
    driver: torch.Tensor  # graded; meaningless where not present
    target: torch.Tensor
    distance: torch.Tensor  # [2B, 2, h, w]
    valid: torch.Tensor  # [2B, 1, h, w]
    present: torch.Tensor  # [2B] 1 = the driver's pixels may be used
    input: torch.Tensor  # [2B, 14, h, w]

    def draw(self, controls: Controls) -> torch.Tensor:
        return composite(controls, self.warp, self.driver, self.source)

    def redraw(self, controls: Controls) -> torch.Tensor:
        return redrawn(controls, self.driver, self.source)


def make_batch(pairs: PairSet, kind: str, size: int, random: torch.Generator, dropped: float, styled: bool = True) -> Batch:
    """`size` couples. `styled` False: as rendered, with all drivers, for the smoke test."""
    raw = pairs.couples(kind, size, random)
    source, target, driver = raw['source'], raw['target'], raw['driver']
    if styled:
        source, target = augment.paint(source, target, random)
        driver = augment.film(driver, random)
        texture = augment.surface(size, *source.shape[2:], random, source.device)
        # A surface shows in proportion to the light on it.
        target = centre(target)
        target = (target + sample(texture, raw['flow']) * raw['valid'] * (0.25 + augment.luma(target))).clamp(0, 1)
        source = (source + texture * (0.25 + augment.luma(source))).clamp(0, 1)
    else:
        target = centre(target)
    warp = sample(source, raw['flow'])
    portrait, source, driver = centre(source), sample(source, raw['moved']), centre(driver)
    graded = grade(driver, skin(raw['driver_distance'], kind), portrait, skin(raw['source_distance'], kind))
    present = (torch.rand(size, generator=random) >= dropped).float().repeat(2).to(source.device, non_blocking=True)
    x = network_input(source, warp, raw['valid'], graded, raw['distance'], raw['opening'], present)
    return Batch(kind, portrait, source, warp, graded, target, raw['distance'], raw['valid'], present, x)


def refine(refiner: Refiner, batch: Batch) -> tuple[torch.Tensor, Controls]:
    """One sitter, one vector: both frames of a couple share the source, so its embedding is taken from the first."""
    half = len(batch.portrait) // 2
    vector = refiner.embed(batch.portrait[:half]).repeat(2, 1)
    x = batch.input.contiguous(memory_format=torch.channels_last) if batch.input.is_cuda else batch.input
    controls = refiner(x, vector)
    return batch.draw(controls), controls
