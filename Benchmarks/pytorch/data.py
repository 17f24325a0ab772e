"""Reading IDX files."""

import gzip
import pathlib
import struct

import numpy
import torch


def read_idx(path):
    """The array of unsigned bytes in an IDX file compressed by gzip."""
    with gzip.open(path, "rb") as file:
        data = file.read()
    zero, kind, rank = struct.unpack_from(">HBB", data)
    if zero != 0 or kind != 8:
        raise ValueError(f"{path} is not an IDX file of unsigned bytes.")
    shape = struct.unpack_from(f">{rank}I", data, 4)
    return numpy.frombuffer(data, numpy.uint8, offset=4 + 4 * rank).reshape(shape)


def fashion_mnist(folder, part):
    """Images (count, 1, 28, 28) as bytes and labels as int64; part is `train` or `t10k`."""
    folder = pathlib.Path(folder)
    images = read_idx(folder / f"{part}-images-idx3-ubyte.gz")
    labels = read_idx(folder / f"{part}-labels-idx1-ubyte.gz")
    return torch.from_numpy(images.copy()).unsqueeze(1), torch.from_numpy(labels.astype(numpy.int64))
