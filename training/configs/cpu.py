"""Two cores, two hours: the `standard` refiner to a useful result, 0.1.0; on from there with other groups (`--set groups=100 steps=36500`) to 0.2.0 (with `eye_widths=16,32,48`; the eyes of today cost three times as much). One core trains, the other prepares: OpenMP's threads wait for the slower of two."""

from config import Config

CONFIG = Config(device='cpu', threads=1, groups=84, start_groups=6, held_out=2, workers=2, workers_later=1, batch=8, steps=21_000, gan_from=1.0, conv_rate=0.015, sheet_every=500, save_every=250)
