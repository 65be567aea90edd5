"""
One card of 80 GB and sixteen cores, in runs of ten minutes that resume: data are rendered anew in every run. Each run is a whole course of rates (`timed`), so that
each ends with weights of use. As it ran on an H100, which was busy for 60 % of the time: what it waits for is the launch of small kernels.
"""

from config import Config

CONFIG = Config(
    device='cuda', bf16=True, threads=2, groups=14, start_groups=12, held_out=2, workers=14, workers_later=14, renew=True, max_groups=600, batch=384, steps=1_000_000, timed=True, rate=1.5e-3,
    conv_rate=0.015, warmup=500, ema=0.999, gan_from=1.0, log_every=100, sheet_every=3000, save_every=1500,
)  # fmt: skip
