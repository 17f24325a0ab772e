"""What the parameters do, as a person looks for it: colours of the network, figures, distributions, any axis."""

from view import Failure, check_contrast, check_labels

MEASURES = ("updateRatio", "gradientFlow", "deadShare", "saturation")
COLOURED = "document.querySelectorAll('.network .layer:is(.h-still, .h-slow, .h-good, .h-fast, .h-wild)').length"


def go(view, where):
    view.page.evaluate("(where) => { location.hash = where; }", where)


def check_health(view):
    """The network is coloured in four ways, each with its ranges, and a layer opens what is known of it."""
    page = view.page
    go(view, "#/")
    view.wait("() => document.querySelectorAll('.network .layer').length > 5", "the network")
    for measure in MEASURES:
        page.select_option("#health-measure", measure)
        view.wait(f"() => {COLOURED} > 1", f"layers coloured by {measure}", 180)
        ranges = page.locator(".health-legend .range").all_text_contents()
        if len(ranges) < 3 or not all(any(sign in text for sign in "<>–") for text in ranges):
            raise Failure(f"The legend of {measure} does not say its ranges: {ranges}.")
    page.select_option("#health-measure", "deadShare")
    check_labels(page)
    check_contrast(page, "the network by its dead units")
    view.shoot("home-dead-units")
    page.select_option("#health-measure", "updateRatio")
    page.locator(".network .layer.learns").first.click()
    view.wait("() => [...document.querySelectorAll('dialog[open] .figure-list dt')].some((one) => one.checkVisibility() && one.textContent === 'stable rank')",
              "the spectral figures of a layer", 180)
    view.wait("() => document.querySelector('dialog[open] .histogram canvas')?.dataset.step", "the histograms of a layer", 180)
    view.wait("() => document.querySelector('dialog[open] .filters img')?.naturalWidth > 0", "the filters of a layer", 60)
    page.get_by_role("button", name="Look at a sample").click()
    view.wait("() => document.querySelector('dialog[open] .activation canvas')", "the activations of a layer", 180)
    check_labels(page)
    check_contrast(page, "a layer")
    view.shoot("layer")
    page.keyboard.press("Escape")
    view.wait("() => !document.querySelector('dialog[open]')", "the end of the layer's window")


def check_figures(view):
    """The table of figures leads to a parameter, and distributions lie over each other at any moment."""
    page = view.page
    view.wait("() => document.querySelectorAll('.parameter-table tbody tr').length > 3", "the table of figures")
    page.get_by_role("button", name="Sort by Norm").click()
    first = page.locator(".parameter-table tbody tr").first.get_attribute("data-parameter")
    page.get_by_role("button", name="Sort by Norm").click()
    if page.locator(".parameter-table tbody tr").first.get_attribute("data-parameter") == first:
        raise Failure("The table of figures is not sorted the other way round.")
    page.locator(".parameter").first.scroll_into_view_if_needed()
    view.wait("() => document.querySelector('.small-charts [data-kind=stableRank] canvas')", "the curve of a spectral figure", 400)
    view.wait("() => Number(document.querySelector('.overlay canvas').dataset.lines) === 2", "two distributions over each other", 60)
    page.locator(".overlay summary", has_text="Tensors").click()
    page.locator(".overlay details[open] input").nth(2).check()
    view.wait("() => Number(document.querySelector('.overlay canvas').dataset.lines) === 3", "a third distribution")
    page.keyboard.press("Escape")
    # The second histogram has come already; the picture takes it in some seconds later.
    view.wait("() => Number(document.querySelector('.overlay canvas').dataset.moments) > 1", "the second histogram of each line", 120)
    late = page.locator(".overlay .legend strong").first.text_content()
    page.locator("#overlay-moment").fill("0")
    view.wait("(late) => document.querySelector('.overlay .legend strong').textContent !== late", "an earlier moment", 60, late)
    view.shoot("parameters-overlay")


def check_axes(view):
    """A metric is the axis of another; a run gets a name, goes into the trash and comes back."""
    page = view.page
    page.select_option("#curves-over", label="rate/samples")
    view.wait("() => document.querySelector('.compare .uplot')", "loss over another metric")
    page.wait_for_timeout(800)
    view.shoot("curves-across")
    page.locator("#curves-smoothing").fill("0.8")
    page.wait_for_timeout(400)
    view.shoot("curves-across-smooth")
    page.locator("#curves-smoothing").fill("0")
    page.select_option("#curves-over", "step")
    page.get_by_role("button", name="Edit a-branch").click()
    page.fill("#run-name", "another name")
    check_labels(page)
    page.get_by_role("button", name="Keep").click()
    named = "() => [...document.querySelectorAll('.runs tbody th')].some((one) => one.textContent.startsWith('another name'))"
    view.wait(named, "the new name of a run")
    page.get_by_role("button", name="Edit another name").click()
    page.get_by_role("button", name="Remove").click()
    view.wait(f"() => !({named})()", "a run less")
    page.get_by_role("button", name="Undo the last").click()
    view.wait(named, "the run that came back")
    page.get_by_role("button", name="Undo the last").click()
    page.wait_for_timeout(300)
    view.shoot("curves-undone")


# Least and most of the numbers, whether they are parts of one, and what the axis must reach.
SCALES = (
    (0, 0, True, (0, 1)), (0, 0, False, (0, 1)), (1, 1, True, (0, 1)), (0.25, 0.25, True, (0, 0.5)),
    (None, None, True, (None, None)),
)


def check_scales(view):
    """A flat curve of parts has an axis of parts: never up to 10,000 %, nor below nothing."""
    for low, high, is_part, expected in SCALES:
        found = view.page.evaluate(
            """async ([low, high, isPart]) => (await import('/web/charting.js')).linear(isPart).range(null, low, high)""", [low, high, is_part])
        if tuple(found) != expected:
            raise Failure(f"The axis of numbers from {low} to {high} reaches from {found[0]} to {found[1]}, not {expected}.")
