"""Times training steps of this library and of its peers, the same work in turn in one run.

    Benchmarks/run peers|NETWORK… [--peer PEER…] [--threads 1|all] [--rounds 5] [--seconds 1]
                                 [--device cuda:0] [--python PYTHON]

Every side has a process; each gets the same samples in the same order and starts from the same
weights. First the losses of the first steps are compared (without dropout): who computes something
else is not timed. Then rounds of steps go in turn through all sides. Prints a table of ratios and
writes it with versions, processor and all rounds to Benchmarks/results/.
"""

import os
import pathlib
import signal
import subprocess
import sys
import tempfile

FOLDER = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(FOLDER), str(FOLDER / "peers"), str(FOLDER / "figures")]

import work
from arguments import Arguments, runnable
from environments import Unavailable, versions
from record import Record
from sides import IMAGES, ON_GPUS, OURS, PEERS, Failure, Process

# Steps whose losses are compared, and what rounding may make of them.
COMPARED_STEPS = 6
TOLERANCE = 2e-3


def build():
    """Builds the Swift side in release and returns its path."""
    command = ["swift", "build", "-c", "release", "--package-path", str(FOLDER)]
    environment = dict(os.environ, LASAGNE_LIGHT="1")
    subprocess.run(command, check=True, stdout=sys.stderr, env=environment)
    shown = subprocess.run(
        [*command, "--show-bin-path"], check=True, capture_output=True, text=True, env=environment
    )
    return pathlib.Path(shown.stdout.strip()) / "lasagne-bench"


def difference(ours, theirs):
    """The greatest relative difference between two rows of losses."""
    return max(abs(a - b) / max(abs(a), 1e-6) for a, b in zip(ours, theirs, strict=True))


class Comparison:
    """One network on all sides."""

    def __init__(self, network, arguments, folder):
        self.network = network
        self.arguments = arguments
        self.folder = folder
        self.batch = arguments.batch_size or work.NETWORKS[network][1]
        self.settings = [network, arguments.update, str(self.batch), f"folder={folder}"]
        if arguments.device != "cpu":
            self.settings.append(f"device={arguments.device}")
        self.left_out = {}
        self.agreement = {}
        work.write(network, folder)
        subprocess.run([arguments.executable, *self.settings, "write=1"], check=True)

    def start(self, side, *more):
        """Starts a side."""
        arguments = self.arguments
        return Process(
            side, arguments.executable, [*self.settings, *more], arguments.thread_count,
            arguments.lasagne, self.folder / f"{side.name}.log", arguments.python,
        )

    def losses(self, side):
        """The losses of the first steps."""
        process = self.start(side, "losses=1")
        try:
            return process.run(COMPARED_STEPS)["losses"]
        finally:
            process.close()

    def sides(self):
        """The sides that compute the same as this library does."""
        expected = self.losses(OURS)
        yield OURS
        for side in PEERS:
            if side.name not in self.arguments.peer:
                continue
            if side.only_images and self.network not in IMAGES:
                continue
            is_on_gpu = self.arguments.device != "cpu"
            if side.only_gpus and not is_on_gpu or is_on_gpu and side.name not in ON_GPUS:
                continue
            try:
                found = self.losses(side)
                self.agreement[side.name] = difference(expected, found)
                if not self.agreement[side.name] <= TOLERANCE:
                    raise Failure(
                        f"its losses are not ours: {found} against {expected}; this is not the "
                        "same work and is not timed"
                    )
            except (Failure, Unavailable) as problem:
                self.leave_out(side, problem)
            else:
                yield side

    def leave_out(self, side, problem):
        """Remembers and says why a side is not measured."""
        self.left_out[side.name] = str(problem)
        print(f"{self.network}: {side.title}: {problem}", file=sys.stderr, flush=True)

    def measure(self):
        """Rounds of all sides in turn."""
        processes = []
        try:
            for side in list(self.sides()):
                say = f"{self.network}: starting {side.title}"
                print(say, file=sys.stderr, flush=True)
                try:
                    process = self.start(side)
                    process.run(3)
                    once = process.run(5)
                except Failure as problem:
                    if side is OURS:
                        raise
                    self.leave_out(side, problem)
                    continue
                process.steps = max(3, int(self.arguments.seconds * 5 / max(once["wall"], 1e-6)))
                processes.append(process)
            for number in range(self.arguments.rounds):
                turn = number % len(processes)
                for process in processes[turn:] + processes[:turn]:
                    process.rounds.append(process.run(process.steps))
        finally:
            for process in processes:
                process.close()
        return processes


def read_arguments():
    """The command line."""
    parser = Arguments(prog="Benchmarks/run peers", description=__doc__.splitlines()[0])
    names = [side.name for side in PEERS]
    parser.add_argument("networks", nargs="+", help=f"peers (all), or {', '.join(work.NETWORKS)}")
    parser.add_argument("--peer", nargs="+", choices=names, default=names, metavar="PEER",
                        help=f"by default all: {', '.join(names)}")
    parser.add_argument("--threads", choices=["1", "all"], default="1")
    parser.add_argument("--update", default="adam", choices=["adam", "nesterov"])
    parser.add_argument("--batch-size", type=int, help="by default what suits the network")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1, help="of a round, about")
    parser.add_argument("--lasagne", default=os.environ.get("LASAGNE_SOURCE"),
                        help="a folder with the repository of the real Lasagne")
    parser.add_argument("--device", default="cpu", help="cpu, or a GPU such as cuda:0")
    parser.add_argument("--python", help="a Python with all peers, instead of environments by pip")
    parser.add_argument("--executable", type=runnable,
                        help="lasagne-bench, where it is built already")
    parser.add_argument("--output", help="where the records go, without an ending")
    arguments = parser.parse_args()
    if arguments.networks == ["peers"]:
        arguments.networks = list(work.NETWORKS)
    unknown = [name for name in arguments.networks if name not in work.NETWORKS]
    if unknown:
        parser.error(f"there is no network '{unknown[0]}'; there are {', '.join(work.NETWORKS)}")
    for count in (arguments.rounds, arguments.seconds, arguments.batch_size or 1):
        if count <= 0:
            parser.error("rounds, seconds and batch sizes are above 0")
    arguments.thread_count = 1 if arguments.threads == "1" else len(os.sched_getaffinity(0))
    return arguments


def main():
    """Reads the command line, compares, prints, writes."""
    arguments = read_arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("error: ended by a signal"))
    arguments.executable = arguments.executable or build()
    record = Record(arguments)
    for network in arguments.networks:
        with tempfile.TemporaryDirectory(prefix="lasagne-peers-") as folder:
            try:
                comparison = Comparison(network, arguments, pathlib.Path(folder))
                record.add(comparison, comparison.measure())
            except (Failure, subprocess.CalledProcessError) as problem:
                # Without ours there is nothing to compare with.
                sys.exit(f"error: {network}: LasagneEngine: {problem}")
            # Whoever is ended in the middle keeps what was measured.
            record.write(versions)
    record.close()
    disagree = any("not ours" in text for c in record.comparisons for text in c["leftOut"].values())
    sys.exit(1 if disagree else 0)


if __name__ == "__main__":
    main()
