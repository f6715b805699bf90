"""librosa's side of the features benchmark: load and 13 MFCC of every WAV in a folder, when told to.

usage: features_librosa.py RATE

Reads one request a line, answers one JSON line each:
  ["copy", FROM, TO, RATE]    writes every WAV of FROM to TO at RATE, 16 bits (soxr HQ)   -> {"clips"}
  ["run", FOLDER, PROCESSES]  features of FOLDER, all files, by so many processes         -> {"clips", "seconds"}
  ["keep", FOLDER, OUT.bin]   the matrices below one another, float32 little-endian       -> {"frames"}
  ["memory"]                  this process's peak                                         -> {"megabytes"}
The seconds of "run" leave out imports, the first call and the start of the processes.
"""
import json
import resource
import sys
import time
from multiprocessing import get_context
from pathlib import Path

import librosa
import numpy as np
import soundfile

RATE = int(sys.argv[1])
pools = {}


def features(path):
    samples, rate = librosa.load(path, sr=RATE, mono=True)
    return librosa.feature.mfcc(y=samples, sr=rate, n_mfcc=13, n_fft=2048, hop_length=512, n_mels=128).T


def wavs(folder):
    return sorted(Path(folder).glob("*.wav"), key=lambda path: path.name)


def copy(source, target, rate):
    paths = wavs(source)
    for path in paths:
        samples, _ = librosa.load(path, sr=rate, mono=True)
        soundfile.write(Path(target) / path.name, samples, rate, subtype="PCM_16")
    return {"clips": len(paths)}


def pool(processes, path):
    if processes not in pools:
        pools[processes] = get_context("fork").Pool(processes)
        pools[processes].map(features, [path] * processes * 4, 1)
    return pools[processes]


def run(folder, processes):
    paths = wavs(folder)
    features(paths[0])
    if processes == 1:
        started = time.perf_counter()
        matrices = [features(path) for path in paths]
    else:
        workers = pool(processes, paths[0])
        started = time.perf_counter()
        matrices = workers.map(features, paths, 8)
    return {"clips": len(matrices), "seconds": time.perf_counter() - started}


def keep(folder, out):
    matrices = [features(path) for path in wavs(folder)]
    np.concatenate(matrices).astype("<f4").tofile(out)
    return {"frames": [matrix.shape[0] for matrix in matrices]}


def memory():
    return {"megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def main():
    print(json.dumps({"librosa": librosa.__version__}), flush=True)
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        answer = {"copy": copy, "run": run, "keep": keep, "memory": memory}[name](*arguments)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
