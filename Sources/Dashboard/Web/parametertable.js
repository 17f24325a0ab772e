// The newest figures of all parameters in one table that can be sorted.

import { element, setText, throttled } from "./dom.js";
import * as format from "./format.js";
import { gradeOf, measures } from "./health.js";
import { findSession, watch } from "./store.js";

const columns = [["norm", "Norm"], ["updateRatio", "Update ÷ weight"], ["gradientNorm", "Gradient"], ["spectralNorm", "Largest σ"],
  ["stableRank", "Stable rank"], ["effectiveRank", "Effective rank"], ["alpha", "α"], ["deadShare", "Dead units"], ["saturation", "In the flat part"]];
const ofLayer = new Set(["deadShare", "saturation"]);

/** Shows the figures of a session's parameters in `target`; `choose(name)` is told which one was asked for. */
export function mountFigures(target, id, layers, choose) {
  let sorting = { by: null, isDown: true };
  const body = element("tbody");
  const rows = layers.flatMap((layer) => layer.parameters.map((parameter) => {
    const cells = columns.map(() => element("td", { class: "number" }));
    const mark = element("span", { class: "swatch h-none" });
    const root = element("tr", { "data-parameter": parameter.name }, element("th", { scope: "row" }, mark,
      element("button", { type: "button", class: "sort", text: parameter.name, "aria-label": `Go to ${parameter.name}`, onclick: () => choose(parameter.name) })),
    element("td", { class: "soft", text: parameter.shape.join(" × ") }), cells);
    return { layer, parameter, cells, mark, root };
  }));
  const valueOf = (row, name) => findSession(id)?.latest[ofLayer.has(name) ? `layers/${row.layer.name}/${name}` : `params/${row.parameter.name}/${name}`];
  const arrange = () => {
    const list = [...rows];
    if (sorting.by) {
      list.sort((a, b) => {
        const [left, right] = [valueOf(a, sorting.by), valueOf(b, sorting.by)];
        if (left === undefined || right === undefined) return Number(left === undefined) - Number(right === undefined);
        return (Number(left) - Number(right)) * (sorting.isDown ? -1 : 1);
      });
    }
    body.replaceChildren(...list.map((row) => row.root));
  };
  const update = () => {
    for (const row of rows) {
      columns.forEach(([name], index) => {
        const value = valueOf(row, name);
        // What is known of a layer stands with the first of its parameters.
        const isRepeated = ofLayer.has(name) && row.parameter !== row.layer.parameters[0];
        setText(row.cells[index], value === undefined || isRepeated ? "" : format.metric(name, value));
      });
      const ratio = valueOf(row, "updateRatio");
      row.mark.className = `swatch h-${gradeOf(measures[0], ratio)?.name ?? "none"}`;
    }
  };
  target.replaceChildren(element("header", { class: "panel-head" }, element("h2", { text: "Figures" }),
    element("p", { class: "facts", text: "the newest of each; spectra are looked at rarely" })),
  element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Figures of the parameters" },
    element("table", { class: "parameter-table" }, element("thead", {}, element("tr", {}, element("th", { scope: "col", text: "Parameter" }), element("th", { scope: "col", text: "Shape" }),
      columns.map(([by, text]) => element("th", { scope: "col", class: "number" }, element("button", { type: "button", class: "sort", text, "aria-label": `Sort by ${text}`, onclick: () => {
        sorting = { by, isDown: sorting.by === by ? !sorting.isDown : true };
        arrange();
      } }))))), body)));
  arrange();
  update();
  const soon = throttled(update, 500);
  const end = watch((message) => { if (message.kind === "reload" || message.session === id) soon(); });
  return { end: () => { end(); soon.cancel(); } };
}
