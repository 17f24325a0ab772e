"""Measures what this project promises in figures, with the release build of `lasagne`.

    python3 Benchmarks/figures [sessions] [observation] [index] [latency] [listeners] [curves] [home]
        [start] [memory] [neighbour] [everything] [accuracy]

Without a name all but accuracy, in about twenty minutes on a quiet machine. Each part has a workspace and a
server of its own, which it ends. One line a figure, and a record in Benchmarks/results/.
"""

import signal
import subprocess
import sys

import accuracy
import curves
import everything
import home
import index
import latency
import listeners
import memory
import neighbour
import observation
import sessions
import start
from arguments import Arguments, runnable
from engine import Problem, executable
from report import Report

PARTS = {
    "sessions": sessions.measure,
    "observation": observation.measure,
    "index": index.measure,
    "latency": latency.measure,
    "listeners": listeners.measure,
    "curves": curves.measure,
    "home": home.measure,
    "start": start.measure,
    "memory": memory.measure,
    "neighbour": neighbour.measure,
    "everything": everything.measure,
}
# Trains to the end, in minutes a seed.
ON_REQUEST = {"accuracy": accuracy.measure}


def main():
    """Reads the command line, measures, prints, writes."""
    known = PARTS | ON_REQUEST
    parser = Arguments(prog="Benchmarks/run figures", description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="part", help=", ".join(known))
    parser.add_argument("--executable", type=runnable,
                        help="lasagne, where it is not this package's release build")
    parser.add_argument("--output", help="where the record goes")
    arguments = parser.parse_args()
    unknown = [part for part in arguments.parts if part not in known]
    if unknown:
        parser.error(f"there is no part '{unknown[0]}'; there are {', '.join(known)}")
    # Whoever is asked to end takes servers, workers and folders along.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("error: ended by a signal"))
    failed = []
    try:
        program = arguments.executable or str(executable())
        report = Report(program)
        for part in arguments.parts or PARTS:
            try:
                known[part](program, report)
            except Problem as problem:
                print(f"error: {part}: {problem}", file=sys.stderr)
                failed.append(part)
        name = "-".join(arguments.parts) or "figures"
        report.close(name, arguments.output)
    except (Problem, subprocess.CalledProcessError) as problem:
        sys.exit(f"error: {problem}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
