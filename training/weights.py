"""Reads the product's weights back into networks: what export.py wrote."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch

TYPES = {'float16': '<f2', 'float32': '<f4'}


def product_name(name: str) -> str:
    """PyTorch's name of a parameter -> the product's."""
    return name.replace('.conv.', '.').replace('.layers.', '.')


def read_manifest(folder: Path) -> dict:
    return json.loads((folder / 'manifest.json').read_text())


def widths_in(folder: Path, kind: str) -> tuple:
    """Of the network of `kind` in models/<tier>; none where it has none."""
    shapes = {tensor['name']: tensor['shape'] for tensor in read_manifest(folder)['tensors']}
    return tuple(shapes[f'{kind}.{layer}.bias'][0] for layer in ('same1', 'same2', 'same3') if f'{kind}.{layer}.bias' in shapes)


@torch.no_grad()
def read_weights(folder: Path, refiners: torch.nn.ModuleDict) -> dict[str, float]:
    """`folder`: models/<tier>, with networks of the same widths; the others that it holds are left alone. Returns the manifest's metrics."""
    manifest = read_manifest(folder)
    blobs = {file['name']: (folder / file['name']).read_bytes() for file in manifest['files']}
    stored = {tensor['name']: tensor for tensor in manifest['tensors']}
    for name, parameter in refiners.named_parameters():
        tensor = stored.get(product_name(name))
        if tensor is None:
            raise SystemExit(f"Expected weights of '{name}' in {folder} but there are none.")
        array = np.frombuffer(blobs[tensor['file']], TYPES[tensor['dtype']], int(np.prod(tensor['shape'])), tensor['offset']).reshape(tensor['shape'])
        # tfjs has outputs last, PyTorch first.
        value = torch.from_numpy(array.astype(np.float32)).permute({4: (3, 2, 0, 1), 2: (1, 0), 1: (0,)}[array.ndim])
        if value.shape != parameter.shape:
            raise SystemExit(f"Expected '{name}' in {folder} to be {list(parameter.shape)} but it is {list(value.shape)}: widths of another config?")
        parameter.copy_(value)
    return manifest['metrics']
