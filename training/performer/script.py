"""The performance itself: the sentence, who speaks it, and what the face does when. All times are seconds of the clip."""

import numpy as np

from acting import blink, bump, drift, ease, keys, saccades, stresses
from casting import Cast
from visemes import mouth_curves, mouth_weights

TEXT = 'Good morning. I have been waiting here for a very long time, and it is lovely to meet you.'
FPS = 25
REST = 0.36  # silence before the first sound
SMILE = 1.45  # how long the clip goes on after the last sound

PERFORMER = Cast(
    seed=17,
    skin='young_lightskinned_male',
    hair='short04',
    hair_colour='dark',
    eyes='brownlight',
    brow=12,
    lashes=1,
    sigma=0.65,
    cloth=(0.055, 0.085, 0.12),
    rest={'browInnerUp': 0.16, 'browOuterUp': 0.08, 'eyeBlink': 0.09},
)


def perform(model, speech, blink_scale=1.0):
    """-> weights (n, 57) 0..1, head (n, 3) yaw, pitch, roll in radians, gaze (n, 2) in the head's frame, tongue (n,) tip lift 0..1.

    `blink_scale` is the eyeBlink weight that shuts the lids of this identity (it may pass 1).
    """
    count = round((REST + speech.seconds + SMILE) * FPS)
    t = np.arange(count) / FPS
    at = stresses(speech, ('morning', 'waiting', 'very', 'long', 'time', 'lovely', 'meet', 'you', 'here'), REST)
    end = REST + speech.seconds
    w = np.zeros((count, len(model.names)))

    def add(name, curve):
        for key in [name] if name in model.ix else [name + '_L', name + '_R']:
            w[:, model.ix[key]] += curve

    curves = mouth_curves(speech, t - REST)
    smile = ease(t, end - 0.12, end + 0.50) * (1 - 0.12 * ease(t, end + 0.9, end + 1.4))
    friendly = 0.10 * bump(t, at['morning'] + 0.15, 0.4, 0.7) + 0.14 * bump(t, at['lovely'], 0.5, 0.9)
    for name, curve in mouth_weights(curves).items():
        add(name, curve * (1 - smile * (0 if name == 'jawOpen' else 0.5)))
    add('mouthSmile', 0.80 * smile + friendly)
    add('mouthUpperUp', 0.40 * smile)
    add('mouthLowerDown', 0.24 * smile)
    add('jawOpen', 0.06 * smile)
    add('cheekSquint', 0.55 * smile + 0.6 * friendly)
    add('cheekRaiser', 0.25 * smile)
    add('eyeSquint', 0.28 * smile)
    w[:, model.ix['mouthSmile_L']] *= 1.05  # nobody smiles quite evenly
    w[:, model.ix['mouthSmile_R']] *= 0.95

    # Brows rise with the stressed words, most on "very long", and knit slightly while he complains.
    raised = 0.45 * bump(t, at['morning'], 0.22, 0.45) + 0.60 * bump(t, at['very'] + 0.15, 0.35, 0.55) + 0.40 * bump(t, at['lovely'], 0.25, 0.55)
    add('browInnerUp', raised + 0.15 * smile)
    add('browOuterUp', 0.75 * raised + 0.10 * smile)
    add('eyeWide', 0.30 * raised)
    add('browDown', 0.22 * bump(t, at['waiting'], 0.35, 0.5))

    # Head: turns a little aside while he remembers, comes back for "lovely"; small nods on the stresses.
    yaw = keys(t, ((0.25, 0), (0.75, -4), (1.45, -4), (2.2, 9.5), (3.0, 8.5), (3.7, -7), (4.3, -8), (5.1, 3), (end, 1.5), (end + 0.8, -2.5)))
    pitch = keys(t, ((0.1, 0), (0.45, -2), (0.9, 2), (1.5, -0.5), (2.2, -2.5), (3.0, -1), (3.9, 2.5), (4.5, 1), (5.1, -2), (end, 1), (end + 0.7, -1)))
    roll = keys(t, ((0.3, 0), (1.0, 1.5), (2.0, -3), (3.1, -1), (4.0, 3.5), (5.0, 0.5), (end - 0.2, 0), (end + 0.7, 3.0)))
    for word, size in (('morning', 3.2), ('waiting', 2.2), ('very', 1.6), ('long', 2.4), ('time', 2.2), ('lovely', 3.0), ('meet', 2.6)):
        pitch += 0.85 * size * bump(t, at[word] + 0.05, 0.20, 0.34) - 0.25 * size * bump(t, at[word] - 0.18, 0.16, 0.18)
    yaw += drift(t, 0.7, 0.45, 0.6) * ease(t, 0.1, 0.6)
    pitch += drift(t, 0.5, 0.55, 2.2) * ease(t, 0.1, 0.6)
    roll += drift(t, 0.5, 0.38, 4.0) * ease(t, 0.1, 0.6)
    head = np.radians(np.stack([yaw, pitch, roll], 1))

    # Gaze: into the camera, aside and up while remembering, down on "time", back to the camera. The eyes counter the head.
    look = saccades(t, ((0, 0, 0), (1.52, 13, -3), (2.02, 17, -6), (2.62, 9, -2), (3.02, 0, 0), (3.62, -12, 8), (4.20, -9, 11), (4.78, 0, 0)))
    flicker = saccades(t, ((0, 0, 0), (0.6, 0.8, -0.4), (1.1, -0.6, 0.3), (3.3, 0.9, 0.2), (5.3, -0.9, 0.4), (5.9, 0.5, -0.4), (6.6, -0.4, 0.3)))
    gaze = np.clip(look + flicker - head[:, :2], -0.5, 0.5)
    for side, sign in (('L', 1), ('R', -1)):
        for name, amount in (('Out', sign * gaze[:, 0]), ('In', -sign * gaze[:, 0]), ('Down', gaze[:, 1]), ('Up', -gaze[:, 1])):
            w[:, model.ix[f'eyeLook{name}_{side}']] += np.maximum(0, amount) / np.radians(30)
    lids = np.max([blink(t, s) for s in (1.44, 2.98, 4.68, end + 0.02)], 0)
    for name in ('eyeBlink_L', 'eyeBlink_R'):
        w[:, model.ix[name]] = lids
    for name in ('eyeWide', 'eyeSquint', 'eyeLookUp', 'eyeLookDown'):  # would hold the lids apart, or push them through each other
        for side in ('_L', '_R'):
            w[:, model.ix[name + side]] *= 1 - lids
    w = np.clip(w, 0, 1)
    w[:, [model.ix['eyeBlink_L'], model.ix['eyeBlink_R']]] *= blink_scale
    return w, head, gaze, curves['tongue'] * (1 - smile)
