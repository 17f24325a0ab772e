// One box to go anywhere and to do anything, by keyboard.

import * as api from "./api.js";
import { allowedActions, perform } from "./controls.js";
import { openDialog } from "./dialog.js";
import { element, emptyState } from "./dom.js";
import { openNewSession } from "./newsession.js";
import { allSessions, findSession } from "./store.js";

const parts = [["", "Overview"], ["parameters", "Parameters"], ["inside", "What it sees"], ["settings", "Settings"]];

/** All that can be gone to and done now. */
function entries(others, tell) {
  const go = (hash) => () => { location.hash = hash; };
  const [, view, id] = location.hash.split("/");
  const here = view === "session" ? findSession(id) : null;
  const found = [];
  if (here) {
    for (const action of allowedActions(here.state)) {
      found.push({ text: `${action.label.replace("…", "")} ${here.request.name}`, kind: "do",
        run: () => perform(id, action.name, () => {}).catch((error) => tell(error.message)) });
    }
    for (const [name, title] of parts) found.push({ text: `${here.request.name}: ${title}`, kind: "part", run: go(`#/session/${id}${name && `/${name}`}`) });
  }
  found.push({ text: "New session", kind: "do", run: () => openNewSession() });
  for (const [name, title] of [["", "Workspace"], ["curves", "Curves"], ["params", "Params"], ["data", "Data"], ["editor", "Network editor"]]) found.push({ text: title, kind: "page", run: go(`#/${name}`) });
  for (const record of allSessions()) found.push({ text: record.request.name, kind: `session, ${record.state}`, run: go(`#/session/${record.request.id}`) });
  return [...found, ...others.map((one) => ({ ...one, run: go(one.hash) }))];
}

/** How well a text fits what was typed: its letters in order, the closer together the better; −1 for not at all. */
function fit(text, typed) {
  const at = text.toLowerCase().indexOf(typed);
  if (at >= 0) return at === 0 ? 3 : 2;
  let place = -1;
  for (const letter of typed) {
    place = text.toLowerCase().indexOf(letter, place + 1);
    if (place < 0) return -1;
  }
  return 1;
}

function open(tell) {
  let others = [];
  let shown = [];
  let at = 0;
  const input = element("input", { type: "text", id: "palette-input", role: "combobox", "aria-expanded": "true", "aria-controls": "palette-list",
    "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false", placeholder: "A session, a page, or what to do" });
  const list = element("ul", { id: "palette-list", role: "listbox", "aria-label": "Found" });
  const choose = (entry) => {
    opened.close();
    entry.run();
  };
  const draw = () => {
    const typed = input.value.trim().toLowerCase();
    shown = entries(others, tell).map((entry) => [typed ? fit(entry.text, typed) : 1, entry]).filter(([score]) => score >= 0)
      .sort((a, b) => b[0] - a[0]).slice(0, 12).map(([, entry]) => entry);
    at = Math.max(0, Math.min(at, shown.length - 1));
    list.replaceChildren(...shown.map((entry, index) => element("li", { role: "option", id: `palette-${index}`, "aria-selected": String(index === at), onclick: () => choose(entry) },
      element("span", { text: entry.text }), element("span", { class: "soft", text: entry.kind }))));
    if (!shown.length) list.replaceChildren(element("li", { role: "option", "aria-selected": "false" }, emptyState("Nothing of this name", "Fewer letters find more.")));
    input.setAttribute("aria-activedescendant", shown.length ? `palette-${at}` : "");
  };
  input.addEventListener("input", () => { at = 0; draw(); });
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      at = (at + step + shown.length) % Math.max(1, shown.length);
      draw();
    } else if (event.key === "Enter" && shown[at]) {
      event.preventDefault();
      choose(shown[at]);
    }
  });
  const opened = openDialog("Find", element("div", { class: "palette" }, element("label", { class: "hidden", for: "palette-input", text: "Find" }), input, list));
  input.focus();
  draw();
  Promise.all([api.data(), api.params(), api.models()]).then(([data, params, models]) => {
    others = [...data.map((one) => ({ text: one.name, kind: "data", hash: `#/data/${encodeURIComponent(one.name)}` })),
      ...models.map((model) => ({ text: `Edit ${model}`, kind: "network", hash: `#/editor/${encodeURIComponent(model)}` })),
      ...[...new Set(params.map((one) => one.model))].map((model) => ({ text: `${model} params`, kind: "params", hash: `#/params/${encodeURIComponent(model)}` }))];
    draw();
  }, (error) => tell(error.message));
}

/** Lets `button`, Ctrl K and / open the box. */
export function mountPalette(button, tell) {
  button.addEventListener("click", () => open(tell));
  document.addEventListener("keydown", (event) => {
    const isTyping = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    const isAsked = (event.key === "k" && (event.ctrlKey || event.metaKey)) || (event.key === "/" && !isTyping);
    if (!isAsked || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    open(tell);
  });
}
