"""Who is on screen: an identity of the heads pack chosen part by part instead of by one random seed."""

from dataclasses import dataclass, field

import numpy as np

# Order of the eye pictures inside the reference renderer, by the tone of the skin.
EYES_LIGHT = ['darkbrown', 'brown', 'brownlight', 'blue', 'bluegreen', 'deepblue', 'green', 'grey', 'ice', 'lightblue']
EYES_DARK = ['darkbrown', 'brown', 'darkbrown']
# Order of the natural hair palette inside the reference renderer.
HAIR_COLOURS = ['black', 'darkest', 'dark', 'brown', 'lightbrown', 'blond', 'auburn', 'grey', 'white']


@dataclass(frozen=True)
class Cast:
    """One invented person.

    `seed` and `sigma` draw the 100 identity weights (N(0, sigma)); `shape` then overrides single weights.
    `rest` are expression weights (0..1) held all the time: the mean face of the model scowls a little.
    Colours are linear RGB, 0..1.
    """

    seed: int
    skin: str
    hair: str
    hair_colour: str = 'brown'
    eyes: str = 'brown'
    brow: int = 1
    lashes: int = 1
    sigma: float = 0.7
    cloth: tuple = (0.05, 0.07, 0.10)
    shape: dict = field(default_factory=dict)
    rest: dict = field(default_factory=dict)

    def weights(self) -> np.ndarray:
        """The identity weights, (100,)."""
        w = np.random.RandomState(self.seed).randn(100) * self.sigma
        w[60:] *= 0.7
        for index, value in self.shape.items():
            w[index] = value
        return w


class Casting:
    """Answers the random draws of `Head.__init__` with the choices of a `Cast`, and with mid-range values elsewhere."""

    def __init__(self, cast: Cast):
        eyes = EYES_DARK if 'dark' in cast.skin else EYES_LIGHT
        self._cast = cast
        self._integers = [cast.brow, cast.lashes, eyes.index(cast.eyes), 235]  # brow, lashes, eyes, hem of the garment

    def randn(self, n):
        # Head multiplies by 0.9, damps the tail and the first weight: undo it, the cast has the last word.
        scale = np.full(n, 0.9)
        scale[60:] *= 0.7
        scale[0] *= 0.8
        return self._cast.weights() / scale

    def randint(self, low, high=None):
        return self._integers.pop(0)

    def choice(self, options, p=None):
        return HAIR_COLOURS.index(self._cast.hair_colour) if isinstance(options, (int, np.integer)) else 'crew'

    def uniform(self, low, high, size=None):
        middle = (low + high) / 2
        return middle if size is None else np.full(size, middle)

    def rand(self, *shape):
        return np.ones(shape) if shape else 1.0  # neither dyed hair nor stripes
