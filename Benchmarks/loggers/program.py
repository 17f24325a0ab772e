"""Logs with one library and says what that cost: `program.py NAME FOLDER STEPS METRICS`.

Prints one line of JSON. A step logs METRICS numbers with one call where the library has one for
several. FOLDER is new and empty.
"""

import contextlib
import json
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from writers import WRITERS, size

# Who has not shown a point after so many seconds shows it when the run is over.
PATIENCE = 10


def seconds_until_readable(writer, first, key):
    """Seconds from logging one more step until a reader finds it; None where none does in time."""
    if not hasattr(writer, "readable"):
        return None
    before = writer.readable(key)
    begin = time.perf_counter()
    writer.log(first, {key: 0.5})
    while time.perf_counter() - begin < PATIENCE:
        if writer.readable(key) > before:
            return time.perf_counter() - begin
        time.sleep(0.01)
    return None


def measure(name, folder, steps, metrics):
    """The figures of one run."""
    begin = time.perf_counter()
    writer = WRITERS[name](folder)
    imported = time.perf_counter()
    writer.start()
    started = time.perf_counter()
    keys = [f"metric{number}" for number in range(metrics)]
    warm = 20
    for step in range(warm):
        writer.log(step, {key: 1.0 / (step + 1) for key in keys})
    empty = size(folder)
    rows = [{key: 1.0 / (step + number + 1) for number, key in enumerate(keys)}
            for step in range(warm, warm + steps)]
    durations = []
    clock = time.perf_counter_ns
    cpu = time.process_time()
    for step, values in enumerate(rows, warm):
        start = clock()
        writer.log(step, values)
        durations.append(clock() - start)
    cpu = time.process_time() - cpu
    # A key of its own, so that the reader has little to read.
    until = seconds_until_readable(writer, warm + steps, "watched")
    ended = time.perf_counter()
    writer.finish()
    finish = time.perf_counter() - ended
    durations.sort()
    return {
        "importSeconds": imported - begin, "startSeconds": started - imported,
        "nanosecondsPerStep": sum(durations) / steps,
        "medianNanosecondsPerStep": durations[steps // 2],
        "nanosecondsPerScalar": sum(durations) / steps / metrics,
        "processorNanosecondsPerStep": 1e9 * cpu / steps,
        "bytesPerPoint": max(0, size(folder) - empty) / (steps * metrics),
        "secondsUntilReadable": until, "hasReader": hasattr(writer, "readable"),
        "finishSeconds": finish,
    }


def main():
    """One run, with what libraries print kept out of the answer."""
    name, folder, steps, metrics = sys.argv[1:5]
    with contextlib.redirect_stdout(sys.stderr):
        figures = measure(name, pathlib.Path(folder), int(steps), int(metrics))
    print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    main()
