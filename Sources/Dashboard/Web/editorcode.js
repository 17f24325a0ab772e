// The model file, which can be written in, the Swift code, and what differs: beside the drawing.

import { element, emptyState, setText } from "./dom.js";
import * as format from "./format.js";

const names = { file: "Model file", swift: "Swift", difference: "Difference" };

/** The text of a part goes to the clipboard; where that is not allowed it is selected. */
async function copy(text, target, tell) {
  try {
    await navigator.clipboard.writeText(text);
    tell("Copied.");
  } catch {
    target.focus();
    if (target.select) target.select();
    else getSelection().selectAllChildren(target);
    tell("The text is selected; copy it by Ctrl C.");
  }
}

const kinds = { added: "+", removed: "−", changed: "~" };

function differenceRow(kind, name, type, lines, choose) {
  return element("li", { class: `difference-row ${kind}` },
    element("span", { class: "difference-mark", "aria-label": kind, text: kinds[kind] }),
    element("div", {},
      element("div", {}, kind === "removed" ? element("strong", { text: name }) : element("button", { type: "button", class: "plain-link", text: name, onclick: () => choose(name) }),
        element("span", { class: "soft", text: ` ${type}` })),
      lines.map((line) => element("div", { class: "difference-line" }, line))));
}

const fieldText = (field) => [element("span", { class: "soft", text: `${field.field} ` }), element("code", { text: field.from || "none" }), " → ", element("code", { text: field.to || "none" })];

/** What differs, as a list. */
export function differenceList(difference, choose) {
  if (!difference) return emptyState("Nothing to compare with", "Choose a network above to compare this one with; it has to be whole for that.");
  const { added, removed, changed, fields } = difference;
  const rows = [
    ...removed.map((one) => differenceRow("removed", one.layer, `${one.type.replace(/Layer$/, "")} ${one.detail}`, [], choose)),
    ...added.map((one) => differenceRow("added", one.layer, `${one.type.replace(/Layer$/, "")} ${one.detail}`, [], choose)),
    ...changed.map((one) => differenceRow("changed", one.layer, one.formerName ? `was ${one.formerName}` : "", one.fields.map(fieldText), choose)),
    ...fields.map((one) => element("li", { class: "difference-row changed" }, element("span", { class: "difference-mark", "aria-label": "changed", text: "~" }), element("div", {}, fieldText(one)))),
  ];
  const [from, to] = [difference.parametersFrom, difference.parametersTo];
  return element("div", { class: "stack" },
    element("p", { class: "facts", text: `${difference.from} → ${difference.to}: ${removed.length} removed, ${added.length} added, ${changed.length} changed · ${format.whole(from)} → ${format.whole(to)} parameters` }),
    rows.length ? element("ul", { class: "difference-list" }, rows) : emptyState("The two are the same", "Layer by layer, with all their settings."));
}

/** The three parts as tabs in `target`; `written(text)` hears what is typed into the file. */
export class CodePanel {
  constructor(target, { written, choose, tell }) {
    this.choose = choose;
    this.shown = "file";
    this.isTyping = false;
    this.file = element("textarea", { class: "code", id: "model-file", spellcheck: "false", autocomplete: "off", wrap: "off", "aria-label": "Model file",
      oninput: () => { this.isTyping = true; written(this.file.value); }, onblur: () => { this.isTyping = false; this.take(); } });
    this.swift = element("pre", { class: "code", tabindex: 0, "aria-label": "Swift code" });
    this.difference = element("div", { class: "difference-part" });
    this.parts = { file: this.file, swift: this.swift, difference: this.difference };
    this.tabs = Object.keys(names).map((name) => element("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": `part-${name}`, text: names[name],
      onclick: () => this.open(name), onkeydown: (event) => this.key(event, name) }));
    const copyButton = element("button", { type: "button", class: "small", text: "Copy", onclick: () => copy(this.shown === "file" ? this.file.value : this.parts[this.shown].textContent, this.parts[this.shown], tell) });
    target.replaceChildren(element("div", { class: "code-head" }, element("div", { class: "tabs", role: "tablist", "aria-label": "Written as" }, this.tabs), copyButton),
      ...Object.entries(this.parts).map(([name, part]) => element("div", { role: "tabpanel", id: `part-${name}`, "aria-labelledby": `tab-${name}` }, part)));
    this.open("file");
  }

  key(event, name) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = Object.keys(names);
    const next = all[(all.indexOf(name) + step + all.length) % all.length];
    this.open(next);
    document.getElementById(`tab-${next}`).focus();
  }

  open(name) {
    this.shown = name;
    for (const tab of this.tabs) {
      const isShown = tab.id === `tab-${name}`;
      tab.setAttribute("aria-selected", String(isShown));
      tab.tabIndex = isShown ? 0 : -1;
      document.getElementById(`part-${tab.id.slice(4)}`)?.toggleAttribute("hidden", !isShown);
    }
    for (const [key, part] of Object.entries(this.parts)) part.parentElement?.toggleAttribute("hidden", key !== name);
  }

  /** Shows what the server made of the network; what somebody types in is left alone. */
  show(check) {
    this.check = check;
    if (!this.isTyping) this.take();
    setText(this.swift, check.swiftCode ?? (check.problems.length ? "// There is no Swift code of a network in which something is wrong." : "// This network has a layer that cannot be written in Swift."));
    this.difference.replaceChildren(differenceList(check.difference, this.choose));
  }

  take() {
    const text = this.check?.modelFile;
    if (typeof text === "string" && this.file.value !== text) this.file.value = text;
  }
}
