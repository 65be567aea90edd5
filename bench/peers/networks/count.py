"""Parameters and multiply-adds."""

from __future__ import annotations

from typing import Callable

import torch
import torch.nn as nn


def parameters(module: nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


def macs(module: nn.Module, run: Callable[[], object]) -> int:
    """Multiply-adds of convolutions and linear layers of `module` while `run()` runs; norms, resizing and sampling aren't in it."""
    total = 0

    def add(layer: nn.Module, _, output: torch.Tensor) -> None:
        nonlocal total
        # A weight is used once for each value of one output channel; a linear layer's weight once for each row.
        rows = output.numel() // output.shape[-1] if isinstance(layer, nn.Linear) else output.numel() // output.shape[1]
        total += rows * layer.weight.numel()

    hooks = [m.register_forward_hook(add) for m in module.modules() if isinstance(m, (nn.Conv2d, nn.Conv3d, nn.Linear))]
    try:
        with torch.inference_mode():
            run()
    finally:
        for hook in hooks:
            hook.remove()
    return total
