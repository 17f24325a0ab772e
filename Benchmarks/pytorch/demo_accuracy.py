"""The accuracy PyTorch reaches on Fashion-MNIST with the network and the recipe of the demo.

    "$(scripts/python-env torch)" Benchmarks/pytorch/demo_accuracy.py --data FOLDER

FOLDER holds the four IDX files (train-images-idx3-ubyte.gz, …). Prints one JSON record: the test
accuracy after the last epoch, validation accuracies by epoch, and everything it was made with.
The network, the initial distribution, the scaling by 1/256, the size of the held-out part, the
batches, the epochs and the update rule are those of `make demo`; the random numbers are not.
"""

import argparse
import json
import math
import pathlib
import sys
import time

import torch
from torch.nn import functional

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from pytorch.data import fashion_mnist
from pytorch.networks import lenet
from pytorch.updates import make_update


def accuracy(network, images, labels):
    """The share of images whose largest output is their label."""
    network.eval()
    right = 0
    with torch.no_grad():
        for first in range(0, len(images), 1000):
            outputs = network(images[first : first + 1000].float() / 256)
            right += (outputs.argmax(1) == labels[first : first + 1000]).sum().item()
    network.train()
    return right / len(images)


def split(labels, fraction, generator):
    """Indices of a training part and a held-out part with the same share of each class."""
    training, held_out = [], []
    for label in range(int(labels.max()) + 1):
        members = torch.nonzero(labels == label).flatten()
        members = members[torch.randperm(len(members), generator=generator)]
        count = round(len(members) * fraction)
        held_out.append(members[:count])
        training.append(members[count:])
    return torch.cat(training), torch.cat(held_out)


def factor(schedule, progress):
    """What the learning rate is multiplied with after this share of all steps."""
    match schedule:
        case "linear":
            return 1 - progress
        case "cosine":
            return (1 + math.cos(math.pi * progress)) / 2
    return 1.0


def train(arguments):
    """Trains by the recipe and returns what is printed."""
    torch.manual_seed(arguments.seed)
    torch.set_num_threads(arguments.threads)
    generator = torch.Generator().manual_seed(arguments.seed)
    images, labels = fashion_mnist(arguments.data, "train")
    test_images, test_labels = fashion_mnist(arguments.data, "t10k")
    training, held_out = split(labels, arguments.validation_fraction, generator)

    network = lenet(dropout=arguments.dropout)
    update = make_update(arguments.update, network.parameters(), arguments.learning_rate)
    steps = arguments.epochs * math.ceil(len(training) / arguments.batch_size)
    done = 0
    validation, losses = [], []
    start = time.perf_counter()
    for _ in range(arguments.epochs):
        order = training[torch.randperm(len(training), generator=generator)]
        total = 0.0
        for first in range(0, len(order), arguments.batch_size):
            batch = order[first : first + arguments.batch_size]
            for group in update.param_groups:
                group["lr"] = arguments.learning_rate * factor(arguments.schedule, done / steps)
            done += 1
            loss = functional.cross_entropy(network(images[batch].float() / 256), labels[batch])
            update.zero_grad(set_to_none=True)
            loss.backward()
            update.step()
            total += loss.item() * len(batch)
        losses.append(round(total / len(order), 5))
        validation.append(accuracy(network, images[held_out], labels[held_out]))
        if arguments.verbose:
            test = accuracy(network, test_images, test_labels)
            print(len(losses), losses[-1], validation[-1], test, file=sys.stderr, flush=True)
    return {
        "library": "pytorch",
        "version": torch.__version__,
        "testAccuracy": accuracy(network, test_images, test_labels),
        "validationAccuracies": validation,
        "trainLosses": losses,
        "seconds": round(time.perf_counter() - start, 1),
        "recipe": {key: value for key, value in vars(arguments).items() if key not in ("data", "verbose")},
    }


def main():
    """Reads the command line, trains, prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True, help="folder with the four IDX files")
    parser.add_argument("--update", default="adam", choices=["sgd", "momentum", "nesterov", "adam"])
    parser.add_argument("--learning-rate", type=float, default=0.002)
    parser.add_argument("--schedule", default="linear", choices=["constant", "linear", "cosine"])
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--dropout", type=float, default=0.5)
    parser.add_argument("--validation-fraction", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--verbose", action="store_true", help="test accuracy after each epoch")
    print(json.dumps(train(parser.parse_args())))


if __name__ == "__main__":
    main()
