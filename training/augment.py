"""Appearance: from renders towards historical portraits, and towards webcams for the driver.

A painting is one object: source and targets get the same style with the same numbers. What lies on its surface (grain, canvas,
craquelure, hatching) belongs to the picture, and the warp carries it along: it is drawn on the source, and the target gets the
warped drawing. The driver is filmed by another camera: its look is drawn independently, shared by its frames except for the noise.

Pictures are [N, 3, H, W], 0..1, and everything here happens to all N alike.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F

LUMA = (0.2126, 0.7152, 0.0722)


def luma(x: torch.Tensor) -> torch.Tensor:
    """[N, 3, H, W] -> [N, 1, H, W], Rec. 709 on gamma-coded values."""
    r, g, b = x[:, 0:1], x[:, 1:2], x[:, 2:3]
    return LUMA[0] * r + LUMA[1] * g + LUMA[2] * b


class Dice:
    """Random numbers, each a float or a [3, 1, 1] that fits a picture's channels."""

    def __init__(self, random: torch.Generator):
        self._random = random

    def uniform(self, low: float, high: float) -> float:
        return torch.rand((), generator=self._random).item() * (high - low) + low

    def channels(self, low: float, high: float) -> torch.Tensor:
        return torch.rand(3, 1, 1, generator=self._random) * (high - low) + low

    def hit(self, share: float) -> bool:
        return self.uniform(0, 1) < share

    def noise(self, *shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=self._random)


def blur(x: torch.Tensor, sigma: float) -> torch.Tensor:
    """Gaussian, sigma in pixels."""
    radius = max(1, math.ceil(3 * sigma))
    weight = torch.exp(-0.5 * (torch.arange(-radius, radius + 1, dtype=x.dtype) / sigma) ** 2)
    weight = (weight / weight.sum()).tolist()
    for axis, border in ((3, (radius, radius, 0, 0)), (2, (0, 0, radius, radius))):
        padded, size = F.pad(x, border, 'replicate'), x.shape[axis]
        x = sum(w * padded.narrow(axis, k, size) for k, w in enumerate(weight))
    return x


def oil(x: torch.Tensor, radius: int) -> torch.Tensor:
    """Kuwahara filter: every pixel takes the mean of the calmest of its four neighbouring squares, as a brush does."""
    size = radius + 1
    n, c, h, w = x.shape
    padded = F.pad(x, (radius,) * 4, 'replicate')
    mean = F.avg_pool2d(padded, size, 1)
    y = luma(padded)
    spread = F.avg_pool2d(y * y, size, 1) - F.avg_pool2d(y, size, 1) ** 2
    corners = [(0, 0), (0, radius), (radius, 0), (radius, radius)]
    means = torch.stack([mean[:, :, j : j + h, i : i + w] for j, i in corners])
    spreads = torch.stack([spread[:, :, j : j + h, i : i + w] for j, i in corners])
    # Soft choice: a hard one flickers.
    weight = torch.softmax(-spreads * 4000, 0)
    return (means * weight).sum(0)


def _dct_matrix() -> torch.Tensor:
    k = torch.arange(8, dtype=torch.float32)
    m = torch.cos((2 * k[None] + 1) * k[:, None] * math.pi / 16) * 0.5
    m[0] /= math.sqrt(2)
    return m


_QUANT = torch.tensor([
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
    18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
], dtype=torch.float32).view(8, 8) / 255  # fmt: skip


def jpeg(x: torch.Tensor, coarseness: float) -> torch.Tensor:
    """Block DCT quantisation with Annex K's luminance table times `coarseness` (1 = quality 50). H, W multiples of 8."""
    n, c, h, w = x.shape
    m = _dct_matrix()
    blocks = x.reshape(n, c, h // 8, 8, w // 8, 8).permute(0, 1, 2, 4, 3, 5)
    step = _QUANT * coarseness
    back = m.T @ (torch.round(m @ blocks @ m.T / step) * step) @ m
    return back.permute(0, 1, 2, 4, 3, 5).reshape(n, c, h, w)


def tone(x: torch.Tensor, dice: Dice, strength: float) -> torch.Tensor:
    """Exposure, gamma, colour cast and saturation; all pictures follow the measurements of the first."""
    gain, offset = dice.uniform(1 - 0.25 * strength, 1 + 0.15 * strength), dice.uniform(-0.03 * strength, 0.10 * strength)
    # The mean tone is brought part of the way to one that pictures have, so that dark skin isn't drowned nor pale skin bleached.
    mean = min(0.9, max(0.05, luma(x[:1]).mean().item()))
    wanted = mean + (dice.uniform(0.22, 0.62) - mean) * strength * 0.7
    gamma = min(2.0, max(0.45, math.log(wanted) / math.log(mean)))
    cast = 1 + dice.channels(-0.12 * strength, 0.12 * strength)
    y = luma(x)
    x = y + (x - y) * dice.uniform(1 - 0.6 * strength, 1 + 0.25 * strength)
    return (x.clamp(1e-3, 1) ** gamma * gain * cast + offset).clamp(0, 1)


def paint(x: torch.Tensor, random: torch.Generator) -> torch.Tensor:
    """One painter's style over all pictures."""
    dice = Dice(random)
    x = tone(x, dice, 1.0)
    # Sepia, albumen, cyanotype, bitumen: luminance times a tint that darkens towards its own colour.
    if dice.hit(0.3):
        x = (luma(x) * (1 + dice.channels(-1, 1) * torch.tensor([0.22, 0.10, 0.28]).view(3, 1, 1))).clamp(0, 1)
    if dice.hit(0.15):
        x = luma(x).expand(-1, 3, -1, -1)
    # Yellowed varnish.
    if dice.hit(0.2):
        x = x * (1 + (torch.tensor([1.0, 0.86, 0.55]).view(3, 1, 1) - 1) * dice.uniform(0.1, 0.5))
    # Brush: two sizes of calm squares; ink and tempera: few tones.
    if dice.hit(0.18):
        x = oil(x, 2)
    if dice.hit(0.06):
        x = oil(x, 3)
    if dice.hit(0.1):
        levels = dice.uniform(5, 12)
        x = (x * levels - torch.sin(x * levels * 2 * math.pi) * 0.12) / levels
    if dice.hit(0.3):
        x = blur(x, dice.uniform(0.4, 1.8))
    # Light that falls off, vignettes, stains.
    if dice.hit(0.4):
        h, w = x.shape[2:]
        slope = 1 + dice.uniform(-0.25, 0.25) * torch.linspace(-1, 1, w) + dice.uniform(-0.25, 0.25) * torch.linspace(-1, 1, h)[:, None]
        x = (x * slope).clamp(0, 1)
    if dice.hit(0.25):
        x = jpeg(x, dice.uniform(0.15, 0.9))
    return x.clamp(0, 1)


def surface(height: int, width: int, random: torch.Generator) -> torch.Tensor:
    """[height, width] light that the picture's surface adds: grain, canvas, craquelure, hatching. See `lit`."""
    dice = Dice(random)
    out = torch.zeros(1, 1, height, width)
    if dice.hit(0.6):
        sigma = dice.uniform(0.3, 1.1)
        out = out + blur(dice.noise(1, 1, height, width), sigma) * dice.uniform(0.01, 0.07) * (1 + 2 * sigma)
    y, x = torch.meshgrid(torch.arange(height), torch.arange(width), indexing='ij')
    angle, period, phase = dice.uniform(0, math.pi), dice.uniform(2.2, 4.5), dice.uniform(0, 6.3)
    along = x * math.cos(angle) + y * math.sin(angle)
    across = y * math.cos(angle) - x * math.sin(angle)
    if dice.hit(0.2):
        out = out + (torch.sin(along * 2 * math.pi / period + phase) + torch.sin(across * 2 * math.pi / period)) * dice.uniform(0.008, 0.03)
    if dice.hit(0.08):
        out = out - (torch.sin(along * 2 * math.pi / period + 1.5 * torch.sin(across / 9)).clamp(min=0.2) - 0.5) * dice.uniform(0.05, 0.16)
    # Cracks: where a smooth noise crosses zero.
    if dice.hit(0.2):
        field = blur(dice.noise(1, 1, height, width), dice.uniform(1.6, 2.9))
        out = out - dice.uniform(0.05, 0.25) * torch.exp(-((field / field.std() / 0.10) ** 2))
    return out[0, 0]


def lit(x: torch.Tensor, light: torch.Tensor) -> torch.Tensor:
    """A surface shows in proportion to the light on it."""
    return (x + light * (0.25 + luma(x))).clamp(0, 1)


def film(x: torch.Tensor, random: torch.Generator) -> torch.Tensor:
    """The driver's camera."""
    dice = Dice(random)
    x = tone(x, dice, 0.7)
    if dice.hit(0.4):
        x = blur(x, dice.uniform(0.4, 2.0))
    x = x + dice.noise(*x.shape) * dice.uniform(0, 0.04)
    if dice.hit(0.4):
        x = jpeg(x, dice.uniform(0.2, 1.6))
    return x.clamp(0, 1)
