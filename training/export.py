"""Writes a checkpoint as the product's weights, and golden tensors that pin the runtime to PyTorch.

    python3 training/export.py OUT/checkpoint.pt --tier standard --version 0.1.0 --models models --golden tests/golden

With `--others`, checkpoints or folders of weights (models/standard), it is the mean of all: runs that began at the same weights differ in what they
learnt by chance, and their mean errs less than each (Wortsman et al. 2022, "Model soups"). With `--take eye=models/high`, that network comes from there as it is,
whatever its widths. `--data DATA` measures all on that folder's held-out groups.

`models/<tier>/manifest.json` and `weights.bin` are what src/generator/tensor/{manifest,weights}.ts reads: float16, little-endian,
convolutions [3, 3, in, out] and linear maps [in, out] as tfjs wants them, row-major, names `<mouth|eye|face>.<layer>.<weight|bias>`.
The averaged weights are rounded to float16 first; the golden tensors are computed in float32 with the rounded ones.

Golden file (`refiner-<tier>.json` lists the arrays in `.bin`, little-endian, without the batch's dimension): for each network
`input` [h, w, 17] bytes (value = byte / 255, of the distances in channels 13 and 14 byte / 127.5 - 1), `vector` [24] of its source channels,
`head` [h/2, w/2, 18] before any activation, and the controls `residual`, `gain` [h/2, w/2, 3], `alpha`, `back`, `choice` [h, w, 1], a face's kept to the skin and local.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import json
from pathlib import Path

import numpy as np
import torch

from config import Config
from draft_crops import SHAPES
from model import CHANNELS, Refiner, controls_of, local, pack, skin
from pairs import held_out_pairs
from train import evaluate, make_refiners
from weights import product_name, read_weights, widths_in

LICENCE = 'Apache-2.0'
TRAINING_DATA = (
    'Synthetic heads only: parametric faces drawn from ICT-FaceKit (MIT) with MakeHuman (CC0) skins, hair and eyes, rendered by training/heads, '
    'in cross-reenactment pairs with exact ground truth. No photograph of a person was used.'
)


def read_checkpoint(path: Path) -> tuple[torch.nn.ModuleDict, dict]:
    """The averaged networks, and all that the checkpoint says."""
    checkpoint = torch.load(path, map_location='cpu', weights_only=True)
    refiners = make_refiners(config_of(checkpoint))
    refiners.load_state_dict(checkpoint['average'])
    for refiner in refiners.values():
        refiner.enter.conv.fold()
    return refiners.eval(), checkpoint


def read_networks(folder: Path, kinds: tuple[str, ...] = tuple(SHAPES), identity: int = Config.identity) -> torch.nn.ModuleDict:
    """Those of `kinds` that models/<tier> has, at their widths there."""
    networks = torch.nn.ModuleDict({kind: Refiner(widths, identity, kind) for kind in kinds if (widths := widths_in(folder, kind))})
    read_weights(folder, networks)
    return networks.eval()


def config_of(checkpoint: dict) -> Config:
    known = {field.name for field in dataclasses.fields(Config)}  # older checkpoints may know more
    return Config(**{name: value for name, value in checkpoint['config'].items() if name in known})


@torch.no_grad()
def read_mean(first: Path, others: list[Path], taken: dict[str, Path] | None = None) -> tuple[torch.nn.ModuleDict, dict]:
    """The mean of a checkpoint and of others or of folders of weights; networks of the kinds `taken` are those of a folder. And what the first one says."""
    refiners, checkpoint = read_checkpoint(first)
    config = config_of(checkpoint)
    taken = {kind: read_networks(folder, (kind,), config.identity)[kind] for kind, folder in (taken or {}).items()}
    meant = [kind for kind in refiners if kind not in taken]

    def parameters(networks: torch.nn.ModuleDict) -> list[torch.Tensor]:
        return [parameter for kind in meant for parameter in networks[kind].parameters()]

    total = [parameter.clone() for parameter in parameters(refiners)]
    for path in others:
        if path.is_dir():
            other = make_refiners(dataclasses.replace(config, kinds=tuple(meant)))
            read_weights(path, other)
        else:
            other, _ = read_checkpoint(path)
        if [p.shape for p in parameters(other)] != [p.shape for p in total]:
            raise SystemExit(f'Expected networks of the same widths as those of {first} but {path} has others.')
        torch._foreach_add_(total, parameters(other))
    for parameter, value in zip(parameters(refiners), total):
        parameter.copy_(value / (1 + len(others)))
    refiners.update(taken)
    return refiners, checkpoint


def round_to_half(refiners: torch.nn.ModuleDict) -> None:
    with torch.no_grad():
        for parameter in refiners.parameters():
            parameter.copy_(parameter.half().float())


def layout(name: str, value: torch.Tensor) -> tuple[str, np.ndarray]:
    """PyTorch's name and order -> the product's."""
    array = value.detach().cpu().numpy()
    if array.ndim == 4:
        array = array.transpose(2, 3, 1, 0)
    elif array.ndim == 2:
        array = array.T
    return product_name(name), np.ascontiguousarray(array)


def write_weights(refiners: torch.nn.ModuleDict, folder: Path, *, tier: str, version: str, metrics: dict[str, float]) -> dict:
    """`manifest.json` and `weights.bin` in `folder`; returns the manifest."""
    tensors, chunks, offset = [], [], 0
    for name, parameter in refiners.named_parameters():
        name, array = layout(name, parameter)
        data = array.astype('<f2').tobytes()
        tensors.append({'name': name, 'shape': list(array.shape), 'dtype': 'float16', 'file': 'weights.bin', 'offset': offset})
        chunks.append(data)
        offset += len(data)
    blob = b''.join(chunks)
    manifest = {
        'name': f'tableau-vivant refiner, {tier}',
        'tier': tier,
        'version': version,
        'licence': LICENCE,
        'trainingData': TRAINING_DATA,
        'metrics': metrics,
        'files': [{'name': 'weights.bin', 'sha256': hashlib.sha256(blob).hexdigest(), 'bytes': len(blob)}],
        'tensors': tensors,
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / 'weights.bin').write_bytes(blob)
    (folder / 'manifest.json').write_text(json.dumps(manifest, indent=1) + '\n')
    return manifest


def golden_input(kind: str) -> np.ndarray:
    """[h, w, 17] bytes: smooth waves with noise, the driver present, constant planes constant."""
    rs = np.random.RandomState(len(kind))
    height, width = SHAPES[kind]
    y, x = np.mgrid[:height, :width]
    waves = [np.sin(x / rs.uniform(3, 15) + y / rs.uniform(3, 15) + c) for c in range(CHANNELS)]
    out = np.clip(np.round(127.5 + 70 * np.stack(waves, -1) + rs.randn(height, width, CHANNELS) * 12), 0, 255)
    out[..., 15], out[..., 16] = 64, 255
    return out.astype(np.uint8)


def golden_values(data: np.ndarray) -> torch.Tensor:
    """[h, w, 17] bytes -> [1, 17, h, w]."""
    x = data.astype(np.float32) / np.float32(255)
    x[..., 13:15] = data[..., 13:15].astype(np.float32) / np.float32(127.5) - 1
    return torch.from_numpy(x).permute(2, 0, 1)[None]


def write_golden(refiners: torch.nn.ModuleDict, folder: Path, tier: str) -> None:
    index, chunks, offset = {}, [], 0

    def keep(kind: str, name: str, array: np.ndarray) -> None:
        nonlocal offset
        dtype = 'uint8' if array.dtype == np.uint8 else 'float32'
        data = np.ascontiguousarray(array, dtype).tobytes()
        index.setdefault(kind, {})[name] = {'shape': list(array.shape), 'dtype': dtype, 'offset': offset}
        chunks.append(data + b'\0' * (-len(data) % 4))
        offset += len(chunks[-1])

    for kind in refiners:
        data = golden_input(kind)
        crop = golden_values(data)
        refiner: Refiner = refiners[kind]
        with torch.no_grad():
            vector = refiner.embed(crop[:, :3])
            head = refiner.head(pack(crop), refiner.modulation(vector))
            controls = controls_of(head, crop[:, -1:, :1, :1], crop[:, 6:7])
            if kind == 'face':
                controls = local(controls._replace(alpha=controls.alpha * skin(crop[:, 13:15])))
        keep(kind, 'input', data)
        keep(kind, 'vector', vector[0].numpy())
        for name, value in (('head', head), *zip(controls._fields, controls)):
            keep(kind, name, value[0].permute(1, 2, 0).numpy())
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f'refiner-{tier}.bin').write_bytes(b''.join(chunks))
    (folder / f'refiner-{tier}.json').write_text(json.dumps(index, indent=1) + '\n')


def last_metrics(history: Path, kind: str) -> dict[str, float]:
    """The last evaluation of a run, named as the manifest wants them."""
    rows = [row for row in json.loads(history.read_text()) if f'{kind}_l1' in row] if history.exists() else []
    return {f'held_out_{k}': round(v, 6) for k, v in (rows[-1] if rows else {}).items() if k not in ('step', 'seconds')}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('checkpoint', type=Path)
    parser.add_argument('--others', type=Path, nargs='*', action='extend', default=[], help='of the same widths')
    parser.add_argument('--take', type=lambda text: text.split('=', 1), nargs='*', action='extend', default=[], metavar='KIND=FOLDER')
    parser.add_argument('--data', type=Path)
    parser.add_argument('--tier', choices=['standard', 'high'], default='standard')
    parser.add_argument('--version', required=True)
    parser.add_argument('--models', type=Path, required=True)
    parser.add_argument('--golden', type=Path)
    options = parser.parse_args()
    refiners, checkpoint = read_mean(options.checkpoint, options.others, {kind: Path(folder) for kind, folder in options.take})
    round_to_half(refiners)
    if options.data:
        metrics = {f'held_out_{k}': round(v, 6) for k, v in evaluate(refiners, held_out_pairs(options.data)).items()}
    elif options.others:
        metrics = {}  # a run's own are of that run
    else:
        metrics = last_metrics(options.checkpoint.parent / 'history.json', next(iter(refiners)))
    metrics |= {'averaged': 1 + len(options.others)} if options.others else {}
    metrics |= {'steps': checkpoint['step'], 'groups_seen': checkpoint['groups_seen'], 'training_minutes': round(checkpoint['seconds'] / 60, 1)}
    manifest = write_weights(refiners, options.models / options.tier, tier=options.tier, version=options.version, metrics=metrics)
    if options.golden:
        write_golden(refiners, options.golden, options.tier)
    print(f"{options.models / options.tier}: {len(manifest['tensors'])} tensors, {manifest['files'][0]['bytes'] / 2**20:.2f} MiB")


if __name__ == '__main__':
    main()
