"""Sample sheets for a look at the renderer.

    python3 -m heads.sheets --assets DIR --out ../docs/gallery

writes heads-identities.jpg (30 people, every second one in the middle of a performance) and heads-expressions.jpg (6 people, 10 expressions).
"""

import argparse
import dataclasses
import os

import numpy as np

from .expressions import STRONG
from .head import Head
from .performance import Motion, State, moments
from .pack import Pack, load_pack
from .people import identity
from .render import render, view

FIRST_SEED = 100  # of the people on the sheets
EXPRESSION_SEEDS = (103, 111, 104, 118, 121, 108)
EXPRESSION_COLUMNS = ('rest', 'blink', 'grin', 'laugh', 'wideOpen', 'grimace', 'shout', 'tongueOut', 'pucker', 'brows')


def expression_state(pack: Pack, name: str) -> State:
    """The middle of a strong expression's range, or one of rest, blink, pucker, brows; the head a little turned."""
    plain = {
        'rest': {}, 'blink': {'eyeBlink': 1}, 'pucker': {'mouthPucker': 1, 'browInnerUp': 0.5}, 'brows': {'browInnerUp': 0.9, 'browOuterUp': 0.9, 'eyeWide': 0.4},
    }  # fmt: skip
    pose = np.array([0.15, 0.02, 0.0])
    if name in plain:
        return State(pack.weights(plain[name]), pose, np.zeros(2), np.zeros(3))
    ranges, (lift, out), _ = STRONG[name]
    return State(pack.weights({k: (a + b) / 2 for k, (a, b) in ranges.items()}), pose, np.zeros(2), np.array([lift / 2, out * 0.8, 0]))


def calm_first(moves: Motion) -> Motion:
    """The same instants, those without a strong expression or a blink in front."""
    return moves.take(np.argsort(moves.strong * 2.0 + moves.expression[:, 14], kind='stable'))


def identities(pack: Pack, columns: int = 6, rows: int = 5, size: int = 176) -> np.ndarray:
    """People FIRST_SEED.. in their own light, calm and strong by turns, uint8."""
    out = []
    for seed in range(FIRST_SEED, FIRST_SEED + columns * rows):
        moves = calm_first(moments(seed, 6))
        state = moves.state(0 if seed % 2 == 0 else len(moves) - 2)
        out.append(render(Head(pack, identity(seed)), state, view(pack, 31 * seed, size, 0.86), truth=False).rgb)
    return np.concatenate([np.concatenate(out[i : i + columns], 1) for i in range(0, len(out), columns)])


def expressions(pack: Pack, size: int = 150) -> np.ndarray:
    """EXPRESSION_SEEDS down, EXPRESSION_COLUMNS across, uint8."""
    rows = []
    for seed in EXPRESSION_SEEDS:
        head, scenery = Head(pack, identity(seed)), view(pack, 31 * seed, size, 0.56)
        scenery = dataclasses.replace(scenery, camera=dataclasses.replace(scenery.camera, x=0.3, y=0.4))
        rows.append(np.concatenate([render(head, expression_state(pack, n), scenery, truth=False).rgb for n in EXPRESSION_COLUMNS], 1))
    return np.concatenate(rows)


def main() -> None:
    from PIL import Image

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--assets', required=True)
    parser.add_argument('--out', required=True)
    options = parser.parse_args()
    pack = load_pack(options.assets, half=True)
    for name, picture in (('identities', identities(pack)), ('expressions', expressions(pack))):
        Image.fromarray(picture).save(os.path.join(options.out, f'heads-{name}.jpg'), quality=86, optimize=True)


if __name__ == '__main__':
    main()
