"""What a further session on a thread of the same process takes of memory."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

from engine import PATIENCE, Problem
from report import FOLDER, middle

SESSIONS = 6


def built():
    """Builds the program in release and returns its path."""
    command = [
        "swift", "build", "-c", "release", "--package-path", str(FOLDER), "--product",
        "lasagne-memory-bench",
    ]
    variables = dict(os.environ, LASAGNE_LIGHT="1")
    subprocess.run(command, check=True, stdout=sys.stderr, env=variables)
    shown = subprocess.run(
        [*command, "--show-bin-path"], check=True, capture_output=True, text=True, env=variables
    )
    return pathlib.Path(shown.stdout.strip()) / "lasagne-memory-bench"


def measure(_, report):
    """The growth from the first session to the last; the first pays for libtorch."""
    with tempfile.TemporaryDirectory(prefix="lasagne-figures-") as folder:
        done = subprocess.run(
            [built(), pathlib.Path(folder) / "w", str(SESSIONS)], capture_output=True, text=True,
            timeout=PATIENCE * SESSIONS,
        )
    if done.returncode != 0:
        raise Problem(f"lasagne-memory-bench: {done.stderr.strip()}")
    figures = json.loads(done.stdout)
    resident, tensors = figures["residentBytes"], figures["tensorBytes"]
    extra = [(b - a - tensors) / 1e6 for a, b in zip(resident[1:], resident[2:])]
    report.add(
        "memory of one more session in a process, without its tensors", middle(extra), "MB",
        "<= 15 MB", middle(extra) <= 15, extra)
    report.add(
        "memory of a process with one session", resident[1] / 1e6, "MB", None, None, resident)
