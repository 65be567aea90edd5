"""The face network of `high` on two cores, in minutes: one trains, the other prepares. Its groups are its own (another DATA folder)."""

from config import Config

CONFIG = Config(
    kinds=('face',), device='cpu', threads=1, groups=110, start_groups=36, held_out=3, workers=2, workers_later=1, jobs=3, batch=8, steps=8000, warmup=50,
    rate=1e-3, conv_rate=0.01, ema=0.99, texture=0.0, gan_from=1.0, sheet_every=1000, save_every=500,
)  # fmt: skip
