"""Makes agreement.json: agreement of raters and UAR on random tables, by the reference implementations.

usage: make_agreement.py [--out agreement.json]

Needs scikit-learn, krippendorff, statsmodels and numpy. Labels are indices; -1 is no rating. A coefficient is null where
the reference has none (one label alone, or no item with two ratings).
"""
import argparse
import json
import math
import platform
import warnings
from importlib.metadata import version
from itertools import combinations
from pathlib import Path

import krippendorff
import numpy as np
import sklearn
import statsmodels
from sklearn.metrics import balanced_accuracy_score, cohen_kappa_score
from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

HERE = Path(__file__).parent
TABLES = 60


def number(value):
    return None if math.isnan(value) else float(value)


def kappa(a, b, labels):
    both = (a >= 0) & (b >= 0)
    if not both.any():
        return None
    return number(cohen_kappa_score(a[both], b[both], labels=list(range(labels)), replace_undefined_by=np.nan))


def fleiss(table, labels):
    complete = table[:, (table >= 0).all(axis=0)]
    if complete.shape[1] == 0:
        return None
    counts, _ = aggregate_raters(complete.T, n_cat=labels)
    return number(fleiss_kappa(counts, method="fleiss"))


def alpha(table):
    data = np.where(table >= 0, table, np.nan).astype(float)
    pairable = data[:, (table >= 0).sum(axis=0) >= 2]
    if np.unique(pairable[~np.isnan(pairable)]).size < 2:
        return None
    return number(krippendorff.alpha(reliability_data=data, level_of_measurement="nominal"))


def table_case(random, index):
    raters, items, labels = random.integers(2, 7), random.integers(1, 40), random.integers(2, 8)
    truth = random.integers(0, labels, items)
    # From all by chance to nearly all equal, and from nothing missing to most.
    skill, missing = random.uniform(0, 1), [0, random.uniform(0, 0.7)][index % 2]
    table = np.where(
        random.uniform(size=(raters, items)) < skill, truth, random.integers(0, labels, (raters, items))
    )
    table[random.uniform(size=(raters, items)) < missing] = -1
    return {
        "labels": int(labels),
        "ratings": table.tolist(),
        "cohens_kappa": [kappa(table[a], table[b], labels) for a, b in combinations(range(raters), 2)],
        "fleiss_kappa": fleiss(table, labels),
        "krippendorffs_alpha": alpha(table),
    }


def uar_case(random):
    labels, items = random.integers(2, 8), random.integers(1, 60)
    truth, predicted = random.integers(0, labels, items), random.integers(0, labels, items)
    return {
        "labels": int(labels),
        "truth": truth.tolist(),
        "predicted": predicted.tolist(),
        "uar": float(balanced_accuracy_score(truth, predicted)),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE / "agreement.json")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    random = np.random.default_rng(5)
    golden = {
        "versions": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "scikit-learn": sklearn.__version__,
            "krippendorff": version("krippendorff"),
            "statsmodels": statsmodels.__version__,
        },
        "tables": [table_case(random, index) for index in range(TABLES)],
        "uar": [uar_case(random) for _ in range(20)],
    }
    options.out.write_text(json.dumps(golden, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
