"""How soon a page sees what a worker measured, and how soon a worker obeys."""

import random
import time

from engine import Engine, EventReader, Problem, say, wait_until
from report import middle


def percentile(values, share):
    """The value that this share of them does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def ask(engine, session, reader, rate):
    """Sets the learning rate; when that was, when the worker had obeyed, when a page saw that."""
    seen = len(reader.events)
    begin = time.time()
    engine.ask(
        f"/api/v1/sessions/{session.id}/control",
        {"action": "set", "field": "learningRate", "value": rate})

    def answer():
        if reader.failure:
            raise Problem(f"the stream of events broke: {reader.failure}")
        for arrival, event in reader.events[seen:]:
            if event["kind"] == "timeline" and event["entry"]["kind"] == "acknowledged":
                return arrival, event["entry"]["time"]
        return None

    arrival, obeyed = wait_until(answer, "answer of the session", interval=0.001)
    return begin, obeyed, arrival


def epoch_ends(session, points):
    """When the session was between two epochs: it validates then."""
    last = {step: at for step, at, _ in points}
    ends = []
    for line in session.new_lines():
        if "epoch" in line["event"] and line["step"] in last:
            ends.append((last[line["step"]], line["time"]))
    return ends


def measure(program, report, seconds=20, commands=25):
    """One session of one thread, and a page that listens."""
    pause = random.Random(1)
    with Engine(program) as engine:
        engine.add_data()
        session = engine.session("live", epochs=1000)
        reader = EventReader(engine)
        say("latency: metrics")
        begin = time.time()
        time.sleep(seconds)
        answers = []
        say("latency: commands")
        for number in range(commands):
            answers.append(ask(engine, session, reader, 0.001 + 0.0001 * (number % 3)))
            time.sleep(pause.uniform(0.1, 0.4))
        points = session.points()
        ends = epoch_ends(session, points)
        events = list(reader.events)
    step = middle(
        [(b[1] - a[1]) / (b[0] - a[0]) for a, b in zip(points, points[1:]) if b[0] > a[0]])
    delays = [
        arrival - point["time"]
        for arrival, event in events
        if event["kind"] == "metrics"
        for point in event["points"]
        if point["time"] > begin
    ]
    report.add("a step's metrics are seen by a page, median", 1000 * middle(delays), "ms", None, None)
    worst = percentile(delays, 0.95)
    report.add(
        "a step's metrics are seen by a page, 95 of 100", 1000 * worst, "ms", "<= 300 ms",
        worst <= 0.3, delays)
    # Between two epochs there is no step to wait for: what was asked then is told by itself too.
    between = [
        any(asked <= end and obeyed >= begin for begin, end in ends)
        for asked, obeyed, _ in answers
    ]
    waits = [obeyed - asked for asked, obeyed, _ in answers]
    late = [wait for wait, is_late in zip(waits, between) if is_late]
    limit = step + 0.1
    report.add("one step of the session", 1000 * step, "ms", None, None)
    report.add("a command is obeyed, median", 1000 * middle(waits), "ms", None, None)
    worst = percentile(waits, 0.95)
    report.add(
        "a command is obeyed, 95 of 100", 1000 * worst, "ms",
        f"<= {1000 * limit:.0f} ms (1 step + 100 ms)", worst <= limit, waits)
    if late:
        report.add(
            "a command asked between two epochs is obeyed, longest", 1000 * max(late), "ms",
            f"<= {1000 * limit:.0f} ms (1 step + 100 ms)", max(late) <= limit, late)
    seen = [arrival - asked for asked, _, arrival in answers]
    report.add("a page sees that it is obeyed, median", 1000 * middle(seen), "ms", None, None, seen)
