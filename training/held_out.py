"""Renders the held-out heads of `bench/quality`: twelve people nobody trains on, two by two under the same motion.

Person A under motion m is the exact answer to "A driven by B under m", and the other way round. Clips and photos begin at rest.

    python3 training/held_out.py --assets DIR --ffmpeg FILE --out bench/quality/heads

Writes PERSON.mp4 (the performance), PERSON-K.jpg (photos of the same person, K = 0 at rest) and heads.json (who they are, who drives
whom, and the true gaze and pose of every frame).
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import subprocess
from pathlib import Path

import numpy as np
from PIL import Image

from heads.expressions import INDEX
from heads.performance import Motion, State, moments, motion
from heads.people import Identity, identity
from renderer import Studio

# Seeds from 950 000 on: training takes its people and motions below 900 000, its own held-out groups from there.
# Motion: its two people. Chosen by their labels: sex and skin differ within a pair, all motions talk.
PAIRS = {
    950001: (950006, 950050),  # a gaping mouth
    950052: (950028, 950025),  # talk, a grin, blinks, turns of the head
    950013: (950007, 950002),  # talk, a grin, glances
    950062: (950053, 950010),  # talk, a laugh
    950003: (950015, 950030),  # talk, a grimace, glances
    950044: (950046, 950036),  # talk, a laugh
}
FRAMES = 40
STEP = 2  # frames of the 25 a second that `motion` gives: every second one
RAMP = 5  # frames until the motion has faded in from rest
PHOTOS = 8
SIZE = 320  # pixels
POSE_SPREAD = np.radians([4.0, 2.5, 2.0])  # yaw, pitch, roll that a person adds to the motion, as in training
GRAIN = 0.3  # of the sensor's noise: no generator can foresee it, so it would only blur the comparison
CRF = 16
JPEG_QUALITY = 92


def performance(seed: int) -> Motion:
    """FRAMES instants at 12.5 a second that begin at rest."""
    part = motion(seed, FRAMES * STEP, yaw=16).take(np.arange(0, FRAMES * STEP, STEP))
    x = np.clip(np.arange(FRAMES) / RAMP, 0, 1)[:, None]
    ramp = x * x * (3 - 2 * x)
    return Motion(part.expression * ramp, part.pose * ramp, part.gaze * ramp, part.tongue * ramp, part.strong, part.label)


def photo_states(seed: int) -> list[State]:
    """A face at rest, then others with open eyes, as people keep them in albums."""
    album = moments(seed, 4 * PHOTOS, yaw=16)
    awake = [i for i in range(len(album)) if album.expression[i, INDEX['eyeBlink_L']] < 0.3]
    return [State.rest(album.expression.shape[1]), *(album.state(i) for i in awake[: PHOTOS - 1])]


def darkness(who: Identity) -> float:
    """0 light skin .. 1 dark skin."""
    return float((1 - who.skin_mix) * ('dark' in who.skin) + who.skin_mix * ('dark' in who.skin_other))


def labels(who: Identity) -> dict:
    dark = darkness(who)
    return {
        'sex': 'female' if who.sex < 0 else 'male',
        'age': who.age,
        'skin': 'light' if dark < 0.25 else 'dark' if dark > 0.75 else 'medium',
        'darkness': round(dark, 2),
        'hair': who.hair,
        'beard': who.beard.style if who.beard and who.beard.length > 0 else 'shadow' if who.beard else 'none',
        'glasses': who.glasses is not None,
        'iris': who.iris,
    }


def encode(frames: list[np.ndarray], ffmpeg: str, path: Path) -> None:
    command = [ffmpeg, '-y', '-v', 'error', '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', f'{SIZE}x{SIZE}', '-r', str(25 / STEP), '-i', '-',
               '-c:v', 'libx264', '-preset', 'veryslow', '-crf', str(CRF), '-pix_fmt', 'yuv420p', str(path)]  # fmt: skip
    subprocess.run(command, input=b''.join(f.tobytes() for f in frames), check=True)


def film(studio: Studio, seed: int, moves: Motion, out: Path, ffmpeg: str) -> dict:
    """One person: the performance, the photos, and what is known of them."""
    person = studio.person(seed)
    sensor = person.view.sensor
    person.view = dataclasses.replace(person.view, sensor=dataclasses.replace(sensor, grain=GRAIN * sensor.grain))
    offset = np.random.RandomState(seed).randn(3) * POSE_SPREAD

    def shoot(state: State, noise: int) -> np.ndarray:
        return studio.shoot(person, dataclasses.replace(state, pose=state.pose + offset), noise).picture

    encode([shoot(moves.state(i), i) for i in range(FRAMES)], ffmpeg, out / f'{seed}.mp4')
    for k, state in enumerate(photo_states(seed)):
        Image.fromarray(shoot(state, 1000 + k)).save(out / f'{seed}-{k}.jpg', quality=JPEG_QUALITY, subsampling=0)
    degrees = {'gaze': np.degrees(moves.gaze), 'pose': np.degrees(moves.pose + offset)}
    return {'labels': labels(person.head.who), **{k: np.round(v, 2).tolist() for k, v in degrees.items()}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--assets', type=Path, required=True)
    parser.add_argument('--ffmpeg', default='ffmpeg')
    parser.add_argument('--out', type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    studio = Studio(options.assets, SIZE)
    people, clips = {}, []
    for motion_seed, pair in PAIRS.items():
        moves = performance(motion_seed)
        for seed in pair:
            people[str(seed)] = film(studio, seed, moves, options.out, options.ffmpeg)
            print(seed, people[str(seed)]['labels'], flush=True)
        does = sorted({str(k) for k in moves.label})
        clips += [{'sitter': a, 'driver': b, 'motion': motion_seed, 'does': does} for a, b in (pair, pair[::-1])]
    note = 'gaze: yaw, pitch relative to the head; pose: yaw, pitch, roll; degrees, yaw to image right, pitch down, roll counter-clockwise'
    manifest = {'note': note, 'size': SIZE, 'fps': 25 / STEP, 'frames': FRAMES, 'photos': PHOTOS, 'clips': clips, 'people': people}
    (options.out / 'heads.json').write_text(json.dumps(manifest, separators=(',', ':')) + '\n')


if __name__ == '__main__':
    main()
