"""Two cores, a few hours: the `standard` refiner to a useful result."""

from config import Config

CONFIG = Config(device='cpu', threads=2, groups=40, held_out=3, workers=2, batch=12, steps=24_000, gan_from=0.85)
