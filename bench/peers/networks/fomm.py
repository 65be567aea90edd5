"""First Order Motion Model (Siarohin et al. 2019) at 256 x 256, faces: 10 key points with Jacobians. arXiv 2003.00196."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn as nn
import torch.nn.functional as F

from .blocks import AntiAlias, Block, Hourglass, Residual, expected_places, grid, heatmaps, shrunk, warp

POINTS = 10


class Motion(NamedTuple):
    places: torch.Tensor  # [n, k, 2]
    jacobians: torch.Tensor  # [n, k, 2, 2]


class KeyPoints(nn.Module):
    def __init__(self):
        super().__init__()
        self.shrink = AntiAlias()
        self.hourglass = Hourglass(3, 32)
        channels = self.hourglass.channels[-1]
        self.places = nn.Conv2d(channels, POINTS, 7)
        self.jacobians = nn.Conv2d(channels, 4 * POINTS, 7)
        with torch.no_grad():  # as published: every Jacobian starts as the identity
            self.jacobians.weight.zero_()
            self.jacobians.bias.copy_(torch.tensor([1.0, 0, 0, 1] * POINTS))

    def forward(self, frame: torch.Tensor) -> Motion:
        x = self.hourglass(self.shrink(frame))[-1]
        places, share = expected_places(self.places(x))
        n, _, h, w = share.shape
        jacobians = (self.jacobians(x).view(n, POINTS, 4, h, w) * share[:, :, None]).sum((3, 4))
        return Motion(places, jacobians.view(n, POINTS, 2, 2))


class DenseMotion(nn.Module):
    def __init__(self):
        super().__init__()
        self.shrink = AntiAlias()
        self.hourglass = Hourglass((POINTS + 1) * 4, 64)
        channels = self.hourglass.channels[-1]
        self.mask = nn.Conv2d(channels, POINTS + 1, 7, padding=3)
        self.occlusion = nn.Conv2d(channels, 1, 7, padding=3)

    def forward(self, small: torch.Tensor, driving: Motion, source: Motion) -> tuple[torch.Tensor, torch.Tensor]:
        """`small`: the source at a quarter of its size. -> flow [n, h, w, 2], occlusion [n, 1, h, w]."""
        n, _, h, w = small.shape
        places = grid(h, w, like=small)
        heat = heatmaps(driving.places, places) - heatmaps(source.places, places)
        heat = torch.cat([torch.zeros_like(heat[:, :1]), heat], 1)
        turn = source.jacobians @ torch.linalg.inv(driving.jacobians.float()).to(small.dtype)
        moved = places - driving.places[:, :, None, None]
        moved = (turn[:, :, None, None] @ moved[..., None])[..., 0] + source.places[:, :, None, None]
        flows = torch.cat([places.expand(n, 1, h, w, 2), moved], 1)
        copies = small[:, None].expand(n, POINTS + 1, 3, h, w).reshape(-1, 3, h, w)
        warped = F.grid_sample(copies, flows.view(-1, h, w, 2), align_corners=False).view(n, POINTS + 1, 3, h, w)
        x = self.hourglass(torch.cat([heat[:, :, None], warped], 2).view(n, -1, h, w))[-1]
        weights = F.softmax(self.mask(x), 1)
        return (flows * weights[..., None]).sum(1), torch.sigmoid(self.occlusion(x))


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.encode = nn.Sequential(Block(3, 64, 7), Block(64, 128, resize='down'), Block(128, 256, resize='down'))
        self.bottleneck = nn.Sequential(*(Residual(256) for _ in range(6)))
        self.decode = nn.Sequential(Block(256, 128, resize='up'), Block(128, 64, resize='up'), nn.Conv2d(64, 3, 7, padding=3))

    def forward(self, features: torch.Tensor, flow: torch.Tensor, occlusion: torch.Tensor) -> torch.Tensor:
        x = warp(features, flow)
        return torch.sigmoid(self.decode(self.bottleneck(x * shrunk(occlusion, x))))


class Fomm(nn.Module):
    """`source(photo)` once, then `forward(frame, kept)` for each frame; both 256 x 256, values 0..1."""

    side, output_side = 256, 256

    def __init__(self):
        super().__init__()
        self.keypoints, self.dense_motion, self.generator = KeyPoints(), DenseMotion(), Generator()

    def source(self, photo: torch.Tensor) -> tuple:
        return self.keypoints(photo), self.dense_motion.shrink(photo), self.generator.encode(photo)

    def forward(self, frame: torch.Tensor, kept: tuple) -> torch.Tensor:
        motion, small, features = kept
        return self.generator(features, *self.dense_motion(small, self.keypoints(frame), motion))
