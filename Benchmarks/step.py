"""Times one training step of this library against PyTorch eager, alternating in one run.

PyTorch runs twice: as it comes, and with its fused optimizer.

    "$(scripts/python-env torch)" Benchmarks/step.py [--rounds 5] [--seconds 2]

Builds and starts `lasagne-bench`, a process for each network, and two PyTorch processes for each;
asks them in turn for rounds of steps. All sides: one thread, the same networks, batches of random
samples gathered by index (images are bytes and scaled), Adam, dropout where LeNet has it, the loss
read at every step. Prints a table of the medians of CPU time a step and their ratios, and writes
everything to Benchmarks/results/step.json. On a busy machine wall time lies; CPU time lies less.
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

# Where it is not 128.
BATCH_SIZES = {"tiny": 32, "gru": 64, "lstm": 64}
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
    batch_size = arguments.batch_size or BATCH_SIZES.get(network, 128)
    settings = [network, arguments.update, str(batch_size)]
    peer = [sys.executable, str(FOLDER / "pytorch" / "steps.py"), *settings]
    sides = [
        Side("lasagne", [executable, *settings]),
        Side("pytorch", peer),
        Side("pytorchFused", [*peer, "fused"]),
    ]
    for side in sides:
        side.run(5)
        once = side.run(10)
        side.steps = max(10, int(arguments.seconds * 10 / max(once["cpu"], 1e-6)))
    for _ in range(arguments.rounds):
        for side in sides:
            side.rounds.append(side.run(side.steps))
    record = {"network": network, "update": arguments.update, "batchSize": batch_size}
    for side in sides:
        side.close()
        times = [1e3 * r["cpu"] / r["steps"] for r in side.rounds]
        record[side.name] = {
            "cpuMilliseconds": statistics.median(times),
            "cpuSpread": [min(times), max(times)],
            "wallMilliseconds": statistics.median(1e3 * r["wall"] / r["steps"] for r in side.rounds),
            "rounds": side.rounds,
        }
    for side in sides[1:]:
        for kind in ("cpu", "wall"):
            # Round by round: neighbours in time see the same neighbours on the machine.
            ratios = [
                (theirs[kind] / theirs["steps"]) / (ours[kind] / ours["steps"])
                for ours, theirs in zip(sides[0].rounds, side.rounds)
            ]
            record[side.name][kind + "Ratio"] = statistics.median(ratios)
    return record


def processor():
    """The processor's name and the vector instructions it has."""
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    facts = dict(line.split("\t: ", 1) for line in lines if "\t: " in line)
    flags = facts.get("flags", "").split()
    best = next((flag for flag in ("avx512f", "avx2", "avx") if flag in flags), "")
    return f"{facts.get('model name', platform.machine())} {best}".strip()


def main():
    """Reads the command line, compares, prints, writes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--networks", nargs="*", default=["tiny", "mlp", "lenet", "gru", "lstm"])
    parser.add_argument("--update", default="adam", choices=["adam", "nesterov"])
    parser.add_argument("--batch-size", type=int, help="by default what suits the network")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2, help="CPU time of a round, about")
    parser.add_argument("--executable", help="lasagne-bench, where it is built already")
    parser.add_argument("--output", default=str(FOLDER / "results" / "step.json"))
    arguments = parser.parse_args()
    executable = arguments.executable or build()
    records = [compare(network, executable, arguments) for network in arguments.networks]

    print(f"{'network':10}{'ours':>12}{'PyTorch':>14}{'ratio':>8}{'PyTorch fused':>16}{'ratio':>8}")
    for record in records:
        print(
            f"{record['network']:10}{record['lasagne']['cpuMilliseconds']:9.4f} ms"
            f"{record['pytorch']['cpuMilliseconds']:11.4f} ms{record['pytorch']['cpuRatio']:7.2f}x"
            f"{record['pytorchFused']['cpuMilliseconds']:13.4f} ms"
            f"{record['pytorchFused']['cpuRatio']:7.2f}x"
        )
    output = pathlib.Path(arguments.output)
    output.parent.mkdir(parents=True, exist_ok=True)
    summary = {
        "benchmark": "step",
        "measuredAt": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "machine": {"processor": processor(), "cores": os.cpu_count()},
        "records": records,
    }
    output.write_text(json.dumps(summary, indent=1) + "\n")
    print(f"written to {output}")


if __name__ == "__main__":
    main()
