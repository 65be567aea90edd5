#!/usr/bin/env python3
"""Render the teeth atlas: python3 training/performer/teeth_atlas.py --assets DIR --out assets/teeth-atlas

Writes OUT-upper.png (upper teeth and gums), OUT-lower.png (lower teeth, gums, tongue) and OUT.json. The layers are seen straight
from the front, without perspective, with nothing else of the head; alpha is coverage, colour is sRGB and not premultiplied.
"""

import argparse
import json
import os

import numpy as np
from PIL import Image

from assets import load_renderer
from look import make_head, unit
from mouth import TEETH_LOWER, TEETH_UPPER, TONGUE
from script import PERFORMER

MOUTH_PIXELS = 384  # pixels per mouth width (outer corner to outer corner, closed neutral mouth)
SAMPLES = 4  # per axis and pixel
LOWER_JAW = 0.35  # jawOpen while the lower layer is drawn: the jaw's usual tilt when its teeth can be seen
GUMS_UPPER, GUMS_LOWER = 4, 5
UPPER_PARTS, LOWER_PARTS = (GUMS_UPPER, TEETH_UPPER), (GUMS_LOWER, TONGUE, TEETH_LOWER)
BACK = 4.6  # parts behind this depth (model units, lips at about 11) are left out


def rigid(before, after):
    """Rotation and shift that carry points `before` onto `after` in the least squares sense (Kabsch)."""
    a, b = before.mean(0), after.mean(0)
    u, _, vt = np.linalg.svd((before - a).T @ (after - b))
    sign = np.sign(np.linalg.det(vt.T @ u.T))
    rotation = vt.T @ np.diag([1, 1, sign]) @ u.T
    return rotation, b - rotation @ a


def draw(R, head, weights, parts, centre, scale, size):
    """One layer as linear premultiplied RGBA (size, size, 4); `centre` is in the middle, `scale` pixels per model unit."""
    points, normals, _ = head.geometry(weights, np.zeros(3), np.zeros(2))
    drawn = np.isin(head.M.tri_part, list(R.PART2MAT))
    part = np.full(len(head.tri), -1)
    part[: drawn.sum()] = head.M.tri_part[drawn]
    middle = points[head.tri].mean(1)
    y = head.rest[head.tri][:, :, 1].mean(1)
    behind = (middle[:, 2] < 8) & (((part == GUMS_UPPER) & (y < -2.4)) | ((part == GUMS_LOWER) & (y > -2.9)))  # where the gums meet behind the last teeth
    chosen = np.where(np.isin(part, parts) & (middle[:, 2] > BACK) & ~behind)[0].astype(np.int32)
    shadow, head.shadow = head.shadow, chosen  # the layer shades itself only
    front = points[head.tri[chosen], 2].max()
    far = np.minimum(np.exp((points[:, 2] - front + 0.9) * 0.14), 1)  # darker towards the molars
    occlusion = R.f32((0.10 + 0.90 * head.occlusion(points, 64, 256) ** 0.85) * far)
    head.shadow = shadow
    s = size * SAMPLES
    k = scale * SAMPLES
    screen = np.stack([s / 2 + (points[:, 0] - centre[0]) * k, s / 2 - (points[:, 1] - centre[1]) * k, -points[:, 2], np.ones(len(points))], 1)
    _, index, weights_in = head.raster(R.f32(screen), chosen, s)
    hit = index >= 0
    index[hit] = chosen[index[hit]]
    lights = [(unit([0.25, 0.35, 1.0]), 0.40), (unit([-0.55, 0.1, 0.8]), 0.18), (unit([0.6, -0.35, 0.7]), 0.10)]
    lamps = (R.Light * 3)(*[R.Light((R.C.c_float * 3)(*d), (R.C.c_float * 3)(c, c, c), 0) for d, c in lights])
    ambient = R.f32(np.tile([0.40, 0.06, 0.12, 0.02, 0, 0, 0, 0, 0], (3, 1)))
    camera = R.f32([centre[0], centre[1], 600.0])
    nothing = np.full((4, 4), 1e9, np.float32)
    matrix = np.zeros((3, 4), np.float32)
    out = np.empty((s, s, 4), np.float32)
    p = R.ptr
    head_arrays = (p(points), p(head.rest), p(normals), p(head.uv), p(head.vcol), p(occlusion), p(head.scalp))
    R.LIB.shade(
        s, s, p(index), p(weights_in), p(head.tri), p(head.tm), *head_arrays, head.mats, head.tex,
        p(ambient), 3, lamps, p(camera), p(nothing), 4, p(matrix), p(R.f32(head.hairc)), p(out),
    )  # fmt: skip
    out *= root_fade(index, part, middle[:, 2], 22 * SAMPLES, GUMS_UPPER in parts)[:, None, None]
    return out.reshape(size, SAMPLES, size, SAMPLES, 4).mean((1, 3))


def root_fade(index, part, depth, length, upper):
    """Factor per row, 0 at the far edge of the front gum (behind it the roots would show) rising to 1 over `length` rows that start half as far in."""
    column = index[:, index.shape[1] // 2]
    gum = np.where((column >= 0) & np.isin(part[column], (GUMS_UPPER, GUMS_LOWER)) & (depth[column] > 8))[0]
    rows = np.arange(len(index))
    x = np.clip((rows - gum[0] if upper else gum[-1] - rows) / length - 0.5, 0, 1)
    return (x * x * (3 - 2 * x)).astype(np.float32)


def picture(linear):
    """Linear premultiplied RGBA to 8-bit sRGB-like RGBA, straight alpha."""
    alpha = linear[..., 3:]
    colour = np.clip(linear[..., :3] / np.maximum(alpha, 1e-4), 0, 1) ** (1 / 2.2)
    return (np.concatenate([colour * (alpha > 0), alpha], 2) * 255 + 0.5).astype(np.uint8)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--assets', required=True, help='folder of the heads pack')
    parser.add_argument('--out', required=True, help='path without ending, e.g. assets/teeth-atlas')
    options = parser.parse_args()
    R = load_renderer(options.assets)
    model = R.Model()
    head = make_head(R, model, PERFORMER)
    mats = head.mats
    mats[R.MAT['teeth']].rough = 0.32  # a broad, quiet gloss: the portrait brings its own light
    mats[R.MAT['teeth']].tint[:] = (0.68, 0.625, 0.53)
    mats[R.MAT['tongue']].tint[:] = (0.50, 0.20, 0.19)
    mats[R.MAT['tongue']].spec = 0.25
    mats[R.MAT['gums']].spec = 0.30

    landmarks = head.neu[model.lm]
    mouth = np.linalg.norm(landmarks[54] - landmarks[48])
    centre = (landmarks[60] + landmarks[64]) / 2
    lip = landmarks[62, 2]  # front of the upper lip's inner edge
    scale = MOUTH_PIXELS / mouth
    size = int(1.7 * MOUTH_PIXELS) // 2 * 2
    layers = {}
    for name, parts, teeth, jaw in (('upper', UPPER_PARTS, TEETH_UPPER, 0.0), ('lower', LOWER_PARTS, TEETH_LOWER, LOWER_JAW)):
        weights = np.zeros(len(model.names))
        weights[model.ix['jawOpen']] = jaw
        ids = model.part == teeth
        posed = head.face(weights, (0, 0))
        rotation, shift = rigid(head.neu[ids], posed[ids])
        carried = rotation @ centre + shift  # where the jaw takes the centre of the closed mouth
        image = picture(draw(R, head, weights, parts, carried, scale, size))
        rows, columns = np.where(image[..., 3].max(1) > 0)[0], np.where(image[..., 3].max(0) > 0)[0]
        top, bottom, left, right = rows[0] - 2, rows[-1] + 3, columns[0] - 2, columns[-1] + 3
        path = f'{options.out}-{name}.png'
        Image.fromarray(image[top:bottom, left:right]).save(path, optimize=True)
        tooth = posed[ids]
        front = tooth[np.abs(tooth[:, 0] - centre[0]) < 0.16 * mouth]
        canine = tooth[np.abs(np.abs(tooth[:, 0] - centre[0]) - 0.32 * mouth) < 0.04 * mouth]
        edge = front[:, 1].min() if name == 'upper' else front[:, 1].max()
        # Depths are those of the closed mouth: the jaw's own backward swing is not part of the layer.
        back = carried[2] - centre[2]
        layers[name] = {
            'file': os.path.basename(path),
            'width': int(right - left),
            'height': int(bottom - top),
            'mouthCentre': [round(size / 2 - left, 1), round(size / 2 - top, 1)],
            'incisalY': round(float(size / 2 - (edge - carried[1]) * scale - top), 1),
            'incisorDepth': round(float((lip - front[:, 2].max() + back) / mouth), 3),
            'canineDepth': round(float((lip - canine[:, 2].max() + back) / mouth), 3),
        }
    record = {
        'description': 'Teeth of the synthetic performer, seen from the front; see training/performer/README.md',
        'pixelsPerMouthWidth': MOUTH_PIXELS,
        'mouthWidth': 'outer corner to outer corner of the closed neutral mouth (MediaPipe 61 to 291)',
        'mouthCentre': 'pixel of the middle of the inner lip corners (78, 308) of the closed neutral mouth; in the lower layer, of the point that moves with the jaw and lies there when the mouth is closed',
        'incisalY': 'pixel row of the cutting edge of the middle incisors',
        'depths': 'mouth widths behind the inner edge of the upper lip, positive away from the viewer',
        'layers': layers,
    }
    with open(options.out + '.json', 'w', encoding='utf-8') as f:
        json.dump(record, f, indent=2)
        f.write('\n')


if __name__ == '__main__':
    main()
