"""Makes features.json and features.bin.gz, every feature of the golden clips by librosa 0.11 (see reference.py).

usage: make_features.py --node NODE --corpora FOLDER

NODE is a Node that runs TypeScript; it writes the synthetic signals. FOLDER holds emodb/wav and nemo/samples.
Every clip is analysed at its own rate. features.json says what there is; features.bin.gz holds, clip by clip and
track by track where librosa does not raise, each column's largest absolute value (float32) and then the values in
32767ths of it (int16), row-major: within 2e-5 of the scale, in a fiftieth of the tolerance. Of log-mel every
eighth band is kept.
"""
import argparse
import gzip
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
from make_mfcc import spread
from reference import TRACKS, reference, trimmed

HERE = Path(__file__).parent
LOG_MEL_STEP = 8
TRIM_TOP_DB = [60, 20]


def packed(matrix):
    scale = np.abs(matrix).max(axis=0)
    units = np.where(scale > 0, scale, 1).astype("<f4")
    return scale.astype("<f4").tobytes() + np.round(matrix / units * 32767).astype("<i2").tobytes()


def golden(path, source, stream):
    samples, rate = soundfile.read(path, dtype="float32")
    frames = {}
    for name in TRACKS:
        matrix = reference(name, samples, rate)
        frames[name] = None if matrix is None else matrix.shape[0]
        if matrix is not None:
            stream.write(packed(matrix[:, ::LOG_MEL_STEP] if name == "log-mel" else matrix))
    return {
        "source": source,
        "name": path.stem,
        "sampleRateHz": rate,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "frames": frames,
        "trimmed": [trimmed(samples, top_db) for top_db in TRIM_TOP_DB],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--node", required=True)
    parser.add_argument("--corpora", type=Path, required=True)
    args = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        open(HERE / "features.bin.gz", "wb") as file,
        gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=file, mtime=0) as stream,
    ):
        subprocess.run([args.node, str(HERE / "write-signals.ts"), folder, "--edges"], check=True)
        clips = [golden(path, "synthetic", stream) for path in sorted(Path(folder).glob("*.wav"))]
        clips += [golden(path, "emodb", stream) for path in spread(args.corpora / "emodb" / "wav", 4)]
        clips += [golden(path, "nemo", stream) for path in spread(args.corpora / "nemo" / "samples", 4)]
    versions = {
        "python": platform.python_version(),
        "librosa": librosa.__version__,
        "numpy": np.__version__,
        "scipy": scipy.__version__,
    }
    described = {"versions": versions, "logMelStep": LOG_MEL_STEP, "trimTopDb": TRIM_TOP_DB, "clips": clips}
    (HERE / "features.json").write_text(json.dumps(described, indent=1) + "\n")


if __name__ == "__main__":
    main()
