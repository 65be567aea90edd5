"""The 57 expression names, mouth shapes of speech sounds, and strong expressions. Weights are 0..1; a name without side means both sides."""

EXPRESSIONS = (
    'PupilDilate_L PupilDilate_R browDown_L browDown_R browInnerUp_L browInnerUp_R browOuterUp_L browOuterUp_R cheekPuff_L cheekPuff_R '
    'cheekRaiser_L cheekRaiser_R cheekSquint_L cheekSquint_R eyeBlink_L eyeBlink_R eyeLookDown_L eyeLookDown_R eyeLookIn_L eyeLookIn_R '
    'eyeLookOut_L eyeLookOut_R eyeLookUp_L eyeLookUp_R eyeSquint_L eyeSquint_R eyeWide_L eyeWide_R jawForward jawLeft jawOpen jawRight mouthClose '
    'mouthDimple_L mouthDimple_R mouthFrown_L mouthFrown_R mouthFunnel mouthLeft mouthLowerDown_L mouthLowerDown_R mouthPress_L mouthPress_R '
    'mouthPucker mouthRight mouthRollLower mouthRollUpper mouthShrugLower mouthShrugUpper mouthSmile_L mouthSmile_R mouthStretch_L mouthStretch_R '
    'mouthUpperUp_L mouthUpperUp_R noseSneer_L noseSneer_R'
).split()
INDEX = {name: i for i, name in enumerate(EXPRESSIONS)}

# Mouth shape of a class of sounds: weights, lift of the tongue's tip, and how strongly it insists on the mouth (1 = an open vowel).
SOUNDS = {
    'aa': ({'jawOpen': 0.48, 'mouthLowerDown': 0.34, 'mouthUpperUp': 0.20}, 0.0, 1.0),
    'ae': ({'jawOpen': 0.36, 'mouthStretch': 0.25, 'mouthLowerDown': 0.38, 'mouthUpperUp': 0.26, 'mouthSmile': 0.12}, 0.0, 1.0),
    'uh': ({'jawOpen': 0.26, 'mouthLowerDown': 0.24, 'mouthUpperUp': 0.14}, 0.0, 0.5),
    'ee': ({'jawOpen': 0.11, 'mouthSmile': 0.28, 'mouthStretch': 0.26, 'mouthLowerDown': 0.36, 'mouthUpperUp': 0.24, 'mouthDimple': 0.12}, 0.2, 0.9),
    'oh': ({'jawOpen': 0.32, 'mouthFunnel': 0.48, 'mouthPucker': 0.18}, 0.0, 1.0),
    'oo': ({'jawOpen': 0.12, 'mouthPucker': 0.68, 'mouthFunnel': 0.22}, 0.0, 1.1),
    'mbp': ({'jawOpen': 0.06, 'mouthClose': 0.06, 'mouthPress': 0.30, 'mouthRollLower': 0.18, 'mouthRollUpper': 0.15}, 0.0, 2.0),
    'fv': ({'jawOpen': 0.06, 'mouthRollLower': 0.50, 'mouthUpperUp': 0.28}, 0.0, 1.6),
    'td': ({'jawOpen': 0.10, 'mouthLowerDown': 0.26, 'mouthUpperUp': 0.14}, 0.9, 0.6),
    'l': ({'jawOpen': 0.20, 'mouthLowerDown': 0.26, 'mouthUpperUp': 0.14}, 1.0, 0.6),
    'sz': ({'jawOpen': 0.04, 'mouthStretch': 0.26, 'mouthLowerDown': 0.38, 'mouthUpperUp': 0.22}, 0.5, 0.9),
    'sh': ({'jawOpen': 0.08, 'mouthFunnel': 0.42, 'mouthPucker': 0.22, 'mouthUpperUp': 0.12}, 0.4, 0.9),
    'rest': ({}, 0.0, 0.7),
}  # fmt: skip
SOUND_ODDS = {'aa': 3, 'ae': 2, 'uh': 3, 'ee': 3, 'oh': 2, 'oo': 2, 'mbp': 2.5, 'fv': 1.2, 'td': 3, 'l': 1.2, 'sz': 2, 'sh': 0.8}

# Strong expressions: ranges of the weights, range of the tongue's (lift, out), head pitch in degrees (up is negative). All count as "extreme".
STRONG = {
    'grin': ({'mouthSmile': (0.65, 1.0), 'mouthUpperUp': (0.25, 0.75), 'mouthLowerDown': (0.2, 0.75), 'mouthStretch': (0, 0.45), 'mouthDimple': (0, 0.4),
              'cheekSquint': (0.3, 0.9), 'cheekRaiser': (0, 0.5), 'eyeSquint': (0.1, 0.5), 'jawOpen': (0, 0.16)}, (0.3, 0), (-4, 2)),
    'laugh': ({'mouthSmile': (0.6, 1.0), 'mouthUpperUp': (0.3, 0.65), 'mouthLowerDown': (0.15, 0.5), 'jawOpen': (0.35, 0.8), 'cheekSquint': (0.5, 1.0),
               'cheekRaiser': (0.2, 0.7), 'eyeSquint': (0.2, 0.8), 'browInnerUp': (0, 0.4), 'browOuterUp': (0, 0.4)}, (0.5, 0.15), (-12, 4)),
    'grimace': ({'mouthStretch': (0.5, 1.0), 'mouthLowerDown': (0.4, 1.0), 'mouthUpperUp': (0.2, 0.7), 'noseSneer': (0.1, 0.8), 'browDown': (0.3, 1.0),
                 'eyeSquint': (0.2, 0.9), 'mouthFrown': (0, 0.5), 'cheekSquint': (0, 0.6), 'jawOpen': (0, 0.2)}, (0.3, 0), (-4, 6)),
    'wideOpen': ({'jawOpen': (0.7, 1.0), 'mouthFunnel': (0, 0.35), 'mouthUpperUp': (0, 0.45), 'mouthLowerDown': (0, 0.4), 'mouthStretch': (0, 0.3),
                  'eyeWide': (0, 0.9), 'browInnerUp': (0, 1.0), 'browOuterUp': (0, 0.9)}, (0.6, 0.3), (-10, 3)),
    'yawn': ({'jawOpen': (0.8, 1.0), 'mouthFunnel': (0.1, 0.3), 'eyeBlink': (0.5, 1.0), 'eyeSquint': (0.2, 0.7), 'browInnerUp': (0.2, 0.8), 'cheekRaiser': (0, 0.4)}, (0.2, 0), (-12, 0)),
    'snarl': ({'mouthUpperUp': (0.7, 1.0), 'noseSneer': (0.5, 1.0), 'browDown': (0.4, 1.0), 'cheekSquint': (0.2, 0.7), 'mouthLowerDown': (0, 0.5), 'jawOpen': (0, 0.25)}, (0, 0), (-4, 6)),
    'shout': ({'jawOpen': (0.5, 0.9), 'mouthStretch': (0.3, 0.8), 'mouthLowerDown': (0.4, 0.9), 'mouthUpperUp': (0.4, 0.8), 'noseSneer': (0, 0.5), 'browDown': (0.2, 1.0)}, (0.4, 0), (-8, 6)),
    'tongueOut': ({'jawOpen': (0.28, 0.55), 'mouthLowerDown': (0.3, 0.6), 'mouthSmile': (0, 0.4), 'mouthUpperUp': (0, 0.25)}, (0.1, 1.0), (-4, 4)),
}  # fmt: skip
STRONG_ODDS = {'grin': 3, 'laugh': 3, 'grimace': 2, 'wideOpen': 2, 'yawn': 0.5, 'snarl': 0.8, 'shout': 1.2, 'tongueOut': 0.4}
# Moods that lie under speech and silence, at a random strength.
MOODS = {
    'plain': {}, 'plain2': {},
    'friendly': {'mouthSmile': 0.4, 'cheekSquint': 0.3, 'browOuterUp': 0.15},
    'amused': {'mouthSmile': 0.6, 'mouthDimple': 0.3, 'cheekSquint': 0.45, 'eyeSquint': 0.2},
    'doubt': {'browDown': 0.5, 'eyeSquint': 0.3, 'mouthPress': 0.25},
    'surprise': {'browInnerUp': 0.8, 'browOuterUp': 0.7, 'eyeWide': 0.5},
    'sad': {'browInnerUp': 0.7, 'mouthFrown': 0.55, 'mouthShrugLower': 0.3},
    'stern': {'browDown': 0.7, 'mouthPress': 0.4, 'mouthFrown': 0.25},
    'pout': {'mouthPucker': 0.6, 'mouthShrugLower': 0.3},
    'puff': {'cheekPuff': 0.8, 'mouthPress': 0.4},
    'lipsIn': {'mouthRollLower': 0.6, 'mouthRollUpper': 0.6, 'mouthPress': 0.3},
    'disgust': {'noseSneer': 0.7, 'mouthUpperUp': 0.35, 'browDown': 0.4, 'mouthFrown': 0.3},
}  # fmt: skip
