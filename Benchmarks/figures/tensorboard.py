"""TensorBoard on a folder of event files, asked as its own page asks it."""

import json
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

from copies import KEY
from engine import ROOT, Problem


def environment():
    """The Python that has TensorBoard, in the version that the tests read our files with."""
    shown = subprocess.run(
        [ROOT / "scripts" / "python-env", "tensorboard"], check=True, stdout=subprocess.PIPE, text=True)
    return shown.stdout.strip()


class TensorBoard:
    """A running TensorBoard, gone when the `with` ends."""

    def __init__(self, folder):
        self.python = environment()
        self.folder = folder

    def __enter__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        self.begin = time.monotonic()
        self.process = subprocess.Popen(
            [self.python, "-m", "tensorboard.main", "--logdir", self.folder, "--port", str(port)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def ask(self, path, form=None):
        """JSON from its server; `None` where there is none yet."""
        data = urllib.parse.urlencode(form).encode() if form else None
        try:
            with urllib.request.urlopen(self.address + path, data, timeout=60) as reply:
                return json.load(reply)
        except (urllib.error.HTTPError, urllib.error.URLError, ConnectionError):
            return None

    def curve(self, run="."):
        """The points that it shows of the metric."""
        query = urllib.parse.urlencode({"run": run, "tag": KEY})
        return self.ask(f"/data/plugin/scalars/scalars?{query}")

    def curves(self, runs):
        """The points of many runs, in the one request that its page makes."""
        form = [("tag", KEY)] + [("runs", run) for run in runs]
        return self.ask("/data/plugin/scalars/scalars_multirun", form)

    def wait(self, isReady, what, patience=600):
        """Asks until the curve is as wanted; the seconds since its start, and the answer."""
        while time.monotonic() - self.begin < patience:
            answer = isReady()
            if answer:
                return time.monotonic() - self.begin, answer
            if self.process.poll() is not None:
                raise Problem("TensorBoard ended by itself")
            time.sleep(0.02)
        raise Problem(f"after {patience} s TensorBoard has no {what}")
