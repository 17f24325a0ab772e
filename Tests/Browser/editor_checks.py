"""What a person does in the network editor: by pointer, by keyboard, as text."""

from checks import steer
from view import Failure, check_contrast, check_labels


def facts(page):
    return page.inner_text("#network-facts")


def wait_shape(view, name, shape):
    view.wait(
        "([name, shape]) => document.querySelector(`.editor-area .layer[data-layer=\"${name}\"] .shape`)?.textContent === shape",
        f"the shape {shape} of {name}", argument=[name, shape])


def add(view, letters, branch=False):
    """Adds a layer after the chosen one by what its type begins with."""
    page = view.page
    page.click("#add-layer")
    view.wait("() => document.activeElement?.id === 'add-filter'", "the window of layers")
    page.keyboard.type(letters)
    page.get_by_role("button", name="As a branch" if branch else "Add", exact=True).click()
    view.wait("() => !document.querySelector('dialog[open]')", "the end of the window of layers")


def open_empty(view):
    page = view.page
    page.evaluate("() => { sessionStorage.clear(); location.hash = '#/editor'; }")
    view.wait("() => document.querySelectorAll('.editor-area .layer').length > 0", "the editor")
    page.get_by_role("button", name="Open…").click()
    page.get_by_role("button", name="Nothing but an input").click()
    wait_shape(view, "input", "1 × 28 × 28")


def check_editor_pointer(view):
    """A small network by clicks: shapes and mistakes as they are made, undone, connected by a drawn line."""
    page = view.page
    open_empty(view)
    check_labels(page)
    add(view, "conv2d")
    wait_shape(view, "conv1", "32 × 26 × 26")
    page.fill("#setting-filterSize", "5")
    wait_shape(view, "conv1", "32 × 24 × 24")
    page.fill("#setting-filterSize", "50")
    view.wait("() => document.querySelector('.problems button')?.textContent.startsWith('conv1 (Conv2DLayer) ')", "the mistake's sentence")
    view.wait("() => document.querySelector('.layer.wrong[data-layer=conv1]')", "the mark of the layer at fault")
    if not page.inner_text(".sheet-problem").startswith("conv1"):
        raise Failure("The sheet does not say what is wrong with its layer.")
    if page.get_by_role("button", name="Save…").is_enabled():
        raise Failure("A network with a mistake can be saved.")
    check_contrast(page, "the editor with a mistake")
    page.fill("#setting-filterSize", "5")
    view.wait("() => !document.querySelector('.problems') && !document.querySelector('.layer.wrong')", "the end of the mistake")
    add(view, "maxpool2d")
    wait_shape(view, "pool1", "32 × 12 × 12")
    add(view, "conv2d")
    add(view, "dense")
    page.fill("#setting-numUnits", "10")
    page.select_option("#setting-nonlinearity", "softmax")
    wait_shape(view, "dense1", "10")
    # A branch from the pooling, and a line drawn from it to a layer that joins.
    page.click(".editor-area .layer[data-layer=pool1]")
    add(view, "conv2d", branch=True)
    page.fill("#setting-numFilters", "8")
    wait_shape(view, "conv3", "8 × 10 × 10")
    page.click(".editor-area .layer[data-layer=conv2]")
    add(view, "concat")
    wait_shape(view, "concat1", "32 × 10 × 10")
    draw_line(view, "conv3", "concat1")
    wait_shape(view, "concat1", "40 × 10 × 10")
    check_contrast(page, "the editor")
    page.click("#undo-change")
    wait_shape(view, "concat1", "32 × 10 × 10")
    page.click("#redo-change")
    wait_shape(view, "concat1", "40 × 10 × 10")
    if " to train" not in facts(page):
        raise Failure(f"The editor does not say what memory training takes: {facts(page)}")
    page.click("#tab-swift")
    view.wait("() => document.querySelector('pre.code').textContent.includes('ConcatLayer().reading(\"conv2\", \"conv3\")')", "the Swift code")
    page.click("#tab-file")


def draw_line(view, source, target):
    """Draws a line from the dot below one layer to the middle of another."""
    page = view.page
    page.locator(f".editor-area .layer[data-layer={target}]").scroll_into_view_if_needed()
    start = page.locator(f".editor-area .layer[data-layer={source}] .port-reach").bounding_box()
    end = page.locator(f".editor-area .layer[data-layer={target}] .box").bounding_box()
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(end["x"] + end["width"] / 3, end["y"] + end["height"] / 2, steps=8)
    view.wait(f"() => document.querySelector('.layer.target')?.dataset.layer === '{target}'", "the mark of the layer under the line")
    page.mouse.up()


def check_editor_text(view):
    """What is written into the model file is drawn, and its mistakes are told."""
    page = view.page
    text = page.input_value("#model-file")
    if "- {name: concat1, type: ConcatLayer, incomings: [conv2, conv3]}" not in text:
        raise Failure(f"The model file is not that of the drawing: {text}")
    page.fill("#model-file", text.replace("numFilters: 8", "numFilters: 24"))
    wait_shape(view, "concat1", "56 × 10 × 10")
    page.fill("#model-file", text.replace("ConcatLayer", "ConcatLayr"))
    view.wait("() => document.querySelector('.problems')?.textContent.includes(\"did you mean 'ConcatLayer'?\")", "the mistake in the text")
    page.fill("#model-file", text)
    view.wait("() => !document.querySelector('.problems li')", "the end of the mistake in the text")


def focus_layer(view, name):
    """Gives a layer the focus, as soon as the picture that is being drawn has it."""
    view.wait(
        "(name) => { const layer = document.querySelector(`.editor-area .layer[data-layer=${name}]`); layer?.focus(); return layer && document.activeElement === layer; }",
        f"the layer {name} with the focus", argument=name)


def check_editor_keyboard(view):
    """A network by keyboard alone: added, set, moved, removed, undone."""
    page = view.page
    open_empty(view)
    focus_layer(view, "input")
    page.keyboard.press("Enter")
    view.wait("() => document.activeElement?.id === 'layer-name'", "the sheet of a layer by keyboard")
    focus_layer(view, "input")
    for letters, name in (("dense", "dense1"), ("dropout", "dropout1"), ("dense", "dense2")):
        page.keyboard.press("a")
        view.wait("() => document.activeElement?.id === 'add-filter'", "the window of layers by keyboard")
        page.keyboard.type(letters)
        page.keyboard.press("Enter")
        view.wait(f"() => document.querySelector('.editor-area .layer.chosen')?.dataset.layer === '{name}'", f"the layer {name}")
        focus_layer(view, name)
    page.keyboard.press("Alt+ArrowUp")
    order = "() => [...document.querySelectorAll('.editor-area .layer')].map((one) => one.dataset.layer).join()"
    view.wait(f"() => ({order})() === 'input,dense1,dense2,dropout1'", "the layer's new place")
    view.wait("() => document.activeElement?.dataset?.layer === 'dense2'", "the focus on the layer that was moved")
    page.keyboard.press("Delete")
    view.wait(f"() => ({order})() === 'input,dense1,dropout1'", "the end of the layer")
    page.keyboard.press("Control+z")
    view.wait(f"() => ({order})() === 'input,dense1,dense2,dropout1'", "the layer again")
    # What a layer reads, chosen in its sheet.
    focus_layer(view, "dropout1")
    page.keyboard.press("Enter")
    page.select_option("#reads-0", "dense1")
    view.wait("() => document.querySelector('#model-file').value.includes('type: DropoutLayer, incoming: dense1')", "the connection chosen in the sheet")


def check_editor_difference(view):
    """Two ready networks in one picture, with a list of what differs."""
    page = view.page
    go_to = "() => { location.hash = '#/editor/zoo%3Alenet/zoo%3Amlp'; }"
    page.evaluate(go_to)
    view.wait("() => document.querySelectorAll('.difference-row.added').length > 2 && document.querySelectorAll('.difference-row.removed').length > 0", "the list of what differs")
    view.wait("() => document.querySelector('.network .layer.added') && document.querySelector('.network .layer.removed')", "the colours of what differs")
    check_contrast(page, "the difference of two networks")
    view.keep("editor-difference")


def check_editor_save(view):
    """A copy of a ready network is changed, saved under a name, and a session begins with it."""
    page = view.page
    page.evaluate("() => { location.hash = '#/editor/zoo%3Alenet'; }")
    view.wait("() => document.querySelector('#network-name')?.value === 'lenet'", "the ready network")
    view.wait("() => document.querySelectorAll('.editor-area .layer').length > 7", "the ready network's picture")
    page.click(".editor-area .layer[data-layer=conv1]")
    view.wait("() => document.querySelector('.chosen[data-layer=conv1]')", "the chosen layer")
    check_labels(page)
    check_contrast(page, "the editor of a ready network")
    view.page.wait_for_timeout(500)
    view.keep("editor")
    page.fill("#setting-numFilters", "12")
    wait_shape(view, "conv1", "12 × 24 × 24")
    page.get_by_role("button", name="Start a session…").click()
    page.fill("#save-name", "edited")
    page.get_by_role("button", name="Save", exact=True).click()
    view.wait("() => document.querySelector('#new-model')?.value === 'edited'", "the new session with the model chosen")
    page.fill("#new-name", "edited-run")
    page.fill("#new-epochs", "100000")
    page.get_by_role("button", name="Start", exact=True).click()
    view.wait("() => location.hash.startsWith('#/session/')", "the session of the edited network")
    steer(view, "stop", "stopped")
    # The same name again is refused in a sentence, and offered in its place.
    page.evaluate("() => { location.hash = '#/editor/edited'; }")
    view.wait("() => document.querySelector('#model-file')?.value.includes('numFilters: 12')", "the model that was saved")
    page.get_by_role("button", name="Save…").click()
    page.fill("#save-name", "edited")
    view.expected_status = 409
    page.get_by_role("button", name="Save", exact=True).click()
    view.wait("() => document.querySelector('dialog .refusal')?.textContent.startsWith(\"There is a model 'edited' already\")", "the sentence about the name")
    view.expected_status = None
    page.keyboard.press("Escape")
