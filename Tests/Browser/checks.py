"""What a person would do and look for on each page."""

import hashlib
import pathlib

from view import Failure, check_contrast, check_labels


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
    page.select_option("select[aria-label='What stands on each layer']", "fields")
    view.wait("() => [...document.querySelectorAll('.network .reading')].some((one) => one.textContent.includes('14×14'))", "the receptive fields on the network")
    view.shoot("home-fields")
    page.select_option("select[aria-label='What stands on each layer']", "health")
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
    check_small_network(view)
    steer(view, "pause", "paused")
    view.shoot("session-paused")
    steer(view, "resume", "running")
    grown = page.evaluate(POINTS)
    view.wait(f"(points) => ({POINTS})() > points", "points after the pause", 60, grown)


def check_small_network(view):
    """The session's own network: a line a layer, coloured, each a way to what is known of the layer."""
    page = view.page
    view.wait("() => document.querySelectorAll('.session .network .layer').length > 5", "the session's network")
    view.wait("() => document.querySelector('.session .network .layer.learns:not(.h-none)[data-health]')", "a layer's colour", 120)
    page.locator(".session .network .layer.learns").first.focus()
    page.keyboard.press("Enter")
    view.wait("() => document.querySelector('dialog[open] [role=switch]')", "the window of a layer of the session")
    page.keyboard.press("Escape")
    view.wait("() => !document.querySelector('dialog[open]')", "the end of that window")


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
    page.fill("#field-learningRate", "0.03" if page.input_value("#field-learningRate") == "0.02" else "0.02")
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
    # What is not on the screen is not drawn anew.
    view.wait("() => document.querySelector('.parameter')", "the parameters")
    page.locator(".parameter").first.scroll_into_view_if_needed()
    view.wait(f"() => document.querySelector(\"{shown}\")", "the first histogram", 400)
    view.wait("() => document.querySelector('.small-charts canvas')", "the curves of a parameter")
    check_labels(page)
    check_contrast(page, "the parameters")
    step = page.evaluate(f"() => Number(document.querySelector(\"{shown}\").dataset.step)")
    before = text_digest(page, ".parameter canvas")
    view.keep("parameters")
    page.locator(".parameter").first.scroll_into_view_if_needed()
    view.wait(f"(step) => Number(document.querySelector(\"{shown}\").dataset.step) > step", "a newer histogram", 400, step)
    page.wait_for_timeout(300)
    if text_digest(page, ".parameter canvas") == before:
        raise Failure("The histograms' picture did not change although their step did.")
    page.select_option("#histogram-form", "heat")
    page.wait_for_timeout(300)
    view.shoot("parameters-heat")


def check_branch(view):
    """A branch is started from the page and leaves two versions of weights that can be compared."""
    page = view.page
    here = session_hash(page)
    page.locator("button[data-action=branch]").click()
    page.fill("#branch-name", "a-branch")
    check_labels(page)
    page.get_by_role("button", name="Start the branch").click()
    view.wait("(here) => !location.hash.startsWith(here)", "the page of the branch", 120, here)
    view.wait("() => document.querySelector('.session-head h1')?.textContent === 'a-branch'", "the branch's name")
    # It may wait for the other's cores; some steps make its weights differ.
    branch = session_hash(page)
    go(view, here)
    view.wait("() => document.querySelector('.session-head h1')?.textContent === 'fashion'", "the page of the session that was branched")
    steer(view, "pause", "paused")
    go(view, branch)
    view.wait(f"() => ({POINTS})() > 2", "the branch's first points", 120)
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
    steer(view, "resume", "running")


def check_data(view):
    """Samples, classes, figures and augmentation of the data."""
    page = view.page
    go(view, "#/data")
    view.wait("() => document.querySelectorAll('.sample-grid canvas').length > 20", "the grid of samples")
    view.wait("() => document.querySelectorAll('.balance li').length > 9", "the balance of the classes", 120)
    view.wait("() => document.querySelectorAll('.augmented canvas').length > 20", "the augmented samples", 120)
    view.wait("() => document.querySelectorAll('.means .mean canvas').length > 10", "the mean images", 180)
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
    page.get_by_role("button", name="Edit ").first.click()
    page.fill("#run-tags", "kept")
    page.get_by_role("button", name="Keep").click()
    view.wait("() => document.querySelector('.runs .tag')?.textContent === 'kept'", "the tag of a run")
    with page.expect_download() as download:
        page.locator(".compare .menu summary").first.click()
        page.get_by_role("button", name="CSV table").first.click()
    if "minimum" not in pathlib.Path(download.value.path()).read_text().splitlines()[0]:
        raise Failure("The CSV table has no column of minima.")
