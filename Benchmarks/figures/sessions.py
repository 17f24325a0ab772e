"""Two sessions of one thread against one of one thread and one of two, in turn."""

import time

from engine import STEADY, Engine, say
from report import middle


def rate(session, begin, end):
    """Steps a second of a session within a span, from the points it journaled there."""
    points = [p for p in session.points() if begin <= p[1] <= end]
    # The interval that reaches into the span from before it holds the standstill.
    if len(points) < 3:
        return None
    (first_step, first_time, _), (last_step, last_time, _) = points[0], points[-1]
    return (last_step - first_step) / (last_time - first_time)


def measure(program, report, rounds=6, seconds=4.0):
    """Lets real workers of one engine run alone and together, the others standing still."""
    with Engine(program, cores=8) as engine:
        engine.add_data()
        workers = {}
        for name, threads in (("first", 1), ("second", 1), ("wide", 2)):
            workers[name] = engine.session(name, threads=threads, **STEADY)
            workers[name].hold()
        spans = []
        phases = {"one": ["first"], "two": ["first", "second"], "wide": ["wide"]}
        for number in range(rounds):
            say(f"sessions: round {number + 1} of {rounds}")
            # Each phase comes first as often as the others.
            order = list(phases)
            order = order[number % 3:] + order[:number % 3]
            span = {}
            for phase in order:
                for name in phases[phase]:
                    workers[name].go()
                begin = time.time()
                time.sleep(seconds)
                span[phase] = (begin, time.time())
                for name in phases[phase]:
                    workers[name].hold()
            spans.append(span)
        for worker in workers.values():
            worker.go()
        # What was measured last is written a moment later.
        time.sleep(0.5)
        rates = []
        for span in spans:
            found = {
                phase: [rate(workers[name], *span[phase]) for name in names]
                for phase, names in phases.items()
            }
            if all(value for values in found.values() for value in values):
                rates.append({phase: sum(values) for phase, values in found.items()})
    per_one = [r["two"] / r["one"] for r in rates]
    per_wide = [r["two"] / r["wide"] for r in rates]
    report.add(
        "two one-thread sessions / one one-thread session", middle(per_one), "times", ">= 1.9",
        middle(per_one) >= 1.9, per_one)
    report.add(
        "two one-thread sessions / one two-thread session", middle(per_wide), "times", ">= 0.95",
        middle(per_wide) >= 0.95, per_wide)
    report.add(
        "steps of one one-thread session", middle([r["one"] for r in rates]), "steps/s", None, None,
        rates)
