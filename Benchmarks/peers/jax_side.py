"""JAX: the whole step is one compiled function that gathers its batch and gives its buffers back."""

import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from peers.common import (
    ADAM, BATCH_NORM_EPSILON, BLOCKS, HEADS, IMAGE_SCALE, LAYER_NORM_EPSILON, LENGTH, UNITS, Rounds,
    Work, run,
)

work = Work()
if work.threads == 1:
    # XLA sizes its pool by the processors that the process may use.
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
os.environ["JAX_PLATFORMS"] = "cpu" if work.device == "cpu" else "cuda"

import jax
import numpy
from jax import lax
from jax import numpy as jnp


def dense(weights, name, x):
    """A product and a bias."""
    return x @ weights[name + ".W"] + weights[name + ".b"]


def convolve(weights, name, x, stride=1, padding="VALID"):
    """A convolution of images with their channels last, which is what XLA's CPU likes best."""
    numbers = ("NHWC", "HWIO", "NHWC")
    W = weights[name + ".W"]
    pads = padding if isinstance(padding, str) else [(padding, padding)] * 2
    y = lax.conv_general_dilated(x, W, (stride, stride), pads, dimension_numbers=numbers)
    return y + weights[name + ".b"] if name + ".b" in weights else y


def pool(x):
    """The greatest of each 2×2."""
    return lax.reduce_window(x, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")


def flat(x):
    """Features in the order that the dense weights have: channels first."""
    return x.transpose(0, 3, 1, 2).reshape(x.shape[0], -1)


def layers(weights, x, names):
    """Dense layers with rectifiers between them."""
    for name in names[:-1]:
        x = jax.nn.relu(dense(weights, name, x))
    return dense(weights, names[-1], x)


def tiny(weights, x, key):
    return layers(weights, x.reshape(x.shape[0], -1), ["dense1", "dense2", "dense3"])


def lenet(weights, x, key):
    x = pool(jax.nn.relu(convolve(weights, "conv1", x)))
    x = pool(jax.nn.relu(convolve(weights, "conv2", x)))
    x = jax.nn.relu(dense(weights, "dense1", flat(x)))
    if work.dropout:
        x = x * jax.random.bernoulli(key, 1 - work.dropout, x.shape) / (1 - work.dropout)
    return dense(weights, "dense2", x)


def vgg(weights, x, key):
    for number in range(1, 7):
        x = jax.nn.relu(convolve(weights, f"conv{number}", x, padding=1))
        if number % 2 == 0:
            x = pool(x)
    return layers(weights, flat(x), ["dense1", "dense2"])


def normalize(weights, name, x):
    """Batch normalization of a training pass; running averages do not change its loss."""
    mean, variance = x.mean((0, 1, 2)), x.var((0, 1, 2))
    scale = weights[name + ".gamma"] * lax.rsqrt(variance + BATCH_NORM_EPSILON)
    return (x - mean) * scale + weights[name + ".beta"]


def resnet(weights, x, key):
    numbers = iter(range(1, 100))

    def layer(x, stride=1, padding=1):
        name = f"conv{next(numbers)}"
        return normalize(weights, name + "_bn", convolve(weights, name, x, stride, padding))

    x = jax.nn.relu(layer(x))
    for stage in range(3):
        for block in range(3):
            stride = 2 if stage > 0 and block == 0 else 1
            inner = layer(jax.nn.relu(layer(x, stride)))
            x = jax.nn.relu(inner + (layer(x, 2, 0) if stride == 2 else x))
    return dense(weights, "dense1", x.mean((1, 2)))


def joined(weights, name, prefix, gates):
    """The matrices or biases of all gates side by side."""
    return jnp.concatenate([weights[f"{name}.{prefix}_{gate}"] for gate in gates], -1)


def gru(weights, x, key):
    gates = ["updategate", "resetgate", "hidden_update"]
    W = joined(weights, "gru1", "W_hid_to", gates)
    given = x @ joined(weights, "gru1", "W_in_to", gates) + joined(weights, "gru1", "b", gates)

    def step(hidden, given):
        u, r, c = jnp.split(given, 3, -1)
        hu, hr, hc = jnp.split(hidden @ W, 3, -1)
        u, r = jax.nn.sigmoid(u + hu), jax.nn.sigmoid(r + hr)
        return (1 - u) * hidden + u * jnp.tanh(c + r * hc), None

    hidden, _ = lax.scan(step, jnp.zeros((x.shape[0], 128)), given.transpose(1, 0, 2))
    return dense(weights, "dense1", hidden)


def lstm(weights, x, key):
    gates = ["ingate", "forgetgate", "cell", "outgate"]
    W = joined(weights, "lstm1", "W_hid_to", gates)
    given = x @ joined(weights, "lstm1", "W_in_to", gates) + joined(weights, "lstm1", "b", gates)

    def step(state, given):
        hidden, cell = state
        i, f, c, o = jnp.split(given + hidden @ W, 4, -1)
        cell = jax.nn.sigmoid(f) * cell + jax.nn.sigmoid(i) * jnp.tanh(c)
        return (jax.nn.sigmoid(o) * jnp.tanh(cell), cell), None

    zero = jnp.zeros((x.shape[0], 128))
    (hidden, _), _ = lax.scan(step, (zero, zero), given.transpose(1, 0, 2))
    return dense(weights, "dense1", hidden)


def waves():
    """What stands for the positions of words."""
    rates = numpy.exp(numpy.arange(0, UNITS, 2) * (-numpy.log(1e4) / UNITS))
    angles = numpy.arange(LENGTH)[:, None] * rates
    both = numpy.stack([numpy.sin(angles), numpy.cos(angles)], 2)
    return both.reshape(LENGTH, UNITS).astype(numpy.float32)


def transformer(weights, x, key):
    def normal(number, x):
        name = f"layerNorm{number}"
        mean, variance = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
        scaled = (x - mean) * lax.rsqrt(variance + LAYER_NORM_EPSILON)
        return scaled * weights[name + ".gamma"] + weights[name + ".beta"]

    def attention(number, x):
        def part(what):
            y = x @ weights[f"attention{number}.W_{what}"] + weights[f"attention{number}.b_{what}"]
            return y.reshape(*y.shape[:2], HEADS, -1)

        mixed = jax.nn.dot_product_attention(part("query"), part("key"), part("value"))
        W, b = (weights[f"attention{number}.{p}_output"] for p in "Wb")
        return mixed.reshape(x.shape) @ W + b

    x = weights["embedding1.W"][x] + waves()
    for block in range(BLOCKS):
        x = x + attention(block + 1, normal(2 * block + 1, x))
        inner = dense(weights, f"dense{2 * block + 1}", normal(2 * block + 2, x))
        inner = jax.nn.gelu(inner, approximate=False)
        x = x + dense(weights, f"dense{2 * block + 2}", inner)
    return dense(weights, f"dense{2 * BLOCKS + 1}", normal(2 * BLOCKS + 1, x).mean(1))


NETWORKS = {
    "tiny": tiny, "mlp": tiny, "lenet": lenet, "vgg": vgg, "resnet": resnet, "gru": gru,
    "lstm": lstm, "transformer": transformer,
}


def start():
    """Weights in JAX's order of axes, without what only predictions use."""
    weights = {}
    for name, array in work.weights.items():
        if name.endswith((".mean", ".inv_std", "hid_init", "cell_init")):
            continue
        if array.ndim == 4:
            array = array[:, :, ::-1, ::-1].transpose(2, 3, 1, 0)
        weights[name] = jnp.asarray(array)
    return weights


def main():
    """Trains as long as somebody asks."""
    network = NETWORKS[work.network]
    samples = work.inputs.transpose(0, 2, 3, 1) if work.inputs.ndim == 4 else work.inputs
    inputs, targets = jnp.asarray(samples), jnp.asarray(work.targets.astype(numpy.int32))
    weights = start()
    zeros = jax.tree.map(jnp.zeros_like, weights)
    state = [weights, zeros, jax.tree.map(jnp.copy, zeros), jnp.zeros((), jnp.int32)]

    def loss_of(weights, inputs, targets, positions, key):
        x = inputs[positions]
        x = x.astype(jnp.float32) / IMAGE_SCALE if x.dtype == jnp.uint8 else x
        logits = jax.nn.log_softmax(network(weights, x, key))
        return -jnp.take_along_axis(logits, targets[positions][:, None], 1).mean()

    def adam(weights, m, v, count, gradients):
        b1, b2, epsilon = ADAM["beta1"], ADAM["beta2"], ADAM["epsilon"]
        m = jax.tree.map(lambda m, g: b1 * m + (1 - b1) * g, m, gradients)
        v = jax.tree.map(lambda v, g: b2 * v + (1 - b2) * g * g, v, gradients)
        t = count.astype(jnp.float32)
        rate = work.rate * jnp.sqrt(1 - b2**t) / (1 - b1**t)
        move = lambda w, m, v: w - rate * m / (jnp.sqrt(v) + epsilon)
        return jax.tree.map(move, weights, m, v), m, v

    def nesterov(weights, m, v, count, gradients):
        m = jax.tree.map(lambda m, g: 0.9 * m - work.rate * g, m, gradients)
        return jax.tree.map(lambda w, m, g: w + 0.9 * m - work.rate * g, weights, m, gradients), m, v

    rule = adam if work.update == "adam" else nesterov

    def update(weights, m, v, count, inputs, targets, positions):
        count = count + 1
        key = jax.random.fold_in(jax.random.key(1), count)
        loss, gradients = jax.value_and_grad(loss_of)(weights, inputs, targets, positions, key)
        weights, m, v = rule(weights, m, v, count, gradients)
        return loss, weights, m, v, count

    compiled = jax.jit(update, donate_argnums=(0, 1, 2, 3))

    def step(positions):
        loss, *state[:] = compiled(*state, inputs, targets, positions.astype(numpy.int32))
        return float(loss) if work.wants_losses or work.device == "cpu" else loss

    Rounds(
        work, library="JAX", version=jax.__version__, threads=len(os.sched_getaffinity(0)),
        device=jax.devices()[0].device_kind,
    ).serve(step, lambda: jax.block_until_ready(state[0]))


if __name__ == "__main__":
    run(main)
