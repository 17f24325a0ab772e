"""What logging every step costs a network so small that logging is the most of it."""

import array
import pathlib
import random
import struct
import tempfile

from engine import Engine, say, wait_until
from report import middle

# 20 inputs, two classes; an epoch of 20,000 steps is so long that its end is seen precisely.
SAMPLES, INPUTS, BATCH = 640_000, 20, 32
STEPS = SAMPLES // BATCH
MODEL = """lasagne: 1
name: tiny
layers:
  - {name: in, type: InputLayer, shape: [null, 20]}
  - {name: first, type: DenseLayer, numUnits: 32, nonlinearity: rectify}
  - {name: second, type: DenseLayer, numUnits: 32, nonlinearity: rectify}
  - {name: out, type: DenseLayer, numUnits: 2, nonlinearity: softmax}
output: out
"""
RECIPE = """update: adam
epochs: 1000000
batchSize: 32
validationFraction: 0
checkpointEveryEpochs: 0
observeEverySteps: 0
"""
EVERYTHING, NOTHING = {"reportEverySteps": 1}, {"reportEverySteps": 1_000_000_000}


def write_array(path, shape, kind, numbers):
    """Writes an .npy file of version 1."""
    head = repr({"descr": kind, "fortran_order": False, "shape": shape}).encode()
    head += b" " * (-(len(head) + 11) % 64) + b"\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head + numbers.tobytes())


def write_data(folder):
    """Points of two classes that a curved line divides, as two files."""
    noise = random.Random(3)
    some = array.array("f", [noise.gauss(0, 1) for _ in range(SAMPLES // 20 * INPUTS)])
    labels = array.array(
        "q", [int(some[at] + some[at + 1] * some[at + 2] > 0) for at in range(0, len(some), INPUTS)]
    )
    write_array(folder / "inputs.npy", (SAMPLES, INPUTS), "<f4", some * 20)
    write_array(folder / "labels.npy", (SAMPLES,), "<i8", labels * 20)


def nanoseconds(process):
    """The time that the threads of a process have had of the processors."""
    total = 0
    for task in pathlib.Path(f"/proc/{process}/task").iterdir():
        try:
            total += int((task / "schedstat").read_text().split()[0])
        except (FileNotFoundError, ProcessLookupError):
            # A thread that has just ended.
            pass
    return total


class Side:
    """A session that runs some epochs at a time."""

    def __init__(self, session):
        self.session = session
        self.epochs(1)

    def end(self):
        """Waits for the end of an epoch; returns the processor time until then."""
        def look():
            lines = self.session.new_lines()
            used = nanoseconds(self.session.process)
            ended = sum("epoch" in line["event"] for line in lines)
            return (ended, used) if ended else None

        return wait_until(look, "end of an epoch", interval=0.002)

    def epochs(self, count):
        """Lets it run for so many epochs; returns nanoseconds of processor time a step."""
        self.session.go()
        _, begin = self.end()
        done = 0
        while done < count:
            ended, used = self.end()
            done += ended
        self.session.hold()
        self.session.new_lines()
        return (used - begin) / (done * STEPS)


def pairs_of_two(program, folder, pairs, epochs):
    """Nanoseconds a step of two new workers in turn, logging everything and nothing."""
    with Engine(program, cores=8) as engine:
        engine.run("data", "add", "toy", folder / "inputs.npy", folder / "labels.npy")
        sides = []
        for name, fields in (("with", EVERYTHING), ("without", NOTHING)):
            session = engine.session(
                name, model=folder / "tiny.yaml", data="toy", recipe=folder / "recipe.yaml", **fields)
            session.hold()
            sides.append(Side(session))
        # What the engine does with the points is its own affair, and disturbs the measurement.
        engine.stop()
        for number in range(pairs):
            order = sides if number % 2 == 0 else sides[::-1]
            taken = {side: side.epochs(epochs) for side in order}
            yield [taken[side] for side in sides]


def measure(program, report, starts=5, pairs=18, epochs=2):
    """Pairs in turn: one session logs loss, accuracy and rates at every step, one logs nothing.

    Where a process has its memory makes it quicker or slower than another by some percent, as long
    as it lives: so there are several processes of each kind.
    """
    taken = []
    with tempfile.TemporaryDirectory(prefix="lasagne-everything-") as folder:
        folder = pathlib.Path(folder)
        say("everything: writing the data")
        write_data(folder)
        (folder / "tiny.yaml").write_text(MODEL)
        (folder / "recipe.yaml").write_text(RECIPE)
        for start in range(starts):
            say(f"everything: processes {start + 1} of {starts}")
            taken += pairs_of_two(program, folder, pairs, epochs)
    slower = [100 * (logged / silent - 1) for logged, silent in taken]
    for name, place in (("all logged", 0), ("nothing logged", 1)):
        report.add(
            f"a step of the tiny network, {name}", middle([pair[place] for pair in taken]),
            "ns", None, None)
    report.add(
        "logging everything at each step, of the processor time", middle(slower), "%", "<= 2 %",
        middle(slower) <= 2, slower)
