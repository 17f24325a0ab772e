"""What the programs of all libraries share: the work they are given, and how they are asked for it.

A program is started as `PROGRAM NETWORK UPDATE BATCH folder=FOLDER [threads=N] [device=cuda:0]
[mode=NAME] [losses=1]`.
Its first line of output is JSON that says what is measured. Each line on standard input, a number of
steps, is answered by a line of JSON: steps, wall and CPU seconds and, where asked for, the losses.
"""

import json
import pathlib
import sys
import time

import numpy

# Lasagne's, so that all sides minimize the same function.
BATCH_NORM_EPSILON = 1e-4
LAYER_NORM_EPSILON = 1e-5
ADAM = {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
# The transformer of the comparison.
HEADS, BLOCKS, UNITS, LENGTH, VOCABULARY = 4, 4, 128, 64, 256
# Bytes of images are divided by this.
IMAGE_SCALE = 256.0


class NotThere(Exception):
    """A network that a library has no layers for, as one sentence."""


class Work:
    """What a program is asked to do."""

    def __init__(self, words=None):
        words = sys.argv[1:] if words is None else words
        self.network, self.update, self.batch = words[0], words[1], int(words[2])
        options = dict(word.split("=", 1) for word in words[3:])
        self.folder = pathlib.Path(options["folder"])
        self.threads = int(options.get("threads", 1))
        self.device = options.get("device", "cpu")
        self.mode = options.get("mode", "default")
        self.wants_losses = "losses" in options
        self.rate = 0.001 if self.update == "adam" else 0.01
        self.dropout = 0.0 if self.wants_losses else 0.5
        self.inputs = numpy.load(self.folder / "inputs.npy")
        self.targets = numpy.load(self.folder / "targets.npy").astype(numpy.int64)
        with numpy.load(self.folder / "weights.npz") as arrays:
            # In Lasagne's order, names as `conv1.W`.
            self.weights = {name: arrays[name] for name in arrays.files}
        self.order = numpy.load(self.folder / "order.npy")

    def batches(self):
        """The positions of the samples of each batch, without an end."""
        while True:
            for epoch in self.order:
                for first in range(0, len(epoch) - self.batch + 1, self.batch):
                    yield epoch[first : first + self.batch]


class Rounds:
    """Times rounds of steps for whoever writes their numbers to standard input."""

    def __init__(self, work, **facts):
        self.work = work
        self.losses = []
        self.facts = facts

    def ready(self):
        """Says what is measured."""
        print(json.dumps(self.facts), flush=True)

    def begin(self):
        """The steps of the next round, after which `end` is to be called; None when it is over."""
        line = sys.stdin.readline()
        if not line.strip():
            return None
        self.steps = int(line)
        self.losses = []
        self.wall, self.cpu = time.perf_counter(), time.process_time()
        return self.steps

    def end(self):
        """Answers how long the round took."""
        answer = {
            "steps": self.steps,
            "wall": time.perf_counter() - self.wall,
            "cpu": time.process_time() - self.cpu,
        }
        if self.work.wants_losses:
            answer["losses"] = [float(loss) for loss in self.losses]
        print(json.dumps(answer), flush=True)

    def serve(self, step, wait=lambda: None):
        """Makes the steps that are asked for; `step` takes positions and gives the loss, a number.

        `wait` waits for a device that goes on by itself.
        """
        batches = self.work.batches()
        self.ready()
        while (steps := self.begin()) is not None:
            for _ in range(steps):
                loss = step(next(batches))
                if self.work.wants_losses:
                    self.losses.append(loss)
            wait()
            self.end()


def run(main):
    """Runs a program; a network that is not there is one sentence."""
    try:
        main()
    except NotThere as problem:
        print(json.dumps({"notThere": str(problem)}), flush=True)
