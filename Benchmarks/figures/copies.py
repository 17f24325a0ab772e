"""A finished session, and as many more of its kind as a figure needs, with curves of any length."""

import json
import struct
import time

from engine import wait_until
from index import TABLE, frame

ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
# What a session consists of besides its curves and checkpoints.
FILES = ("timeline.jsonl", "exit.json", "lease", "model.yaml")
KEY = "train/loss"


def finished(engine):
    """A session that has come to its end, whose engine is stopped too."""
    engine.add_data()
    session = engine.session("long")
    engine.run("session", "stop", session.id)
    wait_until(lambda: session.record()["state"] == "stopped", "end of the session", interval=0.05)
    session.process = None
    engine.stop()
    return session


def identifier(number):
    """An id as sessions have them."""
    digits = []
    for _ in range(8):
        number, digit = divmod(number, len(ALPHABET))
        digits.append(ALPHABET[digit])
    return "c" * 18 + "".join(reversed(digits))


def copied(session, count):
    """The folders of so many sessions like another, an hour apart, without curves."""
    request = json.loads((session.folder / "session.json").read_text())
    contents = {name: (session.folder / name).read_bytes() for name in FILES}
    folders = []
    for number in range(count):
        own = identifier(number)
        folder = session.folder.parent / own
        folder.mkdir(mode=0o700)
        made = {
            **request, "id": own, "name": f"run {number}",
            "createdAt": request["createdAt"] - 3600 * (count - number),
        }
        (folder / "session.json").write_text(json.dumps(made))
        for name, content in contents.items():
            (folder / name).write_bytes(content)
        folders.append(folder)
    return folders


def checksums(rows, numpy):
    """CRC32C of each row of bytes, all rows at once."""
    table = numpy.array(TABLE, dtype=numpy.uint32)
    values = numpy.full(len(rows), 0xFFFFFFFF, dtype=numpy.uint32)
    for column in range(rows.shape[1]):
        values = values >> 8 ^ table[(values ^ rows[:, column]) & 0xFF]
    return values ^ numpy.uint32(0xFFFFFFFF)


def write_curve(path, values, begin=None):
    """Writes the journal of one metric with a value at every step."""
    import numpy

    point = numpy.dtype([
        ("kind", "u1"), ("step", "<i8"), ("epoch", "<f8"), ("time", "<f8"), ("count", "u1"),
        ("key", "u1"), ("value", "<f8")])
    length = struct.pack("<I", point.itemsize)
    head = frame(b"\0" * point.itemsize)[:8]
    assert head[:4] == length
    begin = begin or time.time() - len(values) * 0.03
    with open(path, "wb") as file:
        file.write(frame(struct.pack("<BBqq", 0, 1, 1, 0)))
        file.write(frame(b"\x01" + KEY.encode()))
        # In parts, so that ten million points need little memory.
        for first in range(0, len(values), 1_000_000):
            part = values[first:first + 1_000_000]
            steps = numpy.arange(first + 1, first + len(part) + 1)
            points = numpy.zeros(len(part), point)
            points["kind"], points["count"] = 2, 1
            points["step"], points["epoch"], points["time"] = steps, steps / 422, begin + steps * 0.03
            points["value"] = part
            rows = points.view(numpy.uint8).reshape(len(part), point.itemsize)
            records = numpy.empty((len(part), 8 + point.itemsize + 4), numpy.uint8)
            records[:, :8] = numpy.frombuffer(head, numpy.uint8)
            records[:, 8:-4] = rows
            records[:, -4:] = checksums(rows, numpy)[:, None].view(numpy.uint8).reshape(-1, 4)
            file.write(records.tobytes())


def write_events(path, values, tag=KEY, begin=None):
    """Writes the same curve as TensorBoard's event file."""
    import numpy

    def masked(checks):
        return (checks >> 15 | checks << 17) + numpy.uint32(0xA282EAD8)

    def framed(rows):
        head = numpy.frombuffer(struct.pack("<Q", rows.shape[1]), numpy.uint8)[None]
        records = numpy.empty((len(rows), 8 + 4 + rows.shape[1] + 4), numpy.uint8)
        records[:, :8] = head
        records[:, 8:12] = masked(checksums(head, numpy))[:, None].view(numpy.uint8).reshape(-1, 4)
        records[:, 12:-4] = rows
        records[:, -4:] = masked(checksums(rows, numpy))[:, None].view(numpy.uint8).reshape(-1, 4)
        return records.tobytes()

    begin = begin or time.time() - len(values) * 0.03
    name = tag.encode()
    value = b"\x0a" + bytes([len(name)]) + name + b"\x15" + b"\0\0\0\0"
    summary = b"\x0a" + bytes([len(value)]) + value
    # Wall time, step (a number of five bytes, whatever it is), summary.
    event = b"\x09" + b"\0" * 8 + b"\x10" + b"\0" * 5 + b"\x2a" + bytes([len(summary)]) + summary
    with open(path, "wb") as file:
        first = b"\x09" + struct.pack("<d", begin) + b"\x1a\x0dbrain.Event:2"
        file.write(framed(numpy.frombuffer(first, numpy.uint8)[None]))
        for start in range(0, len(values), 1_000_000):
            part = values[start:start + 1_000_000].astype("<f4")
            steps = numpy.arange(start + 1, start + len(part) + 1, dtype=numpy.uint64)
            rows = numpy.tile(numpy.frombuffer(event, numpy.uint8), (len(part), 1))
            times = (begin + steps * 0.03).astype("<f8")
            rows[:, 1:9] = times[:, None].view(numpy.uint8).reshape(-1, 8)
            for digit in range(5):
                more = 0x80 if digit < 4 else 0
                rows[:, 10 + digit] = (steps >> numpy.uint64(7 * digit) & numpy.uint64(0x7F)) | numpy.uint64(more)
            rows[:, -4:] = part[:, None].view(numpy.uint8).reshape(-1, 4)
            file.write(framed(rows))
