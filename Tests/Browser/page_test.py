"""Opens the page of a real server while a real session trains, and looks at it as a person would.

Fails on any console error, any answer of 400 and above, any blocked request, and on a page that
does not change while it should. Screenshots go to the folder given.
"""

import argparse
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

from checks import (
    check_branch, check_curves, check_data, check_home, check_parameters, check_session, check_settings, go,
    session_hash, steer)
from editor_checks import (
    check_editor_difference, check_editor_keyboard, check_editor_pointer, check_editor_save, check_editor_text)
from everyday import check_addresses, check_ended, check_keyboard
from exports import check_bytes, check_exports
from inside_checks import check_inside, keep_layers
from learning import check_axes, check_figures, check_health, check_scales
from view import Failure, Page, check_contrast

READY_SECONDS = 120


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lasagne", required=True, help="the command line program")
    parser.add_argument("--workspace", required=True, help="a workspace, or a folder to make one in")
    parser.add_argument("--train", default="", help="arguments of `lasagne train`, starting one session")
    parser.add_argument("--train-file", default="", help="a file with one such argument a line")
    parser.add_argument("--url", default="", help="use this server instead of starting one")
    parser.add_argument("--chromium", default="", help="the browser; found on the path by default")
    parser.add_argument("--pictures", default="", help="a folder for small pictures of each page")
    parser.add_argument("--screenshots", required=True, help="the folder for screenshots")
    return parser.parse_args()


def started_server(lasagne, workspace, port=0):
    """Starts `lasagne serve` and returns the process and the URL that it prints."""
    process = subprocess.Popen(
        [lasagne, "serve", "--workspace", workspace, "--port", str(port)], stdout=subprocess.PIPE,
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


def look_around(browser, url, folder, complaints, pictures, here):
    """Every page in the dark and on narrow screens."""
    pages = {
        "home": ("#/", ".network .layer"), "session": (here, ".chart canvas"), "settings": (f"{here}/settings", "#field-learningRate"),
        "parameters": (f"{here}/parameters", ".histogram canvas"), "inside": (f"{here}/inside", ".matrix"), "curves": ("#/curves", ".compare .chart ~ .chart .uplot"),
        "params": ("#/params", ".versions li"), "data": ("#/data", ".augmented canvas"),
        "editor": ("#/editor/zoo%3Alenet", ".editor-area .layer"),
        "editor-difference": ("#/editor/zoo%3Alenet/zoo%3Amlp", ".editor-area .layer.added"),
    }
    for scheme, width, height in (("dark", 1280, 800), ("light", 390, 844), ("dark", 390, 844)):
        view = Page(browser, url, folder, scheme, width, height, pictures)
        for name, (where, needed) in pages.items():
            go(view, where)
            view.wait(f"() => document.querySelector('{needed}')?.checkVisibility()", f"{name} at {width} pixels", 120)
            view.page.wait_for_timeout(900)
            overflow = view.page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
            if overflow > 1:
                complaints.append(f"{name} at {width} pixels is {overflow} pixels too wide")
            check_contrast(view.page, f"{name}, {scheme}")
            view.keep(name)
            if name == "inside":
                keep_layers(view)
        complaints += view.complaints
        view.close()


def outlive(view, given, server, url):
    """The server ends as it should, and the page says so; then another one takes its place."""
    started = []

    def end():
        if stop(server) not in (0, -signal.SIGTERM):
            raise Failure(f"`lasagne serve` ended with status {server.returncode}.")

    def start():
        started.append(started_server(given.lasagne, given.workspace, urlsplit(url).port)[0])

    try:
        check_ended(view, end, start)
    finally:
        for one in started:
            stop(one)


def session_arguments(given):
    if given.train_file:
        return [line for line in pathlib.Path(given.train_file).read_text().splitlines() if line]
    return given.train.split()


def walk(given, url, folder, server):
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
            pictures = pathlib.Path(given.pictures) if given.pictures else None
            view = Page(browser, url, folder, pictures=pictures)
            if view.page.url.endswith("token=") or "token=" in view.page.url:
                raise Failure("The token stayed in the address bar.")
            check_home(view)
            check_session(view)
            here = session_hash(view.page)
            check_exports(view)
            check_scales(view)
            check_bytes(view, here.rsplit("/", 1)[-1])
            for check in (check_settings, check_parameters, check_figures, check_inside, check_branch, check_data, check_curves, check_axes,
                          check_editor_pointer, check_editor_text, check_editor_keyboard, check_editor_difference,
                          check_editor_save):
                check(view)
            check_health(view)
            check_keyboard(view)
            check_addresses(view)
            complaints = []
            look_around(browser, url, folder, complaints, pictures, here)
            go(view, here)
            steer(view, "stop", "stopped")
            view.shoot("session-stopped")
            complaints += view.complaints
            if server:
                outlive(view, given, server, url)
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
        walk(given, url, folder, server)
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
