"""What the network sees: confusion, one sample, the map of all, what excites each channel, receptive fields."""

from checks import go, session_hash, text_digest
from view import Failure, check_contrast, check_labels


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
    page.locator(".matrix thead button").nth(2).click()
    view.wait("() => document.querySelector('[aria-label=Samples] h2')?.textContent.startsWith('All given')", "all samples that are given a class")
    page.check("#over-input")
    view.wait("() => document.querySelectorAll('.spread i').length > 24", "the spread of a layer's numbers")
    check_map(view)
    check_strongest(view)
    page.locator("[aria-label='Receptive fields'].panel").scroll_into_view_if_needed()
    view.wait("() => document.querySelectorAll('.fields tbody tr').length > 4", "the table of receptive fields")
    # A convolution of 5 sees 5 of 28 rows, and after a pool of 2 another one sees 6 + 4 · 2.
    rows = page.eval_on_selector_all(".fields tbody tr", "rows => rows.map(row => row.children[3].textContent)")
    if rows[1:4] != ["5 × 5", "6 × 6", "14 × 14"]:
        raise Failure(f"The receptive fields are {rows}.")
    check_labels(page)
    check_contrast(page, "what the layers see")
    view.keep("fields", "[aria-label='Receptive fields'].panel")


def keep_layers(view):
    """Pictures of what the layers see."""
    page = view.page
    for name, title, needed in (
            ("map", "Map of the samples", ".scatter[data-points]"),
            ("strongest", "What excites each channel most", ".unit .framed canvas"),
            ("fields", "Receptive fields", ".fields tbody tr")):
        panel = f"[aria-label='{title}'].panel"
        page.locator(panel).scroll_into_view_if_needed()
        view.wait("(needed) => document.querySelector(needed)", f"the panel '{title}'", 300, needed)
        page.wait_for_timeout(500)
        check_contrast(page, title)
        view.keep(name, panel)


def check_map(view):
    """The samples as a map: hovering shows one, pressing opens it, another layout is another picture."""
    page = view.page
    page.locator("[aria-label='Map of the samples'].panel").scroll_into_view_if_needed()
    view.wait("() => Number(document.querySelector('.scatter')?.dataset.points ?? 0) > 100", "the map of the samples", 180)
    page.wait_for_timeout(300)
    before = text_digest(page, ".scatter")
    page.locator(".scatter").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    view.wait("() => document.querySelector('.scatter-card canvas')?.checkVisibility()", "the sample under the pointer")
    if text_digest(page, ".scatter") == before:
        raise Failure("The chosen sample is not marked on the map.")
    view.keep("map", "[aria-label='Map of the samples'].panel")
    page.locator(".scatter").focus()
    page.keyboard.press("ArrowRight")
    view.wait("() => document.querySelector('.scatter-card')?.checkVisibility()", "the next sample")
    name = page.locator(".scatter-card strong").inner_text()
    page.keyboard.press("Enter")
    view.wait("(name) => document.querySelector(\"[aria-label='One sample'] h2\")?.textContent === name", "the sample that was opened", 60, name)
    page.locator(".scatter-legend button").first.click()
    page.select_option("#projection-samples", "200")
    page.select_option("#projection-method", "tsne")
    view.wait("() => document.querySelector('.scatter').dataset.method === 'tsne'", "the map of neighbours", 300)
    page.wait_for_timeout(300)
    if text_digest(page, ".scatter") == before:
        raise Failure("Another layout gives the same picture.")
    view.keep("neighbours", "[aria-label='Map of the samples'].panel")


def check_strongest(view):
    """What excites each channel most, with the part that it saw framed."""
    page = view.page
    page.locator("[aria-label='What excites each channel most'].panel").scroll_into_view_if_needed()
    view.wait("() => document.querySelectorAll('.unit .framed canvas').length > 50", "the strongest samples of the channels", 300)
    view.wait("() => document.querySelectorAll('.unit .framed i').length > 50", "the frames round what was seen")
    page.wait_for_timeout(300)
    view.keep("strongest", "[aria-label='What excites each channel most'].panel")
    layer = page.eval_on_selector(".units", "units => units.dataset.layer")
    page.select_option("#strongest-layer", index=1)
    view.wait("(layer) => document.querySelector('.units').dataset.layer !== layer || !document.querySelector('.units').ariaBusy", "the channels of another layer", 300, layer)
