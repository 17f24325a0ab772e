"""Converts pickles as the zoo and nolearn wrote them, and refuses one that would run code.

    check_pickle.py PROGRAM FOLDER
"""

import collections
import os
import pathlib
import pickle
import struct
import subprocess
import sys

import numpy

from program import Program

TOOL = pathlib.Path(__file__).resolve().parents[2] / "Tools" / "lasagne_pickle_to_npz.py"


def text(word):
    """A Python 2 string of bytes."""
    data = word if isinstance(word, bytes) else word.encode("latin1")
    return b"T" + struct.pack("<i", len(data)) + data


def array(values):
    """An array as Python 2 and its NumPy pickled it."""
    shape = b"(" + b"".join(b"J" + struct.pack("<i", n) for n in values.shape) + b"t"
    dtype = (b"cnumpy\ndtype\n(" + text("f4") + b"K\x00K\x01tR(K\x03" + text("<")
             + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb")
    return (b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K\x00t" + text("b") + b"tR"
            + b"(K\x01" + shape + dtype + b"\x89" + text(values.tobytes()) + b"tb")


def python2(content):
    """A dictionary of lists of arrays as Python 2 pickled it."""
    body = b"".join(
        text(key) + b"]" + b"(" + b"".join(map(array, values)) + b"e" + b"s"
        for key, values in content.items())
    return b"\x80\x02}" + body + b"."


class Malicious:
    def __init__(self, target):
        self.target = target

    def __reduce__(self):
        return os.system, (f"touch {self.target}",)


def convert(source, target, *options):
    return subprocess.run([sys.executable, TOOL, source, target, *options],
                          capture_output=True, text=True)


def same(file, arrays):
    with numpy.load(file) as archive:
        return len(archive.files) == len(arrays) and all(
            numpy.array_equal(archive[f"arr_{n}"], a) for n, a in enumerate(arrays))


def expect(condition, what):
    if not condition:
        raise SystemExit(f"pickles: {what}")


def main(path, folder):
    random = numpy.random.default_rng(1)
    W, b, V = (random.standard_normal(s).astype(numpy.float32) for s in ((4, 3), (3,), (3, 2)))
    c = numpy.zeros(2, numpy.float32)
    target = folder / "weights.npz"

    (folder / "zoo.pkl").write_bytes(python2({"param values": [W, b, V, c], "mean image": [b]}))
    run = convert(folder / "zoo.pkl", target)
    expect(run.returncode == 0 and same(target, [W, b, V, c]), f"the zoo's form: {run.stderr}")

    (folder / "plain.pkl").write_bytes(python2({"out": [V, c], "hidden": [W, b]}))
    run = convert(folder / "plain.pkl", target)
    expect(run.returncode == 2 and "--order hidden,out" in run.stderr, run.stderr)
    run = convert(folder / "plain.pkl", target, "--order", "hidden,out")
    expect(run.returncode == 0 and same(target, [W, b, V, c]), f"nolearn's form: {run.stderr}")

    ordered = collections.OrderedDict([("in", []), ("hidden", [W, b]), ("out", [V, c])])
    for protocol in (0, 2, pickle.HIGHEST_PROTOCOL):
        (folder / "ordered.pkl").write_bytes(pickle.dumps(ordered, min(protocol, 4)))
        run = convert(folder / "ordered.pkl", target)
        expect(run.returncode == 0 and same(target, [W, b, V, c]), f"{protocol}: {run.stderr}")

    # What was converted is what `lasagne` reads.
    model = folder / "model.yaml"
    model.write_text(
        "lasagne: 1\nname: net\nlayers:\n"
        "  - {name: x, type: InputLayer, shape: [null, 4]}\n"
        "  - {name: hidden, type: DenseLayer, numUnits: 3}\n"
        "  - {name: out, type: DenseLayer, numUnits: 2, nonlinearity: linear}\noutput: out\n")
    x = random.standard_normal((5, 4)).astype(numpy.float32)
    ours = Program(path).predict(model, target, {"x": x}, folder)
    expect(numpy.allclose(ours, numpy.maximum(x @ W + b, 0) @ V + c, atol=1e-5), "other outputs")

    trace = folder / "trace"
    attacks = {
        "malicious": pickle.dumps({"param values": [Malicious(trace)]}),
        "objects": pickle.dumps({"param values": [numpy.array([Malicious(trace)], object)]}, 2),
        "builtin": b"cbuiltins\neval\n(V1\ntR.", "numpy": b"cnumpy\nload\n(Vx\ntR.",
        "cut": python2({"param values": [W]})[:60], "text": b"hello", "empty": b"",
        "words": pickle.dumps({"param values": ["a", "b"]}),
    }
    for name, data in attacks.items():
        (folder / f"{name}.pkl").write_bytes(data)
        run = convert(folder / f"{name}.pkl", folder / "refused.npz")
        expect(run.returncode == 2 and "is refused" in run.stderr, f"{name} was not refused")
        expect(run.stderr.count("\n") == 1, f"{name}: more than a sentence: {run.stderr}")
        expect(not trace.exists() and not (folder / "refused.npz").exists(), f"{name} ran")
    print(f"pickles: 5 forms converted, {len(attacks)} files refused")


main(sys.argv[1], pathlib.Path(sys.argv[2]))
