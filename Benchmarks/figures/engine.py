"""A `lasagne serve` in a workspace of its own, and the sessions that it starts."""

import http.client
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
MODEL = ROOT / "Examples" / "fashion-mnist" / "lenet.yaml"
RECIPE = ROOT / "Examples" / "fashion-mnist" / "recipe.yaml"
# A session of nothing but steps: what happens between two epochs would only add noise.
STEADY = {"epochs": 100_000, "checkpointEveryEpochs": 0, "validationFraction": 0}
# Nothing here takes so long; a process that does hangs.
PATIENCE = 60


class Problem(Exception):
    """Something that keeps a figure from being measured, as one sentence."""


def executable():
    """The release build of the command."""
    command = ["swift", "build", "-c", "release", "--show-bin-path"]
    shown = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    path = pathlib.Path(shown.stdout.strip()) / "lasagne"
    if not path.exists():
        raise Problem(f"there is no {path}; run 'make release' first")
    return path


def demo_data():
    """The folder of Fashion-MNIST."""
    shown = subprocess.run(
        [ROOT / "scripts" / "fetch-demo-data"], check=True, stdout=subprocess.PIPE, text=True
    )
    return shown.stdout.strip()


def processor_seconds(process):
    """The time that a process has used of the processors, with its threads that are gone."""
    text = pathlib.Path(f"/proc/{process}/stat").read_text()
    # The name in parentheses may hold anything; user and system time are the 12th and 13th behind.
    fields = text[text.rindex(")") + 2:].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wait_until(condition, what, patience=PATIENCE, interval=0.005):
    """Asks until the answer is something, and returns it."""
    end = time.monotonic() + patience
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > end:
            raise Problem(f"after {patience} s there is still no {what}")
        time.sleep(interval)


class Engine:
    """A workspace with its `lasagne serve`, both gone when the `with` ends."""

    def __init__(self, program, cores=None, workspace=None):
        self.program = str(program)
        self.cores = cores
        self.owns_folder = workspace is None
        self.folder = pathlib.Path(workspace or tempfile.mkdtemp(prefix="lasagne-figures-"))
        self.workspace = self.folder / "w" if self.owns_folder else self.folder
        self.sessions = []
        self.process = None

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for session in self.sessions:
            session.kill()
        self.stop()
        if self.owns_folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def start(self):
        """Starts the server; returns the wall and processor seconds until it answered."""
        command = [self.program, "serve", "--json", "--workspace", str(self.workspace)]
        if self.cores:
            command += ["--cores", str(self.cores)]
        begin = time.monotonic()
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        wall = time.monotonic() - begin
        if not line.startswith("{"):
            raise Problem("lasagne serve ended without an address; see its message above")
        used = processor_seconds(self.process.pid)
        address = urllib.parse.urlsplit(json.loads(line)["url"])
        self.host = address.netloc
        self.token = urllib.parse.parse_qs(address.query)["token"][0]
        return wall, used

    def stop(self):
        """Ends the server; its sessions go on."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.process = None

    def run(self, *arguments):
        """Runs a command on the workspace and returns what it prints."""
        command = [self.program, *map(str, arguments), "--workspace", str(self.workspace)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
        if done.returncode != 0:
            raise Problem(f"{' '.join(command)}: {done.stderr.strip()}")
        return done.stdout

    def add_data(self):
        """Registers Fashion-MNIST."""
        self.run("data", "add", "fashion-mnist", demo_data())

    def session(
        self, name, threads=1, model=MODEL, data="fashion-mnist", recipe=RECIPE, **fields
    ):
        """Starts a session, of the demo's network unless told otherwise, and waits until it runs."""
        settings = [part for field, value in fields.items() for part in ("--set", f"{field}={value}")]
        started = self.run(
            "session", "start", model, data, "--recipe", recipe, "--name", name,
            "--threads", threads, "--json", *settings,
        )
        session = Session(self, json.loads(started)["request"]["id"])
        self.sessions.append(session)
        session.begin()
        return session

    def connection(self):
        """A connection to the server, and the headers that open it."""
        connection = http.client.HTTPConnection(self.host, timeout=PATIENCE)
        return connection, {"Authorization": f"Bearer {self.token}"}

    def ask(self, path, body=None):
        """Asks the server something and returns its JSON."""
        connection, headers = self.connection()
        if body is not None:
            headers["Content-Type"] = "application/json"
        connection.request(
            "GET" if body is None else "POST", path,
            None if body is None else json.dumps(body), headers,
        )
        reply = connection.getresponse()
        text = reply.read()
        connection.close()
        if reply.status >= 300:
            raise Problem(f"{path}: {reply.status} {text.decode(errors='replace')}")
        return json.loads(text)


class Session:
    """A training session in a worker process."""

    def __init__(self, engine, identifier):
        self.engine = engine
        self.id = identifier
        self.folder = engine.workspace / "sessions" / identifier
        self.process = None
        self.timeline_offset = 0

    def begin(self):
        """Waits until the worker is at its steps."""
        def worker():
            record = self.record()
            if record["state"] in ("failed", "crashed"):
                raise Problem(f"the session ended: {record.get('message')}")
            self.process = record.get("process")
            return record["state"] == "running" and self.process

        wait_until(worker, "running session", interval=0.05)

    def record(self):
        """What the engine says of it."""
        return self.engine.ask(f"/api/v1/sessions/{self.id}")

    def points(self, key="train/loss"):
        """All points of a metric as (step, time, value)."""
        path = f"/api/v1/sessions/{self.id}/series?pixels=10000&keys={urllib.parse.quote(key, '')}"
        series = self.engine.ask(path)[0]
        return [(b["lastStep"], b["lastTime"], b.get("last")) for b in series["buckets"]]

    def new_lines(self):
        """What was added to the timeline since the last look."""
        with open(self.folder / "timeline.jsonl", "rb") as file:
            file.seek(self.timeline_offset)
            data = file.read()
        end = data.rfind(b"\n") + 1
        self.timeline_offset += end
        return [json.loads(line) for line in data[:end].splitlines() if line]

    def hold(self):
        """Lets the worker stand still."""
        os.kill(self.process, signal.SIGSTOP)

    def go(self):
        """Lets the worker go on."""
        os.kill(self.process, signal.SIGCONT)

    def kill(self):
        """Ends the worker; only what this program started is ever signalled."""
        if self.process is None:
            return
        try:
            os.kill(self.process, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process = None


class EventReader(threading.Thread):
    """Reads the server's stream of events as a page does, and notes when each arrived."""

    def __init__(self, engine):
        super().__init__(daemon=True)
        self.events = []
        self.failure = None
        self.connection, headers = engine.connection()
        self.connection.request("GET", "/api/v1/events", headers=headers)
        self.reply = self.connection.getresponse()
        self.start()

    def run(self):
        try:
            while True:
                line = self.reply.readline()
                if not line:
                    return
                if line.startswith(b"data: "):
                    self.events.append((time.time(), json.loads(line[6:])))
        except (OSError, ValueError, AttributeError, http.client.HTTPException) as error:
            # Also what a connection says that was closed under the reader.
            self.failure = error


def say(text):
    """Says what goes on, where it does not mix with the figures."""
    print(text, file=sys.stderr, flush=True)
