"""A million points: into the index, and back out by `lasagne show`."""

import json
import random
import struct
import time

from engine import Engine, Problem, say, wait_until
from report import middle

COUNT = 1_000_000


def checksum_table():
    """The table of CRC32C."""
    table = []
    for index in range(256):
        value = index
        for _ in range(8):
            value = value >> 1 ^ 0x82F63B78 if value & 1 else value >> 1
        table.append(value)
    return table


TABLE = checksum_table()


def checksum(data):
    """CRC32C, byte by byte."""
    value = 0xFFFFFFFF
    table = TABLE
    for byte in data:
        value = value >> 8 ^ table[(value ^ byte) & 0xFF]
    return value ^ 0xFFFFFFFF


def frame(payload):
    """A record as journals store it."""
    length = struct.pack("<I", len(payload))
    head = length + struct.pack("<I", checksum(length))
    return head + payload + struct.pack("<I", checksum(payload))


def write_journal(path, series):
    """Writes a million points: so many series, each measured at every step."""
    noise = random.Random(1)
    steps = COUNT // series
    keys = ["train/loss"] + [f"params/layer{number}/norm" for number in range(1, series)]
    # Every metrics record has the same length, so its head is the same too.
    record = struct.Struct("<BqddB" + "Bd" * series)
    with open(path, "wb") as file:
        file.write(frame(struct.pack("<BBqq", 0, 1, 1, 0)))
        for key in keys:
            file.write(frame(b"\x01" + key.encode()))
        length = struct.pack("<I", record.size)
        head = length + struct.pack("<I", checksum(length))
        begin = time.time() - steps * 0.03
        for step in range(1, steps + 1):
            values = [
                part for key in range(series) for part in (key, 2.3 / step**0.5 + noise.random() / 10)
            ]
            payload = record.pack(2, step, step / 422, begin + step * 0.03, series, *values)
            file.write(head + payload + struct.pack("<I", checksum(payload)))


def import_once(engine):
    """Seconds (wall, processor) to import all, and the bytes of the index.

    The engine imports when it starts what its index lacks; a start with nothing to import is
    taken off.
    """
    for file in engine.workspace.glob("index.sqlite*"):
        file.unlink()
    full = engine.start()
    engine.stop()
    size = sum(file.stat().st_size for file in engine.workspace.glob("index.sqlite*"))
    empty = engine.start()
    engine.stop()
    return [all_of_it - start for all_of_it, start in zip(full, empty)], size


def show(engine, session, times=7):
    """The seconds of `lasagne show`, each in a new process."""
    taken = []
    for _ in range(times):
        begin = time.monotonic()
        engine.run("show", session.id)
        taken.append(time.monotonic() - begin)
    return taken


def check(engine, session, steps):
    """Makes sure that what is shown so quickly is all of it."""
    lines = engine.run("show", session.id, "--json", "--metric", "train/loss").splitlines()
    count = json.loads(lines[-1])["totalCount"]
    if count != steps:
        raise Problem(f"the index has {count} points of a series of {steps}")


def measure(program, report, rounds=3):
    """A session of ten series and one of a single series, a million points each."""
    with Engine(program) as engine:
        engine.add_data()
        session = engine.session("long")
        engine.run("session", "stop", session.id)
        wait_until(
            lambda: session.record()["state"] == "stopped", "end of the session", interval=0.05)
        session.process = None
        engine.stop()
        for series in (10, 1):
            label = f"10^6 points in {series} series"
            say(f"index: writing {label}")
            write_journal(session.folder / "metrics-1.journal", series)
            runs = []
            for number in range(rounds):
                say(f"index: import {number + 1} of {rounds}")
                runs.append(import_once(engine))
            wall = [COUNT / taken[0] for taken, _ in runs]
            used = [COUNT / taken[1] for taken, _ in runs]
            report.add(
                f"import of {label}", middle(wall), "points/s", ">= 100,000",
                middle(wall) >= 100_000, wall)
            report.add(
                f"import of {label}, of processor time", middle(used), "points/s", None, None, used)
            report.add(
                f"index of {label}", runs[0][1] / COUNT, "bytes/point", "<= 14",
                runs[0][1] <= 14 * COUNT)
            check(engine, session, COUNT // series)
            alone = show(engine, session)
            engine.start()
            served = show(engine, session)
            engine.stop()
            for name, taken in (("without an engine", alone), ("beside its engine", served)):
                report.add(
                    f"lasagne show of {label}, {name}", 1000 * middle(taken), "ms", "<= 200 ms",
                    middle(taken) <= 0.2, taken)
