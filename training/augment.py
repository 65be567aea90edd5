"""Appearance: from renders towards historical portraits, and towards webcams for the driver.

A painting is one object: source and target get the same style with the same numbers. What lies on its surface (grain, canvas,
craquelure, hatching) belongs to the picture, and the warp carries it along: it is drawn on the source, and the target gets the
warped drawing. The driver is filmed by another camera: its look is drawn independently.

All random numbers are drawn on the CPU, so that a card never waits for one and a seed means the same on every device.
Pictures are [N, 3, H, W], 0..1.
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
    """Random numbers for `n` samples, drawn on the CPU, used on `device`; `repeat` lays the same numbers over several pictures."""

    def __init__(self, n: int, random: torch.Generator, device: torch.device, repeat: int = 1):
        self._n, self._random, self._device, self._repeat = n, random, device, repeat

    def uniform(self, low: float, high: float, *shape: int) -> torch.Tensor:
        """[n * repeat, *shape or 1, 1, 1]."""
        value = torch.rand(self._n, *(shape or (1, 1, 1)), generator=self._random) * (high - low) + low
        return value.repeat(self._repeat, *([1] * (value.dim() - 1))).to(self._device, non_blocking=True)

    def some(self, share: float) -> torch.Tensor:
        """Indices of the samples that something happens to."""
        hit = (torch.rand(self._n, generator=self._random) < share).repeat(self._repeat)
        return hit.nonzero()[:, 0].to(self._device, non_blocking=True)

    def noise(self, *shape: int) -> torch.Tensor:
        """[n * repeat, *shape] standard normal. On the device: too many numbers to carry over."""
        seed = int(torch.randint(2**31 - 1, (1,), generator=self._random))
        own = torch.Generator(self._device).manual_seed(seed)
        value = torch.randn(self._n, *shape, generator=own, device=self._device)
        return value.repeat(self._repeat, *([1] * len(shape)))


def blur(x: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
    """Gaussian with a sigma of its own for each sample [N, 1, 1, 1] (pixels, up to 3)."""
    # Shifts, not a convolution: how many samples are blurred changes from step to step, and cuDNN would look for a plan each time.
    taps = torch.arange(-6, 7, device=x.device, dtype=x.dtype)
    weight = torch.exp(-0.5 * (taps / sigma.clamp(min=0.05)) ** 2)  # [N, 1, 1, 13]
    weight = weight / weight.sum(3, keepdim=True)
    for axis, border in ((3, (6, 6, 0, 0)), (2, (0, 0, 6, 6))):
        padded, size = F.pad(x, border, 'replicate'), x.shape[axis]
        x = sum(weight[..., k : k + 1] * padded.narrow(axis, k, size) for k in range(len(taps)))
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


def _dct_matrix(device: torch.device) -> torch.Tensor:
    k = torch.arange(8, device=device, dtype=torch.float32)
    m = torch.cos((2 * k[None] + 1) * k[:, None] * math.pi / 16) * 0.5
    m[0] /= math.sqrt(2)
    return m


_QUANT = torch.tensor([
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
    18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
], dtype=torch.float32).view(8, 8) / 255  # fmt: skip


def jpeg(x: torch.Tensor, coarseness: torch.Tensor) -> torch.Tensor:
    """Block DCT quantisation with Annex K's luminance table times `coarseness` [N, 1, 1, 1] (1 = quality 50). H, W multiples of 8."""
    n, c, h, w = x.shape
    m = _dct_matrix(x.device)
    blocks = x.reshape(n, c, h // 8, 8, w // 8, 8).permute(0, 1, 2, 4, 3, 5)
    step = _QUANT.to(x.device) * coarseness[..., None, None]
    transformed = m @ blocks @ m.T
    back = m.T @ (torch.round(transformed / step) * step) @ m
    return back.permute(0, 1, 2, 4, 3, 5).reshape(n, c, h, w)


def _change(x: torch.Tensor, index: torch.Tensor, changed) -> torch.Tensor:
    """`x` with its samples `index` replaced by `changed(x[index])`."""
    return x.index_copy(0, index, changed(x[index]).to(x.dtype)) if len(index) else x


def tone(x: torch.Tensor, dice: Dice, strength: float, shared: bool = False) -> torch.Tensor:
    """Exposure, gamma, colour cast and saturation; `shared`: the second half follows the measurements of the first."""
    gain, offset = dice.uniform(1 - 0.25 * strength, 1 + 0.15 * strength), dice.uniform(-0.03 * strength, 0.10 * strength)
    # The mean tone is brought part of the way to one that pictures have, so that dark skin isn't drowned nor pale skin bleached.
    n = len(x) // 2 if shared else len(x)
    mean = luma(x[:n]).mean((1, 2, 3), keepdim=True).clamp(0.05, 0.9).repeat(len(x) // n, 1, 1, 1)
    wanted = torch.lerp(mean, dice.uniform(0.22, 0.62), strength * 0.7)
    gamma = (wanted.log() / mean.log()).clamp(0.45, 2)
    cast = 1 + dice.uniform(-0.12 * strength, 0.12 * strength, 3, 1, 1)
    y = luma(x)
    x = y + (x - y) * dice.uniform(1 - 0.6 * strength, 1 + 0.25 * strength)
    return (x.clamp(1e-3, 1) ** gamma * gain * cast + offset).clamp(0, 1)


def paint(source: torch.Tensor, target: torch.Tensor, random: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """One portrait's style over both; couples (sample i and i + N/2) share theirs."""
    n = len(source) // 2
    dice = Dice(n, random, source.device, repeat=4)
    x = tone(torch.cat([source, target]), dice, 1.0, shared=True)

    # Sepia, albumen, cyanotype, bitumen: luminance times a tint that darkens towards its own colour.
    tint = 1 + dice.uniform(-1, 1, 3, 1, 1) * torch.tensor([0.22, 0.10, 0.28], device=x.device).view(3, 1, 1)
    x = _change(x, i := dice.some(0.3), lambda v: (luma(v) * tint[i]).clamp(0, 1))
    x = _change(x, dice.some(0.15), lambda v: luma(v).expand(-1, 3, -1, -1))
    # Yellowed varnish.
    varnish = dice.uniform(0.1, 0.5)
    amber = torch.tensor([1.0, 0.86, 0.55], device=x.device).view(3, 1, 1)
    x = _change(x, i := dice.some(0.2), lambda v: v * (1 + (amber - 1) * varnish[i]))
    # Brush: two sizes of calm squares; ink and tempera: few tones.
    x = _change(x, dice.some(0.18), lambda v: oil(v, 2))
    x = _change(x, dice.some(0.06), lambda v: oil(v, 3))
    levels = dice.uniform(5, 12)
    x = _change(x, i := dice.some(0.1), lambda v: (v * levels[i] + torch.sin(v * levels[i] * 2 * math.pi) * -0.12) / levels[i])
    sigma = dice.uniform(0.4, 1.8)
    x = _change(x, i := dice.some(0.3), lambda v: blur(v, sigma[i]))
    # Light that falls off, vignettes, stains.
    h, w = x.shape[2:]
    yy, xx = torch.linspace(-1, 1, h, device=x.device)[:, None], torch.linspace(-1, 1, w, device=x.device)
    slope = 1 + dice.uniform(-0.25, 0.25) * xx + dice.uniform(-0.25, 0.25) * yy
    x = _change(x, i := dice.some(0.4), lambda v: (v * slope[i]).clamp(0, 1))
    coarse = dice.uniform(0.15, 0.9)
    x = _change(x, i := dice.some(0.25), lambda v: jpeg(v, coarse[i]))
    return x[: 2 * n].clamp(0, 1), x[2 * n :].clamp(0, 1)


def surface(n: int, height: int, width: int, random: torch.Generator, device: torch.device) -> torch.Tensor:
    """[2n, 1, height, width] light that the picture's surface adds, for couples: grain, canvas, craquelure, hatching."""
    dice = Dice(n, random, device, repeat=2)
    out = torch.zeros(2 * n, 1, height, width, device=device)
    grain, sigma, amount = dice.noise(1, height, width), dice.uniform(0.3, 1.1), dice.uniform(0.01, 0.07)
    out = _change(out, i := dice.some(0.6), lambda v: v + blur(grain[i], sigma[i]) * amount[i] * (1 + 2 * sigma[i]))
    y, x = torch.meshgrid(torch.arange(height, device=device), torch.arange(width, device=device), indexing='ij')
    angle, period, phase = dice.uniform(0, math.pi), dice.uniform(2.2, 4.5), dice.uniform(0, 6.3)
    along = x * torch.cos(angle) + y * torch.sin(angle)
    across = y * torch.cos(angle) - x * torch.sin(angle)
    weave = torch.sin(along * 2 * math.pi / period + phase) + torch.sin(across * 2 * math.pi / period)
    strength = dice.uniform(0.008, 0.03)
    out = _change(out, i := dice.some(0.2), lambda v: v + weave[i] * strength[i])
    hatch = torch.sin(along * 2 * math.pi / period + 1.5 * torch.sin(across / 9)).clamp(min=0.2) - 0.5
    depth = dice.uniform(0.05, 0.16)
    out = _change(out, i := dice.some(0.08), lambda v: v - hatch[i] * depth[i])
    # Cracks: where a smooth noise crosses zero.
    slow, size, dark = dice.noise(1, height, width), dice.uniform(1.6, 2.9), dice.uniform(0.05, 0.25)

    def crack(v: torch.Tensor) -> torch.Tensor:
        field = blur(slow[i], size[i])
        field = field / field.std((1, 2, 3), keepdim=True)
        return v - dark[i] * torch.exp(-((field / 0.10) ** 2))

    return _change(out, i := dice.some(0.2), crack)


def film(driver: torch.Tensor, random: torch.Generator) -> torch.Tensor:
    """The driver's camera; couples share it, except for the noise."""
    n = len(driver) // 2
    dice = Dice(n, random, driver.device, repeat=2)
    x = tone(driver, dice, 0.7)
    sigma = dice.uniform(0.4, 2.0)
    x = _change(x, i := dice.some(0.4), lambda v: blur(v, sigma[i]))
    own = Dice(2 * n, random, driver.device)
    x = x + own.noise(3, *x.shape[2:]) * dice.uniform(0, 0.04)
    coarse = dice.uniform(0.2, 1.6)
    return _change(x, i := dice.some(0.4), lambda v: jpeg(v, coarse[i])).clamp(0, 1)
