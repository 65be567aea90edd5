"""Everything that moves besides the lips: head, gaze, lids, brows and the smile at the end. Times are seconds, angles radians."""

import math

import numpy as np


def ease(times, start, end):
    """0 before `start`, 1 after `end`, smooth between."""
    x = np.clip((times - start) / (end - start), 0, 1)
    return x * x * x * (x * (6 * x - 15) + 10)


def bump(times, peak, rise, fall):
    """A smooth hill of height 1 that starts `rise` before its peak and ends `fall` after it."""
    return ease(times, peak - rise, peak) * (1 - ease(times, peak, peak + fall))


def keys(times, points):
    """Smooth curve through (time, value) points: each move starts and ends at rest."""
    out = np.full(len(times), float(points[0][1]))
    for (t0, v0), (t1, v1) in zip(points, points[1:]):
        out += (v1 - v0) * ease(times, t0, t1)
    return out


def drift(times, amplitude, frequency, phase):
    """Slow irregular sway: three incommensurate sines, about +-amplitude."""
    parts = ((1.0, 0.5, 0.0), (1.73, 0.32, 1.9), (2.61, 0.18, 4.1))
    return amplitude * sum(a * np.sin(2 * math.pi * frequency * k * times + phase + p) for k, a, p in parts)


def blink(times, start):
    """Lid closure of one blink: down in 90 ms, shut for 50 ms, up in 180 ms."""
    return ease(times, start, start + 0.09) * (1 - ease(times, start + 0.14, start + 0.32))


def saccades(times, fixations, duration=0.045):
    """Gaze that jumps between (time, yaw, pitch) fixations in degrees within `duration`; (n, 2) radians."""
    out = np.zeros((len(times), 2))
    for axis in (1, 2):
        out[:, axis - 1] = fixations[0][axis]
        for before, after in zip(fixations, fixations[1:]):
            out[:, axis - 1] += (after[axis] - before[axis]) * ease(times, after[0], after[0] + duration)
    return np.radians(out)


def stresses(speech, wanted, offset):
    """Moment of the loudest sound of every wanted word, seconds of the clip (the sound starts at `offset`)."""
    starts = [start for _, start in speech.words] + [speech.seconds]
    out = {}
    for i, (word, start) in enumerate(speech.words):
        if word in wanted:
            inside = np.arange(start, starts[i + 1], 0.01)
            out[word] = offset + inside[int(np.argmax(speech.loudness(inside)))]
    return out
