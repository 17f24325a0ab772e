"""The table of a run: as text, as Markdown and as JSON."""

import datetime
import json
import os
import pathlib
import statistics

from environments import cache
from report import busy_share, commit, place, processor


def spread(values):
    """Median, least and greatest."""
    return {
        "median": statistics.median(values), "least": min(values), "greatest": max(values),
    }


def without_folders(text, lasagne):
    """The same without where this machine keeps things."""
    folders = [(lasagne and pathlib.Path(lasagne).resolve(), "LASAGNE"), (cache(), "CACHE"),
               (pathlib.Path.home(), "HOME")]
    for folder, name in folders:
        if folder:
            text = text.replace(str(folder), name)
    return text


class Record:
    """Everything that one run measured."""

    def __init__(self, arguments):
        self.arguments = arguments
        # CPU time says how much work it is, whoever else uses the machine; with several threads it
        # would hide that they wait for each other.
        # A GPU's time is the wall's.
        is_on_gpu = arguments.device != "cpu"
        self.kind = "cpu" if arguments.threads == "1" and not is_on_gpu else "wall"
        self.comparisons = []
        self.environments = {}
        self.busy = [busy_share()]
        what = "-".join(arguments.networks) if len(arguments.networks) < 8 else "peers"
        threads = "1-thread" if arguments.threads == "1" else "all-threads"
        if is_on_gpu:
            what += f"-{arguments.device.replace(':', '-')}"
        self.path = pathlib.Path(arguments.output or place(f"{what}-{threads}"))

    def add(self, comparison, processes):
        """Takes in the rounds of one network, and prints its part of the table."""
        rows = []
        ours = processes[0]
        for process in processes:
            side = process.side
            row = {
                "side": side.name, "title": side.title, "facts": process.facts,
                "variables": process.variables, "rounds": process.rounds,
                "steps": process.steps,
            }
            for kind in ("cpu", "wall"):
                row[kind + "Milliseconds"] = spread(
                    [1e3 * r[kind] / r["steps"] for r in process.rounds]
                )
                if process is not ours:
                    # Round by round: neighbours in time see the same neighbours on the machine.
                    row[kind + "Ratio"] = spread([
                        (theirs[kind] / theirs["steps"]) / (own[kind] / own["steps"])
                        for own, theirs in zip(ours.rounds, process.rounds)
                    ])
            if side.name in comparison.agreement:
                row["largestDifferenceOfLosses"] = comparison.agreement[side.name]
            if side.environment and not self.arguments.python:
                self.environments[side.environment] = None
            rows.append(row)
        self.comparisons.append({
            "network": comparison.network, "batchSize": comparison.batch,
            "update": self.arguments.update, "rows": rows, "leftOut": comparison.left_out,
        })
        for cells in self.cells(self.comparisons[-1]):
            print("{:12} {:44} {:>24} {:>22}".format(*cells), flush=True)

    def cells(self, comparison):
        """The table's rows of one network, as text."""
        for row in comparison["rows"]:
            time = row[self.kind + "Milliseconds"]
            cells = [
                comparison["network"], row["title"],
                f"{time['median']:.4g} ms ({time['least']:.4g}–{time['greatest']:.4g})",
            ]
            ratio = row.get(self.kind + "Ratio")
            cells.append(
                f"{ratio['median']:.2f} × ({ratio['least']:.2f}–{ratio['greatest']:.2f})"
                if ratio else ""
            )
            yield cells

    def write(self, versions):
        """Writes both files."""
        for name in self.environments:
            self.environments[name] = self.environments[name] or versions(name)
        now = datetime.datetime.now(datetime.timezone.utc)
        record = {
            "benchmark": "peers", "measuredAt": now.isoformat(timespec="seconds"),
            "machine": {"processor": processor(), "cores": os.cpu_count()},
            "commit": commit(), "device": self.arguments.device, "threads": self.arguments.thread_count, "timeIs": self.kind,
            "roundsOfSeconds": self.arguments.seconds, "othersUsed": self.busy,
            "environments": self.environments, "comparisons": self.comparisons,
        }
        self.path.parent.mkdir(parents=True, exist_ok=True)
        text = without_folders(json.dumps(record, indent=1), self.arguments.lasagne)
        self.path.with_suffix(".json").write_text(text + "\n")
        self.path.with_suffix(".md").write_text(self.markdown(record))

    def markdown(self, record):
        """The table with what it was measured on."""
        time = "CPU time" if self.kind == "cpu" else "Wall time"
        threads = "one thread" if record["threads"] == 1 else f"{record['threads']} threads"
        used = " and ".join(f"{100 * share:.0f} %" for share in self.busy)
        lines = [
            f"# Training steps, {threads}", "",
            f"{record['machine']['processor']}, {record['machine']['cores']} cores; "
            f"{record['measuredAt']}; commit {record['commit']}.",
            f"{time} of one whole training step; medians of {self.arguments.rounds} rounds in turn of "
            f"about {self.arguments.seconds:g} s, in parentheses the least and the greatest. A ratio "
            "says how many times as long as ours a step takes. "
            f"Others used {used} of the processors before and after.", "",
            "| network | library | a step | ratio | losses differ by |", "|---|---|---|---|---|",
        ]
        for comparison in record["comparisons"]:
            for cells, row in zip(self.cells(comparison), comparison["rows"]):
                differ = row.get("largestDifferenceOfLosses")
                cells[0] += f", batch {comparison['batchSize']}"
                lines.append(f"| {' | '.join(cells)} | {'' if differ is None else f'{differ:.0e}'} |")
        lines += ["", "Left out:", ""]
        left = [
            f"- {c['network']}, {name}: {text}"
            for c in record["comparisons"] for name, text in c["leftOut"].items()
        ]
        lines += left or ["- nothing"]
        lines += ["", "Versions and flags:", ""]
        seen = {}
        for comparison in record["comparisons"]:
            for row in comparison["rows"]:
                facts = ", ".join(
                    f"{key} {value}" for key, value in row["facts"].items()
                    if key not in ("flags", "notPlanned")
                )
                flags = [
                    f"{key}={pathlib.Path(value).name}" if key == "LD_PRELOAD" else f"{key}={value}"
                    for key, value in row["variables"].items()
                    if key in ("LD_PRELOAD", "OPENBLAS_CORETYPE")
                ]
                seen[row["title"]] = ", ".join([facts, *flags])
        lines += [f"- {title}: {facts}" for title, facts in seen.items()]
        return "\n".join(lines) + "\n"

    def close(self):
        """Says where the table is, and whether the machine was quiet."""
        self.busy.append(busy_share())
        self.write(lambda name: self.environments[name])
        if max(self.busy) > 0.1:
            print("The machine was NOT quiet: these figures are no proof of anything.")
        print(f"written to {self.path}.json and .md")
