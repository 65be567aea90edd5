"""The refiner's two networks as ONNX, with random weights, for the yardstick: python3 bench/peers/export_refiner.py OUT

Needs the package `onnx` besides PyTorch. A sitter's modulation is inside the weights by then, so it isn't in the graph.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'training'))
from model import PACKED, Refiner, count_macs  # noqa: E402


class Head(torch.nn.Module):
    def __init__(self, refiner: Refiner):
        super().__init__()
        self.refiner = refiner

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.refiner.head(x, {})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('out', type=Path)
    parser.add_argument('--mouth', default='32,48,64', help='widths')
    parser.add_argument('--eye', default='16,32,48', help='widths')
    o = parser.parse_args()
    o.out.mkdir(parents=True, exist_ok=True)
    warnings.simplefilter('ignore', DeprecationWarning)  # the newer exporter needs one more package
    for name, widths, batch, height, width in (('mouth', o.mouth, 1, 64, 96), ('eye', o.eye, 2, 48, 64)):
        refiner = Refiner(tuple(map(int, widths.split(','))), 24, name).eval()
        refiner.enter.conv.fold()
        x = torch.zeros(batch, PACKED, height // 2, width // 2)
        torch.onnx.export(Head(refiner), (x,), o.out / f'{name}.onnx', dynamo=False, opset_version=17, input_names=['x'], output_names=['head'])
        print(name, batch * count_macs(refiner, height, width))


if __name__ == '__main__':
    main()
