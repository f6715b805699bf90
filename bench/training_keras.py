"""Trains the classic network in Keras on the clips, weights and batches that bench/training.ts hands over."""

import json
import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras  # noqa: E402
import numpy as np  # noqa: E402


def read(folder, name, dtype):
    return np.fromfile(os.path.join(folder, name), dtype=dtype)


def columns_of(features):
    """Columns of a frame: the tracks compared here are MFCC without deltas."""
    return sum(track["coefficients"] for track in features["tracks"])


def build(recipe, labels):
    """The recipe's layers with Keras's own defaults: they are what the recipe means."""
    features, training = recipe["features"], recipe["training"]
    layers = [keras.Input((features["frames"], columns_of(features)))]
    for layer in recipe["layers"]:
        if layer["type"] == "lstm":
            layers.append(keras.layers.LSTM(layer["units"], return_sequences=layer["returnSequences"]))
        else:
            layers.append(keras.layers.Dense(layer["units"], activation=layer["activation"]))
    layers.append(keras.layers.Dense(labels, activation="softmax"))
    model = keras.Sequential(layers)
    adam = keras.optimizers.Adam(
        training["learningRate"], training["beta1"], training["beta2"], training["epsilon"]
    )
    model.compile(optimizer=adam, loss="categorical_crossentropy", metrics=["accuracy"])
    return model


def set_weights(model, flat):
    arrays, offset = [], 0
    for weight in model.get_weights():
        arrays.append(flat[offset : offset + weight.size].reshape(weight.shape))
        offset += weight.size
    assert offset == flat.size
    model.set_weights(arrays)


def main(folder):
    with open(os.path.join(folder, "job.json"), encoding="utf8") as file:
        job = json.load(file)
    recipe = job["recipe"]
    shape = (-1, recipe["features"]["frames"], columns_of(recipe["features"]))
    x = read(folder, "features.f32", "<f4").reshape(shape)
    y = np.eye(job["labels"], dtype=np.float32)[read(folder, "targets.i32", "<i4")]
    test = np.array(job["test"])
    keras.utils.set_random_seed(job["seed"])
    model = build(recipe, job["labels"])
    # Given weights and orders: the same run. Not given: Keras draws its own from the seed.
    if job["orders"]:
        weights = read(folder, "weights.f32", "<f4")
        noise = np.random.default_rng(0).normal(size=weights.size)
        set_weights(model, (weights * (1 + job["perturbation"] * noise)).astype(np.float32))
    random = np.random.default_rng(job["seed"])
    for epoch in range(job["epochs"]):
        order = np.array(job["orders"][epoch]) if job["orders"] else random.permutation(job["train"])
        started = time.perf_counter()
        history = model.fit(
            x[order],
            y[order],
            batch_size=recipe["training"]["batchSize"],
            shuffle=False,
            verbose=0,
            validation_data=(x[test], y[test]),
        ).history
        record = {
            "epoch": epoch + 1,
            "loss": history["loss"][0],
            "accuracy": history["accuracy"][0],
            "heldOutLoss": history["val_loss"][0],
            "heldOutAccuracy": history["val_accuracy"][0],
            "seconds": time.perf_counter() - started,
        }
        print(json.dumps(record), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
