"""ConvNeXt V2 tiny (Woo et al. 2023): depths 3, 3, 9, 3, widths 96 to 768. LivePortrait's motion network stands on it."""

from __future__ import annotations

import torch
import torch.nn as nn
import torch.nn.functional as F

DEPTHS = (3, 3, 9, 3)
WIDTHS = (96, 192, 384, 768)


class PlaneNorm(nn.LayerNorm):
    """Layer norm over the channels of [n, c, h, w]."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class Response(nn.Module):
    """Global response normalisation of [n, h, w, c]."""

    def __init__(self, channels: int):
        super().__init__()
        self.scale, self.shift = nn.Parameter(torch.zeros(channels)), nn.Parameter(torch.zeros(channels))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        energy = x.norm(dim=(1, 2), keepdim=True)
        return x + self.scale * (x * energy / (energy.mean(-1, keepdim=True) + 1e-6)) + self.shift


class Block(nn.Module):
    def __init__(self, channels: int):
        super().__init__()
        self.spread = nn.Conv2d(channels, channels, 7, padding=3, groups=channels)
        self.norm = nn.LayerNorm(channels, eps=1e-6)
        self.widen, self.response, self.narrow = nn.Linear(channels, 4 * channels), Response(4 * channels), nn.Linear(4 * channels, channels)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out = self.norm(self.spread(x).permute(0, 2, 3, 1))
        return x + self.narrow(self.response(F.gelu(self.widen(out)))).permute(0, 3, 1, 2)


class ConvNeXt(nn.Module):
    """[n, 3, h, w] -> [n, 768], or [n, classes]."""

    def __init__(self, classes: int = 0):
        super().__init__()
        layers: list[nn.Module] = []
        for i, (depth, width) in enumerate(zip(DEPTHS, WIDTHS)):
            if i == 0:
                layers += [nn.Conv2d(3, width, 4, 4), PlaneNorm(width, eps=1e-6)]
            else:
                layers += [PlaneNorm(WIDTHS[i - 1], eps=1e-6), nn.Conv2d(WIDTHS[i - 1], width, 2, 2)]
            layers += [Block(width) for _ in range(depth)]
        self.layers = nn.Sequential(*layers)
        self.norm = nn.LayerNorm(WIDTHS[-1], eps=1e-6)
        self.out = nn.Linear(WIDTHS[-1], classes) if classes else nn.Identity()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.out(self.norm(self.layers(x).mean((2, 3))))
