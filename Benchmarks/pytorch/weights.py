"""Puts LasagneEngine's weights into PyTorch's modules."""

import numpy
import torch
from torch import nn


def load(network, weights, epsilon):
    """Sets all parameters from arrays by name (`conv1.W`); both sides then compute the same.

    Lasagne turns filters by 180°, keeps 1/sqrt(variance + epsilon), and has one bias for each gate of
    a recurrent layer: PyTorch's second is zero and stands still. Its update gate is 1 - PyTorch's.
    """
    used = set()

    def take(name):
        used.add(name)
        return weights[name]

    def put(parameter, array):
        # A copy also of 1×1 filters turned around, which count as contiguous but have odd strides.
        array = numpy.array(array, order="C", copy=True)
        if tuple(parameter.shape) != array.shape:
            raise ValueError(f"an array of shape {array.shape} for one of {tuple(parameter.shape)}")
        with torch.no_grad():
            parameter.copy_(torch.from_numpy(array))

    for name, module in network.named_modules():
        match module:
            case nn.Linear() if f"{name}.W" in weights:
                put(module.weight, take(f"{name}.W").T)
                put(module.bias, take(f"{name}.b"))
            case nn.Conv2d():
                put(module.weight, take(f"{name}.W")[:, :, ::-1, ::-1])
                if module.bias is not None:
                    put(module.bias, take(f"{name}.b"))
            case nn.BatchNorm2d():
                module.eps = epsilon
                put(module.bias, take(f"{name}.beta"))
                put(module.weight, take(f"{name}.gamma"))
                put(module.running_mean, take(f"{name}.mean"))
                put(module.running_var, take(f"{name}.inv_std") ** -2.0 - epsilon)
            case nn.LayerNorm():
                put(module.bias, take(f"{name}.beta"))
                put(module.weight, take(f"{name}.gamma"))
            case nn.Embedding():
                put(module.weight, take(f"{name}.W"))
            case nn.GRU():
                gates = [("resetgate", 1), ("updategate", -1), ("hidden_update", 1)]
                recurrent(module, name, gates, take, put)
            case nn.LSTM():
                gates = [("ingate", 1), ("forgetgate", 1), ("cell", 1), ("outgate", 1)]
                recurrent(module, name, gates, take, put)
            case _ if f"{name}.W_query" in weights:
                parts = ["query", "key", "value"]
                put(module.joined.weight, numpy.vstack([take(f"{name}.W_{p}").T for p in parts]))
                put(module.joined.bias, numpy.hstack([take(f"{name}.b_{p}") for p in parts]))
                put(module.output.weight, take(f"{name}.W_output").T)
                put(module.output.bias, take(f"{name}.b_output"))
    # Recurrent layers begin at zero on both sides.
    left = [n for n in weights if n not in used and not n.endswith(("hid_init", "cell_init"))]
    if left:
        raise ValueError(f"nothing takes {', '.join(left)}")
    return network


def recurrent(module, name, gates, take, put):
    """The joined matrices and biases of a recurrent layer."""
    sides = [("W_in_to", module.weight_ih_l0), ("W_hid_to", module.weight_hh_l0)]
    for prefix, parameter in sides:
        put(parameter, numpy.vstack([sign * take(f"{name}.{prefix}_{g}").T for g, sign in gates]))
    put(module.bias_ih_l0, numpy.hstack([sign * take(f"{name}.b_{g}") for g, sign in gates]))
    with torch.no_grad():
        module.bias_hh_l0.zero_()
    module.bias_hh_l0.requires_grad_(False)
