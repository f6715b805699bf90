"""Losses and gradients of small LSTM networks by PyTorch in float64: what lstm.json holds our kernel against.

    python make_lstm.py > lstm.json

Features, weights and labels follow from formulas, which lstm.ts repeats. Weights come, as tfjs has them, by layer:
kernel [inputs, 4 units], recurrent kernel, bias, gates in the order i, f, c, o (PyTorch's, too); two directions one
after the other; a softmax last.
"""
import json

import numpy as np
import torch

CASES = {
    "two layers": {
        "steps": 7,
        "columns": 5,
        "labels": 3,
        "clips": 5,
        "layers": [
            {"type": "lstm", "units": 6, "returnSequences": True},
            {"type": "lstm", "units": 9, "returnSequences": False},
            {"type": "dense", "units": 4, "activation": "relu"},
        ],
    },
    "both directions": {
        "steps": 6,
        "columns": 9,
        "labels": 5,
        "clips": 4,
        "layers": [
            {"type": "lstm", "units": 8, "returnSequences": True, "bidirectional": True},
            {"type": "dense", "units": 7, "activation": "tanh"},
            {"type": "lstm", "units": 3, "returnSequences": False, "bidirectional": True},
        ],
    },
    "one clip": {
        "steps": 3,
        "columns": 2,
        "labels": 2,
        "clips": 1,
        "layers": [{"type": "lstm", "units": 1, "returnSequences": False}],
    },
}


class Weights:
    """Takes tensors off the formula, one after the other."""

    def __init__(self):
        self.count = 0
        self.all = []

    def take(self, *shape):
        i = np.arange(self.count, self.count + int(np.prod(shape)))
        self.count = i[-1] + 1
        values = (0.4 * np.sin(1.3 * i + 0.5)).astype(np.float32).astype(np.float64)
        self.all.append(torch.tensor(values.reshape(shape), requires_grad=True))
        return self.all[-1]


def lstm(x, spec, weights):
    """By torch.lstm, one direction at a time; its weights are the transposes of tfjs's."""
    units = spec["units"]
    outputs = []
    for backwards in [False, True][: 2 if spec.get("bidirectional") else 1]:
        kernel = weights.take(x.shape[2], 4 * units)
        recurrent = weights.take(units, 4 * units)
        bias = weights.take(4 * units)
        state = torch.zeros(1, x.shape[0], units, dtype=torch.float64)
        parameters = [kernel.T, recurrent.T, bias, torch.zeros_like(bias)]
        turned = x.flip(1) if backwards else x
        y = torch.lstm(turned, (state, state), parameters, True, 1, 0.0, False, False, True)[0]
        if not spec["returnSequences"]:
            y = y[:, -1]
        elif backwards:
            y = y.flip(1)
        outputs.append(y)
    return torch.cat(outputs, -1)


def run(case):
    clips, steps, columns, labels = (case[key] for key in ("clips", "steps", "columns", "labels"))
    i = np.arange(clips * steps * columns)
    features = (2 * np.sin(0.7 * i)).astype(np.float32).astype(np.float64)
    x = torch.tensor(features.reshape(clips, steps, columns))
    weights = Weights()
    for spec in case["layers"]:
        if spec["type"] == "lstm":
            x = lstm(x, spec, weights)
        else:
            x = x @ weights.take(x.shape[-1], spec["units"]) + weights.take(spec["units"])
            x = torch.relu(x) if spec["activation"] == "relu" else torch.tanh(x)
    logits = x @ weights.take(x.shape[-1], labels) + weights.take(labels)
    loss = torch.nn.functional.cross_entropy(logits, torch.arange(clips) % labels)
    loss.backward()
    gradient = torch.cat([weight.grad.flatten() for weight in weights.all])
    rounded = [float(f"{value:.9g}") for value in gradient]
    return {**case, "loss": loss.item(), "probabilities": torch.softmax(logits, 1).flatten().tolist(), "gradient": rounded}


cases = {name: run(case) for name, case in CASES.items()}
print(json.dumps({"versions": {"torch": torch.__version__, "numpy": np.__version__}, "cases": cases}))
