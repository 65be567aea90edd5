"""Reads the heads pack (a folder, see README.md) and writes it as one .npz, so that a machine without Pillow can render.

    python3 -m heads.prepare --assets DIR --out heads.npz [--full]

Pictures are stored at half size (1024 -> 512), which is all that renders up to about 384 pixels can show; `--full` keeps them whole.
"""

import argparse
import glob
import os

import numpy as np


def _picture(path: str, mode: str, half: bool) -> np.ndarray:
    from PIL import Image

    image = Image.open(path).convert(mode)
    if half and max(image.size) > 256:
        image = image.resize((image.width // 2, image.height // 2), Image.BOX)
    return np.asarray(image)


def read_folder(folder: str, half: bool = False) -> dict:
    """All arrays of the pack by name: `geometry/*`, `lights/*`, `cards/<folder>/<name>/*`, `rgb/<folder>/<name>`, `alpha/<folder>/<name>`."""
    geometry = os.path.join(folder, 'geometry.npz')
    if not os.path.exists(geometry):
        raise SystemExit(f'expected the heads pack in --assets, but there is no {geometry}; see training/heads/README.md')
    out = {f'geometry/{k}': v for k, v in np.load(geometry).items()}
    out.update({f'lights/{k}': v for k, v in np.load(os.path.join(folder, 'lights.npz')).items()})
    for kind in ('hair', 'brows', 'lashes'):
        for path in sorted(glob.glob(os.path.join(folder, kind, '*.npz'))):
            name = os.path.basename(path)[:-4]
            out.update({f'cards/{kind}/{name}/{k}': v for k, v in np.load(path).items()})
    for kind in ('skins', 'hair', 'brows', 'lashes', 'eyes'):
        for path in sorted(glob.glob(os.path.join(folder, kind, '*'))):
            name, extension = os.path.splitext(os.path.basename(path))
            if extension == '.jpg':
                out[f'rgb/{kind}/{name.removesuffix("_rgb")}'] = _picture(path, 'RGB', half)
            elif extension == '.png':
                out[f'alpha/{kind}/{name.removesuffix("_alpha")}'] = _picture(path, 'L', half)
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--assets', required=True, help='folder of the heads pack')
    parser.add_argument('--out', required=True, help='the .npz to write')
    parser.add_argument('--full', action='store_true', help='keep the pictures at full size')
    options = parser.parse_args()
    np.savez_compressed(options.out, **read_folder(options.assets, half=not options.full))
    print(f'{options.out}: {os.path.getsize(options.out) / 2**20:.1f} MiB')


if __name__ == '__main__':
    main()
