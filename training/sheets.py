"""Pictures for people: sample sheets and loss curves, with Pillow only."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw

from batches import Batch
from model import Controls

ZOOM = 2


def _grey(x: torch.Tensor) -> torch.Tensor:
    return x.expand(-1, 3, -1, -1)


def sample_sheet(path: Path, batch: Batch, image: torch.Tensor, controls: Controls, rows: int = 8) -> None:
    """A column per sample: source, warp, draft, graded driver, result, target, alpha, choices (red: warp, green: driver), contours and validity."""
    lines = (batch.distance.abs().amin(1, keepdim=True) < 0.06).float() * 0.6 + batch.valid * 0.4
    choices = torch.cat([controls.back, controls.choice, torch.zeros_like(controls.back)], 1)
    columns = [batch.source, batch.warp, batch.draft, batch.driver, image, batch.target, _grey(controls.alpha), choices, _grey(lines)]
    rows = min(rows, len(batch.source))
    picture = torch.cat([torch.cat(list(column[:rows]), 2) for column in columns], 1)
    array = (picture.detach().float().clamp(0, 1) * 255).round().byte().permute(1, 2, 0).cpu().numpy()
    sheet = Image.fromarray(array)
    sheet.resize((sheet.width * ZOOM, sheet.height * ZOOM), Image.NEAREST).save(path)


def curves(path: Path, history: list[dict], width: int = 900, height: int = 360) -> None:
    """One panel per quantity of `history` ({'step': .., name: value, ..}), logarithmic where all values are positive."""
    names = sorted({k for row in history for k in row} - {'step', 'seconds'})
    sheet = Image.new('RGB', (width, height * max(1, len(names))), 'white')
    draw = ImageDraw.Draw(sheet)
    for panel, name in enumerate(names):
        points = [(row['step'], row[name]) for row in history if name in row and np.isfinite(row[name])]
        if not points:
            continue
        x, y = np.array(points, float).T
        logarithmic = (y > 0).all()
        v = np.log10(y) if logarithmic else y
        low, high = v.min(), max(v.max(), v.min() + 1e-6)
        top = panel * height
        px = 60 + (x - x[0]) / max(1, x[-1] - x[0]) * (width - 80)
        py = top + height - 30 - (v - low) / (high - low) * (height - 70)
        draw.rectangle((60, top + 40, width - 20, top + height - 30), outline='#ccc')
        draw.line(list(zip(px.tolist(), py.tolist())), fill='#1f4e9c', width=2)
        last = f'{name}: last {y[-1]:.5g}, best {y.min():.5g}' + (', logarithmic' if logarithmic else '')
        draw.text((60, top + 15), last, fill='black')
        draw.text((60, top + height - 25), f'step {int(x[0])}', fill='black')
        draw.text((width - 110, top + height - 25), f'step {int(x[-1])}', fill='black')
    sheet.save(path)
