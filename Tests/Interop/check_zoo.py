"""Exports every network of the zoo and compares `lasagne predict` with onnxruntime.

    check_zoo.py PROGRAM FOLDER

Each network runs with fresh weights, and without a softmax at its end (which would hide differences
where it is sure of itself) with weights where every number, the averages of batch normalization among
them, is another. The second set goes through the Python package of safetensors and
through NumPy. What can be imported again must compute the same. Prints the greatest differences.
"""

import json
import pathlib
import sys

import numpy
from safetensors.numpy import load_file, save_file

from program import LIMIT, Program, difference, onnx_output

# Their nodes have no layer of ours on the way back.
ONE_WAY = {"spatialTransformer", "transformerClassifier", "visionTransformer"}
SMALL = {"vgg": ["--input", "3x32x32", "--classes", "10"]}


def unusual(weights):
    random = numpy.random.default_rng(5)
    changed = {}
    for name, array in sorted(weights.items()):
        if name.endswith(".inv_std"):
            changed[name] = random.uniform(0.5, 2, array.shape).astype(numpy.float32)
        else:
            noise = random.standard_normal(array.shape)
            changed[name] = (array * (1 + 0.3 * noise) + 0.05 * noise).astype(numpy.float32)
    return changed


def inputs_of(file):
    import onnxruntime

    random = numpy.random.default_rng(9)
    arrays = {}
    for value in onnxruntime.InferenceSession(str(file)).get_inputs():
        shape = [d if isinstance(d, int) else (3 if place == 0 else 7)
                 for place, d in enumerate(value.shape)]
        if value.type == "tensor(int64)":
            arrays[value.name] = random.integers(0, 20, shape)
        else:
            arrays[value.name] = random.standard_normal(shape).astype(numpy.float32)
    return arrays


def check(program, name, folder):
    folder.mkdir()
    model = folder / "model.yaml"
    program.run("zoo", "write", name, *SMALL.get(name, []), "-o", model)
    fresh = folder / "fresh.safetensors"
    program.run("export", model, "-o", fresh)
    changed = folder / "changed.safetensors"
    save_file(unusual(load_file(fresh)), changed)

    logits = folder / "logits.yaml"
    logits.write_text(model.read_text().replace("nonlinearity: softmax", "nonlinearity: linear"))

    results, inputs = [], None
    for model, params in ((model, fresh), (logits, changed)):
        onnx = folder / f"{params.stem}.onnx"
        program.run("export", model, "--params", params, "-o", onnx)
        inputs = inputs or inputs_of(onnx)
        ours = program.predict(model, params, inputs, folder)
        results.append(difference(ours, onnx_output(onnx, inputs)))
    if ours.std() < 1e-3:
        raise SystemExit(f"{name}: its outputs hardly differ, so that they show nothing")

    # The same weights as NumPy's archive, in Lasagne's order, there and back.
    program.run("export", model, "--params", changed, "-o", folder / "weights.npz")
    with numpy.load(folder / "weights.npz") as archive:
        arrays = [archive[f"arr_{number}"] for number in range(len(archive.files))]
    numpy.savez(folder / "again.npz", *arrays)
    again = program.predict(model, folder / "again.npz", inputs, folder)
    if not numpy.array_equal(again, ours):
        raise SystemExit(f"{name}: weights change on their way through npz")

    # And the ONNX file read again.
    back, weights = folder / "back.yaml", folder / "back.safetensors"
    arguments = ["import", folder / "changed.onnx", "-o", weights, "--output-model", back]
    if name in ONE_WAY:
        program.run(*arguments, code=2)
    else:
        program.run(*arguments)
        results.append(difference(program.predict(back, weights, inputs, folder), ours))
    return results


def main(path, folder):
    program = Program(path)
    names = [json.loads(line)["name"]
             for line in program.run("zoo", "list", "--json").splitlines()]
    print(f"{'network':24} {'fresh':>10} {'changed':>10} {'read again':>10}")
    failed = 0
    for name in names:
        results = check(program, name, folder / name)
        failed += max(results) > LIMIT
        print(f"{name:24} " + " ".join(f"{r:10.1e}" for r in results)
              + ("" if max(results) <= LIMIT else "  FAILED"))
    print(f"onnxruntime agrees on {len(names) - failed} of {len(names)} networks within {LIMIT}")
    return 1 if failed or len(names) < 12 else 0


sys.exit(main(sys.argv[1], pathlib.Path(sys.argv[2])))
