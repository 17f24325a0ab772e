// The table of layers with the live readings of their weights.

import * as api from "./api.js";
import { element, setText, throttled } from "./dom.js";
import * as format from "./format.js";
import { gradeOf, measures } from "./health.js";
import { findSession, watch } from "./store.js";

const columns = ["Layer", "Kind", "Output", "Parameters", "Update", "Gradient", "Dead", "Flat"];

/** The newest reading of a layer, of its `W` first. */
function reading(latest, layer, name) {
  for (const parameter of [...layer.parameters].sort((a, b) => Number(b.name.endsWith(".W")) - Number(a.name.endsWith(".W")))) {
    const found = latest[`params/${parameter.name}/${name}`];
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Shows a session's layers in `target`; returns how to end that. */
export function mountLayers(target, id) {
  const facts = element("p", { class: "facts" });
  const body = element("tbody");
  const table = element("table", { class: "tight" },
    element("thead", {}, element("tr", {}, columns.map((text, index) =>
      element("th", { scope: "col", class: index > 1 ? "number" : "", text })))), body);
  target.replaceChildren(element("header", { class: "panel-head" }, element("h2", { text: "Layers" }), facts),
    element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Layers" }, table));
  let rows = [];

  const update = () => {
    const latest = findSession(id)?.latest ?? {};
    for (const { layer, ratio, gradient, dead, flat, mark } of rows) {
      const now = reading(latest, layer, "updateRatio");
      const found = gradeOf(measures[0], now);
      mark.className = `swatch h-${found?.name ?? "none"}`;
      mark.title = found?.text ?? "no reading";
      setText(ratio, now === undefined ? "" : format.scientific(now));
      const norm = reading(latest, layer, "gradientNorm");
      setText(gradient, norm === undefined ? "" : format.value(norm));
      for (const [cell, name] of [[dead, "deadShare"], [flat, "saturation"]]) {
        const part = latest[`layers/${layer.name}/${name}`];
        setText(cell, part === undefined ? "" : format.percent(part));
      }
    }
  };
  const soon = throttled(update, 400);

  (async () => {
    try {
      const summary = await api.network(id);
      rows = summary.layers.map((layer) => {
        const count = layer.parameters.reduce((sum, one) => sum + one.shape.reduce((a, b) => a * b, 1), 0);
        const ratio = element("td", { class: "number" });
        const gradient = element("td", { class: "number" });
        const dead = element("td", { class: "number" });
        const flat = element("td", { class: "number" });
        const mark = element("span", { class: "swatch h-none" });
        const kind = layer.type.replace(/Layer$/, "");
        const row = element("tr", {},
          element("th", { scope: "row" }, count ? mark : element("span", { class: "swatch h-empty" }), layer.name),
          element("td", {}, kind, element("span", { class: "soft", text: layer.detail ? ` ${layer.detail}` : "" })),
          element("td", { class: "number", text: format.shape(layer.outputShape) }),
          element("td", { class: "number", text: count ? format.whole(count) : "" }), ratio, gradient, dead, flat);
        return { layer, row, ratio, gradient, dead, flat, mark };
      });
      body.replaceChildren(...rows.map((one) => one.row));
      setText(facts, `${summary.name} · ${format.counted(summary.layers.length, "layer")}`);
      update();
    } catch (error) {
      body.replaceChildren(element("tr", {}, element("td", { colspan: columns.length, class: "empty", text: error.message })));
    }
  })();
  const end = watch((message) => {
    if (message.kind === "reload" || message.session === id) soon();
  });
  return () => {
    end();
    soon.cancel();
  };
}
