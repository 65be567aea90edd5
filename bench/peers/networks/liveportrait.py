"""LivePortrait (Guo et al. 2024): 256 x 256 in, 512 x 512 out, 21 key points in space. arXiv 2407.03168."""

from __future__ import annotations

import math

import torch
import torch.nn as nn
import torch.nn.functional as F

from .blocks import Block, Hourglass, Residual, grid, heatmaps
from .convnext import ConvNeXt
from .spade import SpadeGenerator

POINTS = 21
CHANNELS, DEPTH = 32, 16  # of the volume of features
BINS = 66  # of an angle, 3 degrees each


class Appearance(nn.Module):
    """[n, 3, 256, 256] -> volume [n, 32, 16, 64, 64]."""

    def __init__(self):
        super().__init__()
        self.flat = nn.Sequential(Block(3, 64), Block(64, 128, resize='down'), Block(128, 256, resize='down'), nn.Conv2d(256, CHANNELS * DEPTH, 1))
        self.deep = nn.Sequential(*(Residual(CHANNELS, dimensions=3) for _ in range(6)))

    def forward(self, photo: torch.Tensor) -> torch.Tensor:
        x = self.flat(photo)
        return self.deep(x.view(len(x), CHANNELS, DEPTH, *x.shape[2:]))


class Motion(nn.Module):
    """Canonical points, expression, angles, shift and scale; -> points in space [n, 21, 3]."""

    def __init__(self):
        super().__init__()
        self.backbone = ConvNeXt()
        sizes = {'points': POINTS * 3, 'expression': POINTS * 3, 'pitch': BINS, 'yaw': BINS, 'roll': BINS, 'shift': 3, 'scale': 1}
        self.heads = nn.ModuleDict({name: nn.Linear(768, size) for name, size in sizes.items()})

    def forward(self, frame: torch.Tensor) -> torch.Tensor:
        x = self.backbone(frame)
        out = {name: head(x) for name, head in self.heads.items()}
        degrees = torch.arange(BINS, device=x.device, dtype=x.dtype) * 3 - 97.5
        pitch, yaw, roll = ((F.softmax(out[name], 1) @ degrees) * (math.pi / 180) for name in ('pitch', 'yaw', 'roll'))
        points = out['points'].view(-1, POINTS, 3) @ rotation(pitch, yaw, roll) + out['expression'].view(-1, POINTS, 3)
        return (1 + out['scale'][:, :, None]) * points + out['shift'][:, None]


def rotation(pitch: torch.Tensor, yaw: torch.Tensor, roll: torch.Tensor) -> torch.Tensor:
    """[n] radians each -> [n, 3, 3], for points that stand left of it."""

    def turn(angle: torch.Tensor, a: int, b: int) -> torch.Tensor:
        out = torch.eye(3, device=angle.device, dtype=angle.dtype).repeat(len(angle), 1, 1)
        out[:, a, a] = out[:, b, b] = torch.cos(angle)
        out[:, b, a] = torch.sin(angle)
        out[:, a, b] = -out[:, b, a]
        return out

    return (turn(roll, 0, 1) @ turn(yaw, 2, 0) @ turn(pitch, 1, 2)).mT


class Warping(nn.Module):
    """The volume through a dense flow in space, flattened: -> [n, 256, 64, 64], occlusion applied."""

    def __init__(self):
        super().__init__()
        self.compress, self.compress_norm = nn.Conv3d(CHANNELS, 4, 1), nn.BatchNorm3d(4)
        self.hourglass = Hourglass((POINTS + 1) * 5, 32, dimensions=3)
        channels = self.hourglass.channels[-1]
        # The volume's hourglass ends in one more convolution, which the flat ones don't have.
        self.end = Block(channels, channels, dimensions=3)
        self.mask = nn.Conv3d(channels, POINTS + 1, 7, padding=3)
        self.occlusion = nn.Conv2d(channels * DEPTH, 1, 7, padding=3)
        self.flatten = nn.Sequential(Block(CHANNELS * DEPTH, 256), nn.Conv2d(256, 256, 1))

    def forward(self, volume: torch.Tensor, driving: torch.Tensor, source: torch.Tensor) -> torch.Tensor:
        n, _, d, h, w = volume.shape
        places = grid(d, h, w, like=volume)
        small = F.relu(self.compress_norm(self.compress(volume)))
        moved = places + (source - driving)[:, :, None, None, None]
        flows = torch.cat([places.expand(n, 1, d, h, w, 3), moved], 1)
        copies = small[:, None].expand(n, POINTS + 1, 4, d, h, w).reshape(-1, 4, d, h, w)
        warped = F.grid_sample(copies, flows.view(-1, d, h, w, 3), align_corners=False).view(n, POINTS + 1, 4, d, h, w)
        heat = heatmaps(driving, places) - heatmaps(source, places)
        heat = torch.cat([torch.zeros_like(heat[:, :1]), heat], 1)
        x = self.end(self.hourglass(torch.cat([heat[:, :, None], warped], 2).view(n, -1, d, h, w))[-1])
        weights = F.softmax(self.mask(x), 1)
        flow = (flows * weights[..., None]).sum(1)
        occlusion = torch.sigmoid(self.occlusion(x.view(n, -1, h, w)))
        flat = F.grid_sample(volume, flow, align_corners=False).view(n, -1, h, w)
        return self.flatten(flat) * occlusion


def perceptron(*sizes: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for before, after in zip(sizes, sizes[1:]):
        layers += [nn.Linear(before, after), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


class LivePortrait(nn.Module):
    """`source(photo)` once, then `forward(frame, kept)` for each frame; 256 x 256 in, 512 x 512 out, values 0..1."""

    side, output_side = 256, 512

    def __init__(self):
        super().__init__()
        self.appearance, self.motion, self.warping, self.generator = Appearance(), Motion(), Warping(), SpadeGenerator()
        flat = POINTS * 3
        self.retargeting = nn.ModuleDict({
            'stitching': perceptron(2 * flat, 128, 128, 64, flat + 2),
            'lip': perceptron(flat + 2, 128, 128, 64, flat),
            'eye': perceptron(flat + 3, 256, 256, 128, 128, 64, flat),
        })

    def source(self, photo: torch.Tensor) -> tuple:
        return self.appearance(photo), self.motion(photo)

    def forward(self, frame: torch.Tensor, kept: tuple) -> torch.Tensor:
        volume, points = kept
        return self.generator(self.warping(volume, self.stitched(points, self.motion(frame)), points))

    def stitched(self, source: torch.Tensor, driving: torch.Tensor) -> torch.Tensor:
        """As by default: driving points corrected so that the face fits its picture; lips and eyes aren't retargeted."""
        delta = self.retargeting['stitching'](torch.cat([source.flatten(1), driving.flatten(1)], 1))
        shift = F.pad(delta[:, None, -2:], [0, 1])
        return driving + delta[:, :-2].view_as(driving) + shift
