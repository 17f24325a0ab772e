#!/usr/bin/env python3
"""Turns pickled weights of Lasagne's model zoo or of nolearn into an .npz file that `lasagne` reads.

    lasagne_pickle_to_npz.py WEIGHTS.pkl WEIGHTS.npz [--order conv1,conv2,…]

A pickle is a program: this reader runs none of it but what puts NumPy arrays together, and refuses all
else. It reads what Python 2 wrote. The zoo keeps a dictionary with the list under 'param values'; nolearn
one with a list for each layer, whose order is that of the network (give it by --order where the file is
from a Python whose dictionaries had none). Networks of the zoo were built with flip_filters=False.
"""

import argparse
import collections
import pickle
import sys

import numpy

LISTS = ("param values", "param_values", "params", "values", "weights")


def encode(text, encoding="latin1", errors="strict"):
    """What Python 3 writes for bytes in old protocols; only this one encoding."""
    if encoding not in ("latin1", "latin-1"):
        raise pickle.UnpicklingError(f"it asks for the encoding {encoding!r:.40}")
    return text.encode("latin1", errors)


def reconstruct(kind, shape, code):
    """An empty array, to be filled by what follows in the file."""
    if kind is not numpy.ndarray:
        raise pickle.UnpicklingError("it asks for an array of another class")
    return numpy.ndarray(shape, code)


def scalar(dtype, data=None):
    """A single number."""
    if not isinstance(dtype, numpy.dtype) or dtype.hasobject:
        raise pickle.UnpicklingError("it asks for a number of another kind")
    data = data.encode("latin1") if isinstance(data, str) else data
    return numpy.frombuffer(data, dtype, 1)[0]


def dtype_of_code(code, align=False, copy=False, **others):
    """An element type; objects would bring code with them."""
    dtype = numpy.dtype(code.decode("latin1") if isinstance(code, bytes) else code)
    if dtype.hasobject:
        raise pickle.UnpicklingError("it holds arrays of objects")
    return dtype


ALLOWED = {
    ("numpy", "ndarray"): numpy.ndarray,
    ("numpy", "dtype"): dtype_of_code,
    ("_codecs", "encode"): encode,
    ("collections", "OrderedDict"): collections.OrderedDict,
}
for module in ("numpy.core.multiarray", "numpy._core.multiarray"):
    ALLOWED[(module, "_reconstruct")] = reconstruct
    ALLOWED[(module, "scalar")] = scalar


class ArraysOnly(pickle.Unpickler):
    """Knows the few names that arrays need, and no other."""

    def find_class(self, module, name):
        try:
            return ALLOWED[(module, name)]
        except KeyError:
            raise pickle.UnpicklingError(f"it asks for {module:.60}.{name:.60}") from None

    def persistent_load(self, identifier):
        raise pickle.UnpicklingError("it refers to something outside the file")


class Refused(Exception):
    """Why a file is not converted."""


def text(key):
    return key.decode("latin1") if isinstance(key, bytes) else str(key)


def arrays_of(values, where):
    if not isinstance(values, (list, tuple)):
        values = [values]
    arrays = []
    for value in values:
        array = numpy.asarray(value)
        if array.dtype.kind not in "fiub":
            raise Refused(f"{where} holds something that is no array of numbers")
        arrays.append(array)
    return arrays


def arrays_in(content, order):
    """All arrays in the order of the network."""
    if not isinstance(content, dict):
        return arrays_of(content, "the file")
    layers = {text(key): value for key, value in content.items()}
    for key in LISTS:
        if isinstance(layers.get(key), (list, tuple)):
            return arrays_of(layers[key], f"'{key}'")
    if order:
        missing = [name for name in order if name not in layers]
        forgotten = [k for k, v in layers.items() if k not in order and len(arrays_of(v, k))]
        if missing or forgotten:
            raise Refused(
                f"--order does not name the file's layers: not there {missing}, left out {forgotten}")
        names = order
    elif isinstance(content, collections.OrderedDict) or len(layers) == 1:
        names = list(layers)
    else:
        raise Refused(
            "its layers have no order; give it by --order, for example --order "
            + ",".join(sorted(layers)))
    return [array for name in names for array in arrays_of(layers[name], f"'{name}'")]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("pickle", help="the file of the zoo or of nolearn")
    parser.add_argument("npz", help="the .npz file to write")
    parser.add_argument("--order", help="the layers in the network's order, with commas between")
    options = parser.parse_args()
    try:
        if not options.npz.endswith(".npz"):
            raise Refused(f"'{options.npz}' does not end in .npz")
        with open(options.pickle, "rb") as file:
            content = ArraysOnly(file, encoding="latin1").load()
        arrays = arrays_in(content, options.order.split(",") if options.order else None)
        if not arrays:
            raise Refused("it holds no arrays")
    except Refused as reason:
        sys.exit(complaint(options.pickle, reason))
    except OSError as error:
        sys.exit(complaint(options.pickle, error.strerror))
    except Exception as error:  # a damaged pickle can end in any of them
        sys.exit(complaint(options.pickle, f"it is no pickle of weights: {error}"))
    numpy.savez(options.npz, *arrays)
    print(f"Wrote {len(arrays)} arrays, {sum(a.size for a in arrays)} numbers, to {options.npz}.")


def complaint(path, reason):
    print(f"lasagne_pickle_to_npz: '{path}' is refused: {reason}.", file=sys.stderr)
    return 2


if __name__ == "__main__":
    main()
