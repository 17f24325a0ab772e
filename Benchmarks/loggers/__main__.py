"""What logging costs: this library's journal and its peers, each in its own environment.

    Benchmarks/run loggers [--peer PEER…] [--rounds 3] [--steps N]

For one and for ten metrics a step: nanoseconds of a log call, bytes a point on disk, seconds until a
reader of the library's own finds a point of a run that goes on; and how long its import takes. Runs
go in turn; medians count. Writes a table to Benchmarks/results/.
"""

import datetime
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

FOLDER = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(FOLDER), str(FOLDER / "peers"), str(FOLDER / "figures")]

from arguments import Arguments, runnable
from environments import Unavailable, environment, versions
from record import commit
from report import busy_share, place, processor

PROGRAM = FOLDER / "loggers" / "program.py"
# How many steps take about a second at most; what is slow needs fewer.
PEERS = {
    "trackio": ("Trackio", "trackio", 5_000),
    "tensorboardx": ("tensorboardX", "tensorboardx", 20_000),
    "tensorboard": ("TensorBoard", "tensorboard", 10_000),
    "aim": ("Aim", "aim", 2_000),
    "wandb": ("W&B offline", "wandb", 2_000),
    "mlflow": ("MLflow, SQLite", "mlflow", 100),
}
OUR_STEPS = 200_000


def built():
    """Builds our side in release and returns its path."""
    command = [
        "swift", "build", "-c", "release", "--package-path", str(FOLDER), "--product",
        "lasagne-log-bench",
    ]
    variables = dict(os.environ, LASAGNE_LIGHT="1")
    subprocess.run(command, check=True, stdout=sys.stderr, env=variables)
    shown = subprocess.run(
        [*command, "--show-bin-path"], check=True, capture_output=True, text=True, env=variables
    )
    return pathlib.Path(shown.stdout.strip()) / "lasagne-log-bench"


def run(command, steps, metrics):
    """One run in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="lasagne-loggers-") as folder:
        done = subprocess.run(
            [*command, folder, str(steps), str(metrics)], capture_output=True, text=True,
            timeout=600, cwd=folder,
        )
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode != 0 or not lines:
        said = done.stderr.strip().splitlines()
        raise Unavailable(f"its program ended: {said[-1] if said else 'without a word'}")
    return json.loads(lines[-1])


def middle(runs):
    """The medians of several runs, figure by figure."""
    result = {}
    for key in runs[0]:
        values = [r[key] for r in runs if r[key] is not None]
        is_number = values and not isinstance(values[0], bool)
        result[key] = statistics.median(values) if is_number else (values[0] if values else None)
    return result


def markdown(record):
    """The table with what it was measured on."""
    used = " and ".join(f"{100 * share:.0f} %" for share in record["othersUsed"])
    lines = [
        "# What logging costs", "",
        f"{record['machine']['processor']}, {record['machine']['cores']} cores; "
        f"{record['measuredAt']}; commit {record['commit']}. Medians of {record['rounds']} runs in "
        f"turn. Others used {used} of the processors before and after.", "",
        "| library | import | a step of 1 | a step of 10 | a number of 10 | × ours | "
        "bytes a point, 1 and 10 | until readable |",
        "|---|---|---|---|---|---|---|---|",
    ]
    ours = record["rows"][0]["runs"]["10"]["nanosecondsPerStep"]
    for row in record["rows"]:
        one, ten = row["runs"]["1"], row["runs"]["10"]
        until = one["secondsUntilReadable"]
        shown = "no reader without its server"
        if one["hasReader"]:
            shown = "not within 10 s" if until is None else f"{until:.2f} s"
        lines.append(
            f"| {row['title']} {row['version']} | {one['importSeconds']:.2f} s "
            f"| {one['nanosecondsPerStep']:,.0f} ns | {ten['nanosecondsPerStep']:,.0f} ns "
            f"| {ten['nanosecondsPerScalar']:,.0f} ns | {ten['nanosecondsPerStep'] / ours:,.1f} "
            f"| {one['bytesPerPoint']:.0f} and {ten['bytesPerPoint']:.0f} | {shown} |"
        )
    lines += ["", "Left out:", ""]
    lines += [f"- {name}: {text}" for name, text in record["leftOut"].items()] or ["- nothing"]
    return "\n".join(lines) + "\n"


def main():
    """Reads the command line, measures, prints, writes."""
    parser = Arguments(prog="Benchmarks/run loggers", description=__doc__.splitlines()[0])
    parser.add_argument("--peer", nargs="+", choices=list(PEERS), default=list(PEERS), metavar="PEER",
                        help=f"by default all: {', '.join(PEERS)}")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, help="by default what suits the library")
    parser.add_argument("--executable", type=runnable,
                        help="lasagne-log-bench, where it is built already")
    parser.add_argument("--output", help="where the records go, without an ending")
    arguments = parser.parse_args()
    busy = [busy_share()]
    sides, left_out = [("ours", "LasagneEngine's journal", commit(), [
        str(arguments.executable or built())], OUR_STEPS)], {}
    for name in arguments.peer:
        title, package, steps = PEERS[name]
        try:
            python = environment(name)
            sides.append(
                (name, title, versions(name)[package], [python, str(PROGRAM), name], steps)
            )
        except (Unavailable, subprocess.CalledProcessError) as problem:
            left_out[name] = str(problem)
    found = {name: {"1": [], "10": []} for name, *_ in sides}
    for _ in range(arguments.rounds):
        for name, title, _, command, steps in sides:
            if name in left_out:
                continue
            for metrics in (1, 10):
                try:
                    figures = run(command, arguments.steps or steps, metrics)
                    found[name][str(metrics)].append(figures)
                except (Unavailable, subprocess.TimeoutExpired) as problem:
                    left_out[name] = str(problem)
                    print(f"{title}: {problem}", file=sys.stderr, flush=True)
                    break
    busy.append(busy_share())
    now = datetime.datetime.now(datetime.timezone.utc)
    record = {
        "benchmark": "loggers", "measuredAt": now.isoformat(timespec="seconds"),
        "machine": {"processor": processor(), "cores": os.cpu_count()}, "commit": commit(),
        "rounds": arguments.rounds, "othersUsed": busy, "leftOut": left_out,
        "rows": [
            {
                "library": name, "title": title, "version": version, "all": found[name],
                "runs": {metrics: middle(runs) for metrics, runs in found[name].items()},
            }
            for name, title, version, _, _ in sides if name not in left_out
        ],
    }
    if "ours" in left_out:
        sys.exit(f"error: LasagneEngine's journal: {left_out['ours']}")
    path = pathlib.Path(arguments.output or place("loggers"))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_suffix(".json").write_text(json.dumps(record, indent=1) + "\n")
    table = markdown(record)
    path.with_suffix(".md").write_text(table)
    print(table)
    if max(busy) > 0.1:
        print("The machine was NOT quiet: these figures are no proof of anything.")
    print(f"written to {path}.json and .md")


if __name__ == "__main__":
    main()
