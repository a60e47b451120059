"""Trains a small Keras conv net on pictures made here; prints how the loss fell, and what came back.

Also under a policy of mixed precision, from a saved file, and as ONNX.
"""

import json
import os
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import onnxruntime
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


def fitted(learn, *, epochs):
    """A net trained from a pipeline that shuffles and batches, and its losses."""
    data = tf.data.Dataset.from_tensor_slices(learn).shuffle(512, seed=3).batch(32).prefetch(2)
    model = net()
    return model, model.fit(data, epochs=epochs, verbose=0).history["loss"]


def main():
    os.chdir(tempfile.mkdtemp())
    keras.utils.set_random_seed(3)
    random = np.random.default_rng(3)
    learn, (x, y) = pictures(384, random=random), pictures(128, random=random)
    model, losses = fitted(learn, epochs=6)
    model.save("model.keras")
    again = keras.models.load_model("model.keras")
    model.export("model.onnx", format="onnx", verbose=False)
    session = onnxruntime.InferenceSession("model.onnx", providers=["CPUExecutionProvider"])
    (theirs,) = session.run(None, {session.get_inputs()[0].name: x})
    ours = model.predict(x, verbose=0)
    keras.mixed_precision.set_global_policy("mixed_bfloat16")
    lower, lower_losses = fitted(learn, epochs=6)
    report = {
        "losses": losses,
        "accuracy": float(model.evaluate(x, y, verbose=0)[1]),
        "same_after_reload": bool(np.array_equal(ours, again.predict(x, verbose=0))),
        "onnx_furthest": float(np.abs(ours - theirs).max()),
        "lower": {
            "kind": lower.layers[0].compute_dtype,
            "losses": lower_losses,
            "accuracy": float(lower.evaluate(x, y, verbose=0)[1]),
        },
        "devices": sorted({device.device_type for device in tf.config.list_physical_devices()}),
        "built_with_cuda": tf.test.is_built_with_cuda(),
        "product": tf.linalg.matmul([[1.0, 2.0]], [[3.0], [4.0]]).numpy().tolist(),
    }
    print(json.dumps(report))


main()
