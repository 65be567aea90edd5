#!/usr/bin/env python3
"""Render the still pictures: python3 training/performer/portraits.py --assets DIR --portrait FILE.jpg --sheet FILE.jpg --people FOLDER"""

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

from assets import load_renderer
from casting import Cast
from look import Studio, ambient_occlusion, degrees, make_head

CALM = {'browInnerUp': 0.14, 'browOuterUp': 0.10, 'eyeBlink': 0.06, 'mouthSmile': 0.12}

PORTRAIT = Cast(
    seed=8,
    skin='middleage_darkskinned_female',
    hair='ponytail01',
    hair_colour='darkest',
    eyes='darkbrown',
    brow=1,
    lashes=2,
    sigma=0.65,
    cloth=(0.14, 0.04, 0.028),
    rest=CALM,
)
PORTRAIT_WALL = ((0.20, 0.155, 0.095), (0.035, 0.030, 0.024))  # ochre, falling off to umber

# Chosen by eye from about a hundred draws. None wears afro01, bob01, bob02, short03 or braid01 (caps, or hair over one eye).
SHEET = (
    Cast(17, 'young_lightskinned_male', 'short04', 'dark', 'brownlight', 12, 1, 0.65, (0.055, 0.085, 0.12), rest=CALM),
    Cast(8, 'middleage_darkskinned_female', 'ponytail01', 'darkest', 'darkbrown', 1, 2, 0.65, (0.20, 0.055, 0.035), rest=CALM),
    Cast(17, 'young_lightskinned_female2', 'ponytail01', 'brown', 'green', 6, 3, 0.6, (0.10, 0.14, 0.09), rest=CALM),
    Cast(12, 'middleage_lightskinned_male', 'receding', 'grey', 'grey', 12, 1, 0.65, (0.12, 0.10, 0.08), rest=CALM),
    Cast(28, 'young_darkskinned_male', 'buzz', 'black', 'darkbrown', 12, 1, 0.65, (0.25, 0.22, 0.16), rest=CALM),
    Cast(3, 'middleage_lightskinned_female2', 'ponytail01', 'auburn', 'bluegreen', 6, 2, 0.6, (0.09, 0.08, 0.15), rest=CALM),
    Cast(11, 'young_lightskinned_male2', 'short04', 'blond', 'blue', 1, 1, 0.65, (0.16, 0.16, 0.17), rest=CALM),
    Cast(42, 'old_lightskinned_male2', 'bald', 'dark', 'grey', 1, 1, 0.6, (0.06, 0.07, 0.06), rest=CALM),
)


def still(R, model, cast, scene, samples, head_turn, smile=0.0):
    """One picture (size, size, 3) uint8, the eyes towards the camera; `head_turn` is yaw, pitch, roll in degrees."""
    head = make_head(R, model, cast)
    weights = head.rest_weights.copy()
    for name, value in (('mouthSmile', 0.75), ('mouthUpperUp', 0.36), ('mouthLowerDown', 0.2), ('jawOpen', 0.06), ('cheekSquint', 0.5), ('eyeSquint', 0.25)):
        for key in [name] if name in model.ix else [name + '_L', name + '_R']:
            weights[model.ix[key]] += smile * value
    occlusion = ambient_occlusion(R, head, weights, directions=96, resolution=256)
    head.ao = (occlusion, occlusion)
    turn = degrees(*head_turn)
    return R.render(head, scene, weights, turn, (-turn[0], -turn[1]), 0, samples)[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--assets', required=True, help='folder of the heads pack')
    parser.add_argument('--portrait', help='768x960 JPEG of one sitter')
    parser.add_argument('--sheet', help='JPEG with several identities, calm above and smiling below')
    parser.add_argument('--people', help='folder: a 384x384 JPEG of each identity of the sheet')
    options = parser.parse_args()
    R = load_renderer(options.assets)
    model = R.Model()
    if options.portrait:
        scene = Studio(R, 960, scale=1.16, centre=(0.4, -0.9), side=-1, wall=PORTRAIT_WALL, exposure=1.5, ambient=0.68).scene
        picture = still(R, model, PORTRAIT, scene, 4, (7, 0, 0))
        Image.fromarray(picture[:, 96:864]).save(options.portrait, quality=90)
    if options.sheet:
        size = 256
        scene = Studio(R, size, scale=0.92, centre=(0.0, 1.3)).scene
        sheet = Image.new('RGB', (4 * size, len(SHEET) // 4 * 2 * size))
        for i, cast in enumerate(SHEET):
            for smile in (0, 1):
                turn = ((-8, 6, -5, 9)[i % 4] * (1 - 2 * smile), 0, (0, 2)[smile])
                tile = Image.fromarray(still(R, model, cast, scene, 4, turn, smile))
                sheet.paste(tile, (i % 4 * size, (i // 4 * 2 + smile) * size))
        sheet.save(options.sheet, quality=88)
    if options.people:
        folder = Path(options.people)
        folder.mkdir(parents=True, exist_ok=True)
        scene = Studio(R, 384, scale=0.92, centre=(0.0, 1.3)).scene
        for i, cast in enumerate(SHEET):
            turn = ((-6, 5, -4, 6)[i % 4], 0, 0)
            Image.fromarray(still(R, model, cast, scene, 4, turn)).save(folder / f'person-{i + 1}.jpg', quality=88)


if __name__ == '__main__':
    main()
