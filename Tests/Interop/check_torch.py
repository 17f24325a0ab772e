"""Takes weights and ONNX files from PyTorch, whose outputs ours must equal.

    check_torch.py PROGRAM FOLDER

Each module is trained for a few steps, so that biases and running averages are unusual, then goes over
twice: its state as safetensors into an equal network written below, and its ONNX export.
"""

import pathlib
import sys
import warnings

import numpy
import torch
from safetensors.torch import save_file
from torch import nn

from program import LIMIT, Program, difference

warnings.filterwarnings("ignore")


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8))
        self.block = nn.Sequential(
            nn.Conv2d(8, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8), nn.ReLU(),
            nn.Conv2d(8, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8))
        self.head = nn.Linear(8, 5)

    def forward(self, x):
        x = torch.relu(self.stem(x))
        x = torch.relu(self.block(x) + x)
        return self.head(torch.flatten(nn.functional.adaptive_avg_pool2d(x, 1), 1))


class Sequence(nn.Module):
    def __init__(self, kind, **settings):
        super().__init__()
        self.rnn = kind(3, 4, batch_first=True, **settings)
        self.head = nn.Linear(4 * (2 if self.rnn.bidirectional else 1), 2)

    def forward(self, x):
        return self.head(self.rnn(x)[0])


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.LayerNorm(8, eps=1e-5)
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.head = nn.Linear(8, 3)

    def forward(self, x):
        y = self.norm(x)
        return self.head(x + self.attention(y, y, y, need_weights=False)[0])


def network(shape, layers, output):
    rows = "".join(f"  - {{{row}}}\n" for row in [f"name: x, type: InputLayer, shape: {shape}"] + layers)
    return f"lasagne: 1\nname: net\nlayers:\n{rows}output: {output}\n"


BN = "epsilon: 1.0e-5"
CASES = {
    "mlp": (
        nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 8), nn.LeakyReLU(0.2), nn.Linear(8, 3)),
        (4, 6),
        network("[null, 6]", [
            "type: DenseLayer, numUnits: 8",
            "type: DenseLayer, numUnits: 8, nonlinearity: {leakyRectify: {leakiness: 0.2}}",
            "name: out, type: DenseLayer, numUnits: 3, nonlinearity: linear"], "out"), None),
    "cnn": (
        nn.Sequential(
            nn.Conv2d(3, 6, 5, padding=2), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(6, 8, 3, stride=2, padding=1, groups=2), nn.PReLU(), nn.AvgPool2d(2),
            nn.Flatten(), nn.Linear(32, 10), nn.Softmax(-1)),
        (4, 3, 16, 16),
        network("[null, 3, 16, 16]", [
            "type: Conv2DLayer, numFilters: 6, filterSize: 5, pad: 2, nonlinearity: linear",
            f"type: BatchNormLayer, {BN}", "type: NonlinearityLayer",
            "type: MaxPool2DLayer, poolSize: 2",
            "type: Conv2DLayer, numFilters: 8, filterSize: 3, stride: 2, pad: 1, numGroups: 2, "
            "nonlinearity: linear",
            "type: ParametricRectifierLayer, sharedAxes: all",
            "type: Pool2DLayer, poolSize: 2, mode: average_exc_pad",
            "name: out, type: DenseLayer, numUnits: 10, nonlinearity: softmax"], "out"), None),
    "transposed": (
        nn.Sequential(nn.Conv2d(3, 6, 3, dilation=2, padding=0), nn.ReLU(),
                      nn.ConvTranspose2d(6, 4, 3, stride=2, padding=1, output_padding=1)),
        (4, 3, 8, 8),
        network("[null, 3, 8, 8]", [
            "name: a, type: DilatedConv2DLayer, numFilters: 6, filterSize: 3, dilation: 2",
            "name: b, type: TransposedConv2DLayer, numFilters: 4, filterSize: 3, stride: 2, crop: 1, "
            "outputSize: 8, nonlinearity: linear"], "b"), None),
    "residual": (
        Residual(), (4, 3, 8, 8),
        network("[null, 3, 8, 8]", [
            "name: stem_0, type: Conv2DLayer, numFilters: 8, filterSize: 3, pad: same, b: null, "
            "nonlinearity: linear",
            f"name: stem_1, type: BatchNormLayer, {BN}", "name: r, type: NonlinearityLayer",
            "name: first, type: Conv2DLayer, numFilters: 8, filterSize: 3, pad: same, b: null, "
            "nonlinearity: linear",
            f"name: block_1, type: BatchNormLayer, {BN}", "type: NonlinearityLayer",
            "name: second, type: Conv2DLayer, numFilters: 8, filterSize: 3, pad: same, b: null, "
            "nonlinearity: linear",
            f"name: block_4, type: BatchNormLayer, {BN}",
            "name: sum, type: ElemwiseSumLayer, incomings: [block_4, r]", "type: NonlinearityLayer",
            "type: GlobalPoolLayer",
            "name: out, type: DenseLayer, numUnits: 5, nonlinearity: linear"], "out"),
        "first: block.0\nsecond: block.3\n"),
    "lstm": (
        Sequence(nn.LSTM, bidirectional=True), (4, 5, 3),
        network("[null, null, 3]", [
            "name: f, type: LSTMLayer, numUnits: 4, peepholes: false",
            "name: b, type: LSTMLayer, incoming: x, numUnits: 4, peepholes: false, backwards: true",
            "name: both, type: ConcatLayer, incomings: [f, b], axis: 2",
            "name: head, type: DenseLayer, numUnits: 2, numLeadingAxes: 2, nonlinearity: linear"],
            "head"), None),
    "gru": (
        Sequence(nn.GRU), (4, 5, 3),
        network("[null, null, 3]", [
            "name: rnn, type: GRULayer, numUnits: 4",
            "name: head, type: DenseLayer, numUnits: 2, numLeadingAxes: 2, nonlinearity: linear"],
            "head"), None),
    "attention": (
        Attention(), (4, 5, 8),
        network("[null, null, 8]", [
            "name: norm, type: LayerNormLayer",
            "name: attention, type: MultiHeadAttentionLayer, incomings: [norm], numHeads: 2",
            "name: sum, type: ElemwiseSumLayer, incomings: [x, attention]",
            "name: head, type: DenseLayer, numUnits: 3, numLeadingAxes: 2, nonlinearity: linear"],
            "head"), None),
}
# Attention multiplies two values that are computed, which no layer does that is read from ONNX.
ONE_WAY = {"attention"}


def train(module, x):
    optimizer = torch.optim.SGD(module.parameters(), 0.1)
    module.train()
    for _ in range(5):
        optimizer.zero_grad()
        module(x + 0.3).square().mean().backward()
        optimizer.step()
        for name, parameter in module.named_parameters():
            # Lasagne's GRU has no bias inside its reset.
            if isinstance(getattr(module, "rnn", None), nn.GRU) and "bias_hh" in name:
                parameter.data[-4:] = 0
    module.eval()


def main(path, folder):
    program = Program(path)
    torch.manual_seed(3)
    failed = 0
    print(f"{'module':12} {'weights':>10} {'ONNX':>10}")
    for name, (module, shape, text, names) in CASES.items():
        here = folder / name
        here.mkdir()
        x = torch.randn(*shape)
        train(module, x)
        theirs = module(x).detach().numpy()
        model, state = here / "model.yaml", here / "state.safetensors"
        model.write_text(text)
        save_file(module.state_dict(), state)
        arguments = ["import", state, "--model", model, "-o", here / "ours.safetensors"]
        if names:
            (here / "map.yaml").write_text(names)
            arguments += ["--map", here / "map.yaml"]
        program.run(*arguments)
        ours = program.predict(model, here / "ours.safetensors", {"x": x.numpy()}, here)
        results = [difference(ours, theirs)]
        if name not in ONE_WAY:
            torch.onnx.export(
                module, (x,), str(here / "module.onnx"), input_names=["x"], output_names=["y"],
                dynamic_axes={"x": {0: "batch"}}, dynamo=False)
            program.run("import", here / "module.onnx", "-o", here / "read.safetensors",
                        "--output-model", here / "read.yaml")
            ours = program.predict(
                here / "read.yaml", here / "read.safetensors", {"x": x.numpy()}, here)
            results.append(difference(ours, theirs))
        failed += max(results) > LIMIT
        print(f"{name:12} " + " ".join(f"{r:10.1e}" for r in results)
              + ("" if max(results) <= LIMIT else "  FAILED"))
    wrong = program.run("import", folder / "mlp" / "state.safetensors", "--model",
                        folder / "cnn" / "model.yaml", "-o", folder / "no.safetensors", code=2)
    if "No module of the file fits the layer" not in wrong or (folder / "no.safetensors").exists():
        raise SystemExit(f"a state of another network was not refused: {wrong}")
    print(f"PyTorch agrees on {len(CASES) - failed} of {len(CASES)} modules within {LIMIT}")
    return 1 if failed else 0


sys.exit(main(sys.argv[1], pathlib.Path(sys.argv[2])))
