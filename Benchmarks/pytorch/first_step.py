"""Does what a first training step needs, and prints the time at which it was done.

    first_step.py IDX_FOLDER FOLDER

Images and labels are kept in FOLDER as NumPy's files, made the first time.
"""

import pathlib
import sys
import time

import numpy
import torch
from torch.nn import functional

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from pytorch.networks import lenet


def main():
    """One step of the demo's network and update."""
    folder = pathlib.Path(sys.argv[2])
    if not (folder / "labels.npy").exists():
        from pytorch.data import fashion_mnist

        images, labels = fashion_mnist(sys.argv[1], "train")
        numpy.save(folder / "images.npy", images.numpy())
        numpy.save(folder / "labels.npy", labels.numpy())
    images = torch.from_numpy(numpy.load(folder / "images.npy"))
    labels = torch.from_numpy(numpy.load(folder / "labels.npy"))
    torch.set_num_threads(1)
    network = lenet()
    update = torch.optim.Adam(network.parameters(), lr=0.001, fused=True)
    chosen = torch.randperm(len(images))[:128]
    loss = functional.cross_entropy(network(images[chosen].float() / 256), labels[chosen])
    loss.backward()
    update.step()
    loss.item()
    print(time.time())


main()
