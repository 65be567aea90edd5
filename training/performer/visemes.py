"""Phonemes to mouth shapes, with coarticulation after Cohen and Massaro (1993): every phoneme pulls each lip parameter towards
its target with a dominance that rises before it and decays after it; the curves are the dominance-weighted means. What must
happen (lips meeting in p, b, m; lower lip on teeth in f, v) is then enforced over the sound itself."""

import numpy as np

from speech import Speech

# Parameters: jaw = jaw drop, wide = lip corners apart, round = lips forward and narrow, funnel = open rounded lips,
# upper / lower = lip lifted off the teeth, tongue = tip up behind the upper teeth. All 0..1.
PARAMETERS = ('jaw', 'wide', 'round', 'funnel', 'upper', 'lower', 'tongue')

# Targets of a phoneme class, and how strongly it insists on them (1 = vowel's own jaw, small = takes its neighbours' shape).
SHAPES = {
    'rest': ((0.00, 0.05, 0.00, 0.00, 0.00, 0.00, 0.0), (0.60, 0.4, 0.4, 0.4, 0.6, 0.6, 0.3)),
    'aa': ((0.62, 0.12, 0.00, 0.05, 0.30, 0.45, 0.0), (1.00, 0.6, 0.5, 0.5, 0.9, 0.9, 0.5)),
    'ae': ((0.50, 0.40, 0.00, 0.00, 0.38, 0.50, 0.0), (1.00, 0.9, 0.6, 0.6, 0.9, 0.9, 0.5)),
    'uh': ((0.42, 0.15, 0.00, 0.05, 0.25, 0.40, 0.0), (0.80, 0.5, 0.4, 0.4, 0.7, 0.7, 0.4)),
    'schwa': ((0.24, 0.12, 0.02, 0.04, 0.18, 0.28, 0.1), (0.40, 0.3, 0.2, 0.2, 0.4, 0.4, 0.3)),
    'eh': ((0.40, 0.42, 0.00, 0.00, 0.34, 0.48, 0.0), (0.90, 0.8, 0.6, 0.6, 0.9, 0.9, 0.4)),
    'ih': ((0.22, 0.42, 0.00, 0.00, 0.30, 0.40, 0.1), (0.60, 0.6, 0.5, 0.5, 0.7, 0.7, 0.3)),
    'ee': ((0.15, 0.75, 0.00, 0.00, 0.36, 0.48, 0.2), (0.80, 1.0, 0.8, 0.8, 0.9, 0.9, 0.4)),
    'aw': ((0.48, 0.00, 0.25, 0.55, 0.12, 0.25, 0.0), (0.95, 0.9, 0.9, 1.0, 0.7, 0.7, 0.4)),
    'oo': ((0.18, 0.00, 0.80, 0.30, 0.02, 0.10, 0.0), (0.80, 1.0, 1.2, 1.0, 0.8, 0.8, 0.4)),
    'ou': ((0.28, 0.00, 0.50, 0.45, 0.05, 0.18, 0.0), (0.80, 0.9, 1.0, 1.0, 0.7, 0.7, 0.4)),
    'er': ((0.25, 0.00, 0.30, 0.35, 0.16, 0.30, 0.2), (0.70, 0.6, 0.7, 0.7, 0.6, 0.6, 0.4)),
    'w': ((0.10, 0.00, 0.92, 0.22, 0.00, 0.00, 0.0), (0.90, 1.0, 1.4, 1.2, 1.0, 1.0, 0.3)),
    'r': ((0.18, 0.00, 0.40, 0.34, 0.12, 0.25, 0.3), (0.60, 0.6, 0.8, 0.8, 0.6, 0.6, 0.6)),
    'bmp': ((0.08, 0.08, 0.05, 0.00, 0.00, 0.00, 0.0), (0.80, 0.3, 0.3, 0.5, 1.2, 1.2, 0.2)),
    'fv': ((0.12, 0.15, 0.00, 0.00, 0.42, 0.00, 0.0), (0.90, 0.4, 0.5, 0.6, 1.2, 1.2, 0.2)),
    'td': ((0.12, 0.22, 0.00, 0.00, 0.22, 0.34, 0.9), (0.70, 0.3, 0.2, 0.3, 0.6, 0.6, 1.3)),
    'l': ((0.26, 0.15, 0.00, 0.00, 0.22, 0.36, 1.0), (0.60, 0.3, 0.2, 0.3, 0.6, 0.6, 1.4)),
    'sz': ((0.06, 0.42, 0.00, 0.00, 0.30, 0.42, 0.5), (1.00, 0.6, 0.4, 0.5, 0.8, 0.8, 0.9)),
    'sh': ((0.10, 0.00, 0.40, 0.55, 0.30, 0.40, 0.4), (0.90, 0.7, 0.9, 1.0, 0.8, 0.8, 0.6)),
    'th': ((0.16, 0.15, 0.00, 0.00, 0.26, 0.36, 0.8), (0.70, 0.3, 0.3, 0.4, 0.7, 0.7, 1.2)),
    'kg': ((0.20, 0.20, 0.00, 0.00, 0.20, 0.30, 0.0), (0.45, 0.2, 0.2, 0.2, 0.4, 0.4, 0.4)),
    'h': ((0.25, 0.10, 0.00, 0.00, 0.18, 0.28, 0.0), (0.15, 0.1, 0.1, 0.1, 0.15, 0.15, 0.1)),
    'y': ((0.12, 0.60, 0.00, 0.00, 0.28, 0.38, 0.2), (0.70, 0.7, 0.4, 0.4, 0.6, 0.6, 0.4)),
}

# espeak-ng mnemonics of its English voices; diphthongs are two shapes with the share of the first.
PHONEMES = {
    'U': 'oo', 'u:': 'oo', 'u': 'oo', 'O@': 'aw', 'O:': 'aw', 'O2': 'aw', '0': 'aw', 'O': 'aw', 'A:': 'aa', 'A@': 'aa', 'A#': 'aa',
    'a': 'ae', 'aa': 'ae', 'a#': 'schwa', '@': 'schwa', '@2': 'schwa', '@5': 'schwa', 'I2': 'ih', '3': 'er', '3:': 'er',
    'V': 'uh', 'E': 'eh', 'e@': 'eh', 'I': 'ih', 'i': 'ee', 'i:': 'ee', 'e': 'eh',
    'm': 'bmp', 'b': 'bmp', 'p': 'bmp', 'f': 'fv', 'v': 'fv', 't': 'td', 't#': 'td', 't2': 'td', 'd': 'td', 'n': 'td', 'l': 'l', 'l#': 'l',
    '@L': 'l', 's': 'sz', 'z': 'sz', 'S': 'sh', 'Z': 'sh', 'tS': 'sh', 'dZ': 'sh', 'T': 'th', 'D': 'th', 'k': 'kg', 'g': 'kg', 'N': 'kg',
    'h': 'h', 'j': 'y', 'w': 'w', 'r': 'r', 'r-': 'r',
}  # fmt: skip
DIPHTHONGS = {
    'aI': ('aa', 'ee', 0.6), 'eI': ('eh', 'ee', 0.5), 'OI': ('aw', 'ee', 0.5), 'aU': ('aa', 'ou', 0.55), 'oU': ('aw', 'oo', 0.45),
    'i@3': ('ee', 'er', 0.45), 'i@': ('ee', 'schwa', 0.6), 'aI@': ('aa', 'er', 0.5),
}  # fmt: skip


def segments(speech: Speech) -> list:
    """(shape, start, end, name) of every sound, seconds; pauses are 'rest', diphthongs are split."""
    out = []
    for p in speech.phonemes:
        if p.end - p.start < 0.004:
            continue
        if not p.name or p.name.startswith('_'):
            out.append(('rest', p.start, p.end, p.name))
        elif p.name in DIPHTHONGS:
            first, second, share = DIPHTHONGS[p.name]
            middle = p.start + share * (p.end - p.start)
            out += [(first, p.start, middle, p.name), (second, middle, p.end, p.name)]
        elif p.name in PHONEMES:
            out.append((PHONEMES[p.name], p.start, p.end, p.name))
        else:
            raise SystemExit(f'expected an English phoneme of espeak-ng, received {p.name!r}: add it to PHONEMES in visemes.py')
    return out


def mouth_curves(speech: Speech, times: np.ndarray) -> dict:
    """Parameter curves over `times` (seconds of the sound), plus 'closure' and 'bite' (lower lip under the upper teeth), each (n,) 0..1."""
    parts = segments(speech)
    first, last = parts[0][1], parts[-1][2]
    parts = [('rest', first - 0.35, first - 0.12, ''), *parts, ('rest', last + 0.12, last + 0.5, '')]
    value, weight = np.zeros((len(times), len(PARAMETERS))), np.full((len(times), len(PARAMETERS)), 1e-4)
    closure, bite = np.zeros(len(times)), np.zeros(len(times))
    for shape, start, end, _ in parts:
        target, insistence = SHAPES[shape]
        before, after = np.maximum(start - times, 0), np.maximum(times - end, 0)
        # Lips anticipate (90 ms) longer than they linger (65 ms); inside the sound the middle dominates.
        middle, half = (start + end) / 2, max((end - start) / 2, 0.02)
        inside = 1 - 0.35 * np.clip(np.abs(times - middle) / half, 0, 1) ** 2
        dominance = inside * np.exp(-((before / 0.09) ** 1.4)) * np.exp(-((after / 0.065) ** 1.4))
        value += dominance[:, None] * np.array(insistence) * np.array(target)
        weight += dominance[:, None] * np.array(insistence)
        if shape in ('bmp', 'fv'):
            # Contact lasts at least 70 ms, so that at 25 frames a second one frame always shows it.
            width = max(end - start, 0.07) / 2
            contact = np.clip((width + 0.055 - np.abs(times - middle)) / 0.055, 0, 1)
            contact = contact * contact * (3 - 2 * contact)
            target_curve = closure if shape == 'bmp' else bite
            np.maximum(target_curve, contact, out=target_curve)
    curves = dict(zip(PARAMETERS, (value / weight).T))
    loud = np.convolve(np.pad(speech.loudness(times), 2, 'edge'), np.ones(5) / 5, 'valid')
    effort = 0.82 + 0.30 * np.clip(loud, 0, 1.2)
    for name in ('jaw', 'upper', 'lower'):
        curves[name] = curves[name] * effort
    curves['closure'], curves['bite'] = closure, bite
    return curves


def mouth_weights(curves: dict) -> dict:
    """Mouth curves to blendshape weights (names without side mean both sides)."""
    free = (1 - curves['closure']) * (1 - 0.9 * curves['bite'])
    jaw = curves['jaw'] * (1 - 0.75 * curves['closure']) * (1 - 0.45 * curves['bite'])
    rounded = np.maximum(curves['round'], 0.8 * curves['funnel'])
    wide = curves['wide'] * (1 - rounded)
    return {
        'jawOpen': jaw * 0.68,
        'mouthClose': curves['closure'] * jaw * 0.68,
        'mouthPress': 0.28 * curves['closure'],
        'mouthRollUpper': 0.16 * curves['closure'],
        'mouthRollLower': 0.18 * curves['closure'] + 0.55 * curves['bite'] * (1 - curves['closure']),
        'mouthPucker': 0.85 * curves['round'],
        'mouthFunnel': 0.62 * curves['funnel'] * (1 - 0.6 * curves['closure']) * (1 - 0.7 * curves['bite']),
        'mouthStretch': 0.40 * wide,
        'mouthSmile': 0.22 * wide,
        'mouthDimple': 0.10 * wide,
        'mouthUpperUp': curves['upper'] * 0.55 * (1 - curves['closure']),
        'mouthLowerDown': curves['lower'] * 0.66 * free,
    }
