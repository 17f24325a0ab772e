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

# What the README of the exchange says cannot be written: derivatives, and a grid of open size.
REFUSED = {"inverse_conv_rectify", "inverse_dense_linear", "inverse_maxpool",
           "net_autoencoder_inverse", "tps_no_precompute"}


def main(path, folder):
    golden = pathlib.Path(os.environ.get("LASAGNE_GOLDEN", "../shared/golden/lasagne"))
    if not (golden / "index.json").exists():
        print("recorded networks: none here")
        return 0
    program = Program(path)
    agree, refused, failed = 0, [], 0
    for case in sorted(p for kind in ("layers", "networks") for p in (golden / kind).iterdir()):
        file = folder / f"{case.name}.onnx"
        if case.name in REFUSED:
            program.run("export", case / "model.yaml", "--params", case / "params.npz", "-o", file,
                        code=2)
            refused.append(case.name)
            continue
        program.run("export", case / "model.yaml", "--params", case / "params.npz", "-o", file)
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
    return 1 if failed else 0


sys.exit(main(sys.argv[1], pathlib.Path(sys.argv[2])))
