"""Every feature of the schema by librosa 0.11, with its defaults: what the golden files and the parity bench hold ours against.

Columns come in the order, and tracks by the type, that shared/recipe has them; rows are frames.
"""
import warnings

import librosa
import numpy as np

N_FFT = 2048
HOP = 512
F0_MIN = 65.40639132514966
F0_MAX = 2093.004522404789


def mfcc(samples, rate):
    return librosa.feature.mfcc(y=samples, sr=rate, n_mfcc=13, n_fft=N_FFT, hop_length=HOP)


def mfcc_deltas(samples, rate):
    matrix = mfcc(samples, rate)
    return np.concatenate([librosa.feature.delta(matrix, order=order) for order in (1, 2)])


def log_mel(samples, rate):
    return librosa.power_to_db(librosa.feature.melspectrogram(y=samples, sr=rate, n_fft=N_FFT, hop_length=HOP))


def f0(samples, rate):
    hz, voiced, probability = librosa.pyin(
        samples, sr=rate, fmin=F0_MIN, fmax=F0_MAX, frame_length=N_FFT, hop_length=HOP, fill_na=0.0
    )
    return np.stack([hz, voiced.astype(float), probability])


def spectral(name):
    function = getattr(librosa.feature, name)
    return lambda samples, rate: function(y=samples, sr=rate, n_fft=N_FFT, hop_length=HOP)


TRACKS = {
    "mfcc": mfcc,
    "mfcc-deltas": mfcc_deltas,
    "log-mel": log_mel,
    "rms": lambda samples, _: librosa.feature.rms(y=samples, frame_length=N_FFT, hop_length=HOP),
    "zero-crossing-rate": lambda samples, _: librosa.feature.zero_crossing_rate(
        samples, frame_length=N_FFT, hop_length=HOP
    ),
    "centroid": spectral("spectral_centroid"),
    "bandwidth": spectral("spectral_bandwidth"),
    "rolloff": spectral("spectral_rolloff"),
    "flatness": lambda samples, _: librosa.feature.spectral_flatness(y=samples, n_fft=N_FFT, hop_length=HOP),
    "contrast": spectral("spectral_contrast"),
    "chroma": spectral("chroma_stft"),
    "f0": f0,
}


def reference(name, samples, rate):
    """The track's matrix, frames x columns, float32; None where librosa raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return np.ascontiguousarray(TRACKS[name](samples, rate).T, "<f4")
        except librosa.util.exceptions.ParameterError:
            return None


def trimmed(samples, top_db):
    """First and last sample that librosa.effects.trim keeps (the last one excluded)."""
    _, (start, end) = librosa.effects.trim(samples, top_db=top_db, frame_length=N_FFT, hop_length=HOP)
    return [int(start), int(end)]
