// Windows in front of the page. Escape and the button close them, and the focus goes back where it was.

import { element } from "./dom.js";

let count = 0;

/** Opens a window with a title; `content` are elements. Returns `close()`; `closed` is called at its end. */
export function openDialog(title, content, { closed = () => {}, wide = false } = {}) {
  const before = document.activeElement;
  const label = `dialog-${count += 1}`;
  const dialog = element("dialog", { class: wide ? "wide" : "", "aria-labelledby": label },
    element("header", { class: "panel-head" }, element("h2", { id: label, text: title }),
      element("button", { type: "button", class: "small close", text: "Close", onclick: () => dialog.close() })),
    content);
  dialog.addEventListener("close", () => {
    dialog.remove();
    closed();
    before?.focus?.();
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  document.body.append(dialog);
  dialog.showModal();
  return { close: () => dialog.close(), dialog };
}
