"""Errors on held-out people by what they are labelled with: does the refiner serve everybody alike?

    python3 training/by_group.py models/standard DATA [--json FILE]

DATA: prepared groups; only the held-out ones are read. For each label and value: samples, L1 in the region (0..1) of warp, draft and refined picture.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from pathlib import Path

import torch

from batches import refine, to_batch
from export import read_networks
from pairs import PairSet, held_out_pairs
from train import errors_of, region_of

NAMES = ('warp', 'draft', 'refined')


@torch.no_grad()
def errors_by_group(refiners: torch.nn.ModuleDict, pairs: PairSet) -> dict[str, dict[str, dict]]:
    """{'mouth' | 'eye' | 'face': {'skin light': {'people', 'samples', 'warp', 'draft', 'refined'}, .., 'all': ..}}."""
    out = {}
    for kind in refiners:
        sums, people = defaultdict(lambda: torch.zeros(5, dtype=torch.float64)), defaultdict(set)
        for drawn, group, person in pairs.every(kind):
            batch = to_batch(kind, drawn)
            image, _, _ = refine(refiners[kind], batch)
            row = torch.stack([*(errors_of(p, batch).sum() for p in (batch.warp, batch.draft, image)), 3 * region_of(batch).sum()]).double()
            label = pairs.labels[group][person]
            for key in ('all', *(f'{name} {value}' for name, value in label.items())):
                sums[key] += torch.cat([row, torch.tensor([len(drawn.planes)])])
                people[key].add((group, person))
        out[kind] = {
            key: {'people': len(people[key]), 'samples': int(row[4])} | {name: round((row[i] / row[3]).item(), 5) for i, name in enumerate(NAMES)}
            for key, row in sorted(sums.items())
        }
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('weights', type=Path)
    parser.add_argument('data', type=Path)
    parser.add_argument('--json', type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    table = errors_by_group(read_networks(options.weights), held_out_pairs(options.data))
    for kind, rows in table.items():
        print(f'{kind:18} people samples   warp  draft refined  of draft')
        for key, row in rows.items():
            print(f"  {key:16} {row['people']:6} {row['samples']:7} {row['warp']:6.4f} {row['draft']:6.4f}  {row['refined']:6.4f}  {row['refined'] / row['draft']:8.3f}")
    if options.json:
        options.json.write_text(json.dumps(table, indent=1) + '\n')


if __name__ == '__main__':
    main()
