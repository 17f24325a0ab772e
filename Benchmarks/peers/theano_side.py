"""The real Lasagne on Theano, the whole step one compiled function."""

import os
import pathlib
import sys
import types

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from peers.common import BATCH_NORM_EPSILON, IMAGE_SCALE, NotThere, Rounds, Work, run


def mend_scipy():
    """Theano 1.1 imports functions from where newer versions of scipy do not keep them."""
    import scipy.signal._signaltools as tools
    import scipy.signal._sigtools as compiled

    signaltools = types.ModuleType("scipy.signal.signaltools")
    for name in ("_bvalfromboundary", "_valfrommode", "convolve"):
        setattr(signaltools, name, getattr(tools, name))
    sigtools = types.ModuleType("scipy.signal.sigtools")
    sigtools._convolve2d = compiled._convolve2d
    sys.modules["scipy.signal.signaltools"] = signaltools
    sys.modules["scipy.signal.sigtools"] = sigtools


def mend_theano():
    """The names that Lasagne knows, of what Theano 1.1 calls otherwise."""
    import theano.graph.basic
    import theano.sandbox.rng_mrg
    import theano.scan

    theano.sandbox.rng_mrg.MRG_RandomStreams = theano.sandbox.rng_mrg.MRG_RandomStream
    theano.Variable = theano.graph.basic.Variable
    theano.gof = types.SimpleNamespace(
        graph=theano.graph.basic, Variable=theano.graph.basic.Variable
    )
    theano.graph.basic.inputs = theano.graph.basic.graph_inputs


mend_scipy()
import numpy
import theano
import theano.tensor as T

mend_theano()

sys.path.insert(0, os.environ["LASAGNE_SOURCE"])
import lasagne
from lasagne import layers as L
from lasagne.nonlinearities import linear, softmax


def dense(shape, hidden, classes):
    layer = L.InputLayer(shape)
    for units in hidden:
        layer = L.DenseLayer(layer, units)
    return L.DenseLayer(layer, classes, nonlinearity=softmax)


def lenet(work):
    layer = L.InputLayer((work.batch, 1, 28, 28))
    for _ in range(2):
        layer = L.MaxPool2DLayer(L.Conv2DLayer(layer, 32, 5), 2)
    layer = L.dropout(L.DenseLayer(layer, 256), work.dropout)
    return L.DenseLayer(layer, 10, nonlinearity=softmax)


def vgg(work):
    layer = L.InputLayer((work.batch, 3, 32, 32))
    for filters in (32, 64, 128):
        for _ in range(2):
            layer = L.Conv2DLayer(layer, filters, 3, pad=1)
        layer = L.MaxPool2DLayer(layer, 2)
    return L.DenseLayer(L.DenseLayer(layer, 256), 10, nonlinearity=softmax)


def resnet(work):
    def convolution(layer, filters, size, stride=1, nonlinearity=lasagne.nonlinearities.rectify):
        conv = L.Conv2DLayer(
            layer, filters, size, stride, pad="same", nonlinearity=nonlinearity
        )
        return L.batch_norm(conv, epsilon=BATCH_NORM_EPSILON)

    layer = convolution(L.InputLayer((work.batch, 3, 32, 32)), 16, 3)
    for stage in range(3):
        for block in range(3):
            filters, stride = 16 << stage, 2 if stage > 0 and block == 0 else 1
            inner = convolution(convolution(layer, filters, 3, stride), filters, 3, 1, linear)
            around = convolution(layer, filters, 1, 2, linear) if stride == 2 else layer
            layer = L.NonlinearityLayer(L.ElemwiseSumLayer([inner, around]))
    return L.DenseLayer(L.GlobalPoolLayer(layer), 10, nonlinearity=softmax)


def recurrent(work, kind, **options):
    layer = L.InputLayer((work.batch, 28, 28))
    # Unrolled: Theano's loop does not compile for Python 3.11, and lengths are fixed here anyway.
    layer = kind(layer, 128, only_return_final=True, unroll_scan=True, **options)
    return L.DenseLayer(layer, 10, nonlinearity=softmax)


NETWORKS = {
    "tiny": lambda work: dense((work.batch, 20), [32, 32], 2),
    "mlp": lambda work: dense((work.batch, 1, 28, 28), [800, 800], 10),
    "lenet": lenet,
    "vgg": vgg,
    "resnet": resnet,
    "gru": lambda work: recurrent(work, L.GRULayer),
    "lstm": lambda work: recurrent(work, L.LSTMLayer, peepholes=False),
}


def main():
    """Trains as long as somebody asks."""
    work = Work()
    if work.network not in NETWORKS:
        raise NotThere("Lasagne has no attention.")
    network = NETWORKS[work.network](work)
    arrays = list(work.weights.values())
    parameters = L.get_all_params(network)
    found, given = [p.get_value().shape for p in parameters], [a.shape for a in arrays]
    if found != given:
        raise ValueError(f"Lasagne's parameters {found} are not those given, {given}")
    L.set_all_param_values(network, arrays)
    inputs = theano.shared(work.inputs, borrow=True)
    targets = theano.shared(work.targets.astype(numpy.int32), borrow=True)
    positions = T.lvector()
    batch = inputs[positions]
    if work.inputs.dtype == numpy.uint8:
        batch = T.cast(batch, "float32") / numpy.float32(IMAGE_SCALE)
    batch = T.patternbroadcast(
        batch.reshape((work.batch,) + work.inputs.shape[1:]), (False,) * work.inputs.ndim
    )
    output = L.get_output(network, batch)
    loss = lasagne.objectives.categorical_crossentropy(output, targets[positions]).mean()
    trained = L.get_all_params(network, trainable=True)
    if work.update == "adam":
        updates = lasagne.updates.adam(loss, trained, work.rate)
    else:
        updates = lasagne.updates.nesterov_momentum(loss, trained, work.rate)
    step = theano.function([positions], loss, updates=updates)
    Rounds(
        work, library="Lasagne", version=lasagne.__version__, theano=theano.__version__,
        threads=work.threads, flags=theano.config.blas__ldflags,
    ).serve(lambda positions: float(step(positions)))


if __name__ == "__main__":
    run(main)
