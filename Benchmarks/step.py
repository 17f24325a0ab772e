"""Times one training step of this library against PyTorch eager, alternating in one run.

    "$(scripts/python-env torch)" Benchmarks/step.py [--rounds 5] [--seconds 2]

Builds and starts `lasagne-bench`, a process for each network, and a PyTorch process for each; asks
them in turn for rounds of steps. Both sides: one thread, the same networks, batches of 128 random
images of bytes gathered by index and scaled, Adam, dropout where LeNet has it, the loss read at
every step. Prints a table of the medians of CPU time a step and their ratio, and writes everything
to Benchmarks/results/step.json. On a busy machine wall time lies; CPU time lies less.
"""

import argparse
import datetime
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys

FOLDER = pathlib.Path(__file__).resolve().parent


class Side:
    """A process that makes steps on request."""

    def __init__(self, name, command):
        self.name = name
        environment = dict(os.environ, OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        self.rounds = []

    def run(self, steps):
        """Makes steps and returns what they took."""
        self.process.stdin.write(f"{steps}\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"step.py: {self.name} ended without an answer; see its message above.")
        return json.loads(line)

    def close(self):
        """Ends the process."""
        self.process.stdin.close()
        self.process.wait(timeout=30)


def build():
    """Builds the Swift side in release and returns its path."""
    command = ["swift", "build", "-c", "release", "--package-path", str(FOLDER)]
    environment = dict(os.environ, LASAGNE_LIGHT="1")
    subprocess.run(command, check=True, stdout=sys.stderr, env=environment)
    shown = subprocess.run(
        [*command, "--show-bin-path"], check=True, capture_output=True, text=True, env=environment
    )
    return pathlib.Path(shown.stdout.strip()) / "lasagne-bench"


def compare(network, executable, arguments):
    """Rounds of both sides in turn; returns the record of one network."""
    settings = [network, arguments.update, str(arguments.batch_size)]
    sides = [
        Side("lasagne", [executable, *settings]),
        Side("pytorch", [sys.executable, str(FOLDER / "pytorch" / "steps.py"), *settings]),
    ]
    for side in sides:
        side.run(5)
        once = side.run(10)
        side.steps = max(10, int(arguments.seconds * 10 / max(once["cpu"], 1e-6)))
    for _ in range(arguments.rounds):
        for side in sides:
            side.rounds.append(side.run(side.steps))
    record = {"network": network, "update": arguments.update, "batchSize": arguments.batch_size}
    for side in sides:
        side.close()
        record[side.name] = {
            "cpuMilliseconds": statistics.median(1e3 * r["cpu"] / r["steps"] for r in side.rounds),
            "wallMilliseconds": statistics.median(1e3 * r["wall"] / r["steps"] for r in side.rounds),
            "rounds": side.rounds,
        }
    ours, theirs = record["lasagne"], record["pytorch"]
    record["cpuRatio"] = theirs["cpuMilliseconds"] / ours["cpuMilliseconds"]
    record["wallRatio"] = theirs["wallMilliseconds"] / ours["wallMilliseconds"]
    return record


def main():
    """Reads the command line, compares, prints, writes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--networks", nargs="*", default=["mlp", "lenet"])
    parser.add_argument("--update", default="adam", choices=["adam", "nesterov"])
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2, help="CPU time of a round, about")
    parser.add_argument("--executable", help="lasagne-bench, where it is built already")
    parser.add_argument("--output", default=str(FOLDER / "results" / "step.json"))
    arguments = parser.parse_args()
    executable = arguments.executable or build()
    records = [compare(network, executable, arguments) for network in arguments.networks]

    print(f"{'network':10}{'ours':>12}{'PyTorch':>12}{'CPU ratio':>12}{'wall ratio':>12}")
    for record in records:
        ours = record["lasagne"]["cpuMilliseconds"]
        theirs = record["pytorch"]["cpuMilliseconds"]
        print(
            f"{record['network']:10}{ours:9.3f} ms{theirs:9.3f} ms"
            f"{record['cpuRatio']:11.2f}x{record['wallRatio']:11.2f}x"
        )
    output = pathlib.Path(arguments.output)
    output.parent.mkdir(parents=True, exist_ok=True)
    summary = {
        "benchmark": "step",
        "measuredAt": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "machine": {"processor": platform.machine(), "cores": os.cpu_count()},
        "records": records,
    }
    output.write_text(json.dumps(summary, indent=1) + "\n")
    print(f"written to {output}")


if __name__ == "__main__":
    main()
