"""Makes scores.json: what scikit-learn and SciPy, or a formula stated here, say of made-up test results.

usage: make_scores.py [--out scores.json]

Needs scikit-learn, SciPy and NumPy. Accuracy, UAR (balanced_accuracy_score), precision, recall, F1, macro F1 and the
confusion matrix are scikit-learn's, class weights too; McNemar's exact test is scipy.stats.binomtest. The expected
calibration error is Guo et al. 2017, eq. 3, over ten bins (m/10, (m+1)/10]. Intervals are the cluster bootstrap over
speakers: 2,000 resamples of as many speakers as there are, drawn by xoshiro128** 1.1 from the state that
shared/metrics/random.ts hashes from "seed/stream", numpy.percentile at 2.5 and 97.5, over the resamples in which the
figure is defined. A figure undefined in more than half of them has no interval, nor has one that is defined on the clips
of fewer than three speakers, each taken alone.
"""
import argparse
import json
import platform
from pathlib import Path

import numpy as np
import scipy
import sklearn
from scipy.stats import binomtest
from sklearn import metrics
from sklearn.utils.class_weight import compute_class_weight

HERE = Path(__file__).parent
RESAMPLES = 2000
BINS = 10
MASK = 0xFFFFFFFF


def hash32(text, basis):
    value = basis
    for unit in text:
        value = ((value ^ ord(unit)) * 0x01000193) & MASK
    value = ((value ^ (value >> 16)) * 0x85EBCA6B) & MASK
    value = ((value ^ (value >> 13)) * 0xC2B2AE35) & MASK
    return value ^ (value >> 16)


def integers(seed, stream, bound):
    """Uniform integers in [0, bound): xoshiro128** 1.1, without modulo bias."""
    text = f"{seed}/{stream}"
    bases = (0x811C9DC5, 0x9E3779B9, 0x7F4A7C15, 0x94D049BB)
    a, b, c, d = (hash32(text, basis) for basis in bases)
    d |= 1
    limit = 2**32 - 2**32 % bound
    while True:
        product = (b * 5) & MASK
        result = (((product << 7) | (product >> 25)) * 9) & MASK
        t = (b << 9) & MASK
        c ^= a
        d ^= b
        b ^= c
        a ^= d
        c ^= t
        d = ((d << 11) | (d >> 21)) & MASK
        if result < limit:
            yield result % bound


def intervals(speakers, seed, stream, figures):
    """figures(positions) gives a list of numbers, NaN where one is not defined."""
    order = list(dict.fromkeys(speakers))
    if len([speaker for speaker in order if speaker is not None]) < 3:
        return None
    own = [np.flatnonzero([other == speaker for other in speakers]) for speaker in order]
    alone = np.array([figures(at) for at, speaker in zip(own, order) if speaker is not None], dtype=float)
    parts = (~np.isnan(alone)).sum(axis=0)
    draws = integers(seed, stream, len(order))
    values = np.array(
        [figures(np.concatenate([own[next(draws)] for _ in order])) for _ in range(RESAMPLES)], dtype=float
    )
    answer = []
    for column, part in zip(values.T, parts):
        known = column[~np.isnan(column)]
        few = part < 3 or len(known) < RESAMPLES / 2
        answer.append(None if few else [float(np.percentile(known, 2.5)), float(np.percentile(known, 97.5))])
    return answer


def ece(truth, predicted, probabilities):
    confidence = probabilities[np.arange(len(truth)), predicted]
    correct = truth == predicted
    total = 0.0
    for m in range(BINS):
        inside = (confidence > m / BINS) & (confidence <= (m + 1) / BINS)
        if inside.any():
            total += inside.sum() / len(truth) * abs(correct[inside].mean() - confidence[inside].mean())
    return float(total)


def figures_of(truth, predicted, probabilities, labels):
    confusion = metrics.confusion_matrix(truth, predicted, labels=range(labels))
    right, rows, columns = np.diag(confusion), confusion.sum(axis=1), confusion.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        precision, recall, f1 = right / columns, right / rows, 2 * right / (rows + columns)
    return {
        "accuracy": right.sum() / len(truth),
        "uar": np.nanmean(recall),
        "macroF1": np.nanmean(f1),
        "ece": ece(truth, predicted, probabilities),
        "precision": precision,
        "recall": recall,
        "f1": f1,
    }


def flat(figures):
    return np.concatenate([np.atleast_1d(value) for value in figures.values()])


def expected(truth, predicted, probabilities, labels, speakers, seed):
    """scikit-learn's own scores; the figures that are resampled are first held against them."""
    present = sorted(set(truth))
    occurring = sorted(set(truth) | set(predicted))
    own = figures_of(truth, predicted, probabilities, labels)
    theirs = {
        "accuracy": metrics.accuracy_score(truth, predicted),
        "uar": metrics.recall_score(truth, predicted, labels=present, average="macro"),
        "macroF1": metrics.f1_score(truth, predicted, labels=occurring, average="macro"),
    }
    for name, value in theirs.items():
        assert abs(value - own[name]) < 1e-12, name
    for name, score in (("precision", metrics.precision_score), ("recall", metrics.recall_score), ("f1", metrics.f1_score)):
        values = score(truth, predicted, labels=range(labels), average=None, zero_division=np.nan)
        known = ~np.isnan(own[name])
        assert np.allclose(values[known], own[name][known], atol=1e-12), name
    resampled = intervals(
        speakers,
        seed,
        "bootstrap",
        lambda at: flat(figures_of(truth[at], predicted[at], probabilities[at], labels)),
    )
    values = [None if np.isnan(value) else float(value) for value in flat(own)]
    return {
        "order": [f"{name}/{i}" for name, value in own.items() for i in range(np.size(value))],
        "values": values,
        "intervals": [None] * len(values) if resampled is None else resampled,
        "confusion": metrics.confusion_matrix(truth, predicted, labels=range(labels)).tolist(),
        "classWeights": compute_class_weight("balanced", classes=np.array(present), y=truth).tolist(),
        "presentLabels": [int(label) for label in present],
    }


def answers(random, truth, labels, skill):
    """Probabilities in 1/1024, exact in float32, sure of the truth more often with more skill."""
    logits = random.normal(size=(len(truth), labels))
    logits[np.arange(len(truth)), truth] += skill
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    rounded = np.floor(shares * 1024) / 1024
    rounded[np.arange(len(truth)), rounded.argmax(axis=1)] += 1 - rounded.sum(axis=1)
    return rounded, rounded.argmax(axis=1)


def paired(truth, a, b, labels, speakers, seed):
    def differences(at):
        # The probabilities play no part in the two figures that are compared.
        flatly = np.full((len(at), labels), 1 / labels)
        of_a = figures_of(truth[at], a[at], flatly, labels)
        of_b = figures_of(truth[at], b[at], flatly, labels)
        return [of_b["accuracy"] - of_a["accuracy"], of_b["uar"] - of_a["uar"]]

    only_a = int(((a == truth) & (b != truth)).sum())
    only_b = int(((b == truth) & (a != truth)).sum())
    return {
        "differences": [float(value) for value in differences(np.arange(len(truth)))],
        "intervals": intervals(speakers, seed, "bootstrap/paired", differences),
        "onlyA": only_a,
        "onlyB": only_b,
        "pValue": float(binomtest(only_a, only_a + only_b).pvalue),
    }


def case(name, seed, clips, labels, people, unused=()):
    random = np.random.default_rng(seed)
    used = [label for label in range(labels) if label not in unused]
    truth = random.choice(used, size=clips)
    speakers = [people[i] for i in random.integers(len(people), size=clips)]
    probabilities, predicted = answers(random, truth, labels, 1.2)
    _, other = answers(random, truth, labels, 1.6)
    return {
        "name": name,
        "seed": seed,
        "labels": labels,
        "truth": truth.tolist(),
        "speakers": speakers,
        "probabilities1024": (probabilities * 1024).astype(int).tolist(),
        "predicted": predicted.tolist(),
        "other": other.tolist(),
        "expected": expected(truth, predicted, probabilities, labels, speakers, seed),
        "paired": paired(truth, predicted, other, labels, speakers, seed),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", default=HERE / "scores.json")
    arguments = parser.parse_args()
    counts = [(3, 1), (0, 7), (10, 10), (31, 12), (200, 260), (1500, 1400)]
    document = {
        "versions": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "scipy": scipy.__version__,
            "scikit-learn": sklearn.__version__,
        },
        "cases": [
            case("five labels, seven speakers", 1, 90, 5, list("abcdefg")),
            case("some clips of nobody known", 2, 60, 3, ["a", "b", "c", "d", None]),
            case("a label without test clips", 3, 50, 4, list("abcde"), unused=(2,)),
            case("two speakers: no interval", 4, 30, 3, ["a", "b"]),
        ],
        "mcnemar": [
            {"onlyA": a, "onlyB": b, "pValue": float(binomtest(a, a + b).pvalue)} for a, b in counts
        ],
    }
    Path(arguments.out).write_text(json.dumps(document, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
