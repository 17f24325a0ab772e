"""A session of ten million points, and three hundred runs in one chart."""

import json
import pathlib
import random
import struct
import tempfile
import time

from copies import KEY, copied, finished, write_curve, write_events
from engine import Engine, Problem, processor_seconds, say
from latency import percentile
from report import middle
from tensorboard import TensorBoard

COUNT = 10_000_000
# Where one point of all is far from the others, and how far.
SPIKE, HEIGHT = 6_543_210, 1000.0
# Columns of a chart as wide as a window of 1,280.
WIDTH = 1280
RUNS, RUN_LENGTH = 300, 2_000
BYTES = "application/vnd.lasagne.series"


class Page:
    """What the page asks, over one connection that stays."""

    def __init__(self, engine):
        self.connection, self.headers = engine.connection()

    def close(self):
        """Ends the connection."""
        self.connection.close()

    def ask(self, path, body=None, accept="application/json"):
        """The bytes of an answer, and the seconds until the last of them was here."""
        headers = {**self.headers, "Accept": accept}
        if body is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(body)
        begin = time.monotonic()
        self.connection.request("POST" if body else "GET", path, body, headers)
        reply = self.connection.getresponse()
        data = reply.read()
        taken = time.monotonic() - begin
        if reply.status != 200:
            raise Problem(f"{path}: {reply.status} {data[:200]!r}")
        return data, taken

    def curves(self, sessions, start=None, end=None, pixels=WIDTH):
        """Curves as the page gets them, and the seconds that took."""
        body = {"sessions": sessions, "keys": [KEY], "pixels": pixels}
        if start is not None:
            body.update({"from": start, "to": end})
        return self.ask("/api/v1/series", body, BYTES)


def buckets(data):
    """For each series the count of its points, its least and its most."""
    found = []
    (count,) = struct.unpack_from("<I", data, 8)
    place = 16
    for _ in range(count):
        identifier, key, total, size = struct.unpack_from("<IIQI", data, place)
        place += 24 + (identifier + key + 7) // 8 * 8
        least = struct.unpack_from(f"<{size}d", data, place + 3 * 8 * size)
        most = struct.unpack_from(f"<{size}d", data, place + 4 * 8 * size)
        place += 9 * 8 * size
        found.append((total, size, min(least, default=0), max(most, default=0)))
    return found


def windows(count, pause):
    """Windows as somebody moves them: anywhere, from a hundred steps to everything."""
    for _ in range(count):
        width = int(100 * (COUNT / 100) ** pause.random())
        start = pause.randrange(1, max(2, COUNT - width))
        yield start, start + width - 1


def long_curve(engine, session, report, rounds):
    """One curve of ten million points."""
    import numpy

    noise = numpy.random.default_rng(1)
    steps = numpy.arange(1, COUNT + 1)
    values = 2.3 / numpy.sqrt(steps / 1000 + 1) + noise.random(COUNT) / 10
    values[SPIKE - 1] = HEIGHT
    say("curves: writing 10^7 points")
    write_curve(session.folder / "metrics-1.journal", values)
    for file in engine.workspace.glob("index.sqlite*"):
        file.unlink()
    say("curves: importing them")
    wall, _ = engine.start()
    report.add("10^7 points: the first start of a server, which imports them", wall, "s", None, None)
    engine.stop()
    starts, firsts = [], []
    for number in range(rounds):
        say(f"curves: first chart {number + 1} of {rounds}")
        begin = time.monotonic()
        engine.start()
        page = Page(engine)
        _, keys = page.ask(f"/api/v1/sessions/{session.id}/keys")
        data, chart = page.curves([session.id])
        starts.append(time.monotonic() - begin)
        firsts.append(keys + chart)
        page.close()
        ((total, size, _, most),) = buckets(data)
        if total != COUNT or most != HEIGHT or size < WIDTH // 2:
            raise Problem(f"the first chart has {total} points in {size} buckets, at most {most}")
        if number + 1 < rounds:
            engine.stop()
    report.add("10^7 points: from the server's start to the first curve", middle(starts), "s", None, None, starts)
    report.add("10^7 points: first chart of a session, from the click", 1000 * middle(firsts), "ms",
               "< 300 ms", middle(firsts) < 0.3, firsts,
               "its keys, then the curve 1,280 pixels wide, both to the last byte; a server just started")
    page = Page(engine)
    pause = random.Random(1)
    say("curves: pan and zoom")
    used = processor_seconds(engine.process.pid)
    times = [page.curves([session.id], *window)[1] for window in windows(1000, pause)]
    used = (processor_seconds(engine.process.pid) - used) / len(times)
    report.add("10^7 points: pan or zoom, median", 1000 * middle(times), "ms", None, None, times)
    worst = percentile(times, 0.99)
    report.add("10^7 points: pan or zoom, 99 of 100", 1000 * worst, "ms", "< 50 ms", worst < 0.05)
    report.add("10^7 points: pan or zoom, the server's processor time", 1000 * used, "ms", None, None)
    seen, asked = 0, 0
    for _ in range(200):
        width = int(2 * (COUNT / 2) ** pause.random())
        start = max(1, SPIKE - pause.randrange(width))
        data, _ = page.curves([session.id], start, start + width - 1, pause.choice((100, 400, WIDTH)))
        asked += 1
        seen += buckets(data)[0][3] == HEIGHT
    report.add("10^7 points: windows with the spike that show it", seen / asked, "", "= 1", seen == asked,
               note=f"{asked} windows of 2 to 10^7 steps, 100 to 1,280 pixels wide")
    page.close()
    return values


def theirs_long(values, report):
    """The same curve in TensorBoard."""
    with tempfile.TemporaryDirectory(prefix="lasagne-figures-") as folder:
        say("curves: writing them for TensorBoard")
        write_events(pathlib.Path(folder) / "events.out.tfevents.1.figures", values)
        with TensorBoard(folder) as board:
            say("curves: TensorBoard")
            first, _ = board.wait(board.curve, "curve")
            last, points = board.wait(
                lambda: (lambda points: points if points and points[-1][1] == COUNT else None)(board.curve()),
                "whole curve")
            report.add("TensorBoard: from its start to the first points of 10^7", first, "s", None, None)
            report.add("TensorBoard: from its start to the curve with its last point", last, "s", None, None)
            report.add("TensorBoard: points that it keeps of 10^7", len(points), "points", None, None)
            isShown = any(value > HEIGHT / 2 for _, _, value in points)
            report.add("TensorBoard: the spike is among them", float(isShown), "", None, None)


def many_runs(engine, session, report, rounds):
    """Three hundred runs of two thousand steps in one chart, ours and TensorBoard's."""
    import numpy

    noise = numpy.random.default_rng(2)
    steps = numpy.arange(1, RUN_LENGTH + 1)
    say("curves: writing 300 runs")
    folders = copied(session, RUNS)
    with tempfile.TemporaryDirectory(prefix="lasagne-figures-") as logs:
        for number, folder in enumerate(folders):
            values = (1 + number / RUNS) / numpy.sqrt(steps / 50 + 1) + noise.random(RUN_LENGTH) / 10
            write_curve(folder / "metrics-1.journal", values)
            run = pathlib.Path(logs) / f"run{number:03}"
            run.mkdir()
            write_events(run / "events.out.tfevents.1.figures", values)
        engine.start()
        page = Page(engine)
        ids = [folder.name for folder in folders]
        for kind, accept in (("as bytes", BYTES), ("as JSON", "application/json")):
            times = []
            for _ in range(rounds):
                body = {"sessions": ids, "keys": [KEY], "pixels": WIDTH}
                data, taken = page.ask("/api/v1/series", body, accept)
                times.append(taken)
            found = buckets(data) if accept == BYTES else [(one["totalCount"],) for one in json.loads(data)]
            if len(found) != RUNS or any(one[0] != RUN_LENGTH for one in found):
                raise Problem(f"the chart has {len(found)} runs of {RUNS}")
            isPromised = accept == BYTES
            report.add(f"300 runs in one chart, one request, {kind}", 1000 * middle(times), "ms",
                       "< 300 ms" if isPromised else None, middle(times) < 0.3 if isPromised else None, times,
                       f"{len(data):,} bytes, 1,280 pixels wide")
        page.close()
        engine.stop()
        with TensorBoard(logs) as board:
            say("curves: TensorBoard with 300 runs")
            names = [f"run{number:03}" for number in range(RUNS)]

            def whole():
                found = board.curves(names)
                return found if found and len(found) == RUNS and all(
                    points[-1][1] == RUN_LENGTH for points in found.values()) else None

            board.wait(whole, "300 curves")
            times = []
            for _ in range(rounds):
                begin = time.monotonic()
                found = board.curves(names)
                times.append(time.monotonic() - begin)
            kept = sum(map(len, found.values()))
            report.add("TensorBoard: 300 runs, its one request", 1000 * middle(times), "ms", None, None, times,
                       f"{kept:,} of {RUNS * RUN_LENGTH:,} points")
            begin = time.monotonic()
            for name in names:
                board.curve(name)
            report.add("TensorBoard: 300 runs, a request each", time.monotonic() - begin, "s", None, None)


def measure(program, report, rounds=5):
    """Ours, then TensorBoard with the same numbers."""
    with Engine(program) as engine:
        session = finished(engine)
        values = long_curve(engine, session, report, rounds)
        engine.stop()
        theirs_long(values, report)
        many_runs(engine, session, report, rounds)
