// What is known of one layer: a window opened from the network's picture.

import * as api from "./api.js";
import { openDialog } from "./dialog.js";
import { element, setText } from "./dom.js";
import * as format from "./format.js";
import { freezeSwitch } from "./freezing.js";
import { HistogramPlot } from "./histograms.js";
import { findSession, watch } from "./store.js";

const measures = { norm: "norm", gradientNorm: "gradient norm", updateRatio: "update ÷ weight" };

function readings(id, parameter) {
  const values = Object.entries(measures).map(([name, text]) => {
    const shown = element("dd", { text: "–" });
    return { key: `params/${parameter}/${name}`, shown, parts: [element("dt", { text }), shown] };
  });
  return {
    root: element("dl", { class: "pairs" }, values.flatMap((one) => one.parts)),
    update: () => {
      const latest = findSession(id)?.latest ?? {};
      for (const { key, shown } of values) setText(shown, format.value(latest[key]));
    },
  };
}

/** Opens a window about a layer of a session. */
export function openLayer(id, layer) {
  const trainable = layer.parameters.filter((one) => one.isTrainable).map((one) => one.name);
  const plots = [];
  const shown = layer.parameters.map((parameter) => {
    const figures = readings(id, parameter.name);
    const plot = new HistogramPlot(parameter.name, { height: 130 });
    plots.push(plot);
    return { figures, root: element("section", { class: "layer-parameter" },
      element("h3", { text: `${parameter.name}` }, element("span", { class: "soft", text: ` ${parameter.shape.join(" × ")}` })),
      figures.root, plot.root) };
  });
  const freezing = trainable.length ? freezeSwitch(id, layer.name, trainable) : null;
  const content = element("div", { class: "stack" },
    element("p", { class: "facts", text: `${layer.type.replace(/Layer$/, "")}${layer.detail ? ` · ${layer.detail}` : ""} · output ${format.shape(layer.outputShape)}` }),
    freezing ? element("div", { class: "row" }, freezing.button, freezing.status) : null,
    shown.map((one) => one.root),
    layer.parameters.length ? element("a", { href: `#/session/${id}/parameters`, text: "All parameters over time" })
      : element("p", { class: "facts", text: "This layer has no parameters." }));
  const update = () => { for (const one of shown) one.figures.update(); };
  const end = watch((message) => { if (message.session === id) update(); });
  const close = () => opened.close();
  const opened = openDialog(layer.name, content, { closed: () => {
    end();
    window.removeEventListener("hashchange", close);
    for (const plot of plots) plot.remove();
  } });
  window.addEventListener("hashchange", close);
  update();
  for (const [index, parameter] of layer.parameters.entries()) {
    api.histograms(id, parameter.name).then((list) => plots[index].show(list), (error) => plots[index].fail(error.message));
  }
  if (freezing) api.settings(id).then(({ frozen }) => freezing.show(frozen), (error) => setText(freezing.status, error.message));
}
