"""MFCC of every WAV in a folder by librosa, for the parity benchmark.

usage: parity_librosa.py FOLDER OUT.bin RATE

Writes the matrices of all files, in name order, as float32 little-endian rows of 13 one after the other;
prints {"clips", "frames", "seconds", "librosa"} as JSON. The seconds leave out imports and the first call.
RATE is the rate to resample to, or 0 to keep each file's own.
"""
import json
import sys
import time
from pathlib import Path

import librosa
import numpy as np


def features(path, rate):
    samples, rate = librosa.load(path, sr=rate, mono=True)
    return librosa.feature.mfcc(y=samples, sr=rate, n_mfcc=13, n_fft=2048, hop_length=512, n_mels=128).T


def main():
    folder, out, rate = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) or None
    paths = sorted(folder.glob("*.wav"), key=lambda path: path.name)
    features(paths[0], rate)
    started = time.perf_counter()
    matrices = [features(path, rate) for path in paths]
    seconds = time.perf_counter() - started
    np.concatenate(matrices).astype("<f4").tofile(out)
    frames = [matrix.shape[0] for matrix in matrices]
    print(json.dumps({"clips": len(paths), "frames": frames, "seconds": seconds, "librosa": librosa.__version__}))


if __name__ == "__main__":
    main()
