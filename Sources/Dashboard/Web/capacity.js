// How much of the input each layer sees, and whether its filters can make something of it.

import * as api from "./api.js";
import { element, emptyState, setText } from "./dom.js";
import * as format from "./format.js";

const columns = ["Layer", "Kind", "Output", "Sees", "Of the input", "Filter", "Capacity", ""];

const sizes = (list) => (list ? list.map((one) => format.value(one)).join(" × ") : "–");

/** One number where all axes have the same. */
function shares(list) {
  if (!list) return "";
  const texts = list.map((one) => String(Math.round(100 * one)));
  return `${list.every((one) => one === list[0]) ? texts[0] : texts.join(" × ")} %`;
}

const isLow = (layer) => layer.capacity?.some((one) => one < 1 / 6) ?? false;
const isBeyond = (layer) => layer.coverage?.some((one) => one > 1) ?? false;

/** What a layer sees in a few signs, for the network's picture. */
export const seen = (layer) => (layer?.field ? `${layer.field.join("×")}${layer.coverage ? ` · ${shares(layer.coverage)}` : ""}` : "");

/** What is to be thought of a layer, in words. */
export const remark = (layer) => [isLow(layer) ? "low capacity" : null, isBeyond(layer) ? "sees beyond the input" : null].filter(Boolean).join(", ");

/** A square with the part of it that a layer sees. */
function glyph(layer) {
  const inner = element("i", { class: isBeyond(layer) ? "beyond" : "" });
  const [rows, across] = layer.coverage?.length > 1 ? layer.coverage : [1, layer.coverage?.[0] ?? 0];
  inner.style.width = `${Math.max(4, Math.min(100, 100 * across))}%`;
  inner.style.height = `${Math.max(4, Math.min(100, 100 * rows))}%`;
  return element("span", { class: "field-glyph", "aria-hidden": "true" }, layer.coverage ? inner : null);
}

/** Shows the receptive fields of a session's network in `target`. */
export function mountCapacity(target, id) {
  const facts = element("p", { class: "facts" });
  const area = element("div");
  target.replaceChildren(element("header", { class: "panel-head" }, element("h2", { text: "Receptive fields" }), facts), area);
  (async () => {
    try {
      const report = await api.capacity(id);
      if (!report.input) {
        area.replaceChildren(emptyState("No places", "The inputs of this network have no rows and columns, so nothing is seen in part."));
        return;
      }
      setText(facts, `places of the input, ${report.inputSize.map((one) => one ?? "?").join(" × ")}`);
      area.replaceChildren(element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Receptive fields" },
        element("table", { class: "fields" }, element("thead", {}, element("tr", {}, columns.map((text, index) => element("th", { scope: "col", class: index > 1 && index < 7 ? "number" : "", text })))),
          element("tbody", {}, report.layers.map((layer) => element("tr", {},
            element("th", { scope: "row" }, glyph(layer), layer.name),
            element("td", { text: layer.type.replace(/Layer$/, "") }),
            element("td", { class: "number", text: format.shape(layer.outputShape) }),
            element("td", { class: "number", text: sizes(layer.field) }),
            element("td", { class: "number", text: shares(layer.coverage) }),
            element("td", { class: "number", text: layer.filter ? sizes(layer.filter) : "" }),
            element("td", { class: "number", text: shares(layer.capacity) }),
            element("td", { class: "remark", text: remark(layer) })))))),
      element("p", { class: "facts explained", text: "Capacity: the layer's filter, in places of the input, as a share of what it sees; below 17 % it sees more than it can tell apart." }));
    } catch (error) {
      area.replaceChildren(emptyState("Not known", error.message));
    }
  })();
}
