// The table of runs beside their curves: chosen, coloured, pinned, noted, with best and last values.

import { color, palette } from "./charting.js";
import { openDialog } from "./dialog.js";
import { element, emptyState, setText } from "./dom.js";
import * as format from "./format.js";
import { stateBadge } from "./sessions.js";
import { isOver } from "./store.js";

const heads = [["", ""], ["Run", "name"], ["State", "state"], ["Epoch", "epoch"], ["Last", "last"], ["Least", "least"], ["Most", "most"], ["Model", "model"], ["Notes", ""], ["", ""]];
const numbers = new Set(["epoch", "last", "least", "most"]);

/** The figures of a run in a chart: exact, since buckets keep their extremes. */
function figures(chart, id) {
  const series = chart?.whole.find((one) => one.session === id);
  if (!series) return {};
  const finite = (values) => values.filter((value) => value !== null && value !== undefined);
  return { last: series.buckets.at(-1)?.last, least: finite(series.buckets.map((one) => one.minimum)).reduce((a, b) => Math.min(a, b), Infinity),
    most: finite(series.buckets.map((one) => one.maximum)).reduce((a, b) => Math.max(a, b), -Infinity) };
}

function editor(record, notes, options) {
  const { id } = record.request;
  const name = element("input", { type: "text", id: "run-name", required: true, maxlength: 200, autocomplete: "off" });
  name.value = record.request.name;
  const note = element("textarea", { id: "run-note", rows: 3, maxlength: 4000 });
  note.value = notes.note ?? "";
  const tags = element("input", { type: "text", id: "run-tags", placeholder: "words, apart by commas" });
  tags.value = (notes.tags ?? []).join(", ");
  let chosen = palette[(notes.color ?? 0) - 1] ?? null;
  const message = element("p", { class: "refusal", role: "alert" });
  const swatches = element("div", { class: "swatches", role: "group", "aria-label": "Colour" }, palette.map((one, index) => {
    const button = element("button", { type: "button", "aria-label": `Colour ${index + 1}`, "aria-pressed": String(one === chosen), onclick: () => {
      chosen = chosen === one ? null : one;
      for (const other of swatches.children) other.setAttribute("aria-pressed", String(other === button && chosen !== null));
    } });
    button.style.background = color(one);
    return button;
  }));
  const pinned = element("input", { type: "checkbox", id: "run-pinned" });
  pinned.checked = Boolean(notes.isPinned);
  const archived = element("input", { type: "checkbox", id: "run-archived" });
  archived.checked = Boolean(notes.isArchived);
  const remove = element("button", { type: "button", class: "danger", text: "Remove", disabled: !isOver(record.state),
    title: isOver(record.state) ? "Into the trash, from where Undo brings it back" : "Stop it first", onclick: async () => {
      try {
        await options.remove(id);
        opened.close();
      } catch (error) {
        setText(message, error.message);
      }
    } });
  const opened = openDialog(record.request.name, element("form", { class: "stack", onsubmit: async (event) => {
    event.preventDefault();
    try {
      if (name.value !== record.request.name) await options.rename(id, name.value);
      await options.note(id, { note: note.value, color: palette.indexOf(chosen) + 1, isPinned: pinned.checked, isArchived: archived.checked,
        tags: tags.value.split(",").map((one) => one.trim()).filter(Boolean) });
      opened.close();
    } catch (error) {
      setText(message, error.message);
    }
  } },
  element("div", { class: "field" }, element("label", { for: "run-name", text: "Name" }), name),
  element("div", { class: "field" }, element("label", { for: "run-note", text: "Note" }), note),
  element("div", { class: "field" }, element("label", { for: "run-tags", text: "Tags" }), tags),
  element("div", { class: "field" }, element("span", { text: "Colour", class: "field-title" }), swatches),
  element("label", { class: "check", for: "run-pinned" }, pinned, " Pinned: first in the list, drawn bold"),
  element("label", { class: "check", for: "run-archived" }, archived, " Archived: only a query for archived:true shows it"),
  message, element("div", { class: "row-end" }, remove, element("button", { type: "submit", class: "primary", text: "Keep" }))));
}

/** Shows runs in `target`; `options` say how they are chosen, coloured and noted. */
export function mountRuns(target, options) {
  const facts = element("p", { class: "facts", role: "status" });
  const body = element("tbody");
  const nothing = element("div");
  let sorting = { by: null, isDown: true };
  let records = [];
  let picked = null;
  const head = element("tr", {}, heads.map(([text, by]) => element("th", { scope: "col", class: numbers.has(by) ? "number" : "" },
    by ? element("button", { type: "button", class: "sort", text, "aria-label": `Sort by ${text}`, onclick: () => {
      sorting = { by, isDown: sorting.by === by ? !sorting.isDown : true };
      draw();
    } }) : element("span", { class: text ? "" : "hidden", text: text || "Choice" }))));
  const table = element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Runs" },
    element("table", { class: "runs" }, element("thead", {}, head), body));
  target.replaceChildren(element("header", { class: "panel-head" }, element("h2", { text: "Runs" }), facts,
    element("button", { type: "button", class: "small", text: "Undo", "aria-label": "Undo the last name, note or removal", onclick: options.undo })), table, nothing);

  const valueOf = (record, by) => ({ name: record.request.name, state: record.state, epoch: record.epoch, model: record.request.model,
    ...figures(options.chart(), record.request.id) })[by];
  const row = (record) => {
    const { id, name, model } = record.request;
    const notes = options.notes(id);
    const own = figures(options.chart(), id);
    const kind = options.chart()?.kind;
    const box = element("input", { type: "checkbox", "aria-label": `Show ${name}`, onchange: () => options.choose(id, box.checked) });
    box.checked = options.isShown(record);
    const swatch = element("span", { class: "swatch" });
    swatch.style.background = box.checked ? color(options.colorOf(id)) : "transparent";
    const badge = stateBadge();
    badge.update(record.state);
    return element("tr", { class: id === picked ? "picked" : "", "data-run": id },
      element("td", {}, element("label", { class: "check" }, box, swatch)),
      element("th", { scope: "row" }, element("a", { href: `#/session/${id}`, text: name }), notes.isPinned ? element("span", { class: "tag", text: "pinned" }) : null,
        (notes.tags ?? []).map((text) => element("span", { class: "tag", text }))),
      element("td", {}, badge.root),
      element("td", { class: "number", text: `${Number(record.epoch.toFixed(1))} / ${format.whole(record.epochs)}` }),
      ["last", "least", "most"].map((one) => element("td", { class: "number", text: own[one] === undefined ? "–" : format.metric(kind, own[one]) })),
      element("td", { text: model }),
      element("td", { class: "note", text: notes.note ?? "" }),
      element("td", {}, element("button", { type: "button", class: "small", text: "Edit", "aria-label": `Edit ${name}`, onclick: () => editor(record, notes, options) })));
  };
  const draw = () => {
    const pinned = (record) => Number(Boolean(options.notes(record.request.id).isPinned));
    const sorted = [...records].sort((a, b) => {
      if (!sorting.by) return pinned(b) - pinned(a);
      const [left, right] = [valueOf(a, sorting.by), valueOf(b, sorting.by)];
      if (left === undefined || right === undefined) return Number(left === undefined) - Number(right === undefined);
      return (left < right ? -1 : left > right ? 1 : 0) * (sorting.isDown ? -1 : 1);
    });
    const focus = document.activeElement?.closest?.("tr")?.dataset.run;
    const label = document.activeElement?.getAttribute?.("aria-label");
    body.replaceChildren(...sorted.slice(0, 300).map(row));
    // What had the focus is drawn anew; it keeps it.
    if (focus && label) [...body.querySelectorAll("[aria-label]")].find((one) => one.getAttribute("aria-label") === label)?.focus();
    const shown = records.filter(options.isShown).length;
    setText(facts, records.length ? `${shown} of ${records.length} in the charts${records.length > 300 ? ", the first 300 listed" : ""}` : "");
    table.hidden = !records.length;
    nothing.replaceChildren(...(records.length ? [] : [emptyState("No session fits", "Take a word out of the query.")]));
  };
  return {
    show: (found) => { records = found; draw(); },
    refresh: draw,
    pick: (id) => {
      picked = id;
      draw();
      body.querySelector(`[data-run="${CSS.escape(id)}"]`)?.scrollIntoView({ block: "nearest" });
    },
  };
}
