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
    parser.add_argument("--pictures", default="", help="a folder for small pictures of each page")
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

    def __init__(self, browser, url, folder, scheme="light", width=1280, height=800, pictures=None):
        self.folder = folder
        self.pictures = pictures
        self.suffix = f"{scheme}-{width}"
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

    def keep(self, name):
        """A picture of a page as it is first seen; where asked for, a small one for the documentation too."""
        self.shoot(f"{name}-{self.suffix}")
        if self.pictures:
            path = self.pictures / f"{name}-{self.suffix}.jpg"
            self.page.screenshot(path=str(path), type="jpeg", quality=62)

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
        """() => [...document.querySelectorAll('button, a, input, select, textarea, summary, img, canvas, [role=progressbar], meter')]
          .filter((one) => one.checkVisibility() && !one.closest('.uplot') && !(one.textContent.trim() || one.getAttribute('aria-label')
            || one.hasAttribute('alt') || one.hasAttribute('aria-labelledby') || one.labels?.length
            || (one.tagName === 'CANVAS' && one.closest('[aria-label]'))))
          .map((one) => one.outerHTML.slice(0, 120))""")
    if nameless:
        raise Failure(f"These controls have no name: {nameless}")


def check_contrast(page, where):
    """Every text stands out from what is behind it: 4.5 to 1, large ones 3 to 1 (WCAG AA)."""
    faint = page.evaluate(CONTRAST)
    if faint:
        raise Failure(f"On {where} these texts are too faint: {faint[:6]}")


CONTRAST = """() => {
  const probe = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const parsed = new Map();
  const read = (text) => {
    if (!parsed.has(text)) {
      probe.clearRect(0, 0, 1, 1);
      probe.fillStyle = text;
      probe.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = probe.getImageData(0, 0, 1, 1).data;
      parsed.set(text, [r, g, b, a / 255]);
    }
    return parsed.get(text);
  };
  const light = ([r, g, b]) => {
    const part = (value) => (value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const behind = (element) => {
    const layers = [];
    for (let one = element; one; one = one.parentElement) {
      const color = read(getComputedStyle(one).backgroundColor);
      layers.push(color);
      if (color[3] === 1) break;
    }
    return layers.reduceRight((under, over) => over.slice(0, 3).map((value, index) => value * over[3] + under[index] * (1 - over[3])), [255, 255, 255]);
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !element.checkVisibility() || element.closest('svg, .hidden, .skip, :disabled, option, noscript')) continue;
    const style = getComputedStyle(element);
    const size = parseFloat(style.fontSize);
    const needed = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    const [a, b] = [light(read(style.color)), light(behind(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < needed - 0.02) found.push(`${walker.currentNode.textContent.trim().slice(0, 30)} (${ratio.toFixed(2)}, ${element.className || element.tagName})`);
  }
  return [...new Set(found)];
}"""


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
    check_contrast(page, "the home page")
    check_weight(view)
    view.keep("home")
    page.locator(".network .layer.learns").first.focus()
    page.keyboard.press("Enter")
    view.wait("() => document.querySelector('dialog[open] [role=switch]')", "the window of a layer")
    check_labels(page)
    page.keyboard.press("Escape")


def check_weight(view):
    """What a page fetches at first, scripts and all, is at most 250 kB."""
    size = view.page.evaluate(
        """() => performance.getEntriesByType('resource').filter((one) => /[.](js|css|svg)$/.test(one.name))
          .reduce((sum, one) => sum + one.encodedBodySize, 0)""")
    if size > 250_000:
        raise Failure(f"The page fetches {size:,} bytes of scripts and styles; 250,000 are enough.")


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
    check_contrast(page, "the session's page")
    view.keep("session")
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


def text_digest(page, selector):
    """A digest of the first canvas that a selector names."""
    content = page.evaluate("(selector) => document.querySelector(selector).toDataURL()", selector)
    return hashlib.sha256(content.encode()).hexdigest()


def session_hash(page):
    return page.evaluate("() => location.hash.split('/').slice(0, 3).join('/')")


def go(view, where):
    view.page.evaluate("(where) => { location.hash = where; }", where)


def check_settings(view):
    """A field is set and says the step; a wrong one is refused beside the field; a layer is frozen."""
    page = view.page
    here = session_hash(page)
    go(view, f"{here}/settings")
    view.wait("() => document.querySelector('#field-learningRate')?.value && document.querySelector('.freezing button')", "the form of settings")
    check_labels(page)
    check_contrast(page, "the settings")
    page.fill("#field-learningRate", "0.02")
    page.select_option("#field-schedule", "warmUp")
    view.wait("() => document.querySelector('.settings .uplot')", "the drawing of the schedule")
    page.wait_for_timeout(800)
    view.keep("settings")
    page.fill("#field-update", "sorcery")
    page.get_by_role("button", name="Set in this session").click()
    view.wait("() => /Took effect at step/.test(document.querySelector('[data-field=learningRate] .field-status').textContent)", "the acknowledgement of a change")
    view.wait("() => document.querySelector('[data-field=update] .field-status.refusal')?.textContent.includes('sorcery')", "the refusal of a rule that is none")
    page.get_by_role("button", name="Discard").click()
    switch = page.get_by_role("switch").first
    switch.click()
    view.wait("() => document.querySelector('.freezing button[aria-checked=false]')", "a frozen layer", 60)
    switch.click()
    view.wait("() => !document.querySelector('.freezing button[aria-checked=false]')", "a layer that learns again", 60)
    page.locator("button[data-action=snapshot]").click()
    view.wait("() => /Took effect/.test(document.querySelector('.asked').textContent)", "the acknowledgement of a snapshot")
    go(view, here)
    view.wait("() => Number(document.querySelector('.chart[data-kind=loss]')?.dataset.marks ?? 0) > 0", "the marks of what was done on the curves", 60)


def check_parameters(view):
    """Histograms over time are drawn, and drawn anew after the next epoch."""
    page = view.page
    go(view, f"{session_hash(page)}/parameters")
    shown = ".parameter canvas[data-step]:not([data-step=''])"
    view.wait(f"() => document.querySelector(\"{shown}\")", "the first histogram", 180)
    view.wait("() => document.querySelector('.small-charts canvas')", "the curves of a parameter")
    check_labels(page)
    check_contrast(page, "the parameters")
    step = page.evaluate(f"() => Number(document.querySelector(\"{shown}\").dataset.step)")
    before = text_digest(page, ".parameter canvas")
    view.keep("parameters")
    view.wait(f"(step) => Number(document.querySelector(\"{shown}\").dataset.step) > step", "a newer histogram", 180, step)
    page.wait_for_timeout(300)
    if text_digest(page, ".parameter canvas") == before:
        raise Failure("The histograms' picture did not change although their step did.")
    page.select_option("#histogram-form", "heat")
    page.wait_for_timeout(300)
    view.shoot("parameters-heat")


def check_inside(view):
    """The confusion matrix has samples behind its cells, and a sample its activations."""
    page = view.page
    go(view, f"{session_hash(page)}/inside")
    view.wait("() => document.querySelectorAll('.matrix button:not(:disabled)').length > 9", "the confusion matrix", 180)
    view.wait("() => document.querySelectorAll('.activations canvas').length > 2", "the activations of a sample", 120)
    check_labels(page)
    check_contrast(page, "what the network sees")
    page.locator(".matrix .wrong:not(:disabled)").first.click()
    view.wait("() => document.querySelector('[aria-label=Samples] h2')?.textContent.includes('given')", "the samples behind a cell")
    view.keep("inside")


def check_branch(view):
    """A branch is started from the page and leaves two versions of weights that can be compared."""
    page = view.page
    here = session_hash(page)
    page.locator("button[data-action=branch]").click()
    page.fill("#branch-name", "a branch")
    check_labels(page)
    page.get_by_role("button", name="Start the branch").click()
    view.wait("(here) => !location.hash.startsWith(here)", "the page of the branch", 120, here)
    view.wait("() => document.querySelector('.session-head h1')?.textContent === 'a branch'", "the branch's name")
    steer(view, "stop", "stopped")
    go(view, "#/params")
    view.wait("() => document.querySelectorAll('.versions li').length > 1", "two versions of weights")
    for box in page.locator(".versions input[type=checkbox]").all()[:2]:
        box.check()
    view.wait("() => document.querySelectorAll('.difference tbody tr').length > 3", "the difference of two versions")
    check_labels(page)
    check_contrast(page, "the params")
    view.keep("params")
    page.get_by_role("button", name="Details").first.click()
    view.wait("() => document.querySelector('dialog[open] textarea')", "the details of a version")
    page.fill("#version-notes", "the first one")
    page.get_by_role("button", name="Keep").click()
    view.wait("() => document.querySelector('.versions')?.textContent.includes('the first one')", "the note of a version")
    go(view, here)


def check_data(view):
    """Samples, classes, figures and augmentation of the data."""
    page = view.page
    go(view, "#/data")
    view.wait("() => document.querySelectorAll('.sample-grid canvas').length > 20", "the grid of samples")
    view.wait("() => document.querySelectorAll('.balance li').length > 9", "the balance of the classes", 120)
    view.wait("() => document.querySelectorAll('.augmented canvas').length > 20", "the augmented samples", 120)
    check_labels(page)
    check_contrast(page, "the data")
    view.keep("data")
    page.locator(".balance button").nth(3).click()
    view.wait("() => new Set([...document.querySelectorAll('.sample-grid span')].map((one) => one.textContent)).size === 1", "the samples of one class")


def check_curves(view):
    """Several runs in one chart, chosen by a query, with notes that stay."""
    page = view.page
    go(view, "#/curves")
    view.wait("() => document.querySelectorAll('.compare .uplot').length > 1", "the curves of several runs")
    view.wait("() => document.querySelectorAll('.runs tbody tr').length > 1", "the table of runs")
    check_labels(page)
    check_contrast(page, "the curves")
    view.keep("curves")
    page.fill("#query", "name:branch")
    page.fill("#query", "branch state:stopped")
    view.wait("() => document.querySelectorAll('.runs tbody tr').length === 1", "the query")
    page.fill("#query", "")
    page.get_by_role("button", name="Note").first.click()
    page.fill("#run-tags", "kept")
    page.get_by_role("button", name="Keep").click()
    view.wait("() => document.querySelector('.runs .tag')?.textContent === 'kept'", "the tag of a run")
    with page.expect_download() as download:
        page.locator(".compare .menu summary").first.click()
        page.get_by_role("button", name="CSV table").first.click()
    if "minimum" not in pathlib.Path(download.value.path()).read_text().splitlines()[0]:
        raise Failure("The CSV table has no column of minima.")


def check_keyboard(view):
    """The box that finds everything, by keyboard alone."""
    page = view.page
    page.keyboard.press("Control+k")
    view.wait("() => document.activeElement?.id === 'palette-input'", "the box to find things")
    page.keyboard.type("data")
    page.keyboard.press("Enter")
    view.wait("() => location.hash.startsWith('#/data')", "the page that was asked for")
    page.keyboard.press("/")
    view.wait("() => document.querySelector('dialog[open]')", "the box again")
    page.keyboard.press("Escape")
    view.wait("() => !document.querySelector('dialog[open]')", "the end of the box")


def look_around(browser, url, folder, complaints, pictures, here):
    """Every page in the dark and on narrow screens."""
    pages = {
        "home": ("#/", ".network .layer"), "session": (here, ".chart canvas"), "settings": (f"{here}/settings", "#field-learningRate"),
        "parameters": (f"{here}/parameters", ".histogram canvas"), "inside": (f"{here}/inside", ".matrix"), "curves": ("#/curves", ".compare .uplot"),
        "params": ("#/params", ".versions li"), "data": ("#/data", ".augmented canvas"),
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
            pictures = pathlib.Path(given.pictures) if given.pictures else None
            view = Page(browser, url, folder, pictures=pictures)
            if view.page.url.endswith("token=") or "token=" in view.page.url:
                raise Failure("The token stayed in the address bar.")
            check_home(view)
            check_session(view)
            here = session_hash(view.page)
            for check in (check_settings, check_parameters, check_inside, check_branch, check_data, check_curves, check_keyboard):
                check(view)
            complaints = []
            look_around(browser, url, folder, complaints, pictures, here)
            go(view, here)
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
