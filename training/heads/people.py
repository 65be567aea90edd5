"""Who is on screen: every choice that makes one invented person, drawn from a seed. Motion, light and camera have their own seeds."""

from dataclasses import dataclass

import numpy as np

SKINS = {
    'female': ['young_lightskinned_female2', 'young_lightskinned_female3', 'middleage_lightskinned_female2', 'middleage_darkskinned_female', 'old_darkskinned_female'],
    'male': [
        'young_lightskinned_male', 'young_lightskinned_male2', 'young_lightskinned_male3', 'young_darkskinned_male', 'middleage_lightskinned_male',
        'middleage_lightskinned_male2', 'middleage_darkskinned_male', 'old_lightskinned_male2', 'old_darkskinned_male',
    ],
}  # fmt: skip
# Style: weight for women, for men. `coils` is short coily hair, `crop` short straight hair, both made of strands (strands.py).
# Left out: afro01 (a knitted cap); the fringes of bob01, bob02, short03 and braid01 are cut (hair.py).
HAIR = {
    'bald': (0.1, 1.0), 'buzz': (0.3, 1.2), 'receding': (0, 1.0), 'coils': (1.2, 1.4), 'crop': (0.4, 1.6), 'ponytail01': (3, 0.5), 'long01': (2, 0.5),
    'braid01': (1.5, 0), 'bob01': (1.2, 0), 'bob02': (1.2, 0), 'short01': (0.6, 2), 'short02': (0.6, 2), 'short03': (0.4, 0.8), 'short04': (0.8, 2),
}  # fmt: skip
# Natural hair, linear RGB: black, three browns, light brown, blond, auburn, grey, white.
HAIR_COLOURS = np.array([
    (0.008, 0.007, 0.007), (0.02, 0.012, 0.008), (0.05, 0.026, 0.014), (0.11, 0.055, 0.026), (0.22, 0.12, 0.05), (0.38, 0.25, 0.12), (0.16, 0.045, 0.018),
    (0.28, 0.27, 0.26), (0.5, 0.49, 0.47),
])  # fmt: skip
IRISES = ['darkbrown', 'brown', 'brownlight', 'blue', 'bluegreen', 'deepblue', 'green', 'grey', 'ice', 'lightblue']


@dataclass(frozen=True)
class Teeth:
    """Factors on width and height; `gap` between the middle incisors in model units; `wobble` degrees; linear `tone`; roughness."""

    width_upper: float
    width_lower: float
    height: float
    gap: float
    wobble: float
    forward: float
    tone: tuple
    rough: float
    seed: int


@dataclass(frozen=True)
class Beard:
    """`style` of beard.STYLES; `shadow` 0..1 painted stubble; `length` of strands in model units (0 = none); linear colour."""

    style: str
    shadow: float
    length: float
    colour: tuple


@dataclass(frozen=True)
class Identity:
    """One person. `shape`: (100,) weights of the identity modes; `sex` -1 (feminine) .. 1 (masculine) leans the shape along `shape_sex`;
    `lid_rest` is how far the lids hang at rest (0..1 of a blink);
    `skin` is mixed with `skin_other` by `skin_mix` 0..1; colours are linear RGB factors unless they are hair or cloth (linear albedo)."""

    seed: int
    shape: tuple
    sex: float
    age: str
    skin: str
    skin_other: str
    skin_mix: float
    skin_tint: tuple
    mottle: float
    freckle: float
    wrinkle_gain: float
    wrinkle_base: float
    hair: str
    hair_colour: tuple
    hair_side: int
    brow: int
    lash: int
    iris: str
    iris_scale: float
    iris_tint: tuple
    lid_rest: float
    pupil: float
    sclera_tint: tuple
    lip_tint: tuple
    lip_rough: float
    lip_spec: float
    teeth: Teeth
    gums_tint: tuple
    tongue_tint: tuple
    beard: Beard | None
    glasses: tuple | None
    cloth: tuple
    stripes: bool
    neckline: str


def _pick(rs, options, weights=None):
    w = None if weights is None else np.asarray(weights, float) / np.sum(weights)
    return options[rs.choice(len(options), p=w)]


def _teeth(rs, age: str) -> Teeth:
    yellow = rs.beta(1.6, 3) + (0.25 if age == 'old' else 0)
    tone = np.array([0.72, 0.68, 0.60]) * (1 - yellow * np.array([0.10, 0.20, 0.40])) * rs.uniform(0.82, 1.06)
    gap = rs.uniform(0.05, 0.16) if rs.rand() < 0.15 else 0.0
    return Teeth(rs.uniform(0.98, 1.07), rs.uniform(0.99, 1.08), rs.uniform(0.9, 1.12), gap, min(abs(rs.randn()) * 1.6 + 0.4, 4.0),
                 rs.randn() * 0.06, tuple(tone), rs.uniform(0.12, 0.34), int(rs.randint(1 << 30)))  # fmt: skip


def _beard(rs, colour, age: str) -> Beard | None:
    kind = rs.rand()
    if kind < 0.35:
        return None
    style = _pick(rs, ['full', 'moustache', 'goatee', 'chin', 'full'])
    if kind < 0.65:
        return Beard('full', rs.uniform(0.2, 0.6), 0.0, colour)
    c = np.clip(np.array(colour) * rs.uniform(0.8, 1.2) * (1.6 if age == 'old' else 1), 0.004, 0.55)
    return Beard(style, rs.uniform(0.6, 0.9), rs.uniform(0.25, 1.3) * (1 if style != 'full' else rs.uniform(0.6, 1.2)), tuple(c))


def _hair_colour(rs, tone: float, age: str) -> np.ndarray:
    light, dark = np.array([3, 3, 3, 2, 2, 1.5, 1, 0.5, 0.3]), np.array([6, 3, 1, 0.2, 0.1, 0.05, 0.1, 0.5, 0.3])
    p = light * (1 - tone) + dark * tone
    if age == 'old':
        p = p * [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.3, 8, 6]
    return np.clip(_pick(rs, HAIR_COLOURS, p) * rs.uniform(0.75, 1.3) * rs.uniform(0.93, 1.07, 3), 0.004, 0.6)


def identity(seed: int) -> Identity:
    """Draw one person. The same seed is the same person for ever, whatever they do and however they are lit."""
    rs = np.random.RandomState(seed)
    sex_name = 'female' if rs.rand() < 0.5 else 'male'
    sex = (1 if sex_name == 'male' else -1) * rs.uniform(0.45, 1.0)
    skin, other = _pick(rs, SKINS[sex_name]), _pick(rs, SKINS[sex_name])
    mix = float(rs.uniform(0.15, 0.85)) if rs.rand() < 0.6 else 0.0
    age = skin.split('_')[0]
    darkness = (1 - mix) * ('dark' in skin) + mix * ('dark' in other)  # 0 light .. 1 dark
    shape = rs.randn(100) * 0.78
    shape[60:] *= 0.7
    shape[0] *= 0.8
    styles = list(HAIR)
    odds = np.array([HAIR[h][sex_name == 'male'] for h in styles])
    odds *= [1 + 4 * darkness if h == 'coils' else 1.2 - darkness if h[:5] in ('short', 'bob01', 'bob02', 'crop', 'long0') else 1 for h in styles]
    odds *= [1 - (age != 'old') * 0.5 * (h in ('receding', 'bald')) for h in styles]
    if darkness < 0.3:
        odds[styles.index('coils')] *= 0.15
    hair, colour = _pick(rs, styles, odds), _hair_colour(rs, darkness, age)
    iris = _pick(rs, IRISES[:3]) if rs.rand() < darkness else _pick(rs, IRISES)
    lipstick = sex_name == 'female' and rs.rand() < 0.35
    lips = rs.uniform(0.75, 1.1) * np.array([1, (green := rs.uniform(0.4, 0.7)), green * rs.uniform(0.92, 1.2)]) if lipstick else rs.uniform([0.92, 0.80, 0.82], [1.08, 1.0, 1.02])
    wrinkle = {'young': (0.55, 0.0), 'middleage': (0.9, 0.08), 'old': (1.25, 0.28)}[age]
    inside = rs.uniform(0.8, 1.15)
    glasses = None
    if rs.rand() < 0.08:
        glasses = (_pick(rs, ['round', 'square']), tuple(_pick(rs, [(0.01, 0.01, 0.012), (0.06, 0.03, 0.015), (0.30, 0.24, 0.14), (0.2, 0.2, 0.21)])), rs.uniform(0.11, 0.2))
    return Identity(
        seed=seed, shape=tuple(shape), sex=sex, age=age, skin=skin, skin_other=other, skin_mix=mix,
        skin_tint=tuple(0.86 * (1 + 0.22 * darkness) * rs.uniform(0.85, 1.12) * rs.uniform(0.97, 1.03, 3) * (1 + darkness * np.array([0.05, 0, -0.10]))), mottle=rs.uniform(0.1, 0.45),
        freckle=rs.uniform(0.3, 0.9) if rs.rand() < 0.15 * (1 - 3 * darkness) else 0.0,
        wrinkle_gain=wrinkle[0] * rs.uniform(0.7, 1.3), wrinkle_base=wrinkle[1] * rs.uniform(0.5, 1.5),
        hair=hair, hair_colour=tuple(colour), hair_side=int(rs.choice([-1, 1])), brow=int(rs.randint(1, 13)), lash=int(rs.randint(1, 5)),
        iris=iris, iris_scale=rs.uniform(0.92, 1.12), iris_tint=tuple(rs.uniform(0.5, 1.0) * rs.uniform(0.9, 1.1, 3)), lid_rest=rs.uniform(0.04, 0.2), pupil=rs.uniform(0.75, 1.35),
        sclera_tint=tuple(np.array([1.0, 0.965, 0.93]) * rs.uniform(0.86, 1.06) * (1 - 0.16 * darkness)),
        lip_tint=tuple(lips), lip_rough=rs.uniform(0.2, 0.46), lip_spec=rs.uniform(0.3, 0.7),
        teeth=_teeth(rs, age), gums_tint=tuple(np.array([0.48, 0.17, 0.16]) * inside * (1 - 0.35 * darkness * rs.rand())),
        tongue_tint=tuple(np.array([0.46, 0.16, 0.15]) * rs.uniform(0.85, 1.15, 3)), beard=_beard(rs, tuple(colour * 0.85), age) if sex_name == 'male' else None,
        glasses=glasses, cloth=tuple(np.clip(rs.uniform(0.01, 0.5) * rs.uniform(0.6, 1.4, 3), 0.008, 0.7)), stripes=bool(rs.rand() < 0.15),
        neckline=_pick(rs, ['crew', 'scoop', 'vee'], [0.5, 0.2, 0.3]),
    )  # fmt: skip
