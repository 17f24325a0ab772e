"""Opens the page of a real server while a real session trains, and looks at it as a person would.

Fails on any console error, any answer of 400 and above, any blocked request, and on a page that
does not change while it should. Screenshots go to the folder given.
"""

import argparse
import hashlib
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import sync_playwright

READY_SECONDS = 120


class Failure(Exception):
    """What a person would have complained about, as one sentence."""


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lasagne", required=True, help="the command line program")
    parser.add_argument("--workspace", required=True, help="a workspace, or a folder to make one in")
    parser.add_argument("--train", default="", help="arguments of `lasagne train`, starting one session")
    parser.add_argument("--train-file", default="", help="a file with one such argument a line")
    parser.add_argument("--url", default="", help="use this server instead of starting one")
    parser.add_argument("--chromium", default="", help="the browser; found on the path by default")
    parser.add_argument("--screenshots", required=True, help="the folder for screenshots")
    return parser.parse_args()


def started_server(lasagne, workspace):
    """Starts `lasagne serve` and returns the process and the URL that it prints."""
    process = subprocess.Popen(
        [lasagne, "serve", "--workspace", workspace], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True)
    found = threading.Event()
    lines, address = [], []

    def read(stream):
        for line in stream:
            lines.append(line)
            match = re.search(r"https?://\S+token=\S+", line)
            if match and not address:
                address.append(match.group(0))
                found.set()

    for stream in (process.stdout, process.stderr):
        threading.Thread(target=read, args=(stream,), daemon=True).start()
    deadline = time.monotonic() + READY_SECONDS
    while not found.wait(0.2):
        if process.poll() is not None or time.monotonic() > deadline:
            stop(process)
            raise Failure("`lasagne serve` printed no URL. It said: " + "".join(lines[-20:]))
    return process, address[0]


def stop(process):
    """Ends a process that this test started; returns its exit status."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    return process.returncode


class Page:
    """One browser page with everything that went wrong on it."""

    def __init__(self, browser, url, folder, scheme="light", width=1440, height=900):
        self.folder = folder
        self.complaints = []
        self.context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme,
            reduced_motion="reduce")
        self.page = self.context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))
        self.page.on("requestfailed", self._failed)
        self.page.on("response", self._answered)
        self.leaving = False
        self.page.goto(url, wait_until="domcontentloaded")

    def _console(self, message):
        # A stream that ends with its server is reported by the browser; only after that is it fine.
        if message.type in ("error", "warning") and not self.leaving:
            self.complaints.append(f"console {message.type}: {message.text}")

    def _failed(self, request):
        aborted = "ERR_ABORTED" in (request.failure or "")
        if not self.leaving and not aborted:
            self.complaints.append(f"failed request: {request.url} ({request.failure})")

    def _answered(self, response):
        if response.status >= 400:
            self.complaints.append(f"answer {response.status}: {response.url}")

    def shoot(self, name):
        self.page.screenshot(path=str(self.folder / f"{name}.png"), full_page=True)

    def wait(self, script, what, seconds=60, argument=None):
        """Waits until a script's value is true."""
        try:
            self.page.wait_for_function(script, arg=argument, timeout=seconds * 1000)
        except PlaywrightTimeout:
            self.shoot("failure")
            raise Failure(f"{what} did not happen within {seconds} seconds.") from None

    def close(self):
        self.leaving = True
        self.context.close()


POINTS = "() => Number(document.querySelector('.chart[data-kind=loss]')?.dataset.points ?? 0)"
FILTER = "document.querySelector('.filters img[data-step]')"


def filter_digest(page):
    """A digest of the first filter picture's bytes, as shown."""
    content = page.evaluate(
        f"""() => {{
          const image = {FILTER};
          const canvas = document.createElement('canvas');
          canvas.width = image.naturalWidth;
          canvas.height = image.naturalHeight;
          canvas.getContext('2d').drawImage(image, 0, 0);
          return canvas.toDataURL();
        }}""")
    return hashlib.sha256(content.encode()).hexdigest()


def check_labels(page):
    """Every control must have a name that a screen reader can say."""
    nameless = page.evaluate(
        """() => [...document.querySelectorAll('button, a, input, img, [role=progressbar], meter')]
          .filter((one) => one.checkVisibility() && !(one.textContent.trim() || one.getAttribute('aria-label')
            || one.hasAttribute('alt') || one.labels?.length))
          .map((one) => one.outerHTML.slice(0, 120))""")
    if nameless:
        raise Failure(f"These controls have no name: {nameless}")


def check_home(view):
    """The home page draws the network, colours it, and lists the session."""
    page = view.page
    view.wait("() => document.querySelectorAll('.network .layer').length > 2", "the network's picture")
    view.wait(
        "() => document.querySelector('.card .state:is([data-state=running], [data-state=failed], [data-state=crashed])')",
        "a running session")
    if not page.locator(".card .state[data-state=running]").count():
        raise Failure("The session did not train: " + page.locator(".card-message").first.inner_text())
    view.wait(f"() => ({POINTS})() > 3", "the first points of the loss curve", 120)
    view.wait("() => document.querySelector('.connection[data-state=live]')", "the live connection")
    view.wait(
        "() => document.querySelectorAll('.network .layer.learns[data-health^=h-]:not([data-health=h-none])').length > 0",
        "a layer's colour", 120)
    check_labels(page)
    view.shoot("home-light")


def check_session(view):
    """The session's page: curves grow, filters change, the three buttons work."""
    page = view.page
    page.locator(".card", has=page.locator(".state[data-state=running]")).first.locator(".card-name").click()
    view.wait(f"() => ({POINTS})() > 3", "the session's loss curve")
    view.wait("() => document.querySelector('.chart canvas')", "a drawn chart")
    view.wait(f"() => {FILTER}?.complete && {FILTER}.naturalWidth > 0", "the first filters", 120)
    points = page.evaluate(POINTS)
    step = page.evaluate(f"() => Number({FILTER}.dataset.step)")
    before = filter_digest(page)
    view.shoot("session-light-early")
    view.wait(f"(points) => ({POINTS})() > points", "more points of the loss curve", 60, points)
    view.wait(f"(step) => Number({FILTER}.dataset.step) > step && {FILTER}.complete", "newer filters", 120, step)
    page.wait_for_timeout(300)
    if filter_digest(page) == before:
        raise Failure("The filters' picture did not change although its step did.")
    view.wait("() => document.querySelectorAll('.timeline li[data-kind]').length > 1", "the timeline")
    check_labels(page)
    view.shoot("session-light")
    steer(view, "pause", "paused")
    view.shoot("session-paused")
    steer(view, "resume", "running")
    grown = page.evaluate(POINTS)
    view.wait(f"(points) => ({POINTS})() > points", "points after the pause", 60, grown)


def steer(view, action, state):
    """Presses a button and waits for the state that it leads to."""
    button = view.page.locator(f"button[data-action={action}]")
    view.wait(f"() => !document.querySelector('button[data-action={action}]').disabled", f"{action} becoming possible")
    button.click()
    view.wait(f"() => document.querySelector('.session-head .state[data-state={state}]')", f"the state {state}", 90)


def look_around(browser, url, folder, complaints):
    """The same pages in the dark and on narrow screens."""
    for scheme, width, height in (("dark", 1440, 900), ("light", 800, 1000), ("dark", 800, 1000), ("light", 390, 844)):
        view = Page(browser, url, folder, scheme, width, height)
        name = scheme if width == 1440 else f"{scheme}-{width}"
        view.wait("() => document.querySelector('.network .layer') && document.querySelector('.chart canvas')", "home")
        view.page.wait_for_timeout(500)
        overflow = view.page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
        if overflow > 1:
            complaints.append(f"home at {width} pixels is {overflow} pixels too wide")
        view.shoot(f"home-{name}")
        view.page.locator(".card-name").first.click()
        view.wait("() => document.querySelector('.chart canvas')", "the session's curves")
        view.page.wait_for_timeout(900)
        view.shoot(f"session-{name}")
        complaints += view.complaints
        view.close()


def session_arguments(given):
    if given.train_file:
        return [line for line in pathlib.Path(given.train_file).read_text().splitlines() if line]
    return given.train.split()


def walk(given, url, folder):
    chromium = given.chromium or next(
        (found for found in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if found), "")
    if not chromium:
        raise Failure("There is no Chromium; install the package chromium.")
    trainer = None
    if session_arguments(given):
        trainer = subprocess.Popen(
            [given.lasagne, "train", *session_arguments(given), "--workspace", given.workspace],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        with sync_playwright() as playwright:
            # The sandbox needs rights that root in a container has not.
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            view = Page(browser, url, folder)
            if view.page.url.endswith("token=") or "token=" in view.page.url:
                raise Failure("The token stayed in the address bar.")
            check_home(view)
            check_session(view)
            complaints = []
            look_around(browser, url, folder, complaints)
            steer(view, "stop", "stopped")
            view.shoot("session-stopped")
            complaints += view.complaints
            view.close()
            browser.close()
        if complaints:
            raise Failure("The page complained: " + "; ".join(sorted(set(complaints))))
    except Failure:
        if trainer and trainer.poll() not in (None, 0):
            print("`lasagne train` said: " + trainer.stderr.read(), file=sys.stderr)
        raise
    finally:
        if trainer:
            stop(trainer)


def main():
    given = arguments()
    folder = pathlib.Path(given.screenshots)
    folder.mkdir(parents=True, exist_ok=True)
    server = None
    try:
        url = given.url
        if not url:
            server, url = started_server(given.lasagne, given.workspace)
        walk(given, url, folder)
        if server and stop(server) not in (0, -signal.SIGTERM):
            raise Failure(f"`lasagne serve` ended with status {server.returncode}.")
    except Failure as failure:
        print(f"browser test: {failure}", file=sys.stderr)
        return 1
    finally:
        if server:
            stop(server)
    print(f"browser test passed; screenshots are in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
