"""Measures frames a second of one process: `python3 -m heads.speed --assets DIR [--size 256]` (processor time, so that other load hardly counts)."""

import argparse
import time

from .head import Head
from .pack import load_pack
from .people import identity
from .performance import moments
from .render import backward_flow, render, view


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--assets', required=True)
    parser.add_argument('--size', type=int, default=256)
    parser.add_argument('--people', type=int, default=6)
    parser.add_argument('--frames', type=int, default=8, help='per person')
    o = parser.parse_args()
    pack = load_pack(o.assets, half=o.size <= 320)
    Head(pack, identity(0))  # builds what all people share
    spent = dict.fromkeys(('head', 'picture', 'picture and truth', 'flow'), 0.0)

    def timed(name, call):
        start = time.process_time()
        out = call()
        spent[name] += time.process_time() - start
        return out

    for seed in range(1, o.people + 1):
        head, moves, scenery = timed('head', lambda: Head(pack, identity(seed))), moments(seed, o.frames), view(pack, seed, o.size)
        for i in range(o.frames):
            timed('picture', lambda: render(head, moves.state(i), scenery, truth=False))
            truth = timed('picture and truth', lambda: render(head, moves.state(i), scenery)).truth
            timed('flow', lambda: backward_flow(head, truth, truth))
    n = o.people * o.frames
    print(f'one person: {spent["head"] / o.people:.2f} s')
    for name in ('picture', 'picture and truth', 'flow'):
        print(f'{name}: {1000 * spent[name] / n:.1f} ms = {n / spent[name]:.1f} a second')


if __name__ == '__main__':
    main()
