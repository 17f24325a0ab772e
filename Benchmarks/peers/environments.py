"""A Python environment of its own for each library that is compared with.

Environments lie in the cache folder, named after what is in them, and are made by pip when they are
first asked for. Versions are pinned here; a run's record says which were used.
"""

import fcntl
import hashlib
import json
import os
import pathlib
import subprocess
import sys

# A CPU build of this version is tried first; not every registry has one.
TORCH = "torch==2.13.0"
NUMPY = "numpy==2.3.5"

# What pip installs. "--no-deps" before a requirement: without what it asks for, because that asks
# for versions that this Python does not have.
REQUIREMENTS = {
    "pytorch": [TORCH, NUMPY],
    "lightning": [TORCH, NUMPY, "lightning==2.6.6"],
    "jax": ["jax==0.10.2", NUMPY],
    "keras": ["keras==3.15.1", "jax==0.10.2", NUMPY],
    "theano": ["--no-deps theano-pymc==1.1.2", "numpy==1.23.5", "scipy==1.10.1", "filelock"],
    # Only for the OpenBLAS that its wheel carries under the usual names of functions.
    "openblas": ["scipy==1.11.4", "numpy==1.26.4"],
    "tensorboard": ["tensorboard==2.21.0", NUMPY],
    # It has no reader of its own.
    "tensorboardx": ["tensorboardX==2.6.5", "tensorboard==2.21.0", NUMPY],
    "wandb": ["wandb==0.31.0"],
    "mlflow": ["mlflow==3.17.2"],
    "aim": ["aim==3.29.1"],
    "trackio": ["trackio==0.43.0"],
}


class Unavailable(Exception):
    """Why a library cannot be compared with on this machine, as one sentence."""


def cache():
    """The folder that keeps environments, outside the clone."""
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(os.environ.get("LASAGNE_CACHE") or pathlib.Path(base) / "lasagne-engine")


def base_python():
    """The interpreter that environments are made with."""
    given = os.environ.get("PYTHON")
    if given:
        return given
    # The version of the environment that this program itself may run in.
    return getattr(sys, "_base_executable", None) or sys.executable


def environment(name):
    """The python of an environment, which is made first where it is not there."""
    requirements = REQUIREMENTS[name]
    python = base_python()
    version = subprocess.run(
        [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
        check=True, capture_output=True, text=True,
    ).stdout.strip()
    key = hashlib.sha256("\n".join([version, *requirements]).encode()).hexdigest()[:12]
    folder = cache() / f"peer-{name}-{key}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    result = folder / "bin" / "python"
    with open(f"{folder}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "complete").exists():
            make(name, python, folder, requirements)
            (folder / "complete").touch()
    return str(result)


def make(name, python, folder, requirements):
    """Makes an environment; what pip says goes to a file beside it."""
    print(f"{name}: installing {', '.join(requirements)} …", file=sys.stderr, flush=True)
    with open(f"{folder}.log", "w") as log:
        def run(*command):
            return subprocess.run(command, stdout=log, stderr=log).returncode == 0

        def install(*packages):
            pip = [str(folder / "bin" / "python"), "-m", "pip", "install"]
            return run(*pip, "--disable-pip-version-check", *packages)

        if not run(python, "-m", "venv", "--clear", str(folder)):
            raise Unavailable(f"no environment could be made with {python}; see {folder}.log")
        together = [r for r in requirements if not r.startswith("--")]
        with_cpu = [r + "+cpu" if r == TORCH else r for r in together]
        done = install(*with_cpu) or (with_cpu != together and install(*together))
        for requirement in requirements:
            if done and requirement.startswith("--"):
                done = install(*requirement.split())
        if not done:
            raise Unavailable(
                f"pip could not install {', '.join(requirements)} (Python {python}); "
                f"see {folder}.log"
            )


def versions(name):
    """What is installed in an environment, by name."""
    listed = subprocess.run(
        [environment(name), "-m", "pip", "list", "--format", "json"],
        check=True, capture_output=True, text=True,
    )
    return {package["name"].lower(): package["version"] for package in json.loads(listed.stdout)}


def openblas():
    """The OpenBLAS that scipy's wheel carries."""
    libraries = pathlib.Path(environment("openblas")).parent.parent.glob(
        "lib/python*/site-packages/scipy.libs/libopenblasp*.so"
    )
    for library in libraries:
        return library
    raise Unavailable(f"scipy's wheel has no OpenBLAS here")


def main():
    """`environments.py NAME…` makes environments and prints their pythons."""
    for name in sys.argv[1:]:
        if name not in REQUIREMENTS:
            sys.exit(f"environments.py: there is no '{name}'; there are {', '.join(REQUIREMENTS)}")
        try:
            print(environment(name))
        except Unavailable as problem:
            sys.exit(f"environments.py: {problem}")


if __name__ == "__main__":
    main()
