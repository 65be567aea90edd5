"""From stored couples to what the network is given and asked for."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F

from model import Controls, Refiner, composite, network_input, pack, redrawn
from pairs import Draw, PairSet


@dataclass
class Batch:
    """All crops [N, 3, h, w], 0..1; couples are sample i and i + N/2."""

    kind: str
    own: torch.Tensor  # the sitter's crop as it is, for the embedder
    source: torch.Tensor  # moved with the iris
    warp: torch.Tensor
    draft: torch.Tensor
    driver: torch.Tensor  # graded; 0 where not present
    target: torch.Tensor
    distance: torch.Tensor  # [N, 2, h, w]
    valid: torch.Tensor  # [N, 1, h, w]
    present: torch.Tensor  # [N] 1 = the driver's pixels may be used
    styled: torch.Tensor  # [N] bool
    input: torch.Tensor  # [N, 68, h/2, w/2]


def make_batch(pairs: PairSet, kind: str, size: int, random: torch.Generator, varied: bool = True) -> Batch:
    """`size` couples. `varied`: each sample in a light and at a place of its own, mouths and faces mirrored at random, sensors with noise."""
    return to_batch(kind, pairs.couples(kind, size, random), random if varied else None)


def to_batch(kind: str, drawn: Draw, random: torch.Generator | None = None) -> Batch:
    """`random`: None for the crops as stored. Both frames of a couple get the same changes."""
    planes, own, opening = drawn.planes.float() / 255, drawn.own.float() / 255, drawn.opening
    device, half = planes.device, len(planes) // 2
    zoom = torch.ones(len(planes), device=device)
    if random is not None:
        place, zoom = moves(half, random, device)
        planes, own = moved(planes, place), moved(own, place)
        opening = opening * zoom
    distance = (planes[:, 13:15] * 2 - 1) * zoom.view(-1, 1, 1, 1)
    pictures = torch.stack([planes[:, 0:3], planes[:, 3:6], planes[:, 7:10], planes[:, 10:13], planes[:, 15:18]])
    valid, present = planes[:, 6:7], drawn.present.float()
    if random is not None:
        # What a painting, a varnish and a lamp can do to all pictures of a sample alike; a third has a strong cast.
        strength = torch.where(torch.rand(half, 1, 1, 1, generator=random) < 0.35, 0.5, 0.12)
        gain = torch.exp2(strength * torch.randn(half, 3, 1, 1, generator=random)).clamp(0.35, 1.3).repeat(2, 1, 1, 1).to(device, non_blocking=True)
        gamma = torch.exp2(0.2 * torch.randn(half, 1, 1, 1, generator=random)).repeat(2, 1, 1, 1).to(device, non_blocking=True)
        pictures = (pictures.clamp(min=1e-4).pow(gamma) * gain).clamp(0, 1)
        own = (own.clamp(min=1e-4).pow(gamma) * gain).clamp(0, 1)
        if kind == 'mouth':
            # Real teeth are often dimmer and yellower than rendered ones, and stay so: how bright teeth are is the draft's to say.
            tint = torch.exp2(0.4 * torch.randn(half, 1, 1, 1, generator=random) + 0.12 * torch.randn(half, 3, 1, 1, generator=random))
            tint = tint.clamp(0.35, 1.3).repeat(2, 1, 1, 1).to(device, non_blocking=True)
            inside = torch.sigmoid((distance[:, 1:2] + 0.02) * 40)
            pictures[1:] = (pictures[1:] * (1 + inside * (tint - 1))).clamp(0, 1)
        # The driver's sensor and codec differ from film to film.
        amount = (0.03 * torch.rand(half, 1, 1, 1, generator=random) ** 2).repeat(2, 1, 1, 1).to(device, non_blocking=True)
        pictures[3] += torch.randn(pictures.shape[1:], device=device, generator=_on(device, random)) * amount
        if kind != 'eye':
            mirror = (torch.rand(half, generator=random) < 0.5).repeat(2).to(device, non_blocking=True)[:, None, None, None]
            pictures, own, valid, distance = (torch.where(mirror, v.flip(-1), v) for v in (pictures, own, valid, distance))
    source, warp, draft, driver, target = pictures
    driver = driver * present.view(-1, 1, 1, 1)
    x = pack(network_input(source, warp, valid, draft, driver, distance, opening, present))
    return Batch(kind, own, source, warp, draft, driver, target, distance, valid, present, drawn.styled, x)


def moves(half: int, random: torch.Generator, device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
    """
    [2 half, 2, 3] where a picture's pixels are fetched, as `affine_grid` wants it, and [2 half] how much larger things get. Half of the couples stay as they are,
    to the byte. People who are seen again elsewhere, larger and turned are harder to learn by heart.
    """
    still = torch.rand(half, generator=random) < 0.5
    angle, size, right, down = (spread * torch.randn(half, generator=random).clamp(-2, 2).masked_fill(still, 0) for spread in (0.06, 0.12, 0.04, 0.04))
    zoom = torch.exp2(size)
    cos, sin = torch.cos(angle) / zoom, torch.sin(angle) / zoom
    place = torch.stack([torch.stack([cos, -sin, right], 1), torch.stack([sin, cos, down], 1)], 1)
    return place.repeat(2, 1, 1).to(device, non_blocking=True), zoom.repeat(2).to(device, non_blocking=True)


def moved(planes: torch.Tensor, place: torch.Tensor) -> torch.Tensor:
    """All planes alike; what comes from beyond the border repeats it. `place`: of a square; crops are wider or taller."""
    h, w = planes.shape[2:]
    place = place * torch.tensor([[1, h / w, 1], [w / h, 1, 1]], device=planes.device)
    return F.grid_sample(planes, F.affine_grid(place, list(planes.shape), align_corners=False), padding_mode='border', align_corners=False)


def _on(device: torch.device, random: torch.Generator) -> torch.Generator:
    """A generator on the device, seeded from `random`: many numbers are not to be carried over."""
    return torch.Generator(device).manual_seed(int(torch.randint(2**31 - 1, (1,), generator=random)))


def refine(refiner: Refiner, batch: Batch) -> tuple[torch.Tensor, torch.Tensor, Controls]:
    """The picture, what stands behind alpha, the controls."""
    x = batch.input.contiguous(memory_format=torch.channels_last)
    controls = refiner(x, refiner.embed(batch.own))
    behind = redrawn(controls, batch.draft, batch.warp, batch.driver)
    return composite(controls, batch.draft, behind), behind, controls
