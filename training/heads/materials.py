"""Pictures and material values of one person, in the layout that raster.c reads."""

import numpy as np

from . import native
from .accessories import hair_picture, hem_picture
from .native import Material, Texture
from .pack import (EYE_SOCKET, FACE, GUMS_LOWER, GUMS_UPPER, HEAD, LACRIMAL, SCLERA_L, SCLERA_R, SOCKET, TEETH_LOWER,
                   TEETH_UPPER, TONGUE, Pack)  # fmt: skip

# Order of the material table; the number is what triangles carry.
MATERIALS = ['face', 'head', 'socket', 'gums', 'tongue', 'teeth', 'eye', 'caruncle', 'lash', 'brow', 'hair', 'strand', 'beard', 'glasses', 'cloth']
NUMBER = {name: i for i, name in enumerate(MATERIALS)}
PART_MATERIAL = {
    FACE: 'face', HEAD: 'head', SOCKET: 'socket', GUMS_UPPER: 'gums', GUMS_LOWER: 'gums', TONGUE: 'tongue', TEETH_UPPER: 'teeth', TEETH_LOWER: 'teeth',
    SCLERA_L: 'eye', SCLERA_R: 'eye', LACRIMAL: 'caruncle',
}  # other parts of the mesh are not drawn; the iris parts lie under the cornea of the sclera parts, which carry the whole picture  # fmt: skip
# Segmentation classes; the number is the pixel's value.
SEGMENTS = ['background', 'face', 'head_neck', 'mouth_socket', 'gums', 'tongue', 'teeth', 'sclera', 'iris', 'eye_other', 'lashes', 'brows', 'hair', 'cloth', 'beard', 'glasses']
SEGMENT = {name: i for i, name in enumerate(SEGMENTS)}  # 'iris' is told from 'sclera' per pixel, see render.py
IRIS_EDGE = 24.0  # degrees from the optical axis, in the eye pictures and at iris_scale 1
PART_SEGMENT = {
    FACE: 'face', HEAD: 'head_neck', SOCKET: 'mouth_socket', EYE_SOCKET: 'eye_other', GUMS_UPPER: 'gums', GUMS_LOWER: 'gums', TONGUE: 'tongue',
    TEETH_UPPER: 'teeth', TEETH_LOWER: 'teeth', SCLERA_L: 'sclera', SCLERA_R: 'sclera', LACRIMAL: 'eye_other',
}  # fmt: skip


def mixed_skin(pack: Pack, who, tile: str) -> np.ndarray:
    """The person's skin picture of tile 'face' or 'head': two skins mixed in the logarithm of light, (h, w, 3) uint8."""
    a = pack.rgb('skins', f'{who.skin}_{tile}')
    if who.skin_mix == 0 or who.skin == who.skin_other:
        return a
    b = pack.rgb('skins', f'{who.skin_other}_{tile}')
    logs = np.log(np.maximum(np.arange(256), 4) / 255.0).astype(np.float32)
    mixed = np.exp(logs[a] * np.float32(1 - who.skin_mix) + logs[b] * np.float32(who.skin_mix))
    return (mixed * 255 + 0.5).astype(np.uint8)


def _rgba(rgb, alpha=None) -> np.ndarray:
    out = np.full(rgb.shape[:2] + (4,), 255, np.uint8)
    out[..., :3] = rgb
    if alpha is not None:
        out[..., 3] = alpha
    return out


def eye_picture(pack: Pack, who) -> np.ndarray:
    """The person's eye, azimuthal-equidistant about the optical axis (radius 0.5 = 90 degrees), with iris and sclera tinted. RGBA."""
    rgb = pack.rgb('eyes', who.iris)
    n = len(rgb)
    y, x = (np.mgrid[0:n, 0:n] + 0.5) / n - 0.5
    degrees = np.hypot(x, y) * 180
    linear = (rgb / 255.0) ** 2.2
    iris = np.clip((25.0 - degrees) / 2.0, 0, 1)[..., None]
    grey = linear @ np.array([0.3, 0.6, 0.1])
    linear = linear + iris * 0.35 * (grey[..., None] - linear)  # the pictures are more colourful than eyes are
    linear = linear * (1 + iris * (np.array(who.iris_tint) - 1)) * (1 + (1 - iris) * (np.array(who.sclera_tint) - 1))
    # A dark rim where iris and sclera meet, and a little blood towards the corners.
    linear *= 1 - 0.35 * np.exp(-(((degrees - 23.3) / 1.6) ** 2))[..., None]
    linear *= 1 - np.clip((degrees - 40) / 40, 0, 0.5)[..., None] * np.array([0.10, 0.32, 0.34])
    return _rgba((np.clip(linear, 0, 1) ** (1 / 2.2) * 255 + 0.5).astype(np.uint8))


class Look:
    """Material table, pictures, lip look and hair colour of a person; the arrays are kept alive as long as this object.

    `cards` maps a card material ('lash', 'brow', 'hair') to its style name in the pack (hair only where the style has cards).
    """

    def __init__(self, pack: Pack, who, cards: dict):
        face, head = mixed_skin(pack, who, 'face'), mixed_skin(pack, who, 'head')
        pictures = [_rgba(face), _rgba(head), eye_picture(pack, who)]
        place = {}
        folder = {'lash': 'lashes', 'brow': 'brows', 'hair': 'hair'}
        for kind, name in cards.items():
            place[kind] = len(pictures)
            if kind == 'hair':
                pictures.append(hair_picture(pack, name, np.array(who.hair_colour)))
            else:
                alpha = pack.alpha(folder[kind], name)
                pictures.append(_rgba(np.full(alpha.shape + (3,), 255, np.uint8), alpha))
        pictures.append(hem_picture(np.random.RandomState(who.seed)))
        h, w = face.shape[:2]
        mean = ((face[h // 5 : 4 * h // 5, w // 4 : 3 * w // 4] / 255.0) ** 2.2).mean((0, 1))
        light = float(mean.mean())  # mean linear albedo of the face
        # Some dark skins are painted too red; light passes less far through dark skin.
        saturation = float(np.clip(1.15 / max(mean[0] / mean[1] - 1, 0.3), 0.6, 0.97 if light > 0.2 else 1.05))
        through = float(np.clip(0.25 + 1.3 * light, 0.25, 0.75))
        dark = np.clip((0.28 - light) / 0.2, 0, 1)
        skin = dict(tint=who.skin_tint, rough=0.46, spec=0.34, sss=through, bump=0.07, sat=saturation, kind=1, mottle=who.mottle, freckle=who.freckle)
        hair = np.array(who.hair_colour)
        matt = hair.max() < 0.03  # glossy black hair would turn grey at its edges
        beard = who.beard.colour if who.beard else who.hair_colour
        frame = who.glasses[1] if who.glasses else (0, 0, 0)
        table = {
            'face': dict(skin, tex=0), 'head': dict(skin, rough=0.5, tex=1),
            'socket': dict(tint=np.array(who.gums_tint) * [0.66, 0.5, 0.5], rough=0.4, spec=0.35, sss=0.5, kind=3),
            'gums': dict(tint=who.gums_tint, rough=0.28, spec=0.5, sss=0.6, bump=0.03, kind=3),
            'tongue': dict(tint=who.tongue_tint, rough=0.38, spec=0.45, sss=0.6, bump=0.14, kind=3),
            'teeth': dict(tint=who.teeth.tone, rough=who.teeth.rough, spec=0.5, sss=0.45, kind=3),
            'eye': dict(tint=(1, 1, 1), rough=0.08, spec=0.34, sss=0.1, sat=0.85, tex=2, kind=2),
            'caruncle': dict(tint=np.array([0.55, 0.30, 0.26]) * (1 - 0.35 * dark), rough=0.2, spec=0.5, sss=0.5),
            'lash': dict(tint=(0.012, 0.010, 0.010), rough=0.6, spec=0.1, alpha=0.8, tex=place['lash'], two_sided=1),
            'brow': dict(tint=np.clip(hair * 0.6, 0.006, 0.16) * (1 - 0.4 * dark), rough=0.7, spec=0.1, alpha=0.85, tex=place['brow'], two_sided=1),
            'hair': dict(tint=(1, 1, 1), rough=0.9 if matt else 0.48, spec=0.2, sss=0.1, alpha=1, tex=place.get('hair', -1), two_sided=1, kind=5),
            'strand': dict(tint=who.hair_colour, rough=0.9 if matt else 0.6, spec=0.15, sss=0.1, alpha=1, two_sided=1, kind=5),
            'beard': dict(tint=beard, rough=0.8, spec=0.15, sss=0.1, alpha=1, two_sided=1, kind=5),
            'glasses': dict(tint=frame, rough=0.25, spec=0.9, two_sided=1),
            'cloth': dict(tint=(1, 1, 1), rough=0.85, spec=0.12, sss=0.05, alpha=1, bump=0.14, tex=len(pictures) - 1, two_sided=1, kind=4),
        }  # fmt: skip
        self.materials = (Material * len(MATERIALS))(*[_material(**table[name]) for name in MATERIALS])
        self.two_sided = np.array([m.two_sided for m in self.materials], np.int32)
        self._pictures = [np.ascontiguousarray(p) for p in pictures]
        self.textures = (Texture * len(pictures))(*[Texture(p.shape[1], p.shape[0], p.ctypes.data) for p in self._pictures])
        self.hair_colour = native.f32(who.hair_colour)
        self.lips = native.f32([*who.lip_tint, who.lip_rough, who.lip_spec])


def _material(tint, rough=0.5, spec=0.0, sss=0.0, alpha=0.0, bump=0.0, sat=1.0, mottle=0.0, freckle=0.0, tex=-1, two_sided=0, kind=0) -> Material:
    return Material((native.C.c_float * 3)(*tint), rough, spec, sss, alpha, bump, sat, mottle, freckle, tex, two_sided, kind)
