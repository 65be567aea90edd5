"""Speech and its timing from espeak-ng: the sound, every phoneme with start and end, and every word."""

import ctypes as C
import ctypes.util
from dataclasses import dataclass

import numpy as np

_SYNCHRONOUS = 2  # AUDIO_OUTPUT_SYNCHRONOUS: samples go to the callback, nothing is played
_PHONEME_EVENTS = 1
_UTF8 = 1
_RATE, _PITCH, _RANGE = 1, 3, 4  # espeak_PARAMETER
_WORD, _PHONEME, _END = 1, 7, 0


class _Id(C.Union):
    _fields_ = [('number', C.c_int), ('name', C.c_char_p), ('string', C.c_char * 8)]


class _Event(C.Structure):
    _fields_ = [
        ('type', C.c_int),
        ('unique_identifier', C.c_uint),
        ('text_position', C.c_int),
        ('length', C.c_int),
        ('audio_position', C.c_int),
        ('sample', C.c_int),
        ('user_data', C.c_void_p),
        ('id', _Id),
    ]


@dataclass(frozen=True)
class Phoneme:
    """One phoneme by its espeak-ng mnemonic; '' and names that start with '_' are silence. Seconds from the start of the sound."""

    name: str
    start: float
    end: float


@dataclass(frozen=True)
class Speech:
    """samples (n,) int16 mono at `rate` Hz; words as (text, start second)."""

    samples: np.ndarray
    rate: int
    phonemes: tuple
    words: tuple

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate

    def loudness(self, times: np.ndarray, window=0.05) -> np.ndarray:
        """Root mean square around each time, divided by the clip's 95th percentile; 0 where silent."""
        power = np.concatenate([[0], np.cumsum(self.samples.astype(float) ** 2)])
        low = np.clip(((times - window / 2) * self.rate).astype(int), 0, len(self.samples))
        high = np.clip(((times + window / 2) * self.rate).astype(int), 0, len(self.samples))
        rms = np.sqrt((power[high] - power[low]) / (window * self.rate))
        return rms / (np.percentile(rms[rms > 0], 95) if np.any(rms > 0) else 1)


def speak(text: str, voice='en-gb', words_per_minute=135, pitch=42, pitch_range=62) -> Speech:
    """Synthesize `text`. Pitch and range are espeak-ng's own 0..100 scales."""
    path = ctypes.util.find_library('espeak-ng')
    if path is None:
        raise SystemExit('expected the espeak-ng library (libespeak-ng), but found none: apt-get install espeak-ng')
    lib = C.CDLL(path)
    rate = lib.espeak_Initialize(_SYNCHRONOUS, 0, None, _PHONEME_EVENTS)
    sound, marks, words = [], [], []
    data = text.encode('utf-8')

    @C.CFUNCTYPE(C.c_int, C.POINTER(C.c_short), C.c_int, C.POINTER(_Event))
    def callback(wave, count, events):
        if wave and count:
            sound.append(np.ctypeslib.as_array(wave, (count,)).copy())
        i = 0
        while events[i].type != _END:
            e = events[i]
            if e.type == _PHONEME:
                marks.append((e.id.string.decode('utf-8', 'replace'), e.audio_position / 1000))
            elif e.type == _WORD:
                words.append((text[e.text_position - 1 : e.text_position - 1 + e.length], e.audio_position / 1000))
            i += 1
        return 0

    lib.espeak_SetSynthCallback(callback)
    if lib.espeak_SetVoiceByName(voice.encode()):
        raise SystemExit(f'expected a voice of espeak-ng (espeak-ng --voices), received {voice!r}')
    for parameter, value in ((_RATE, words_per_minute), (_PITCH, pitch), (_RANGE, pitch_range)):
        lib.espeak_SetParameter(parameter, value, 0)
    lib.espeak_Synth(data, len(data) + 1, 0, 0, 0, _UTF8, None, None)
    lib.espeak_Synchronize()
    lib.espeak_Terminate()
    samples = np.concatenate(sound)
    ends = [start for _, start in marks[1:]] + [len(samples) / rate]
    phonemes = tuple(Phoneme(name, start, end) for (name, start), end in zip(marks, ends))
    return Speech(samples, rate, phonemes, tuple(words))
