"""All networks of `high`, the mouth with twice the channels, beside gpu.py on the same card and the same data."""

import dataclasses
from pathlib import Path

from config import read_config

GPU = read_config(Path(__file__).with_name('gpu.py'))
CONFIG = dataclasses.replace(GPU, kinds=('mouth', 'eye', 'face'), mouth_widths=(64, 96, 128), warmup=200)
