"""Minutes on one core: 32 pairs to be learnt by heart. If this fails, nothing else will work."""

from config import Config

CONFIG = Config(
    groups=1, start_groups=1, held_out=0, people=2, couples=8, jobs=1, batch=4, steps=300, warmup=20, ema=0.9, gan_from=1.0,
    driver_dropped=0.0, unstyled=1.0, varied=False, texture=0.0, log_every=20, sheet_every=150, save_every=300,
)  # fmt: skip
