"""LivePortrait's generator: six SPADE blocks (Park et al. 2019) at 64 x 64, two that double the size, and a pixel shuffle to 512 x 512."""

from __future__ import annotations

import torch
import torch.nn as nn
import torch.nn.functional as F


class Spade(nn.Module):
    """Instance norm, scaled and shifted by what a small network reads from the features."""

    def __init__(self, channels: int, features: int, hidden: int = 128):
        super().__init__()
        self.norm = nn.InstanceNorm2d(channels)
        self.shared = nn.Conv2d(features, hidden, 3, padding=1)
        self.scale, self.shift = (nn.Conv2d(hidden, channels, 3, padding=1) for _ in range(2))

    def forward(self, x: torch.Tensor, features: torch.Tensor) -> torch.Tensor:
        hidden = F.relu(self.shared(F.interpolate(features, x.shape[2:])))
        return self.norm(x) * (1 + self.scale(hidden)) + self.shift(hidden)


class SpadeBlock(nn.Module):
    def __init__(self, inputs: int, outputs: int, features: int):
        super().__init__()
        middle = min(inputs, outputs)
        self.norm1, self.norm2 = Spade(inputs, features), Spade(middle, features)
        self.conv1, self.conv2 = nn.Conv2d(inputs, middle, 3, padding=1), nn.Conv2d(middle, outputs, 3, padding=1)
        self.learnt = inputs != outputs
        if self.learnt:
            self.short_norm, self.short = Spade(inputs, features), nn.Conv2d(inputs, outputs, 1, bias=False)

    def forward(self, x: torch.Tensor, features: torch.Tensor) -> torch.Tensor:
        short = self.short(self.short_norm(x, features)) if self.learnt else x
        out = self.conv1(F.leaky_relu(self.norm1(x, features), 0.2))
        return short + self.conv2(F.leaky_relu(self.norm2(out, features), 0.2))


class SpadeGenerator(nn.Module):
    """[n, 256, 64, 64] -> [n, 3, 512, 512], 0..1."""

    def __init__(self, features: int = 256):
        super().__init__()
        self.enter = nn.Conv2d(features, 512, 3, padding=1)
        self.middle = nn.ModuleList(SpadeBlock(512, 512, features) for _ in range(6))
        self.up = nn.ModuleList([SpadeBlock(512, 256, features), SpadeBlock(256, 64, features)])
        self.out = nn.Conv2d(64, 3 * 4, 3, padding=1)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        x = self.enter(features)
        for block in self.middle:
            x = block(x, features)
        for block in self.up:
            x = block(F.interpolate(x, scale_factor=2), features)
        return torch.sigmoid(F.pixel_shuffle(self.out(F.leaky_relu(x, 0.2)), 2))
