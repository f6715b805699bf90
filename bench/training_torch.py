"""A recipe's network in PyTorch: epochs one at a time for training_epochs.py, or whole folds from the command line.

    python training_torch.py FOLDER THREADS FOLD...

Each fold trains for all of its epochs and scores its held-out clips after each, as our trainer does.
"""

import json
import os
import sys
import time

import numpy as np
import torch


class Network(torch.nn.Module):
    """Layers of the recipe with PyTorch's own defaults; the logits, not their softmax, come out."""

    def __init__(self, recipe, columns, labels):
        super().__init__()
        self.specs = recipe["layers"]
        layers = []
        for spec in self.specs:
            if spec["type"] == "lstm":
                layers.append(torch.nn.LSTM(columns, spec["units"], batch_first=True))
            else:
                layers.append(torch.nn.Linear(columns, spec["units"]))
            columns = spec["units"]
        self.body = torch.nn.ModuleList(layers)
        self.head = torch.nn.Linear(columns, labels)

    def forward(self, x):
        for spec, layer in zip(self.specs, self.body):
            if spec["type"] == "lstm":
                x, _ = layer(x)
                if not spec["returnSequences"]:
                    x = x[:, -1]
            else:
                x = getattr(torch, spec["activation"])(layer(x))
        return self.head(x)


def load(folder):
    with open(os.path.join(folder, "job.json"), encoding="utf8") as file:
        job = json.load(file)
    frames, columns = job["frames"], job["columns"]
    x = np.fromfile(os.path.join(folder, "features.f32"), "<f4").reshape(-1, frames, columns)
    y = np.fromfile(os.path.join(folder, "targets.i32"), "<i4").astype(np.int64)
    return job, torch.from_numpy(x), torch.from_numpy(y)


class Trainer:
    def __init__(self, job, x, y):
        training = job["recipe"]["training"]
        self.model = Network(job["recipe"], job["columns"], job["labels"])
        betas = (training["beta1"], training["beta2"])
        self.adam = torch.optim.Adam(
            self.model.parameters(), training["learningRate"], betas, training["epsilon"]
        )
        self.batch, self.x, self.y = training["batchSize"], x, y

    def epoch(self, clips):
        """Returns the mean loss, as our trainer reports it."""
        order = torch.as_tensor(np.asarray(clips))[torch.randperm(len(clips))]
        total = 0.0
        for positions in order.split(self.batch):
            self.adam.zero_grad()
            loss = torch.nn.functional.cross_entropy(self.model(self.x[positions]), self.y[positions])
            loss.backward()
            self.adam.step()
            total += loss.item() * len(positions)
        return total / len(clips)

    def score(self, clips):
        with torch.no_grad():
            logits = self.model(self.x[torch.as_tensor(np.asarray(clips))])
        return (logits.argmax(1) == self.y[torch.as_tensor(np.asarray(clips))]).float().mean().item()


def main(folder, threads, folds):
    torch.set_num_threads(threads)
    job, x, y = load(folder)
    for index in folds:
        fold = job["folds"][index]
        torch.manual_seed(index)
        trainer = Trainer(job, x, y)
        started = time.perf_counter()
        for _ in range(job["epochs"]):
            loss = trainer.epoch(fold["train"])
            accuracy = trainer.score(fold["test"])
        seconds = time.perf_counter() - started
        print(json.dumps({"fold": index, "loss": loss, "accuracy": accuracy, "seconds": seconds}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), [int(fold) for fold in sys.argv[3:]])
