"""The face network of `high` on one card, in runs of ten minutes that resume: as gpu.py, but faces only."""

from config import Config

CONFIG = Config(
    kinds=('face',), device='cuda', bf16=True, threads=2, groups=14, start_groups=14, held_out=4, workers=14, workers_later=14, renew=True, max_groups=1000, jobs=3, batch=384, steps=1_000_000,
    timed=True, rate=1e-3, conv_rate=0.01, warmup=200, ema=0.999, texture=0.0, gan_from=1.0, sheet_every=2000, save_every=1000,
)  # fmt: skip
