"""Runs `lasagne` and compares arrays."""

import pathlib
import subprocess

import numpy

LIMIT = 1e-4


class Program:
    def __init__(self, path):
        self.path = str(pathlib.Path(path).resolve())

    def run(self, *arguments, code=0):
        """Runs the command and returns what it says; other exit codes than `code` are errors."""
        expected = code if isinstance(code, tuple) else (code,)
        run = subprocess.run(
            [self.path, *map(str, arguments)], capture_output=True, text=True, timeout=300)
        if run.returncode not in expected:
            raise SystemExit(
                f"lasagne {' '.join(map(str, arguments))}: exit code {run.returncode}, expected "
                f"{expected}: {run.stderr.strip()}")
        return run.stderr if run.returncode else run.stdout

    def predict(self, model, params, inputs, folder):
        """The outputs for inputs by name."""
        numpy.savez(folder / "inputs.npz", **inputs)
        output = folder / "output.npy"
        self.run("predict", "--model", model, "--params", params, "--input", folder / "inputs.npz",
                 "--output", output)
        return numpy.load(output)


def difference(ours, theirs):
    """The greatest difference, relative to the greatest number where that is above 1."""
    if ours.shape != theirs.shape:
        raise SystemExit(f"shapes differ: {ours.shape} and {theirs.shape}")
    scale = max(1.0, float(numpy.abs(theirs).max()))
    return float(numpy.abs(ours.astype(float) - theirs).max()) / scale


def onnx_output(file, inputs):
    """What onnxruntime computes; the model is checked first."""
    import onnx
    import onnxruntime

    onnx.checker.check_model(str(file), full_check=True)
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    types = {"tensor(int64)": numpy.int64}
    feeds = {i.name: inputs[i.name].astype(types.get(i.type, numpy.float32))
             for i in session.get_inputs()}
    return session.run(None, feeds)[0]
