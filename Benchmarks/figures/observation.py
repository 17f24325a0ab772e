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


def pairs_of_two(program, pairs):
    """Two new workers in turn, what each epoch took them, and what the observing one says of itself."""
    with Engine(program, cores=8) as engine:
        engine.add_data()
        observed = Side(engine.session("with", **STEADY))
        plain = Side(engine.session("without", **STEADY, **WITHOUT))
        taken = []
        for number in range(pairs):
            if number % 2 == 0:
                first, second = observed.epoch(), plain.epoch()
            else:
                second, first = plain.epoch(), observed.epoch()
            taken.append((first, second))
        shares = [value for _, _, value in observed.session.points("rate/observation")]
        return taken, [share for share in shares[-1:] if share is not None]


def measure(program, report, starts=4, pairs=4):
    """Pairs of whole epochs, so that what is done once an epoch counts with its weight.

    Where a process has its memory makes it quicker or slower than another by some percent, as long
    as it lives: so there are several processes of each kind.
    """
    taken, shares = [], []
    for start in range(starts):
        say(f"observation: processes {start + 1} of {starts}")
        new, said = pairs_of_two(program, pairs)
        taken += new
        shares += said
    processor = [with_it[0] / without[0] - 1 for with_it, without in taken]
    wall = [with_it[1] / without[1] - 1 for with_it, without in taken]
    report.add(
        "observation and journaling, of the processor time", 100 * middle(processor), "%",
        "<= 2 %", middle(processor) <= 0.02, processor)
    report.add(
        "observation and journaling, of the wall time", 100 * middle(wall), "%", None, None, taken)
    if shares:
        report.add("observation, as the session itself says", 100 * middle(shares), "%", None, None)
