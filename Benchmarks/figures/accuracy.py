"""The accuracy that the demo's network reaches on test images, here and in PyTorch, seed by seed."""

import json
import os
import subprocess
import sys

from engine import MODEL, RECIPE, Engine, Problem, demo_data, say
from report import FOLDER, middle

sys.path.append(str(FOLDER / "peers"))

PEER = FOLDER / "pytorch" / "demo_accuracy.py"


def ours(engine, seed):
    """The test accuracy of a session by the demo's recipe."""
    name = f"seed{seed}"
    # As long as it takes: a session that hangs is ended by its engine.
    command = [
        engine.program, "train", MODEL, "fashion-mnist", "--recipe", RECIPE, "--seed", seed, "--name", name,
        "--threads", 1, "--workspace", engine.workspace,
    ]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise Problem(f"seed {seed}: {done.stderr.strip()}")
    records = [json.loads(line) for line in engine.run("sessions", "--json").splitlines()]
    return next(r["latest"]["test/accuracy"] for r in records if r["request"]["name"] == name)


def peer(python, data, seed):
    """The same of PyTorch."""
    variables = dict(os.environ, OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")
    command = [python, PEER, "--data", data, "--seed", str(seed)]
    done = subprocess.run(command, capture_output=True, text=True, env=variables)
    if done.returncode != 0:
        raise Problem(f"{PEER.name}: {done.stderr.strip().splitlines()[-1:]}")
    return json.loads(done.stdout)["testAccuracy"]


def measure(program, report):
    """Both, one thread each, for every seed of SEEDS."""
    from environments import Unavailable, environment

    seeds = os.environ.get("SEEDS", "1").split()
    data = demo_data()
    try:
        python = environment("pytorch")
    except (Unavailable, subprocess.CalledProcessError) as problem:
        raise Problem(f"there is no PyTorch to compare with: {problem}") from problem
    pairs = []
    with Engine(program) as engine:
        engine.add_data()
        # Without a server, as a person would who only trains.
        engine.stop()
        for seed in seeds:
            say(f"accuracy: seed {seed}")
            pairs.append((ours(engine, seed), peer(python, data, seed)))
    note = f"seeds {', '.join(seeds)}, one thread"
    for side, name in enumerate(["the demo's network on test images", "the same in PyTorch"]):
        runs = [100 * pair[side] for pair in pairs]
        report.add(name, middle(runs), "% right", None, None, runs, note)
    differences = [100 * (here - there) for here, there in pairs]
    report.add("difference, seed by seed", middle(differences), "points", None, None, differences, note)
