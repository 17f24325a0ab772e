"""Lets `lasagne predict` compute the recorded cases, each in a process of its own.

    predict.py PROGRAM GOLDEN_FOLDER

Compares what it writes with `output.npy` within the tolerance of the case. Cases whose layers the
program does not know yet are listed by name. Exits with 1 where a number or a run is wrong.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy

UNKNOWN_LAYER = re.compile(r"has the type '(\w+)', which is not a layer")


def predict(program, case, output):
    """What the program says on standard error and its exit code."""
    name = "input.npy" if (case / "input.npy").exists() else "inputs.npz"
    run = subprocess.run(
        [program, "predict", "--model", case / "model.yaml", "--params", case / "params.npz",
         "--input", case / name, "--output", output],
        capture_output=True, text=True, cwd=output.parent, timeout=120)
    return run.returncode, run.stderr.strip()


def difference(case, output):
    """Why what was written is not what was recorded, or None."""
    tolerance = json.loads((case / "case.json").read_text())
    ours, recorded = numpy.load(output), numpy.load(case / "output.npy")
    if ours.shape != recorded.shape:
        return f"the shape is {ours.shape}, recorded is {recorded.shape}"
    error = numpy.abs(ours.astype(float) - recorded)
    limit = tolerance["atol"] + tolerance["rtol"] * numpy.abs(recorded.astype(float))
    # A not-a-number is within no tolerance.
    if not numpy.all((error <= limit) | (ours == recorded)):
        return f"off by {numpy.max(error)}, allowed is {numpy.min(limit)}"
    return None


def main(program, golden):
    cases = sorted(p for kind in ("layers", "networks") for p in (golden / kind).iterdir())
    run = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for case in cases:
            label = f"{case.parent.name}/{case.name}"
            output = pathlib.Path(folder) / "output.npy"
            output.unlink(missing_ok=True)
            code, complaint = predict(program, case, output)
            unknown = UNKNOWN_LAYER.search(complaint) if code == 2 else None
            if unknown:
                print(f"not yet covered: {label} ({unknown[1]})")
                continue
            run += 1
            reason = f"exit code {code}: {complaint}" if code else difference(case, output)
            if reason:
                failed += 1
                print(f"FAILED: {label}: {reason}")
    print(f"golden predict: {run} run / {len(cases)} in folder, {failed} failed")
    return 1 if failed or not run else 0


if len(sys.argv) != 3:
    sys.exit(__doc__)
sys.exit(main(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])))
