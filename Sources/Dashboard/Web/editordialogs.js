// Windows of the editor: what to begin with, which layer to add, and under which name to keep it.

import * as api from "./api.js";
import { openDialog } from "./dialog.js";
import { element, emptyState, setText } from "./dom.js";
import { typeOptions } from "./editorsheet.js";

/** Asks what to begin with; `chosen({ model, arguments })` or `chosen(null)` for nothing. */
export async function openBeginning(chosen) {
  const body = element("div", { class: "stack" }, element("p", { class: "empty", text: "Reads the models…" }));
  const opened = openDialog("Begin with", body);
  const take = (what) => {
    opened.close();
    chosen(what);
  };
  try {
    const [models, zoo] = await Promise.all([api.models(), api.zoo()]);
    const entry = (one) => {
      const message = element("p", { class: "refusal", role: "alert" });
      const boxes = one.arguments.map((argument) => {
        const id = `zoo-${one.name}-${argument.name}`;
        const input = element("input", { type: "text", id, placeholder: argument.standard || "none", autocomplete: "off", "aria-describedby": `${id}-help` });
        return { name: argument.name, input, root: element("div", { class: "field" }, element("label", { for: id, text: argument.name }), input, element("p", { class: "help", id: `${id}-help`, text: argument.help })) };
      });
      const begin = async () => {
        const given = Object.fromEntries(boxes.filter(({ input }) => input.value.trim()).map(({ name, input }) => [name, input.value.trim()]));
        try {
          await api.checkNetwork({ model: `zoo:${one.name}`, arguments: given });
          take({ model: `zoo:${one.name}`, arguments: given });
        } catch (error) {
          setText(message, error.message);
        }
      };
      return element("details", { class: "zoo-entry" }, element("summary", {}, element("strong", { text: one.name }), element("span", { class: "soft", text: ` ${one.summary}` })),
        element("form", { class: "stack", onsubmit: (event) => { event.preventDefault(); begin(); } }, element("div", { class: "two" }, boxes.map((box) => box.root)), message,
          element("div", { class: "row-end" }, element("button", { type: "submit", class: "primary", text: `Begin with ${one.name}` }))));
    };
    body.replaceChildren(
      element("button", { type: "button", text: "Nothing but an input", onclick: () => take(null) }),
      element("h3", { text: "A copy of a model" }),
      models.length ? element("div", { class: "row" }, models.map((name) => element("button", { type: "button", class: "chip", text: name, onclick: () => take({ model: name }) })))
        : element("p", { class: "facts", text: "The workspace has no models yet." }),
      element("h3", { text: "A ready network" }), element("div", { class: "zoo-list" }, zoo.map(entry)));
  } catch (error) {
    body.replaceChildren(emptyState("The workspace could not be read", error.message));
  }
}

/** Asks which layer to add after `after`; `chosen(type, isBranch)`. */
export function openAdding(catalogue, after, chosen) {
  const select = element("select", { id: "add-type", size: 12, onchange: () => say(), ondblclick: () => take(false) }, typeOptions(catalogue));
  const help = element("p", { class: "help", role: "status" });
  const filter = element("input", { type: "search", id: "add-filter", autocomplete: "off", placeholder: "conv, pool, dense …", oninput: () => {
    const wanted = filter.value.trim().toLowerCase();
    const found = new Map([...catalogue].filter(([type, one]) => `${type} ${one.group}`.toLowerCase().includes(wanted)));
    select.replaceChildren(...typeOptions(found));
    if (select.options.length) select.selectedIndex = 0;
    say();
  } });
  const say = () => setText(help, catalogue.get(select.value)?.summary ?? "There is no such layer; fewer letters find more.");
  const take = (isBranch) => {
    const known = catalogue.get(select.value);
    if (!known) return;
    opened.close();
    chosen(known, isBranch);
  };
  const branch = element("button", { type: "button", text: "As a branch", onclick: () => take(true) });
  const form = element("form", { class: "stack", onsubmit: (event) => { event.preventDefault(); take(false); } },
    element("div", { class: "field" }, element("label", { for: "add-filter", text: "Find" }), filter),
    element("div", { class: "field" }, element("label", { for: "add-type", text: "Layers" }), select), help,
    element("div", { class: "row-end" }, after ? branch : null, element("button", { type: "submit", class: "primary", text: after ? "Add" : "Add to the network" })));
  const opened = openDialog(after ? `Add a layer after ${after}` : "Add a layer", form);
  select.value = after ? "DenseLayer" : "InputLayer";
  say();
  filter.focus();
  filter.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    select.selectedIndex = Math.max(0, Math.min(select.options.length - 1, select.selectedIndex + step));
    say();
  });
}

/** Asks for a name and keeps the model; `saved(name)` where it was. */
export function openSaving(text, name, saved) {
  const message = element("p", { class: "refusal", role: "alert" });
  const input = element("input", { type: "text", id: "save-name", maxlength: 64, autocomplete: "off", spellcheck: "false", "aria-describedby": "save-help" });
  input.value = name;
  const replace = element("input", { type: "checkbox", id: "save-replace" });
  const offer = element("label", { class: "check", for: "save-replace", hidden: true }, replace, "in its place; the form it has now goes to its history");
  const button = element("button", { type: "submit", class: "primary", text: "Save" });
  const form = element("form", { class: "stack", onsubmit: async (event) => {
    event.preventDefault();
    setText(message, "");
    button.disabled = true;
    const wanted = input.value.trim();
    try {
      await api.addModel({ text, ...(wanted ? { name: wanted } : {}), isNew: !replace.checked });
      opened.close();
      saved(wanted);
    } catch (error) {
      setText(message, error.message);
      if (error.status === 409) offer.hidden = false;
      button.disabled = false;
    }
  } },
  element("div", { class: "field" }, element("label", { for: "save-name", text: "Name of the model" }), input,
    element("p", { class: "help", id: "save-help", text: "Letters, digits, -, _ and . without spaces." })),
  offer, message, element("div", { class: "row-end" }, button));
  const opened = openDialog("Save as a model", form);
  input.select();
}
