"""The soxr side of the resampling benchmark: python decoding_soxr.py FOLDER FROM_HZ TO_HZ

FOLDER holds pairs of raw float32 files: NAME.in at FROM_HZ and NAME.out, what the studio made of it at TO_HZ.
Prints one JSON object: differences of 13 MFCC to what librosa.resample (soxr_hq) makes of it, levels of soxr's tones, times.
"""

import json
import sys
import time
from pathlib import Path

import librosa
import numpy as np

folder, from_hz, to_hz = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])


def mfcc(samples):
    return librosa.feature.mfcc(y=samples, sr=to_hz, n_mfcc=13)


# The first call loads the library.
librosa.resample(np.zeros(1000, "float32"), orig_sr=from_hz, target_sr=to_hz, res_type="soxr_hq")
differences, seconds, tones = [], 0.0, {}
for path in sorted(folder.glob("*.in")):
    samples = np.fromfile(path, "float32")
    ours = np.fromfile(path.with_suffix(".out"), "float32")
    started = time.perf_counter()
    theirs = librosa.resample(samples, orig_sr=from_hz, target_sr=to_hz, res_type="soxr_hq")
    elapsed = time.perf_counter() - started
    if len(ours) != len(theirs):
        sys.exit(f"{path.name}: {len(ours)} samples, librosa has {len(theirs)}")
    if path.name.startswith("tone"):
        middle = theirs[2000:-2000].astype("float64")
        tones[path.stem] = float(np.sqrt(np.mean(middle**2)))
    else:
        seconds += elapsed
        differences.append(float(np.abs(mfcc(ours) - mfcc(theirs)).mean()))

print(json.dumps({"mean": float(np.mean(differences)), "worst": max(differences), "seconds": seconds, "tones": tones}))
