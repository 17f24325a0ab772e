"""What a session keeps beside a busy neighbour: its steps a second against those of a quiet core."""

import os
import subprocess
import sys
import time

from engine import STEADY, Engine, say
from report import middle
from sessions import rate


def busy():
    """A process that does nothing but use a core."""
    return subprocess.Popen([sys.executable, "-c", "while True: pass"])


def measure(program, report, rounds=5, seconds=4.0):
    """A session with a thread a core alone, and beside so many busy processes, in turn.

    Beside one busy process on each core half of the machine is a session's fair share.
    """
    cores = os.cpu_count()
    with Engine(program, cores=8) as engine:
        engine.add_data()
        session = engine.session("session", threads=cores, **STEADY)
        session.hold()
        spans = []
        for number in range(rounds):
            say(f"neighbour: round {number + 1} of {rounds}")
            span = {}
            for count in (0, cores) if number % 2 == 0 else (cores, 0):
                neighbours = [busy() for _ in range(count)]
                try:
                    session.go()
                    begin = time.time()
                    time.sleep(seconds)
                    span[count] = (begin, time.time())
                finally:
                    session.hold()
                    for neighbour in neighbours:
                        neighbour.kill()
                        neighbour.wait()
            spans.append(span)
        session.go()
        # What was measured last is written a moment later.
        time.sleep(0.5)
        shares = []
        for span in spans:
            alone, beside = rate(session, *span[0]), rate(session, *span[cores])
            if alone and beside:
                shares.append(2 * beside / alone)
    report.add(
        "a session beside a busy process a core, of its fair share", middle(shares), "", ">= 0.8",
        middle(shares) >= 0.8, shares)
