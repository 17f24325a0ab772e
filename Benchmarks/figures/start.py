"""From `lasagne train` to the end of the first training step, beside a PyTorch program that does it."""

import os
import signal
import subprocess
import sys
import time

from engine import MODEL, PATIENCE, RECIPE, Engine, Problem, demo_data, say, wait_until
from report import FOLDER, middle

sys.path.append(str(FOLDER / "peers"))

PEER = FOLDER / "pytorch" / "first_step.py"


def ours(engine, number):
    """Seconds from the start of the process to the first step, by the worker's own clock."""
    name = f"start{number}"
    command = [
        engine.program, "train", MODEL, "fashion-mnist", "--recipe", RECIPE, "--name", name,
        "--threads", "1", "--set", "reportEverySteps=1", "--json", "--workspace", engine.workspace,
    ]
    begin = time.time()
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL)
    try:
        # The first point is in the journal a moment after it was measured.
        wait_until(
            lambda: process.poll() is not None or list(journals(engine, begin)), "journal",
            interval=0.05)
        time.sleep(1)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    return begin, name


def journals(engine, begin):
    """The journals of sessions that began since then and have more than a header."""
    for path in (engine.workspace / "sessions").glob("*/*.journal"):
        status = path.stat()
        if status.st_mtime >= begin and status.st_size > 200:
            yield path


def first_times(engine):
    """When each session ended its first step."""
    times = {}
    for record in engine.ask("/api/v1/sessions"):
        path = f"/api/v1/sessions/{record['request']['id']}/series?pixels=10000&keys=train%2Floss"
        buckets = engine.ask(path)[0]["buckets"]
        if buckets and buckets[0]["lastStep"] == 1:
            times[record["request"]["name"]] = buckets[0]["lastTime"]
    return times


def peer(python, data, folder):
    """The same of PyTorch: import, data, network, one step."""
    variables = dict(os.environ, OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")
    begin = time.time()
    done = subprocess.run(
        [python, PEER, data, folder], capture_output=True, text=True, env=variables, timeout=PATIENCE)
    if done.returncode != 0:
        raise Problem(f"{PEER.name}: {done.stderr.strip().splitlines()[-1:]}")
    return float(done.stdout.split()[-1]) - begin


def measure(program, report, rounds=5):
    """Both in turn, the first round to warm the file cache."""
    from environments import Unavailable, environment

    data = demo_data()
    try:
        python = environment("pytorch")
    except (Unavailable, subprocess.CalledProcessError) as problem:
        python = None
        say(f"start: without PyTorch: {problem}")
    with Engine(program) as engine:
        engine.add_data()
        # Without a server, as a person would who only trains.
        engine.stop()
        begun, theirs = [], []
        for number in range(rounds + 1):
            say(f"start: round {number} of {rounds}")
            begun.append(ours(engine, number))
            if python:
                theirs.append(peer(python, data, engine.folder))
        engine.start()
        times = first_times(engine)
    seconds = [times[name] - begin for begin, name in begun[1:] if name in times]
    if not seconds:
        raise Problem("no session reported its first step")
    report.add(
        "lasagne train, from its start to its first step", middle(seconds), "s", "<= 0.4 s",
        middle(seconds) <= 0.4, seconds)
    if theirs:
        report.add(
            "a PyTorch program that does the same", middle(theirs[1:]), "s", None, None, theirs[1:])
