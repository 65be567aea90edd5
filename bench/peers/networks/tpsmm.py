"""Thin-Plate Spline Motion Model (Zhao and Zhang 2022) at 256 x 256, faces: 10 splines of 5 points each. arXiv 2203.14367."""

from __future__ import annotations

import torch
import torch.nn as nn
import torch.nn.functional as F

from .blocks import AntiAlias, Block, Hourglass, Residual, grid, heatmaps, instance_norm, shrunk, warp
from .resnet import ResNet18

SPLINES, EACH = 10, 5


def spline_flows(driving: torch.Tensor, source: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
    """Splines that take driving points to source points, at `places` [h, w, 2]: [n, k * 5, 2] twice -> [n, k, h, w, 2]."""
    n = len(driving)
    controls, targets = (p.view(n, SPLINES, EACH, 2).float() for p in (driving, source))

    def kernel(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        squares = (a[..., :, None, :] - b[..., None, :, :]).square().sum(-1)
        return squares * torch.log(squares + 1e-6)

    def affine(p: torch.Tensor) -> torch.Tensor:
        return torch.cat([p, torch.ones_like(p[..., :1])], -1)

    corner = controls.new_zeros(n, SPLINES, 3, 3)
    system = torch.cat([torch.cat([kernel(controls, controls), affine(controls)], -1), torch.cat([affine(controls).mT, corner], -1)], -2)
    system = system + 0.01 * torch.eye(EACH + 3, device=system.device)
    solved = torch.linalg.solve(system, torch.cat([targets, targets.new_zeros(n, SPLINES, 3, 2)], 2))
    flat = places.reshape(1, 1, -1, 2).float().expand(n, SPLINES, -1, -1)
    moved = torch.cat([kernel(flat, controls), affine(flat)], -1) @ solved
    return moved.view(n, SPLINES, *places.shape).to(places.dtype)


class DenseMotion(nn.Module):
    """Flow at a quarter of the size; occlusions at an eighth, a quarter, a half and the whole."""

    def __init__(self):
        super().__init__()
        self.shrink = AntiAlias()
        self.hourglass = Hourglass((SPLINES + 1) * 3 + SPLINES * EACH + 1, 64, norm=instance_norm)
        last = self.hourglass.channels[-1]
        self.maps = nn.Conv2d(last, SPLINES + 1, 7, padding=3)
        self.up = nn.ModuleList(Block(last >> i, last >> (i + 1), resize='up', norm=instance_norm) for i in range(2))
        widths = [self.hourglass.channels[-2], last, last >> 1, last >> 2]
        self.occlusions = nn.ModuleList(nn.Conv2d(width, 1, 7, padding=3) for width in widths)

    def forward(self, small: torch.Tensor, driving: torch.Tensor, source: torch.Tensor) -> tuple[torch.Tensor, list[torch.Tensor]]:
        n, _, h, w = small.shape
        places = grid(h, w, like=small)
        heat = heatmaps(driving, places) - heatmaps(source, places)
        heat = torch.cat([torch.zeros_like(heat[:, :1]), heat], 1)
        flows = torch.cat([places.expand(n, 1, h, w, 2), spline_flows(driving, source, places)], 1)
        copies = small[:, None].expand(n, SPLINES + 1, 3, h, w).reshape(-1, 3, h, w)
        warped = F.grid_sample(copies, flows.view(-1, h, w, 2), align_corners=False).view(n, -1, h, w)
        *_, before, x = self.hourglass(torch.cat([heat, warped], 1))
        weights = F.softmax(self.maps(x), 1)
        levels = [before, x]
        for block in self.up:
            levels.append(block(levels[-1]))
        return (flows * weights[..., None]).sum(1), [torch.sigmoid(conv(level)) for conv, level in zip(self.occlusions, levels)]


class Inpainting(nn.Module):
    """Decodes the warped features of four levels, each behind its own occlusion."""

    def __init__(self):
        super().__init__()
        widths = [64, 128, 256, 512]
        self.enter = Block(3, 64, 7, norm=instance_norm)
        self.down = nn.ModuleList(Block(a, b, resize='down', norm=instance_norm) for a, b in zip(widths, widths[1:]))
        inputs, outputs = [512, 512, 256], [256, 128, 64]
        self.residual = nn.ModuleList(nn.Sequential(*(Residual(width, norm=instance_norm) for _ in range(2))) for width in inputs)
        self.up = nn.ModuleList(Block(a, b, resize='up', norm=instance_norm) for a, b in zip(inputs, outputs))
        self.out = nn.Conv2d(64, 3, 7, padding=3)

    def encode(self, photo: torch.Tensor) -> list[torch.Tensor]:
        """Deepest level first."""
        levels = [self.enter(photo)]
        for block in self.down:
            levels.append(block(levels[-1]))
        return levels[::-1]

    def forward(self, levels: list[torch.Tensor], photo: torch.Tensor, flow: torch.Tensor, occlusions: list[torch.Tensor]) -> torch.Tensor:
        def seen(x: torch.Tensor, occlusion: torch.Tensor) -> torch.Tensor:
            return warp(x, flow) * shrunk(occlusion, x)

        x = seen(levels[0], occlusions[0])
        for i, (residual, up) in enumerate(zip(self.residual, self.up)):
            x = up(residual(x))
            skip = seen(levels[i + 1], occlusions[i + 1])
            x = torch.cat([x, skip], 1) if i < 2 else x * (1 - occlusions[-1]) + skip
        kept = shrunk(occlusions[-1], photo)
        return torch.sigmoid(self.out(x)) * (1 - kept) + warp(photo, flow) * kept


class Tpsmm(nn.Module):
    """`source(photo)` once, then `forward(frame, kept)` for each frame; both 256 x 256, values 0..1."""

    side, output_side = 256, 256

    def __init__(self):
        super().__init__()
        self.keypoints, self.dense_motion, self.inpainting = ResNet18(SPLINES * EACH * 2), DenseMotion(), Inpainting()

    def points(self, frame: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(self.keypoints(frame)).view(len(frame), -1, 2) * 2 - 1

    def source(self, photo: torch.Tensor) -> tuple:
        return photo, self.points(photo), self.dense_motion.shrink(photo), self.inpainting.encode(photo)

    def forward(self, frame: torch.Tensor, kept: tuple) -> torch.Tensor:
        photo, points, small, levels = kept
        return self.inpainting(levels, photo, *self.dense_motion(small, self.points(frame), points))
