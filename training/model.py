"""The refiner: two small U-Nets that predict controls for a composite at native resolution, not a picture.

    I = (1 - a) * warp + a * (c * gain * driver + (1 - c) * source + residual)

a (where to leave the warp) and c (driver or source) have the crop's resolution; gain and residual half of it, so tooth edges and
brush strokes can only come from pictures. No norm layers; the padding is explicit (tfjs pads otherwise than PyTorch). What is
known of the sitter is constant over a clip: it scales and shifts channels, and is folded into the weights once (`folded`).

Inputs, 14 channels at crop size: source RGB (moved with the iris), warp RGB, validity, graded driver RGB (0 when dropped), signed distances to the
contour and to what is inside it, opening height (constant plane), driver-present flag (constant plane).
"""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn as nn
import torch.nn.functional as F

from augment import luma
from crops import MARGIN

CHANNELS = 14
SLOPE = 0.2  # of leaky ReLU
FEATHER = 6  # crop pixels over which a fades to 0 at the crop's border


class Controls(NamedTuple):
    alpha: torch.Tensor  # [N, 1, h, w] 0..1
    choice: torch.Tensor  # [N, 1, h, w] 0 = source, 1 = driver
    gain: torch.Tensor  # [N, 3, h, w] 1/2..2
    residual: torch.Tensor  # [N, 3, h, w] -1..1


class Conv(nn.Module):
    """3x3 with one pixel of zeros around; `modulate` scales and shifts the result channel by channel."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, stride, padding=0)
        nn.init.kaiming_normal_(self.conv.weight, SLOPE)
        nn.init.zeros_(self.conv.bias)

    def forward(self, x: torch.Tensor, modulation: tuple[torch.Tensor, torch.Tensor] | None = None) -> torch.Tensor:
        x = self.conv(F.pad(x, (1, 1, 1, 1)))
        if modulation is not None:
            scale, shift = modulation
            x = x * (1 + scale[:, :, None, None]) + shift[:, :, None, None]
        return x


def act(x: torch.Tensor) -> torch.Tensor:
    return F.leaky_relu(x, SLOPE)


def double(x: torch.Tensor) -> torch.Tensor:
    """Twice the size, nearest."""
    return F.interpolate(x, scale_factor=2, mode='nearest')


class Embedder(nn.Module):
    """[N, 3, h, w] crop of the source -> [N, identity]. Runs once a photo; the vectors of several photos are averaged."""

    def __init__(self, identity: int):
        super().__init__()
        self.layers = nn.ModuleList([Conv(3, 12, 2), Conv(12, 24, 2), Conv(24, 32, 2), Conv(32, 32, 2)])
        self.out = nn.Linear(32, identity)

    def forward(self, source: torch.Tensor) -> torch.Tensor:
        for layer in self.layers:
            source = act(layer(source))
        return self.out(source.mean((2, 3)))


class Refiner(nn.Module):
    """The U-Net of one region and its embedder."""

    def __init__(self, widths: tuple, identity: int):
        super().__init__()
        w0, w1, w2, w3 = widths
        self.embed = Embedder(identity)
        self.enter = Conv(CHANNELS, w0)
        self.down1, self.same1 = Conv(w0, w1, 2), Conv(w1, w1)
        self.down2, self.same2 = Conv(w1, w2, 2), Conv(w2, w2)
        self.down3, self.same3 = Conv(w2, w3, 2), Conv(w3, w3)
        self.up2 = Conv(w3 + w2, w2)
        self.up1, self.last1 = Conv(w2 + w1, w1), Conv(w1, w1)
        self.up0 = Conv(w1 + w0, w0)
        self.tones = Conv(w1, 6)  # residual, gain: at half resolution
        self.masks = Conv(w0, 2)  # alpha, choice
        self.modulated = {'same2': w2, 'same3': w3, 'up2': w2, 'up1': w1}
        self.styles = nn.ModuleDict({name: nn.Linear(identity, 2 * width) for name, width in self.modulated.items()})
        for style in self.styles.values():
            nn.init.normal_(style.weight, 0, 0.01)
            nn.init.zeros_(style.bias)
        for head in (self.tones, self.masks):
            nn.init.normal_(head.conv.weight, 0, 0.01)
        # Start near the warp.
        self.masks.conv.bias.data[0] = -1.5

    def modulation(self, vector: torch.Tensor) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
        return {name: tuple(style(vector).chunk(2, 1)) for name, style in self.styles.items()}

    def controls(self, x: torch.Tensor, modulation: dict) -> Controls:
        """x: [N, 14, h, w]."""
        m = modulation.get
        e0 = act(self.enter(x))
        e1 = act(self.same1(act(self.down1(e0))))
        e2 = act(self.same2(act(self.down2(e1)), m('same2')))
        deep = act(self.down3(e2))
        deep = deep + act(self.same3(deep, m('same3')))
        d2 = act(self.up2(torch.cat([double(deep), e2], 1), m('up2')))
        d1 = act(self.up1(torch.cat([double(d2), e1], 1), m('up1')))
        d1 = act(self.last1(d1))
        d0 = act(self.up0(torch.cat([double(d1), e0], 1)))
        tones = F.interpolate(self.tones(d1).float(), scale_factor=2, mode='bilinear', align_corners=False)
        masks = self.masks(d0).float()
        alpha = torch.sigmoid(masks[:, 0:1]) * feather(*x.shape[2:], x.device)
        # No driver, no choice: the last input plane is the flag.
        choice = torch.sigmoid(masks[:, 1:2]) * x[:, -1:].float()
        return Controls(alpha, choice, torch.exp2(torch.tanh(tones[:, 3:])), torch.tanh(tones[:, :3]))

    def forward(self, x: torch.Tensor, vector: torch.Tensor) -> Controls:
        """`vector` [N, identity]: from `embed`, of the source's crop."""
        return self.controls(x, self.modulation(vector))

    def folded(self, vector: torch.Tensor) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
        """For one sitter, [1, identity]: weight and bias of each modulated convolution with the modulation inside."""
        out = {}
        for name, (scale, shift) in self.modulation(vector).items():
            conv = getattr(self, name).conv
            out[name] = (conv.weight * (1 + scale[0])[:, None, None, None], conv.bias * (1 + scale[0]) + shift[0])
        return out


def feather(height: int, width: int, device: torch.device) -> torch.Tensor:
    """[height, width] 0 at the border, 1 from FEATHER pixels on: crops end without a seam."""

    def ramp(n: int) -> torch.Tensor:
        i = torch.arange(n, device=device, dtype=torch.float32)
        return (torch.minimum(i, n - 1 - i) / FEATHER).clamp(0, 1)

    return ramp(height)[:, None] * ramp(width)


def redrawn(controls: Controls, driver: torch.Tensor, source: torch.Tensor) -> torch.Tensor:
    """What stands in the warp's place where alpha is 1."""
    _, c, gain, residual = controls
    return c * gain * driver + (1 - c) * source + residual


def composite(controls: Controls, warp: torch.Tensor, driver: torch.Tensor, source: torch.Tensor) -> torch.Tensor:
    return warp + controls.alpha * (redrawn(controls, driver, source) - warp)


def centre(patch: torch.Tensor) -> torch.Tensor:
    """Patch -> crop."""
    return patch[:, :, MARGIN:-MARGIN, MARGIN:-MARGIN]


def sample(patch: torch.Tensor, flow: torch.Tensor) -> torch.Tensor:
    """Bilinear samples of patches [N, C, h + 2M, w + 2M] at crop pixels `flow` [N, h, w, 2], held at the border."""
    h, w = patch.shape[2:]
    grid = (flow + MARGIN) * torch.tensor([2 / (w - 1), 2 / (h - 1)], device=flow.device) - 1
    return F.grid_sample(patch, grid, mode='bilinear', padding_mode='border', align_corners=True)


def grade(driver: torch.Tensor, driver_skin: torch.Tensor, source: torch.Tensor, source_skin: torch.Tensor) -> torch.Tensor:
    """
    The driver's crop in the portrait's colours: its chroma is scaled until it varies over the skin as much as the portrait's does
    (a grey print has none), then each channel's mean over the skin is made the portrait's. Skin masks [N, 1, h, w] 0..1.
    """

    def mean(x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return (x * mask).sum((2, 3), keepdim=True) / mask.sum((2, 3), keepdim=True).clamp(min=1)

    def spread(x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        ratio = (x - luma(x)) / (luma(x) + 0.05)
        return ((ratio - mean(ratio, mask)) ** 2 * mask).sum((1, 2, 3), keepdim=True).div(mask.sum((1, 2, 3), keepdim=True).clamp(min=1)).sqrt()

    y = luma(driver)
    colour = (spread(source, source_skin) / (spread(driver, driver_skin) + 0.01)).clamp(0, 1.2)
    driver = y + (driver - y) * colour
    return (driver * (mean(source, source_skin) / (mean(driver, driver_skin) + 0.02)).clamp(0.2, 4)).clamp(0, 1.5)


def skin(distance: torch.Tensor, kind: str) -> torch.Tensor:
    """[N, 2, h, w] -> [N, 1, h, w]: skin and lips next to the opening, without its inside; what is further off may be background."""
    contour = distance[:, 0:1]
    inside = distance[:, 1:2] if kind == 'mouth' else contour
    return ((inside < -0.1) & (contour > -0.98)).to(distance.dtype)


def network_input(source, warp, valid, driver, distance, opening, present) -> torch.Tensor:
    """The 14 channels; `opening` and `present` [N]."""
    h, w = warp.shape[2:]

    def plane(v: torch.Tensor) -> torch.Tensor:
        return v.view(-1, 1, 1, 1).expand(-1, 1, h, w)

    return torch.cat([source, warp, valid, driver * plane(present), distance, plane(opening), plane(present)], 1)


def count_macs(refiner: Refiner, height: int, width: int) -> int:
    """Multiply-adds of one frame, without the embedder, which runs once a clip."""
    total = 0

    def add(module, _, output):
        nonlocal total
        total += output[0, 0].numel() * module.weight.numel()

    hooks = [m.register_forward_hook(add) for n, m in refiner.named_modules() if isinstance(m, nn.Conv2d) and not n.startswith('embed')]
    with torch.no_grad():
        device = next(refiner.parameters()).device
        refiner(torch.zeros(1, CHANNELS, height, width, device=device), torch.zeros(1, refiner.embed.out.out_features, device=device))
    for hook in hooks:
        hook.remove()
    return total
