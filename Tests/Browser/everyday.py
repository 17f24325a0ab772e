"""What happens to every page one day: no pointer, a wrong address, a server that goes away."""

from checks import go
from view import check_contrast


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


def check_addresses(view):
    """An address that leads nowhere says so, and where to go on."""
    page = view.page
    for where, said in (("#/nonsense", "There is no such page"), ("#/session/%zz", "There is no such session"), ("#/editor/%E0", "")):
        go(view, where)
        view.wait("(said) => document.querySelector('main').textContent.includes(said)", f"what is said of {where}", argument=said)
    go(view, "#/nonsense")
    page.get_by_role("link", name="To the workspace").click()
    view.wait("() => document.querySelector('.network .layer')", "the workspace")


def check_ended(view, stop, start):
    """A page whose server is gone says that it stands still; where another one has come, that it has a new address."""
    view.leaving = True
    said = "(words) => document.querySelector('#standing').checkVisibility() && document.querySelector('#standing').textContent.includes(words)"
    stop()
    view.wait(said, "the sentence that the server does not answer", 120, "does not answer")
    check_contrast(view.page, "a page without its server")
    view.shoot("ended")
    start()
    view.wait(said, "the sentence that the server has a new address", 120, "started anew")
