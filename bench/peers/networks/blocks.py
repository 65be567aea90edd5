"""Building blocks that the three methods share, in two and three dimensions, and what is computed between their networks."""

from __future__ import annotations

import torch
import torch.nn as nn
import torch.nn.functional as F

CONV = {2: nn.Conv2d, 3: nn.Conv3d}
BATCH_NORM = {2: nn.BatchNorm2d, 3: nn.BatchNorm3d}


def instance_norm(_dimensions: int, channels: int) -> nn.Module:
    return nn.InstanceNorm2d(channels, affine=True)


def batch_norm(dimensions: int, channels: int) -> nn.Module:
    return BATCH_NORM[dimensions](channels)


class Block(nn.Module):
    """Convolution, norm, ReLU; before it twice the size (`up`) or after it half the size (`down`). Depth is never resized."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 3, resize: str = '', dimensions: int = 2, norm=batch_norm):
        super().__init__()
        self.resize, self.dimensions = resize, dimensions
        self.conv = CONV[dimensions](inputs, outputs, kernel, padding=kernel // 2)
        self.norm = norm(dimensions, outputs)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        flat = self.dimensions == 2
        if self.resize == 'up':
            x = F.interpolate(x, scale_factor=2 if flat else (1, 2, 2))
        x = F.relu(self.norm(self.conv(x)))
        if self.resize == 'down':
            x = F.avg_pool2d(x, 2) if flat else F.avg_pool3d(x, (1, 2, 2))
        return x


class Residual(nn.Module):
    """Norm and ReLU before each of two 3-wide convolutions, around them a shortcut."""

    def __init__(self, channels: int, dimensions: int = 2, norm=batch_norm):
        super().__init__()
        self.norm1, self.norm2 = norm(dimensions, channels), norm(dimensions, channels)
        self.conv1, self.conv2 = (CONV[dimensions](channels, channels, 3, padding=1) for _ in range(2))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out = self.conv1(F.relu(self.norm1(x)))
        return x + self.conv2(F.relu(self.norm2(out)))


class Hourglass(nn.Module):
    """A U-Net whose channels double on the way down to `most`; its result ends with the input itself. `channels`: of each level, deepest first."""

    def __init__(self, inputs: int, width: int, levels: int = 5, most: int = 1024, dimensions: int = 2, norm=batch_norm):
        super().__init__()
        sizes = [min(most, width << i) for i in range(levels + 1)]  # width of level i; level 0 is the input's
        down = [inputs, *sizes[1:]]
        self.down = nn.ModuleList(Block(down[i], down[i + 1], resize='down', dimensions=dimensions, norm=norm) for i in range(levels))
        up = [sizes[levels], *(2 * sizes[i] for i in range(levels - 1, 0, -1))]
        self.up = nn.ModuleList(Block(up[i], sizes[levels - 1 - i], resize='up', dimensions=dimensions, norm=norm) for i in range(levels))
        self.channels = [*up, width + inputs]

    def forward(self, x: torch.Tensor) -> list[torch.Tensor]:
        """All levels, the smallest picture first."""
        passed = [x]
        for block in self.down:
            passed.append(block(passed[-1]))
        out = [passed.pop()]
        for block in self.up:
            out.append(torch.cat([block(out[-1]), passed.pop()], 1))
        return out


class AntiAlias(nn.Module):
    """Gaussian blur, then every fourth pixel."""

    def __init__(self, channels: int = 3, step: int = 4):
        super().__init__()
        deviation = (step - 1) / 2
        reach = round(deviation * 4)
        line = torch.exp(-(torch.arange(-reach, reach + 1.0) ** 2) / (2 * deviation**2))
        kernel = torch.outer(line, line) / line.sum() ** 2
        self.register_buffer('kernel', kernel.expand(channels, 1, -1, -1).contiguous())
        self.step, self.reach = step, reach

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = F.pad(x, [self.reach] * 4)
        return F.conv2d(x, self.kernel, groups=len(self.kernel))[:, :, :: self.step, :: self.step]


def grid(*sizes: int, like: torch.Tensor) -> torch.Tensor:
    """[*sizes, n] coordinates -1..1, the last axis' coordinate first, as `grid_sample` wants them."""
    lines = [torch.linspace(-1, 1, n, device=like.device, dtype=like.dtype) for n in sizes]
    return torch.stack(torch.meshgrid(*lines, indexing='ij')[::-1], -1)


def heatmaps(points: torch.Tensor, places: torch.Tensor, variance: float = 0.01) -> torch.Tensor:
    """`points` [n, k, d], `places` [*sizes, d] -> [n, k, *sizes] Gaussians."""
    spread = points.view(*points.shape[:2], *[1] * (places.dim() - 1), points.shape[-1])
    return torch.exp(-0.5 * (places - spread).square().sum(-1) / variance)


def expected_places(logits: torch.Tensor, temperature: float = 0.1) -> tuple[torch.Tensor, torch.Tensor]:
    """[n, k, h, w] -> mean places [n, k, 2] and the distributions they are means of."""
    n, k, h, w = logits.shape
    share = F.softmax(logits.view(n, k, -1) / temperature, 2).view(n, k, h, w)
    return (share[..., None] * grid(h, w, like=logits)).sum((2, 3)), share


def warp(x: torch.Tensor, flow: torch.Tensor) -> torch.Tensor:
    """`x` [n, c, h, w] through `flow` [n, h', w', 2], which is brought to x's size first."""
    if flow.shape[1:3] != x.shape[2:]:
        flow = F.interpolate(flow.permute(0, 3, 1, 2), x.shape[2:], mode='bilinear', align_corners=False).permute(0, 2, 3, 1)
    return F.grid_sample(x, flow, align_corners=False)


def shrunk(mask: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    """`mask` at the size of `x`."""
    return mask if mask.shape[2:] == x.shape[2:] else F.interpolate(mask, x.shape[2:], mode='bilinear', align_corners=False)
