"""One line a figure, and the record of a run."""

import datetime
import json
import os
import pathlib
import platform
import re
import statistics
import subprocess
import time

FOLDER = pathlib.Path(__file__).resolve().parent.parent


def processor():
    """The processor's name and the vector instructions it has."""
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    facts = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
    flags = facts.get("flags", "").split()
    best = next((flag for flag in ("avx512f", "avx2", "avx") if flag in flags), "")
    return f"{facts.get('model name', platform.machine())} {best}".strip()


def place(name):
    """Where a record goes: results/<hardware>/<date>/<name>, without an ending."""
    hardware = re.sub(r"[^a-z0-9]+", "-", f"{processor()} {os.cpu_count()} cores".lower())
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    return FOLDER / "results" / hardware.strip("-") / today / name


def commit():
    """The commit that is measured; records of the same run are no change of it."""
    def git(*words):
        shown = subprocess.run(["git", *words], cwd=FOLDER, capture_output=True, text=True)
        return shown.stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no", "--", ":/", ":!results")
    return git("describe", "--always") + ("-dirty" if changed else "")


def versions(program):
    """What was measured: this library, its commit, libtorch."""
    shown = subprocess.run(
        [program, "doctor", "--json", "--workspace", "/nonexistent"], capture_output=True, text=True
    )
    findings = [json.loads(line) for line in shown.stdout.splitlines()]
    details = {finding["what"]: finding["detail"] for finding in findings}
    return {
        "lasagne": details.get("program", "").split(" at ")[0],
        "libtorch": details.get("libtorch", ""),
        "commit": commit(),
    }


def busy_share(seconds=1.0):
    """The share of all processors that is in use while this program only waits."""
    def ticks():
        numbers = [int(n) for n in pathlib.Path("/proc/stat").read_text().split("\n")[0].split()[1:9]]
        return sum(numbers), numbers[3] + numbers[4]

    before, idle_before = ticks()
    time.sleep(seconds)
    after, idle_after = ticks()
    return 1 - (idle_after - idle_before) / max(1, after - before)


def middle(values):
    """The median."""
    return statistics.median(values)


class Report:
    """The figures of one run."""

    def __init__(self, program):
        self.figures = []
        self.begin = time.monotonic()
        self.machine = {
            "processor": processor(),
            "cores": os.cpu_count(),
            "system": f"{platform.system()} {platform.release()}",
        }
        self.versions = versions(program)
        self.busy = [busy_share()]

    def add(self, name, value, unit, target, isKept, runs=None, note=None):
        """Prints a figure and keeps it; `target` is for people, `isKept` says whether it is met.

        Where nothing was promised `target` is `None`.
        """
        verdict = "" if target is None else f"target {target}: {'kept' if isKept else 'MISSED'}"
        text = f"{value:,.3f}" if abs(value) < 100 else f"{value:,.0f}"
        print(f"{name:58} {text:>12} {unit:12} {verdict}", flush=True)
        figure = {"name": name, "value": value, "unit": unit, "target": target, "isKept": isKept}
        if runs is not None:
            figure["runs"] = runs
        if note is not None:
            figure["note"] = note
        self.figures.append(figure)

    def close(self, name, output=None):
        """Says on which machine this was, and writes the record."""
        self.busy.append(busy_share())
        used = " and ".join(f"{100 * share:.0f} %" for share in self.busy)
        print(
            f"{self.machine['processor']}, {self.machine['cores']} cores; "
            f"{self.versions['lasagne']} {self.versions['commit']}, {self.versions['libtorch']}; "
            f"others used {used} of the processors before and after; "
            f"{time.monotonic() - self.begin:.0f} s in all"
        )
        if max(self.busy) > 0.1:
            print("The machine was NOT quiet: these figures are no proof of anything.")
        path = pathlib.Path(output) if output else place(name).with_suffix(".json")
        path.parent.mkdir(parents=True, exist_ok=True)
        now = datetime.datetime.now(datetime.timezone.utc)
        record = {
            "benchmark": name,
            "measuredAt": now.isoformat(timespec="seconds"),
            "machine": self.machine,
            "versions": self.versions,
            "othersUsed": self.busy,
            "figures": self.figures,
        }
        path.write_text(json.dumps(record, indent=1) + "\n")
        print(f"written to {path}")
