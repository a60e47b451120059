"""Trains a small Keras conv net on a device; prints how the loss fell, and where it was computed."""

import json
import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf

SIDE = 16


def pictures(count, *, random):
    """Bars that lie or stand, in noise; the label says which."""
    made = 0.3 * random.normal(size=(count, SIDE, SIDE, 1)).astype("float32")
    labels = random.integers(0, 2, count)
    for picture, label in zip(made, labels, strict=True):
        at = int(random.integers(2, SIDE - 2))
        if label:
            picture[at, :, 0] += 2
        else:
            picture[:, at, 0] += 2
    return made, labels


def net():
    model = keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 1)),
            keras.layers.Conv2D(8, 3, padding="same", activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Conv2D(16, 3, padding="same", activation="relu"),
            keras.layers.GlobalMaxPooling2D(),
            keras.layers.Dense(2, dtype="float32"),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.01), loss=loss, metrics=["accuracy"])
    return model


def main(device):
    # without this a GPU that does not work is passed over without a word
    tf.config.set_soft_device_placement(False)
    keras.utils.set_random_seed(3)
    random, began = np.random.default_rng(3), time.perf_counter()
    (x, y), test = pictures(384, random=random), pictures(128, random=random)
    with tf.device(device):
        a = tf.random.normal((512, 512), seed=3)
        product = tf.linalg.matmul(a, a)
        model = net()
        losses = model.fit(x, y, epochs=6, batch_size=32, verbose=0).history["loss"]
        right = float(model.evaluate(*test, verbose=0)[1])
    exact = a.numpy().astype("float64") @ a.numpy().astype("float64")
    gpu = device.startswith("GPU")
    report = {
        "losses": losses,
        "accuracy": right,
        "apart": float(np.abs(product.numpy() - exact).max() / np.abs(exact).max()),
        "where": [product.device.rpartition("device:")[2], model.weights[0].value.device[-5:]],
        "devices": [each.name for each in tf.config.list_physical_devices("GPU")],
        "memory": tf.config.experimental.get_memory_info(device)["peak"] if gpu else 0,
        "built": tf.sysconfig.get_build_info().get("cuda_version", ""),
        "seconds": time.perf_counter() - began,
    }
    print(json.dumps(report))


main(sys.argv[1])
