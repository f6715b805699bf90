"""Makes mfcc.json, the expected MFCC of the golden clips, with librosa 0.11.

usage: make_mfcc.py --node NODE --corpora FOLDER [--out mfcc.json]

Needs librosa 0.11, soundfile and soxr. NODE is a Node that runs TypeScript; it writes the synthetic
signals. FOLDER holds emodb/wav and nemo/samples. Every clip is analysed at its own rate (so that
parity tests share the very same samples), and those of another rate also after librosa's default
resampling to 22,050 Hz. Values are float32, little-endian, base64, one row of 13 a frame.
"""
import argparse
import base64
import hashlib
import json
import platform
import subprocess
import tempfile
from pathlib import Path

import librosa
import numpy as np
import scipy
import soundfile
import soxr

CLASSIC_RATE = 22050
HERE = Path(__file__).parent


def mfcc(samples, rate):
    """The classic recipe's features: librosa's defaults but for the 13 coefficients and zero padding."""
    matrix = librosa.feature.mfcc(
        y=samples, sr=rate, n_mfcc=13, n_fft=2048, hop_length=512, n_mels=128,
        window="hann", center=True, pad_mode="constant", power=2.0, dct_type=2, norm="ortho", htk=False,
    ).T
    return {
        "frames": matrix.shape[0],
        "values": base64.b64encode(np.ascontiguousarray(matrix, "<f4").tobytes()).decode(),
    }


def golden(path, source):
    samples, rate = soundfile.read(path, dtype="float32")
    clip = {
        "source": source,
        "name": path.stem,
        "sampleRateHz": rate,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "native": mfcc(samples, rate),
    }
    if rate != CLASSIC_RATE:
        clip["resampled"] = mfcc(librosa.resample(samples, orig_sr=rate, target_sr=CLASSIC_RATE), CLASSIC_RATE)
    return clip


def spread(folder, count):
    """`count` files, evenly spread over the folder's names."""
    paths = sorted(folder.glob("*.wav"))
    return [paths[round((i + 0.5) * len(paths) / count)] for i in range(count)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--node", required=True)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=HERE / "mfcc.json")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([args.node, str(HERE / "write-signals.ts"), folder], check=True)
        clips = [golden(path, "synthetic") for path in sorted(Path(folder).glob("*.wav"))]
    clips += [golden(path, "emodb") for path in spread(args.corpora / "emodb" / "wav", 10)]
    clips += [golden(path, "nemo") for path in spread(args.corpora / "nemo" / "samples", 10)]
    versions = {
        "python": platform.python_version(),
        "librosa": librosa.__version__,
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "soxr": soxr.__version__,
    }
    args.out.write_text(json.dumps({"versions": versions, "coefficients": 13, "clips": clips}, indent=2) + "\n")


if __name__ == "__main__":
    main()
