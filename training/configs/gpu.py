"""One card of 80 GB and sixteen cores, in runs of ten minutes that resume: data are rendered anew in every run."""

from config import Config

CONFIG = Config(
    device='cuda', bf16=True, threads=2, groups=14, start_groups=14, held_out=4, workers=14, workers_later=14, renew=True, max_groups=400, batch=384, steps=60_000, rate=1.5e-3, warmup=500,
    ema=0.9995, gan_from=0.8, sheet_every=2000, save_every=1000,
)
