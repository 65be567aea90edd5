"""All networks of `high`, mouth and eyes with twice the channels, beside gpu.py on the same card and the same data."""

from config import Config

CONFIG = Config(
    kinds=('mouth', 'eye', 'face'), mouth_widths=(64, 96, 128), eye_widths=(32, 64, 96), device='cuda', bf16=True, threads=1, groups=500, start_groups=14, held_out=4,
    couples=6, photos=3, jobs=3, batch=384, steps=1_000_000, timed=True, rate=1.5e-3, conv_rate=0.015, warmup=200, ema=0.999, gan_from=1.0, log_every=100,
    sheet_every=3000, save_every=1500,
)  # fmt: skip
