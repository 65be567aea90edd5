"""On from the weights in models/ on two cores: first the groups (40 minutes), then two runs at once (--set seed=2 for the other), then their mean.

    python3 training/data.py --config training/configs/cpu_more.py --assets DIR --out DATA --first 1200
    python3 training/train.py --config training/configs/cpu_more.py --data DATA --out OUT --start models/standard --minutes 45
    python3 training/export.py OUT/checkpoint.pt --others OUT2/checkpoint.pt models/standard --version 0.7.0 --models models --golden tests/golden --data DATA

`--first`: people that the weights haven't seen; 0.6.0 has seen those below 1175. So 0.5.0 came from 0.4.0. How 0.6.0 came from a run of gpu.py:

    python3 training/export.py carry/run/gpu/checkpoint.pt --others models/standard --take eye=models/high --version 0.6.0 --models models --golden tests/golden --data DATA
"""

from config import Config

CONFIG = Config(
    device='cpu', bf16=True, threads=1, groups=170, start_groups=14, held_out=4, couples=6, photos=3, jobs=3, workers=2, batch=8, steps=1_000_000, timed=True,
    rate=6e-4, conv_rate=0.005, warmup=100, ema=0.999, gan_from=1.0, sheet_every=100_000, save_every=1000,
)  # fmt: skip
