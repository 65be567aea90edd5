"""Measures how MediaPipe strays from the exact points on renders; the result is committed (landmark_noise.npz), training needs no detector.

    python3 training/calibrate.py render --assets DIR --work WORK
    node training/heads/detect.mjs WORK          # the product's own detector; npm run build first
    python3 training/calibrate.py fit --work WORK
"""

import argparse
import json
from pathlib import Path

import numpy as np

from face_state import RIGID, face_state

PEOPLE, COUPLES, FIRST_SEED = 30, 3, 700_000
OUT = Path(__file__).resolve().parent / 'landmark_noise.npz'


def render_all(assets: Path, work: Path) -> None:
    """WORK/PPP-F.png and WORK/PPP-F.npy: the exact points [478, 3]."""
    from PIL import Image

    from renderer import Studio

    work.mkdir(parents=True, exist_ok=True)
    studio = Studio(assets, 320)
    for k in range(PEOPLE):
        person, motion = studio.person(FIRST_SEED + k), studio.motion(FIRST_SEED + k, COUPLES)
        for f in range(2 * COUPLES):
            name = work / f'{k:03d}-{f}'
            np.save(name.with_suffix('.npy'), studio.exact(person, motion.state(f)))
            Image.fromarray(studio.shoot(person, motion.state(f), f).picture).save(name.with_suffix('.png'))


def fit(work: Path) -> None:
    """In the head's axes and units: the median difference of each point, what stays with a person, and what changes."""
    detections = json.loads((work / 'detections.json').read_text())
    residuals, who = [], []
    for name, points in sorted(detections.items()):
        if points is None:
            continue
        found, exact = np.array(points).reshape(478, 3), np.load(work / f'{name}.npy')
        state = face_state(found)
        exact[:, 2] += state.centre[2] - exact[RIGID, 2].mean()
        residuals.append(((found - exact)[:468] / state.scale) @ state.rotation)
        who.append(int(name[:3]))
    residuals, who = np.array(residuals), np.array(who)
    offset = np.median(residuals, 0)
    noise = residuals - offset
    sane = np.abs(noise[..., :2]).max((1, 2)) < 0.25  # a face that was found elsewhere is not noise
    noise, who = noise[sane], who[sane]
    person = np.array([noise[who == w].mean(0) for w in np.unique(who)])
    expression = np.concatenate([noise[who == w] - noise[who == w].mean(0) for w in np.unique(who)])
    packed = {k: np.clip(v * 4096, -32767, 32767).astype(np.int16) for k, v in (('person', person), ('expression', expression))}
    np.savez_compressed(OUT, offset=offset.astype(np.float32), **packed)
    print(f'{sane.sum()} faces used of {len(sane)} found and {len(detections)} rendered')
    for k, v in (('offset', offset[None]), ('person', person), ('expression', expression)):
        print(f'{k}: rms {np.sqrt((v[..., :2] ** 2).sum(-1).mean()):.4f} head units in the picture, {np.sqrt((v[..., 2] ** 2).mean()):.4f} in depth')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('step', choices=['render', 'fit'])
    parser.add_argument('--assets', type=Path)
    parser.add_argument('--work', type=Path, required=True)
    options = parser.parse_args()
    if options.step == 'render':
        render_all(options.assets, options.work)
    else:
        fit(options.work)


if __name__ == '__main__':
    main()
