"""What can be measured: this library and its peers, each in a process that makes steps on request."""

import dataclasses
import json
import os
import pathlib
import select
import subprocess

from environments import Unavailable, cache, environment, openblas

FOLDER = pathlib.Path(__file__).resolve().parent
IMAGES = {"lenet", "vgg", "resnet"}
# Compiling may take minutes; what takes longer hangs.
PATIENCE = 600


@dataclasses.dataclass(frozen=True)
class Side:
    """A library in one of its forms."""

    name: str
    title: str
    # The environment and the program; none for this library itself.
    environment: str | None = None
    program: str | None = None
    mode: str = "default"
    # Whether an OpenBLAS with the processor's widest vectors takes the place of its BLAS.
    has_remedy: bool = False
    only_images: bool = False
    only_gpus: bool = False


OURS = Side("ours", "LasagneEngine")
# The sides that can train on a GPU.
ON_GPUS = {
    "pytorch", "pytorch-fused", "pytorch-channels-last", "pytorch-compile",
    "pytorch-reduce-overhead", "jax",
}
PEERS = [
    Side("pytorch", "PyTorch eager", "pytorch", "pytorch_side.py"),
    Side("pytorch-fused", "PyTorch eager, fused update", "pytorch", "pytorch_side.py", "fused"),
    Side(
        "pytorch-channels-last", "PyTorch fused, channels last", "pytorch", "pytorch_side.py",
        "fused,channelsLast", only_images=True,
    ),
    Side("pytorch-compile", "PyTorch torch.compile, fused", "pytorch", "pytorch_side.py", "compile"),
    Side(
        "pytorch-reduce-overhead", "PyTorch torch.compile reduce-overhead, fused", "pytorch",
        "pytorch_side.py", "reduceOverhead", only_gpus=True,
    ),
    Side(
        "pytorch-openblas", "PyTorch fused, with OpenBLAS", "pytorch", "pytorch_side.py", "fused",
        has_remedy=True,
    ),
    Side(
        "pytorch-channels-last-openblas", "PyTorch fused, channels last, with OpenBLAS", "pytorch",
        "pytorch_side.py", "fused,channelsLast", has_remedy=True, only_images=True,
    ),
    Side("jax", "JAX", "jax", "jax_side.py"),
    Side("keras", "Keras on JAX", "keras", "keras_side.py"),
    Side("lightning", "Lightning", "lightning", "lightning_side.py"),
    Side("lasagne", "Lasagne on Theano", "theano", "theano_side.py"),
    Side(
        "lasagne-openblas", "Lasagne on Theano, OpenBLAS for AVX-512", "theano", "theano_side.py",
        has_remedy=True,
    ),
]


def processor_flags():
    """What /proc/cpuinfo says that the processor can."""
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("flags"):
            return set(line.split(":", 1)[1].split())
    return set()


def remedy():
    """The variable by which OpenBLAS takes its widest loops, also where it does not know a processor."""
    flags = processor_flags()
    if "avx512f" in flags:
        return {"OPENBLAS_CORETYPE": "SKYLAKEX"}
    return {"OPENBLAS_CORETYPE": "HASWELL"} if "avx2" in flags else {}


def variables(side, threads, lasagne):
    """The environment variables that a side runs with, beside those of this process."""
    count = str(threads)
    chosen = {
        "OMP_NUM_THREADS": count, "MKL_NUM_THREADS": count, "OPENBLAS_NUM_THREADS": count,
        "PYTHONWARNINGS": "ignore",
    }
    if side.environment == "theano":
        if lasagne is None or not (pathlib.Path(lasagne) / "lasagne" / "__init__.py").exists():
            raise Unavailable(
                "Lasagne's development version is in no package registry; name a folder that holds "
                "its repository with --lasagne or LASAGNE_SOURCE"
            )
        library = openblas()
        chosen["LASAGNE_SOURCE"] = str(pathlib.Path(lasagne).resolve())
        chosen["THEANO_FLAGS"] = ",".join([
            "device=cpu", "floatX=float32", "warn_float64=ignore",
            f"openmp={threads > 1}", f"base_compiledir={cache() / 'theano-compiled'}",
            f"blas__ldflags=-L{library.parent} -l:{library.name}",
        ])
        chosen["LD_LIBRARY_PATH"] = str(library.parent)
    elif side.has_remedy:
        library = openblas()
        chosen["LD_PRELOAD"] = str(library)
        chosen["LD_LIBRARY_PATH"] = str(library.parent)
    if side.has_remedy:
        chosen |= remedy()
    return chosen


class Failure(Exception):
    """Why a side cannot be measured, as one sentence."""


class Process:
    """A side at work."""

    def __init__(self, side, executable, settings, threads, lasagne, log, python=None):
        self.side = side
        self.variables = variables(side, threads, lasagne)
        words = [*settings, f"threads={threads}"]
        if side.program is None:
            command = [str(executable), *words]
        else:
            program = str(FOLDER / side.program)
            # Where no environment can be made, a Python that has the library will do.
            python = python or environment(side.environment)
            command = [python, program, *words, f"mode={side.mode}"]
        self.log = log
        with open(log, "w") as file:
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=file, text=True,
                env=dict(os.environ, **self.variables),
            )
        self.rounds = []
        self.facts = self.answer()
        if "notThere" in self.facts:
            self.close()
            raise Failure(self.facts["notThere"])

    def answer(self):
        """The next line of JSON; a program that ends instead has said why in its log."""
        while select.select([self.process.stdout], [], [], PATIENCE)[0]:
            line = self.process.stdout.readline()
            if not line:
                self.process.wait()
                said = pathlib.Path(self.log).read_text(errors="replace").strip().splitlines()
                raise Failure(f"its program ended: {said[-1] if said else 'without a word'}")
            if line.startswith("{"):
                return json.loads(line)
        self.process.kill()
        raise Failure(f"it gave no answer within {PATIENCE} s")

    def run(self, steps):
        """Makes steps; returns what they took."""
        self.process.stdin.write(f"{steps}\n")
        try:
            self.process.stdin.flush()
        except BrokenPipeError:
            pass
        return self.answer()

    def close(self):
        """Ends the process."""
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
