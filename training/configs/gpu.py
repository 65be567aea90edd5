"""
One card of 80 GB and sixteen cores, in runs of ten minutes that resume: data are rendered anew in every run, by processes beside the card. Many people, each
seen little: on an H100, 102 groups that were used sixty times each were learnt by heart (mouth 0.71 of the draft's error, on unseen people 0.82). Each run is a whole
course of rates (`timed`), so that each ends with weights of use.
"""

from config import Config

CONFIG = Config(
    device='cuda', bf16=True, threads=1, groups=500, start_groups=14, held_out=4, couples=6, photos=3, jobs=3, workers=14, batch=384, steps=1_000_000, timed=True, rate=1.5e-3,
    conv_rate=0.015, warmup=500, ema=0.999, gan_from=1.0, log_every=100, sheet_every=3000, save_every=1500,
)  # fmt: skip
