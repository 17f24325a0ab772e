"""What 200 pages that listen cost, a quarter of which never read."""

import pathlib
import select
import socket
import threading
import time

from engine import STEADY, Engine, processor_seconds, say, wait_until
from report import middle
from sessions import rate

READING = 150
STALLED = 50


def resident_bytes(process):
    """The memory of a process that is in use now."""
    for line in pathlib.Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return 1024 * int(line.split()[1])
    return 0


def listen(engine, receive_buffer=None, last=None):
    """A connection that has asked for the stream of events."""
    host, port = engine.host.split(":")
    connection = socket.socket()
    if receive_buffer:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    connection.connect((host, int(port)))
    again = f"Last-Event-ID: {last}\r\n" if last is not None else ""
    connection.sendall(
        f"GET /api/v1/events HTTP/1.1\r\nHost: {engine.host}\r\n{again}"
        f"Authorization: Bearer {engine.token}\r\n\r\n".encode())
    return connection


class Readers(threading.Thread):
    """All pages that read, in one thread, so that the figures are the server's and not ours."""

    def __init__(self, connections):
        super().__init__(daemon=True)
        self.pending = {connection: b"" for connection in connections}
        self.last = {connection: None for connection in connections}
        self.seen = {connection: 0 for connection in connections}
        self.gaps = 0
        self.isOver = False
        self.start()

    def run(self):
        while not self.isOver:
            ready, _, _ = select.select(list(self.pending), [], [], 0.1)
            for connection in ready:
                data = self.pending[connection] + connection.recv(1 << 20)
                lines = data.split(b"\n")
                self.pending[connection] = lines.pop()
                for line in lines:
                    if line.startswith(b"event: resync"):
                        self.gaps += 1
                    if line.startswith(b"id: "):
                        number = int(line[4:])
                        last = self.last[connection]
                        if last is not None and number != last + 1:
                            self.gaps += 1
                        self.last[connection] = number
                        self.seen[connection] += 1


def is_dropped(connection):
    """Whether the server has ended a connection that nobody reads."""
    poll = select.poll()
    poll.register(connection, select.POLLRDHUP | select.POLLERR | select.POLLHUP)
    return bool(poll.poll(0))


def caught_up(engine, reader_last):
    """Whether a page that comes back is told everything from its last event on."""
    connection = listen(engine, last=reader_last - 20)
    connection.settimeout(10)
    data = b""
    while f"id: {reader_last}\n".encode() not in data:
        data += connection.recv(1 << 16)
    connection.close()
    numbers = [int(line[4:]) for line in data.split(b"\n") if line.startswith(b"id: ")]
    first = reader_last - 19
    return b"event: resync" not in data and numbers[:20] == list(range(first, first + 20))


def measure(program, report, rounds=4, seconds=8.0):
    """One session; its speed alone and with listeners, in turn."""
    with Engine(program) as engine:
        engine.add_data()
        session = engine.session("live", **STEADY)
        alone, together, growth, drops, gaps, events = [], [], [], [], 0, 0
        costs = []
        isCaughtUp = True
        for number in range(rounds):
            say(f"listeners: round {number + 1} of {rounds}")
            begin = time.time()
            used = processor_seconds(engine.process.pid)
            time.sleep(seconds)
            alone.append(rate(session, begin, time.time()))
            cost = used - processor_seconds(engine.process.pid)
            before = resident_bytes(engine.process.pid)
            reading = Readers([listen(engine) for _ in range(READING)])
            # With small buffers in between, the server notices soon that nobody reads.
            stalled = [listen(engine, receive_buffer=4096) for _ in range(STALLED)]
            begin = time.time()
            used = processor_seconds(engine.process.pid)
            time.sleep(seconds)
            together.append(rate(session, begin, time.time()))
            costs.append((cost + processor_seconds(engine.process.pid) - used) / seconds)
            wait_until(
                lambda: all(map(is_dropped, stalled)), "end of those that do not read", 600, 0.2)
            drops.append(time.time() - begin)
            growth.append(resident_bytes(engine.process.pid) - before)
            newest = min(last or 0 for last in reading.last.values())
            isCaughtUp = isCaughtUp and newest > 20 and caught_up(engine, newest)
            reading.isOver = True
            reading.join()
            gaps += reading.gaps
            events += sum(reading.seen.values())
            for connection in stalled + list(reading.pending):
                connection.close()
    slower = [1 - with_them / without for without, with_them in zip(alone, together)]
    report.add("200 listeners slow a session by", 100 * middle(slower), "%", "< 1 %",
               middle(slower) < 0.01, slower)
    report.add("200 listeners take of a processor", 100 * middle(costs), "%", None, None, costs,
               "what the server uses more than without them")
    report.add("200 listeners take of memory, at most", max(growth) / 1e6, "MB", "< 64 MB",
               max(growth) < 64e6, growth)
    report.add("the last of 50 that never read is gone after", max(drops), "s", None, None, drops,
               "from the connection on; 10 s after the buffers in between are full")
    report.add("events that 150 who read missed", gaps, "events", "= 0", gaps == 0,
               note=f"of {events}")
    report.add("a page that comes back misses nothing", float(isCaughtUp), "", "= 1", isCaughtUp)
