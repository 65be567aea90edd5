#!/usr/bin/env python3
"""Render the synthetic performer: python3 training/performer/render_performer.py --assets DIR --out examples/performer.mp4"""

import argparse
import os
import shutil
import subprocess
import tempfile
import wave

import numpy as np

from assets import load_renderer
from look import Studio, ambient_occlusion, make_head
from script import FPS, PERFORMER, REST, TEXT, perform
from speech import speak

AO_STEP = 2  # frames between two computed ambient occlusions; between them it is interpolated


def write_sound(speech, path, seconds):
    """16-bit mono WAV: REST seconds of silence, the speech, silence up to `seconds`."""
    sound = np.zeros(round(seconds * speech.rate), np.int16)
    start = round(REST * speech.rate)
    sound[start : start + len(speech.samples)] = speech.samples[: len(sound) - start]
    with wave.open(path, 'wb') as f:
        f.setnchannels(1)
        f.setsampwidth(2)
        f.setframerate(speech.rate)
        f.writeframes(sound.tobytes())


def frames(R, model, head, scene, performance, samples, indices):
    """RGB frames (size, size, 3) uint8 of the given frame indices, in order."""
    weights, pose, gaze, tongue = performance
    cache = {}

    def occlusion(i):
        i = min(i, len(weights) - 1)
        if i not in cache:
            cache[i] = ambient_occlusion(R, head, weights[i] + head.rest_weights)
        return cache[i]

    for i in indices:
        low = i // AO_STEP * AO_STEP
        share = (i - low) / AO_STEP
        near, far = occlusion(low), occlusion(low + AO_STEP if share else low)
        for old in [k for k in cache if k < low]:
            del cache[old]
        mixed = R.f32(near * (1 - share) + far * share)
        head.ao = (mixed, mixed)
        head.tongue_lift = tongue[i]
        yield R.render(head, scene, weights[i] + head.rest_weights, pose[i], gaze[i], 0, samples)[0]


# The product recognises its performer by this comment (src/animator/performer-rights.ts).
TAGS = ['-metadata', 'title=Synthetic performer', '-metadata',
        'comment=Synthetic performer: a rendered head that belongs to nobody, speaking with a synthetic voice (Tableau Vivant).']


def encode(ffmpeg, pictures, size, sound, out, crf):
    """H.264 + AAC in MP4, playable everywhere (yuv420p, BT.709 tags, index first)."""
    video = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', f'{size}x{size}', '-r', str(FPS), '-i', '-']
    colour = ['-vf', 'scale=out_color_matrix=bt709:out_range=tv', '-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709']
    h264 = ['-c:v', 'libx264', '-preset', 'slow', '-crf', str(crf), '-pix_fmt', 'yuv420p', '-g', str(FPS * 2)]
    # Takes the edge off the synthesizer and puts it in a small room.
    voice = 'highpass=f=80,equalizer=f=3200:t=q:w=1.2:g=-3,lowpass=f=8500,aecho=0.9:0.5:17|29:0.12|0.08,volume=1.9,alimiter=limit=0.9:level=false'
    aac = ['-af', voice, '-c:a', 'aac', '-b:a', '96k', '-ar', '44100', '-shortest']
    command = [ffmpeg, '-v', 'error', '-y', *video, '-i', sound, *colour, *h264, *aac, '-movflags', '+faststart', '-map_metadata', '-1', *TAGS, out]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        for picture in pictures:
            process.stdin.write(picture.tobytes())
        process.stdin.close()
    if process.returncode:
        raise SystemExit(f'ffmpeg failed with {process.returncode} writing {out}')


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--assets', required=True, help='folder of the heads pack')
    parser.add_argument('--out', required=True, help='MP4 to write; with --frames a folder for PNG files')
    parser.add_argument('--size', type=int, default=512, help='pixels per side')
    parser.add_argument('--ss', type=int, default=4, help='supersampling per axis; 4 fits the 4x4 dither of hair and brows')
    parser.add_argument('--crf', type=int, default=17, help='H.264 quality')
    parser.add_argument('--voice', default='en-us', help='voice of espeak-ng')
    parser.add_argument('--ffmpeg', default=shutil.which('ffmpeg') or 'ffmpeg', help='ffmpeg program')
    parser.add_argument('--frames', metavar='START:STOP:STEP', help='write these frames as PNG files instead of the video')
    options = parser.parse_args()

    R = load_renderer(options.assets)
    model = R.Model()
    head = make_head(R, model, PERFORMER)
    scene = Studio(R, options.size, scale=0.92, centre=(0.0, 1.3)).scene
    speech = speak(TEXT, options.voice)
    performance = perform(model, speech, head.blink_scale)
    count = len(performance[0])
    if options.frames:
        indices = range(count)[slice(*(int(x) if x else None for x in options.frames.split(':')))]
        os.makedirs(options.out, exist_ok=True)
        for i, picture in zip(indices, frames(R, model, head, scene, performance, options.ss, indices)):
            R.write_png(os.path.join(options.out, f'frame_{i:04d}.png'), picture)
        return
    with tempfile.TemporaryDirectory() as folder:
        sound = os.path.join(folder, 'speech.wav')
        write_sound(speech, sound, count / FPS)
        encode(options.ffmpeg, frames(R, model, head, scene, performance, options.ss, range(count)), options.size, sound, options.out, options.crf)
    print(f'{options.out}: {count} frames, {count / FPS:.2f} s, {os.path.getsize(options.out)} bytes')


if __name__ == '__main__':
    main()
