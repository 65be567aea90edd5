"""What a head does: speech, moods, strong expressions, blinks, saccades and head motion, drawn from a seed and fit for any person."""

import math
from dataclasses import dataclass

import numpy as np

from .expressions import EXPRESSIONS, INDEX, MOODS, SOUND_ODDS, SOUNDS, STRONG, STRONG_ODDS

STRONG_SHARE = 0.30  # of the time; a quarter of all frames must be strong after easing in and out
GAZE_LIMIT = np.radians([30.0, 20.0])


@dataclass(frozen=True)
class State:
    """One instant. `expression` (57,) 0..1; `pose` (yaw, pitch, roll) and `gaze` (yaw, pitch, relative to the head) in radians;
    `tongue` (lift 0..1, out 0..1, side -1..1). Yaw > 0 is image right, pitch > 0 down, roll > 0 counter-clockwise."""

    expression: np.ndarray
    pose: np.ndarray
    gaze: np.ndarray
    tongue: np.ndarray

    @staticmethod
    def rest(count: int = len(EXPRESSIONS)) -> 'State':
        """Nothing moves."""
        return State(np.zeros(count), np.zeros(3), np.zeros(2), np.zeros(3))


@dataclass(frozen=True)
class Motion:
    """n instants: the arrays of State with a leading axis, `strong` (n,) bool and the `label` (n,) of what goes on."""

    expression: np.ndarray
    pose: np.ndarray
    gaze: np.ndarray
    tongue: np.ndarray
    strong: np.ndarray
    label: np.ndarray

    def __len__(self) -> int:
        return len(self.pose)

    def state(self, i: int) -> State:
        """Instant i."""
        return State(self.expression[i], self.pose[i], self.gaze[i], self.tongue[i])

    def take(self, indices) -> 'Motion':
        """The instants at `indices`, in that order."""
        return Motion(*(getattr(self, k)[indices] for k in ('expression', 'pose', 'gaze', 'tongue', 'strong', 'label')))


def _ease(t, start, end):
    x = np.clip((t - start) / max(end - start, 1e-6), 0, 1)
    return x * x * x * (x * (6 * x - 15) + 10)


def _vector(weights: dict, rs=None, uneven: float = 0.0) -> np.ndarray:
    """Names to a (57,) vector; with `rs`, sides differ by up to the share `uneven`."""
    out = np.zeros(len(EXPRESSIONS))
    tilt = rs.uniform(-uneven, uneven) if rs is not None else 0
    for name, value in weights.items():
        if name in INDEX:
            out[INDEX[name]] = value
        else:
            out[INDEX[name + '_L']] = value * (1 + min(0, tilt))
            out[INDEX[name + '_R']] = value * (1 - max(0, tilt))
    return out


def _speech(rs, t):
    """Mouth weights (n, 57) and tongue lift (n,): sounds pull the mouth to their shape with a dominance that rises and decays (Cohen and Massaro 1993)."""
    names = list(SOUND_ODDS)
    odds = np.array([SOUND_ODDS[n] for n in names], float)
    value, weight = np.zeros((len(t), len(EXPRESSIONS) + 1)), np.full(len(t), 0.05)
    effort, at = rs.uniform(0.7, 1.35), t[0] - 0.4
    while at < t[-1] + 0.4:
        pause = rs.rand() < 0.09
        name = 'rest' if pause else names[rs.choice(len(names), p=odds / odds.sum())]
        length = rs.uniform(0.2, 0.7) if pause else rs.uniform(0.06, 0.19)
        shape, lift, insist = SOUNDS[name]
        loud = effort * rs.uniform(0.75, 1.2)
        vector = np.append(_vector(shape) * (1 if name in ('mbp', 'fv') else loud), lift)
        away = np.maximum(at - t, 0) / 0.08 + np.maximum(t - at - length, 0) / 0.06
        dominance = insist * np.exp(-(away**1.5))
        value += dominance[:, None] * vector
        weight += dominance
        at += length
    value /= weight[:, None]
    return value[:, :-1], value[:, -1]


def _schedule(rs, end):
    """Segments (start, end, kind, name): 'strong', 'speech' or 'silent', with about STRONG_SHARE of the time strong."""
    out, at, strong_time = [], -rs.uniform(0, 2.0), 0.0
    names, odds = list(STRONG_ODDS), np.array(list(STRONG_ODDS.values()), float)
    start = at
    while at < end + 0.3:
        behind = STRONG_SHARE * (at - start) - strong_time
        if rs.rand() < np.clip(0.36 + 0.5 * behind, 0, 0.9) and not (out and out[-1][2] == 'strong'):
            kind, name, length = 'strong', names[rs.choice(len(names), p=odds / odds.sum())], rs.uniform(0.9, 2.4)
            strong_time += length - 0.25
        else:
            kind = 'speech' if rs.rand() < 0.75 else 'silent'
            name, length = list(MOODS)[rs.randint(len(MOODS))], rs.uniform(1.2, 3.5)
        out.append((at, at + length, kind, name))
        at += length
    return out


def _drift(rs, t, amplitude, frequency):
    return amplitude * sum(rs.uniform(0.3, 1) * np.sin(2 * math.pi * frequency * h * t + rs.rand() * 6.28) for h in (1, 1.7, 2.6)) / 1.4


def _blinks(rs, t):
    """Closure 0..1: down in 80 ms, shut 50 ms, up in 170 ms; some blinks are slow, some only half."""
    out, at = np.zeros(len(t)), t[0] + rs.uniform(-0.5, 1.2)
    while at < t[-1] + 0.3:
        slow, depth = (rs.uniform(2, 4) if rs.rand() < 0.12 else 1), (rs.uniform(0.4, 0.9) if rs.rand() < 0.12 else 1)
        out = np.maximum(out, depth * _ease(t, at, at + 0.08 * slow) * (1 - _ease(t, at + 0.13 * slow, at + 0.30 * slow)))
        at += rs.uniform(0.7, 3.2)
    return out


def _gaze(rs, t):
    """Fixations and saccades (45 ms), (n, 2) radians."""
    out, at, current = np.zeros((len(t), 2)), t[0] - 1.0, np.zeros(2)
    while at < t[-1] + 0.1:
        aim = rs.randn(2) * [0.22, 0.12] if rs.rand() < 0.65 else rs.randn(2) * 0.02
        aim = np.clip(aim, -GAZE_LIMIT, GAZE_LIMIT)
        out += (aim - current) * _ease(t, at, at + 0.045)[:, None]
        current = aim
        at += rs.uniform(0.3, 1.4)
    return out


def motion(seed: int, n: int, fps: float = 25.0, yaw: float = 22.0) -> Motion:
    """n frames of a performance; nothing in it depends on the person. `yaw`: usual largest turn of the head in degrees (tails reach 1.6 times that)."""
    rs = np.random.RandomState(seed)
    t = np.arange(n) / fps
    words, lift = _speech(rs, t)
    w, tongue = np.zeros((n, len(EXPRESSIONS))), np.zeros((n, 3))
    strong, label, pitch = np.zeros(n), np.full(n, 'silent', dtype='U12'), np.zeros(n)
    for start, end, kind, name in _schedule(rs, t[-1]):
        inside = _ease(t, start - 0.06, start + (0.16 if kind == 'strong' else 0.3)) * (1 - _ease(t, end - 0.18, end + 0.06))
        label[(t >= start) & (t < end)] = name if kind == 'strong' else kind
        if kind == 'strong':
            ranges, (most_lift, most_out), nod = STRONG[name]
            vector = _vector({k: rs.uniform(*v) for k, v in ranges.items()}, rs, 0.35 if rs.rand() < 0.5 else 0.08)
            shake = 1 + (0.28 * np.sin(2 * math.pi * rs.uniform(3.5, 5) * t + rs.rand() * 6) if name == 'laugh' else 0.06 * np.sin(9 * t + rs.rand() * 6))
            part = inside[:, None] * vector
            part[:, INDEX['jawOpen']] *= shake
            w += part
            strong = np.maximum(strong, inside)
            tongue += inside[:, None] * [rs.uniform(0, most_lift), rs.uniform(0.5, 1) * most_out, rs.randn() * 0.3 * (most_out > 0)]
            pitch += inside * math.radians(rs.uniform(*nod))
            words *= (1 - inside * rs.uniform(0.75, 1))[:, None]
            lift = lift * (1 - inside)
        else:
            w += inside[:, None] * _vector(MOODS[name], rs, 0.6 if rs.rand() < 0.25 else 0.12) * rs.uniform(0.2, 1.0)
            if kind == 'silent':
                words *= (1 - inside)[:, None]
                lift = lift * (1 - inside)
    rounded = np.clip(words[:, [INDEX['mouthPucker'], INDEX['mouthFunnel']]].sum(1), 0, 1)[:, None]
    spread = [i for k, i in INDEX.items() if k.startswith(('mouthSmile', 'mouthStretch', 'mouthDimple'))]
    w[:, spread] *= 1 - 0.7 * rounded * (1 - strong[:, None])
    w += words
    tongue[:, 0] += lift
    for name, amplitude, frequency in (('browInnerUp', 0.35, 0.35), ('browOuterUp', 0.3, 0.4), ('browDown', 0.25, 0.25), ('cheekSquint', 0.15, 0.25), ('mouthSmile', 0.15, 0.3)):
        w += np.maximum(0, _drift(rs, t, amplitude, frequency))[:, None] * _vector({name: 1.0}, rs, 0.3)
    for name in ('jawLeft', 'jawRight', 'mouthLeft', 'mouthRight', 'jawForward'):
        w[:, INDEX[name]] += np.maximum(0, _drift(rs, t, 0.25, 0.3) - 0.12)
    blink = _blinks(rs, t)
    wink = rs.rand() < 0.06
    for side in 'LR':
        shut = blink * (0.15 if wink and side == 'L' else 1)
        w[:, INDEX['eyeBlink_' + side]] = np.maximum(np.clip(w[:, INDEX['eyeBlink_' + side]], 0, 1), shut)
    gaze = _gaze(rs, t)
    for side, sign in (('L', 1), ('R', -1)):  # lids go with the eyes
        for name, angle in (('Out', sign * gaze[:, 0]), ('In', -sign * gaze[:, 0]), ('Down', gaze[:, 1]), ('Up', -gaze[:, 1])):
            w[:, INDEX[f'eyeLook{name}_{side}']] = np.maximum(0, angle) / math.radians(30)
    w = np.clip(w, 0, 1)
    # Rest sums: an open jaw and closed lips exclude each other, and so do a funnel and a very wide jaw.
    jaw = w[:, INDEX['jawOpen']]
    w[:, INDEX['mouthClose']] = np.minimum(w[:, INDEX['mouthClose']], jaw)
    w[:, INDEX['mouthFunnel']] *= 1 - 0.6 * np.clip(jaw - 0.45, 0, 1)
    tongue[:, 1] *= np.clip(jaw / 0.25, 0, 1)
    y = math.radians(yaw) * (0.35 if rs.rand() < 0.3 else 1.0)
    pose = np.stack([
        1.6 * y * np.tanh((rs.uniform(-0.7, 0.7) * y + _drift(rs, t, 0.6 * y, 0.3)) / (1.6 * y)),
        rs.uniform(-0.09, 0.09) + _drift(rs, t, 0.10, 0.35) + pitch + 0.03 * jaw,
        rs.uniform(-0.05, 0.05) + _drift(rs, t, 0.08, 0.22),
    ], 1)  # fmt: skip
    return Motion(w, pose, gaze, np.clip(tongue, [0, 0, -1], [1, 1, 1]), strong > 0.6, label)


def moments(seed: int, n: int, yaw: float = 22.0) -> Motion:
    """n unrelated instants of a long performance: at least a quarter of them strong, one in eight in the middle of a blink."""
    rs = np.random.RandomState(seed + 77)
    parts = [motion(int(rs.randint(1 << 30)), 150, yaw=yaw) for _ in range(max(2, n // 6))]
    long = Motion(*(np.concatenate([getattr(p, k) for p in parts]) for k in ('expression', 'pose', 'gaze', 'tongue', 'strong', 'label')))
    shut = (long.expression[:, INDEX['eyeBlink_L']] > 0.6) & ~long.strong
    calm = ~long.strong & ~shut
    quota = [(long.strong, math.ceil(n * 0.28)), (shut, n // 8)]
    quota.append((calm, n - sum(q for _, q in quota)))
    chosen = [rs.choice(np.flatnonzero(m), q, replace=m.sum() < q) for m, q in quota if q > 0]
    return long.take(rs.permutation(np.concatenate(chosen)))
