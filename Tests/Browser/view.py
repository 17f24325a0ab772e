"""One browser page with everything that went wrong on it, and what every page has to fulfil."""

from playwright.sync_api import TimeoutError as PlaywrightTimeout


class Failure(Exception):
    """What a person would have complained about, as one sentence."""


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
        # The status of an answer that a test provokes, for as long as it does.
        self.expected_status = None
        self.page.goto(url, wait_until="domcontentloaded")

    def _console(self, message):
        # A stream that ends with its server is reported by the browser; only after that is it fine.
        if self.expected_status and f" {self.expected_status} " in message.text:
            return
        if message.type in ("error", "warning") and not self.leaving:
            self.complaints.append(f"console {message.type}: {message.text}")

    def _failed(self, request):
        aborted = "ERR_ABORTED" in (request.failure or "")
        if not self.leaving and not aborted:
            self.complaints.append(f"failed request: {request.url} ({request.failure})")

    def _answered(self, response):
        if response.status >= 400 and response.status != self.expected_status:
            self.complaints.append(f"answer {response.status}: {response.url}")

    def shoot(self, name):
        self.page.screenshot(path=str(self.folder / f"{name}.png"), full_page=True)

    def keep(self, name, part=None):
        """A picture of a page as it is first seen, or of a part of it; where asked for, a small one for the documentation too."""
        # What a page said a moment ago is not part of it.
        self.page.evaluate("() => { document.getElementById('notice').hidden = true; }")
        self.shoot(f"{name}-{self.suffix}")
        if self.pictures:
            path = self.pictures / f"{name}-{self.suffix}.jpg"
            target = self.page.locator(part) if part else self.page
            target.screenshot(path=str(path), type="jpeg", quality=62)

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
