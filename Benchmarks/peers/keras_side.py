"""Keras on JAX, trained by `fit`."""

import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from peers.common import (
    ADAM, BATCH_NORM_EPSILON, BLOCKS, HEADS, IMAGE_SCALE, LAYER_NORM_EPSILON, LENGTH, UNITS,
    VOCABULARY, Rounds, Work, run,
)

work = Work()
if work.threads == 1:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
os.environ.update(JAX_PLATFORMS="cpu", KERAS_BACKEND="jax", TF_CPP_MIN_LOG_LEVEL="3")

import keras
import numpy
from keras import layers as K


def dense(x, units, name, activation="relu"):
    return K.Dense(units, activation=activation, name=name)(x)


def classes(x, name, count=10):
    """The logits."""
    return dense(x, count, name, None)


def flat(x):
    """Features in the order that the dense weights have: channels first."""
    return K.Flatten()(K.Permute((3, 1, 2))(x))


def images():
    """Bytes with their channels last, and the same as numbers."""
    count, rows, columns = work.inputs.shape[1:]
    x = keras.Input((rows, columns, count))
    return x, K.Rescaling(1 / IMAGE_SCALE)(x)


def perceptron(hidden, count):
    shape = work.inputs.shape[1:]
    x = keras.Input(shape)
    y = x
    if work.inputs.dtype == numpy.uint8:
        y = K.Flatten()(K.Rescaling(1 / IMAGE_SCALE)(y))
    for number, units in enumerate(hidden, 1):
        y = dense(y, units, f"dense{number}")
    return x, classes(y, f"dense{len(hidden) + 1}", count)


def lenet():
    x, y = images()
    for number in (1, 2):
        y = K.MaxPooling2D()(K.Conv2D(32, 5, activation="relu", name=f"conv{number}")(y))
    y = dense(flat(y), 256, "dense1")
    if work.dropout:
        y = K.Dropout(work.dropout)(y)
    return x, classes(y, "dense2")


def vgg():
    x, y = images()
    for number in range(1, 7):
        filters = 32 << (number - 1) // 2
        y = K.Conv2D(filters, 3, padding="same", activation="relu", name=f"conv{number}")(y)
        if number % 2 == 0:
            y = K.MaxPooling2D()(y)
    return x, classes(dense(flat(y), 256, "dense1"), "dense2")


def resnet():
    numbers = iter(range(1, 100))

    def layer(y, filters, size=3, stride=1):
        name = f"conv{next(numbers)}"
        # Borders of one on both sides, which "same" has not where it strides.
        y = K.ZeroPadding2D(size // 2)(y) if size > 1 else y
        y = K.Conv2D(filters, size, stride, use_bias=False, name=name)(y)
        return K.BatchNormalization(epsilon=BATCH_NORM_EPSILON, momentum=0.9, name=name + "_bn")(y)

    x, y = images()
    y = K.ReLU()(layer(y, 16))
    for stage in range(3):
        for block in range(3):
            filters, stride = 16 << stage, 2 if stage > 0 and block == 0 else 1
            inner = layer(K.ReLU()(layer(y, filters, 3, stride)), filters)
            around = layer(y, filters, 1, 2) if stride == 2 else y
            y = K.ReLU()(K.Add()([inner, around]))
    return x, classes(K.GlobalAveragePooling2D()(y), "dense1")


def recurrent(kind, name):
    x = keras.Input((28, 28))
    return x, classes(kind(128, name=name)(x), "dense1")


class Waves(K.Layer):
    """Adds what stands for the positions of words."""

    def call(self, x):
        rates = numpy.exp(numpy.arange(0, UNITS, 2) * (-numpy.log(1e4) / UNITS))
        angles = numpy.arange(LENGTH)[:, None] * rates
        both = numpy.stack([numpy.sin(angles), numpy.cos(angles)], 2)
        return x + both.reshape(LENGTH, UNITS).astype(numpy.float32)


def transformer():
    def normal(y, number):
        return K.LayerNormalization(epsilon=LAYER_NORM_EPSILON, name=f"layerNorm{number}")(y)

    x = keras.Input((LENGTH,), dtype="int32")
    y = Waves()(K.Embedding(VOCABULARY, UNITS, name="embedding1")(x))
    for block in range(BLOCKS):
        inner = normal(y, 2 * block + 1)
        attention = K.MultiHeadAttention(HEADS, UNITS // HEADS, name=f"attention{block + 1}")
        y = K.Add()([y, attention(inner, inner)])
        inner = dense(normal(y, 2 * block + 2), 4 * UNITS, f"dense{2 * block + 1}", "gelu")
        y = K.Add()([y, dense(inner, UNITS, f"dense{2 * block + 2}", None)])
    y = K.GlobalAveragePooling1D()(normal(y, 2 * BLOCKS + 1))
    return x, classes(y, f"dense{2 * BLOCKS + 1}", 2)


NETWORKS = {
    "tiny": lambda: perceptron([32, 32], 2),
    "mlp": lambda: perceptron([800, 800], 10),
    "lenet": lenet,
    "vgg": vgg,
    "resnet": resnet,
    "gru": lambda: recurrent(K.GRU, "gru1"),
    "lstm": lambda: recurrent(K.LSTM, "lstm1"),
    "transformer": transformer,
}


def load(model):
    """Puts the weights of this work into Keras' layers."""
    weights = work.weights

    def gates(name, kind, parts):
        return numpy.concatenate([sign * weights[f"{name}.{kind}_{g}"] for g, sign in parts], -1)

    for layer in model.layers:
        name = layer.name
        match layer:
            case K.Dense():
                layer.set_weights([weights[name + ".W"], weights[name + ".b"]])
            case K.Conv2D():
                W = weights[name + ".W"][:, :, ::-1, ::-1].transpose(2, 3, 1, 0)
                layer.set_weights([W] + ([weights[name + ".b"]] if layer.use_bias else []))
            case K.BatchNormalization():
                variance = weights[name + ".inv_std"] ** -2.0 - BATCH_NORM_EPSILON
                names = (".gamma", ".beta", ".mean")
                layer.set_weights([weights[name + part] for part in names] + [variance])
            case K.LayerNormalization():
                layer.set_weights([weights[name + ".gamma"], weights[name + ".beta"]])
            case K.Embedding():
                layer.set_weights([weights[name + ".W"]])
            case K.MultiHeadAttention():
                heads = (HEADS, UNITS // HEADS)
                arrays = []
                for part in ("query", "key", "value"):
                    arrays.append(weights[f"{name}.W_{part}"].reshape(UNITS, *heads))
                    arrays.append(weights[f"{name}.b_{part}"].reshape(heads))
                W = weights[name + ".W_output"].reshape(*heads, UNITS)
                layer.set_weights([*arrays, W, weights[name + ".b_output"]])
            case K.GRU():
                # Its update gate is 1 - Lasagne's; it has a second bias, which is trained too.
                parts = [("updategate", -1), ("resetgate", 1), ("hidden_update", 1)]
                bias = gates(name, "b", parts)
                matrices = [gates(name, kind, parts) for kind in ("W_in_to", "W_hid_to")]
                layer.set_weights([*matrices, numpy.stack([bias, 0 * bias])])
            case K.LSTM():
                parts = [("ingate", 1), ("forgetgate", 1), ("cell", 1), ("outgate", 1)]
                layer.set_weights([gates(name, k, parts) for k in ("W_in_to", "W_hid_to", "b")])


class Clock(keras.callbacks.Callback):
    """Ends and begins rounds between steps."""

    def __init__(self, rounds):
        super().__init__()
        self.rounds = rounds
        self.left = 0

    def on_train_begin(self, logs=None):
        self.begin()

    def on_train_batch_end(self, batch, logs=None):
        # Reading it waits for the step.
        float(logs["loss"])
        self.left -= 1
        if self.left == 0:
            self.rounds.end()
            self.begin()

    def begin(self):
        self.left = self.rounds.begin()
        if self.left is None:
            sys.exit(0)


def main():
    """Trains as long as somebody asks."""
    x, logits = NETWORKS[work.network]()
    model = keras.Model(x, logits)
    load(model)
    if work.update == "adam":
        update = keras.optimizers.Adam(
            work.rate, ADAM["beta1"], ADAM["beta2"], epsilon=ADAM["epsilon"]
        )
    else:
        update = keras.optimizers.SGD(work.rate, momentum=0.9, nesterov=True)
    model.compile(update, keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    samples = work.inputs
    if samples.ndim == 4 and work.network not in ("tiny", "mlp"):
        samples = numpy.ascontiguousarray(samples.transpose(0, 2, 3, 1))
    rounds = Rounds(
        work, library="Keras", backend=keras.backend.backend(), version=keras.__version__,
        threads=len(os.sched_getaffinity(0)),
    )
    if work.wants_losses:
        def step(positions):
            model.reset_metrics()
            return float(model.train_on_batch(samples[positions], work.targets[positions]))

        return rounds.serve(step)

    def batches():
        for positions in work.batches():
            yield samples[positions], work.targets[positions]

    rounds.ready()
    model.fit(batches(), steps_per_epoch=10**9, epochs=1, verbose=0, callbacks=[Clock(rounds)])


if __name__ == "__main__":
    run(main)
