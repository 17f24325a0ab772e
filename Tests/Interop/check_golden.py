"""Exports each network recorded from the real Lasagne; onnxruntime must give what was recorded.

    check_golden.py PROGRAM FOLDER

The recorded networks lie in LASAGNE_GOLDEN, by default ../shared/golden/lasagne; without them there is
nothing to do. Layers without a counterpart in ONNX are listed.
"""

import json
import os
import pathlib
import sys

import numpy

from program import Program, onnx_output

# Derivatives, and what depends on a size that the network leaves open, cannot be written.
REFUSALS = ("(InverseLayer) computes a derivative", "whose size is open")


def main(path, folder):
    golden = pathlib.Path(os.environ.get("LASAGNE_GOLDEN", "../shared/golden/lasagne"))
    if not (golden / "index.json").exists():
        print("recorded networks: none here")
        return 0
    program = Program(path)
    agree, refused, failed = 0, [], 0
    for case in sorted(p for kind in ("layers", "networks") for p in (golden / kind).iterdir()):
        file = folder / f"{case.name}.onnx"
        said = program.run("export", case / "model.yaml", "--params", case / "params.npz", "-o", file,
                           code=(0, 2))
        if not file.exists():
            if not any(refusal in said for refusal in REFUSALS):
                raise SystemExit(f"{case.name} is not exported: {said}")
            refused.append(case.name)
            continue
        if (case / "input.npy").exists():
            import onnxruntime
            name = onnxruntime.InferenceSession(str(file)).get_inputs()[0].name
            inputs = {name: numpy.load(case / "input.npy")}
        else:
            inputs = dict(numpy.load(case / "inputs.npz"))
        theirs, recorded = onnx_output(file, inputs), numpy.load(case / "output.npy")
        facts = json.loads((case / "case.json").read_text())
        limit = facts["atol"] + facts["rtol"] * numpy.abs(recorded)
        if theirs.shape == recorded.shape and numpy.all(numpy.abs(theirs - recorded) <= limit):
            agree += 1
        else:
            failed += 1
            print(f"FAILED: {case.name}")
    print(f"recorded networks: onnxruntime agrees on {agree}, {failed} failed, not in ONNX: "
          + ", ".join(refused))
    return 1 if failed or not agree else 0


sys.exit(main(sys.argv[1], pathlib.Path(sys.argv[2])))
