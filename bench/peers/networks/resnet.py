"""ResNet-18 (He et al. 2016, table 1): TPSMM's key point network."""

from __future__ import annotations

import torch
import torch.nn as nn
import torch.nn.functional as F


class Basic(nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int):
        super().__init__()
        self.conv1, self.norm1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs)
        self.conv2, self.norm2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs)
        self.short = nn.Identity()
        if stride != 1 or inputs != outputs:
            self.short = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out = self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x)))))
        return F.relu(out + self.short(x))


class ResNet18(nn.Module):
    """[n, inputs, h, w] -> [n, outputs]."""

    def __init__(self, outputs: int = 1000, inputs: int = 3):
        super().__init__()
        self.enter = nn.Sequential(nn.Conv2d(inputs, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1))
        widths = [64, 64, 128, 256, 512]
        blocks = []
        for i, (before, after) in enumerate(zip(widths, widths[1:])):
            blocks += [Basic(before, after, 1 if i == 0 else 2), Basic(after, after, 1)]
        self.blocks = nn.Sequential(*blocks)
        self.out = nn.Linear(512, outputs)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.out(self.blocks(self.enter(x)).mean((2, 3)))
