"""Opens reports from files, with the network cut off, and looks into them as a person would.

Fails on any console message, any request that is not the file itself, a figure that differs from
what `lasagne show --json` says, a curve that does not answer, and a name that does anything.
"""

import argparse
import json
import pathlib
import struct
import subprocess
import sys
import tempfile

from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import sync_playwright

HOSTILE = "</script><img src=x onerror=\"window.broken=1\"><!--"
MODEL = """lasagne: 1
name: tiny
layers:
  - {name: in, type: InputLayer, shape: [null, 1, 8, 8]}
  - {name: conv, type: Conv2DLayer, numFilters: 6, filterSize: 3, nonlinearity: rectify}
  - {name: hidden, type: DenseLayer, numUnits: 16}
  - {name: out, type: DenseLayer, numUnits: 3, nonlinearity: softmax}
output: out
"""


class Failure(Exception):
    """What a person would have complained about, as one sentence."""


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lasagne", required=True, help="the command line program")
    parser.add_argument("--chromium", default="", help="the browser; found on the path by default")
    parser.add_argument("--screenshots", required=True, help="the folder for screenshots")
    parser.add_argument("--workspace", default="", help="a workspace with a session to report too")
    return parser.parse_args()


def run(*words, folder=None):
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failure(f"{' '.join(words)[:200]} ended with {done.returncode}: {done.stderr}")
    return done.stdout


def npy(path, kind, shape, content):
    """Writes a NumPy file, format 1.0."""
    size = "".join(f"{length}, " for length in shape)
    head = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': ({size}), }}".encode()
    head += b" " * (-(len(head) + 11) % 64) + b"\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head + content)


def trained(lasagne, folder):
    """A workspace with a session whose every name is hostile."""
    labels = [index % 3 for index in range(300)]
    pixels = bytearray()
    for index, label in enumerate(labels):
        for pixel in range(64):
            noise = (index * 7 + pixel * 13) % 60
            pixels.append(190 + noise if pixel % 8 in (2 * label, 2 * label + 1) else noise)
    npy(folder / "x.npy", "|u1", (300, 8, 8), bytes(pixels))
    npy(folder / "y.npy", "<i8", (300,), struct.pack("<300q", *labels))
    (folder / "tiny.yaml").write_text(MODEL)
    workspace = str(folder / "workspace")
    run(lasagne, "data", "add", "bars", "x.npy", "y.npy", "--workspace", workspace, folder=folder)
    run(lasagne, "train", "tiny.yaml", "bars", "--name", HOSTILE, "--save", "tiny", "--epochs", "40",
        "--batch-size", "20", "--workspace", workspace, folder=folder)
    return workspace


class Look:
    """One opened report with everything that went wrong on it."""

    def __init__(self, browser, file, scheme="light", width=1280, height=900):
        self.complaints = []
        self.context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, offline=True)
        self.page = self.context.new_page()
        self.page.on("console", lambda message: self.complaints.append(f"console: {message.text}"))
        self.page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))
        self.page.on("dialog", lambda dialog: self.complaints.append("a dialog opened"))
        self.page.on("request", self._asked)
        self.page.goto(file.as_uri())
        self.page.wait_for_function("document.documentElement.dataset.ready === 'yes'")

    def _asked(self, request):
        if not request.url.startswith(("file://", "data:")):
            self.complaints.append(f"asked for {request.url}")

    def close(self):
        broken = self.page.evaluate("window.broken")
        if broken is not None:
            self.complaints.append("a name was run as a script")
        self.context.close()
        if self.complaints:
            raise Failure("The report: " + "; ".join(self.complaints))


def expect(condition, sentence):
    if not condition:
        raise Failure(sentence)


def compare(page, lasagne, workspace, session):
    """The figures of the page are those of `lasagne show --json`."""
    lines = [json.loads(line) for line in
             run(lasagne, "show", session, "--json", "--workspace", workspace).splitlines()]
    latest = lines[0]["latest"]
    rows = page.eval_on_selector_all(
        "#metrics tr[data-metric]",
        "rows => rows.map(row => [row.dataset.metric, row.children[1].dataset.newest,"
        " row.children[2].dataset.least, row.children[3].dataset.greatest])")
    shown = {row[0]: row[1:] for row in rows}
    expect(set(shown) == set(latest), f"The metrics are {sorted(shown)}, not {sorted(latest)}.")
    for key, value in latest.items():
        expect(float(shown[key][0]) == float(value), f"{key} is {shown[key][0]}, not {value}.")
    for series in lines[1:]:
        low = min(one["minimum"] for one in series["buckets"] if one.get("minimum") is not None)
        high = max(one["maximum"] for one in series["buckets"] if one.get("maximum") is not None)
        expect(float(shown[series["key"]][1]) == low, f"The least {series['key']} is not {low}.")
        expect(float(shown[series["key"]][2]) == high, f"The greatest {series['key']} is not {high}.")


def compare_sight(page, lasagne, workspace, session):
    """The confusion matrix and the receptive fields are those of the commands."""
    found = json.loads(run(lasagne, "look", "confusion", session, "--json", "--workspace", workspace))
    rows = page.eval_on_selector_all(
        ".confusion tbody tr", "rows => rows.map(row => [...row.querySelectorAll('td')].map(one => Number(one.textContent.replaceAll(',', ''))))")
    expect(rows == found["matrix"], f"The confusion matrix is {rows}, not {found['matrix']}.")
    if found["worst"]:
        expect(page.locator(".worst img").first.evaluate("image => image.naturalWidth") > 0,
               "The worst errors are no pictures.")
    expect(page.locator(".map circle").count() >= min(found["count"], 400), "The map has too few samples.")
    seen = page.eval_on_selector_all(".layers tbody tr", "rows => rows.map(row => row.children[5].textContent)")
    model = json.loads(run(lasagne, "show", session, "--json", "--workspace", workspace).splitlines()[0])["request"]["model"]
    report = json.loads(run(lasagne, "summary", model, "--capacity", "--json", "--workspace", workspace))
    fields = ["×".join(map(str, layer["field"])) for layer in report["layers"]]
    expect(seen == fields, f"The receptive fields are {seen}, not {fields}.")


def handle(page):
    """Hover, logarithm, smoothing, zoom, axis and keys all change the picture."""
    canvas = page.locator(".chart canvas").first
    canvas.scroll_into_view_if_needed()

    def picture():
        return page.evaluate("document.querySelector('.chart canvas').toDataURL()")

    def changes(action, what):
        before = picture()
        action()
        try:
            page.wait_for_function(
                "before => document.querySelector('.chart canvas').toDataURL() !== before",
                arg=before, timeout=60_000)
        except PlaywrightTimeout:
            raise Failure(f"{what} changed nothing.") from None

    box = canvas.bounding_box()
    middle = box["y"] + box["height"] / 2

    def drag():
        page.mouse.move(box["x"] + box["width"] * 0.4, middle)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.7, middle, steps=4)
        page.mouse.up()

    changes(lambda: page.mouse.move(box["x"] + box["width"] / 2, middle), "Hovering")
    expect("step" in page.locator(".chart output").first.inner_text(), "Hovering names no step.")
    changes(lambda: page.locator(".chart .log").first.click(), "The logarithmic axis")
    changes(lambda: page.locator("#smoothing").fill("0.9"), "Smoothing")
    changes(drag, "Dragging")
    expect(page.locator(".chart .all").first.is_visible(), "There is no way back from a zoom.")
    changes(lambda: page.locator(".chart .all").first.click(), "Showing all")
    changes(lambda: page.locator("#over").select_option("time"), "The axis of time")
    changes(lambda: page.locator("#over").select_option("epoch"), "The axis of epochs")
    canvas.focus()
    changes(lambda: page.keyboard.press("+"), "The key +")
    changes(lambda: page.keyboard.press("0"), "The key 0")
    changes(lambda: page.locator(".chart .legend button").first.click(), "Hiding a curve")


def check(browser, lasagne, workspace, session, file, screenshots, name):
    run(lasagne, "report", session, "-o", str(file), "--workspace", workspace)
    size = file.stat().st_size
    expect(size <= 1_000_000, f"The report has {size} bytes, more than a million.")
    look = Look(browser, file)
    compare(look.page, lasagne, workspace, session)
    expect(look.page.locator(".network .layer").count() > 2, "The network is not drawn.")
    expect(look.page.locator(".filters img").first.evaluate("image => image.naturalWidth") > 0,
           "The filters are no picture.")
    compare_sight(look.page, lasagne, workspace, session)
    look.page.screenshot(path=str(screenshots / f"{name}-light.png"), full_page=True)
    handle(look.page)
    look.close()
    for scheme, width in (("dark", 1280), ("light", 390), ("dark", 390)):
        look = Look(browser, file, scheme, width)
        wide = look.page.evaluate("document.documentElement.scrollWidth")
        expect(wide <= width, f"At {width} pixels the report is {wide} wide.")
        look.page.screenshot(path=str(screenshots / f"{name}-{scheme}-{width}.png"), full_page=True)
        look.close()


def main():
    given = arguments()
    screenshots = pathlib.Path(given.screenshots)
    screenshots.mkdir(parents=True, exist_ok=True)
    lasagne = str(pathlib.Path(given.lasagne).resolve())
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        folder = pathlib.Path(temporary)
        browser = playwright.chromium.launch(
            executable_path=given.chromium or None, args=["--no-sandbox"])
        try:
            workspace = trained(lasagne, folder)
            check(browser, lasagne, workspace, HOSTILE, folder / "hostile.html", screenshots,
                  "report-hostile")
            if given.workspace:
                sessions = [json.loads(line) for line in run(
                    lasagne, "sessions", "--json", "--workspace", given.workspace).splitlines()]
                # Some of those that the pages' test leaves behind never began.
                longest = max(sessions, key=lambda record: record["step"])
                check(browser, lasagne, given.workspace, longest["request"]["id"],
                      folder / "report.html", screenshots, "report")
        finally:
            browser.close()
    print("The reports open from files, offline, with the same figures.")


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        print(f"report test: {failure}", file=sys.stderr)
        sys.exit(1)
