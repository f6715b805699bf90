"""Every feature of the schema, track by track, of WAV files by librosa, for the parity benchmark.

usage: parity_tracks.py OUT.bin FILE...

Writes float32 little-endian matrices (frames x columns), file by file and track by track; prints as JSON
{"librosa", "tracks": [name...], "frames": [[frames or null where librosa raises, by track]... by file]}.
Every file is analysed at its own rate.
"""
import json
import sys
from pathlib import Path

import librosa
import numpy as np
import soundfile

sys.path.insert(0, str(Path(__file__).parent.parent / "scripts" / "golden"))
from reference import TRACKS, reference  # noqa: E402


def main():
    out, files = Path(sys.argv[1]), sys.argv[2:]
    frames = []
    with out.open("wb") as stream:
        for file in files:
            samples, rate = soundfile.read(file, dtype="float32")
            matrices = [reference(name, samples, rate) for name in TRACKS]
            frames.append([None if matrix is None else matrix.shape[0] for matrix in matrices])
            for matrix in matrices:
                if matrix is not None:
                    stream.write(matrix.tobytes())
    print(json.dumps({"librosa": librosa.__version__, "numpy": np.__version__, "tracks": list(TRACKS), "frames": frames}))


if __name__ == "__main__":
    main()
