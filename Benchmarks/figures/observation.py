"""What looking at the parameters and journaling cost: epochs with and without them, in turn."""

import time

from engine import STEADY, Engine, processor_seconds, say, wait_until
from report import middle

# What a session is that looks at nothing and reports nothing within an epoch.
WITHOUT = {"observeEverySteps": 0, "reportEverySteps": 1_000_000_000}


class Side:
    """A session that runs an epoch at a time."""

    def __init__(self, session):
        self.session = session
        session.hold()
        self.used = 0.0
        # The first epoch warms up.
        self.epoch()

    def epoch(self):
        """Lets it run for an epoch; returns the processor and the wall seconds that took."""
        def end():
            if any("epoch" in line["event"] for line in self.session.new_lines()):
                return processor_seconds(self.session.process)
            return None

        begin = time.monotonic()
        self.session.go()
        used = wait_until(end, "end of an epoch", patience=120, interval=0.002)
        wall = time.monotonic() - begin
        self.session.hold()
        taken = used - self.used
        self.used = used
        return taken, wall


def measure(program, report, rounds=4):
    """Pairs of whole epochs, so that what is done once an epoch counts with its weight."""
    with Engine(program, cores=8) as engine:
        engine.add_data()
        observed = Side(engine.session("with", **STEADY))
        plain = Side(engine.session("without", **STEADY, **WITHOUT))
        pairs = []
        for number in range(rounds):
            say(f"observation: pair {number + 1} of {rounds}")
            if number % 2 == 0:
                first, second = observed.epoch(), plain.epoch()
            else:
                second, first = plain.epoch(), observed.epoch()
            pairs.append((first, second))
        shares = [value for _, _, value in observed.session.points("rate/observation")]
    processor = [with_it[0] / without[0] - 1 for with_it, without in pairs]
    wall = [with_it[1] / without[1] - 1 for with_it, without in pairs]
    report.add(
        "observation and journaling, of the processor time", 100 * middle(processor), "%",
        "<= 2 %", middle(processor) <= 0.02, processor)
    report.add(
        "observation and journaling, of the wall time", 100 * middle(wall), "%", None, None, pairs)
    if shares and shares[-1] is not None:
        report.add("observation, as the session itself says", 100 * shares[-1], "%", None, None)
