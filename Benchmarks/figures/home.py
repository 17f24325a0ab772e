"""Ten thousand sessions: what the home page waits for, and when a browser has drawn it."""

import json
import subprocess
import time

from copies import copied, finished, write_curve
from curves import Page
from engine import ROOT, Engine, Problem, processor_seconds, say
from report import middle

COUNT = 10_000
POINTS = 20


def browser():
    """The Python with Playwright, and Chromium; `None` where there is none."""
    shown = subprocess.run([ROOT / "scripts" / "browser-env"], stdout=subprocess.PIPE, text=True)
    if shown.returncode == 77:
        return None
    if shown.returncode != 0:
        raise Problem("scripts/browser-env failed; see its message above")
    return shown.stdout.split()


def measure(program, report, rounds=5):
    """A workspace of ten thousand finished sessions with short curves."""
    import numpy

    with Engine(program) as engine:
        session = finished(engine)
        say(f"home: writing {COUNT} sessions")
        curve = session.folder.parent.parent / "curve.journal"
        write_curve(curve, numpy.linspace(2, 1, POINTS))
        for folder in copied(session, COUNT - 1):
            (folder / "metrics-1.journal").write_bytes(curve.read_bytes())
        for name, what in (("first", "which imports them"), ("next", "which has them in its index")):
            say(f"home: {name} start of the server")
            wall, _ = engine.start()
            report.add(f"10,000 sessions: {name} start, {what}", wall, "s", None, None)
            if name == "first":
                engine.stop()
        page = Page(engine)
        wholes, calls, sizes = [], {}, {}
        for _ in range(rounds):
            whole = 0.0
            newest = session.id
            for path in (
                "/", "/api/v1/sessions?count=200", "/api/v1/devices", f"/api/v1/sessions/{newest}/network",
                f"/api/v1/sessions/{newest}/network.svg", f"/api/v1/sessions/{newest}/keys",
            ):
                data, taken = page.ask(path)
                whole += taken
                calls.setdefault(path.replace(newest, "{id}"), []).append(taken)
                sizes[path.replace(newest, "{id}")] = len(data)
            wholes.append(whole)
            data, taken = page.ask("/api/v1/sessions")
            calls.setdefault("/api/v1/sessions", []).append(taken)
            sizes["/api/v1/sessions"] = len(data)
        if len(json.loads(data)) != COUNT:
            raise Problem(f"there are {len(json.loads(data))} sessions")
        page.close()
        slowest = max(calls, key=lambda path: middle(calls[path]) if path != "/api/v1/sessions" else 0)
        report.add("10,000 sessions: the calls of the home page, one after the other", 1000 * middle(wholes), "ms",
                   "< 1000 ms", middle(wholes) < 1, wholes, f"slowest: {slowest}, {1000 * middle(calls[slowest]):.0f} ms")
        report.add("10,000 sessions: all of them as JSON, in the background",
                   1000 * middle(calls["/api/v1/sessions"]), "ms", None, None, calls["/api/v1/sessions"],
                   f"{sizes['/api/v1/sessions']:,} bytes")
        found = browser()
        if found is None:
            say("home: no Chromium, so nothing is drawn")
            return
        python, chromium = found
        say("home: Chromium")
        address = f"http://{engine.host}/?token={engine.token}"
        drawn, complete = [], []
        for _ in range(rounds):
            shown = subprocess.run(
                [python, ROOT / "Benchmarks" / "figures" / "home_page.py", chromium, address, str(COUNT)],
                stdout=subprocess.PIPE, text=True, timeout=300)
            if shown.returncode != 0:
                raise Problem("Chromium could not draw the page; see its message above")
            seconds = json.loads(shown.stdout)
            drawn.append(seconds["drawn"])
            complete.append(seconds["complete"])
        report.add("10,000 sessions: home page until its list is drawn, in Chromium", 1000 * middle(drawn), "ms",
                   "< 1000 ms", middle(drawn) < 1, drawn, "from the request of the page on, cold cache")
        report.add("10,000 sessions: home page until it knows all of them", 1000 * middle(complete), "ms",
                   None, None, complete)
        time.sleep(1)
        begin = time.monotonic()
        used = processor_seconds(engine.process.pid)
        time.sleep(5)
        idle = (processor_seconds(engine.process.pid) - used) / (time.monotonic() - begin)
        report.add("10,000 sessions: the idle server uses of a processor", 100 * idle, "%", None, None)
