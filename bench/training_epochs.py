"""One epoch for every line it is sent, in Keras or in PyTorch: the seconds it took come back.

    python training_epochs.py keras|torch FOLDER THREADS
"""

import json
import sys
import time


def torch_epoch(folder, threads):
    import torch
    from training_torch import Trainer, load

    torch.set_num_threads(threads)
    job, x, y = load(folder)
    trainer = Trainer(job, x, y)
    return lambda: trainer.epoch(job["train"])


def keras_epoch(folder, threads):
    import numpy as np
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    from training_keras import build, columns_of, read

    with open(f"{folder}/job.json", encoding="utf8") as file:
        job = json.load(file)
    recipe, train = job["recipe"], np.array(job["train"])
    x = read(folder, "features.f32", "<f4").reshape(-1, recipe["features"]["frames"], columns_of(recipe["features"]))
    y = np.eye(job["labels"], dtype=np.float32)[read(folder, "targets.i32", "<i4")]
    model = build(recipe, job["labels"])

    def epoch():
        order = np.random.permutation(train)
        options = {"batch_size": recipe["training"]["batchSize"], "shuffle": False, "verbose": 0}
        return model.fit(x[order], y[order], **options).history["loss"][0]

    return epoch


make = {"torch": torch_epoch, "keras": keras_epoch}[sys.argv[1]]
run = make(sys.argv[2], int(sys.argv[3]))
for _ in sys.stdin:
    started = time.perf_counter()
    loss = run()
    print(json.dumps({"seconds": time.perf_counter() - started, "loss": loss}), flush=True)
