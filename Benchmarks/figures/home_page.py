"""When Chromium has drawn the home page: `home_page.py CHROMIUM ADDRESS COUNT`, for `home.py`."""

import json
import sys
import time

from playwright.sync_api import sync_playwright

# Notes the time, from the page's request on, when the list is there, and when it counts all.
WATCH = """
(() => {
  const times = {};
  const look = () => {
    const card = document.querySelectorAll(".card")[49];
    if (times.drawn === undefined && card?.getBoundingClientRect().height > 0) times.drawn = performance.now() / 1000;
    const facts = [...document.querySelectorAll(".facts")].map((one) => one.textContent.replace(/\\D/g, " ").replace(/(\\d) (?=\\d)/g, "$1"));
    if (times.drawn !== undefined && facts.some((text) => text.startsWith("COUNT"))) {
      times.complete = performance.now() / 1000;
      window.homeTimes = times;
      return;
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})();
"""


def main():
    """Opens the page once in a browser of its own."""
    chromium, address, count = sys.argv[1:]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        # The cookie first, so that what is timed is the page alone.
        page.request.get(address)
        page.add_init_script(WATCH.replace("COUNT", count))
        page.goto(address.split("?")[0])
        # The page's policy forbids to evaluate texts, so that nobody can wait for one in it.
        end = time.monotonic() + 120
        while not page.evaluate("() => Boolean(window.homeTimes)"):
            if time.monotonic() > end:
                sys.exit("error: after two minutes the list is not complete: " + page.inner_text("body")[:400])
            page.wait_for_timeout(50)
        print(json.dumps(page.evaluate("() => window.homeTimes")))
        browser.close()


if __name__ == "__main__":
    main()
