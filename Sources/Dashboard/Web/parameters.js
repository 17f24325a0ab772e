// What the parameters of a session do over time: distributions, norms, updates, filters.

import * as api from "./api.js";
import { Chart } from "./charts.js";
import { element, emptyState, throttled } from "./dom.js";
import * as format from "./format.js";
import { filterStrip } from "./filterstrip.js";
import { HistogramPlot } from "./histograms.js";
import { mountMarks } from "./marks.js";
import { titleOf } from "./metrics.js";
import { mountOverlay } from "./overlay.js";
import { mountFigures } from "./parametertable.js";
import { allSessions, watch } from "./store.js";

const order = ["norm", "updateRatio", "gradientNorm", "stableRank", "effectiveRank", "alpha", "spectralNorm", "deadShare", "saturation"];
const places = (measure) => (order.indexOf(measure) + 1) || order.length + 1;

/** What is measured of a parameter or of its layer, as keys: `params/conv1.W/norm`, `layers/conv1/deadShare`. */
function keysOf(parameter, layer, series) {
  return series.filter((key) => key.startsWith(`params/${parameter}/`) || key.startsWith(`layers/${layer}/`))
    .sort((a, b) => places(a.split("/").pop()) - places(b.split("/").pop()) || a.localeCompare(b));
}

/** One parameter: it is read when it comes into sight. */
function card(id, parameter, layer, known, options) {
  const histogram = new HistogramPlot(parameter.name, { height: 200, form: options.form() });
  const charts = element("div", { class: "small-charts" });
  const strip = known.images.includes(parameter.name) ? filterStrip(id, parameter.name) : null;
  const root = element("section", { class: "panel parameter", "aria-label": parameter.name, "data-parameter": parameter.name },
    element("header", { class: "panel-head" }, element("h2", { text: parameter.name }),
      element("p", { class: "facts", text: `${parameter.shape.join(" × ")} · ${format.whole(parameter.shape.reduce((a, b) => a * b, 1))} numbers${parameter.isTrainable ? "" : " · not trained"}` })),
    element("div", { class: "parameter-body" },
      element("div", { class: strip ? "" : "wide" }, element("h3", { text: "Distribution" }), histogram.root),
      strip ? element("div", {}, element("h3", { text: "Filters" }), strip.root) : null, charts));
  let made = null;
  let isSeen = false;
  const load = async () => {
    if (!isSeen) return;
    try {
      histogram.show(await api.histograms(id, parameter.name));
    } catch (error) {
      histogram.fail(error.message);
    }
    strip?.load().catch((error) => options.tell(error.message));
    if (!made) {
      made = keysOf(parameter.name, layer.name, known.series).map((key) => {
        const kind = key.split("/").pop();
        const mine = { session: id, key, label: "this session", color: "--line-1" };
        const others = options.others().map((other) => ({ session: other.id, key, label: other.name, color: "--line-2" }));
        return new Chart({ kind, title: titleOf(kind), lines: [mine, ...others], height: 130, smoothing: () => 0, problem: options.tell, marks: options.marks });
      });
      charts.replaceChildren(...made.map((one) => one.root));
    }
    for (const chart of made) chart.load();
  };
  const soon = throttled(load, 1500);
  const observer = new IntersectionObserver((entries) => {
    const was = isSeen;
    isSeen = entries.at(-1).isIntersecting;
    if (isSeen && !was) load();
  }, { rootMargin: "200px" });
  observer.observe(root);
  return {
    name: parameter.name, root, soon,
    change: () => {
      histogram.change(options.form());
      for (const chart of made ?? []) chart.remove();
      made = null;
      load();
    },
    end: () => {
      observer.disconnect();
      soon.cancel();
      histogram.remove();
      strip?.end();
      for (const chart of made ?? []) chart.remove();
    },
  };
}

/** Shows the parameters of a session in `target`; returns how to end that. */
export function mountParameters(target, id, tell) {
  let form = "ridges";
  let other = null;
  let cards = [];
  const filter = element("input", { type: "search", id: "parameter-filter", placeholder: "conv1, .W, …", oninput: () => choose() });
  const shape = element("select", { id: "histogram-form", onchange: (event) => { form = event.target.value; for (const one of cards) one.change(); } },
    element("option", { value: "ridges", text: "ridges" }), element("option", { value: "heat", text: "heat" }));
  const compare = element("select", { id: "compare-run", onchange: (event) => {
    const found = allSessions().find((record) => record.request.id === event.target.value);
    other = found ? { id: found.request.id, name: found.request.name } : null;
    for (const one of cards) one.change();
  } }, element("option", { value: "", text: "no other session" }),
  allSessions().filter((record) => record.request.id !== id).map((record) => element("option", { value: record.request.id, text: record.request.name })));
  const list = element("div", { class: "stack" });
  const figures = element("section", { class: "panel", "aria-label": "Figures" });
  const distributions = element("section", { class: "panel overlay", "aria-label": "Distributions over each other" });
  let ends = [];
  const marks = mountMarks(id, () => { for (const one of cards) one.soon(); });
  target.replaceChildren(element("div", { class: "toolbar" },
    element("label", { for: "parameter-filter" }, "Show ", filter),
    element("label", { for: "histogram-form" }, "Distributions as ", shape),
    element("label", { for: "compare-run" }, "Curves beside ", compare)), element("div", { class: "stack" }, figures, distributions, list));

  const choose = () => {
    const wanted = filter.value.trim().toLowerCase();
    for (const one of cards) one.root.hidden = wanted !== "" && !one.name.toLowerCase().includes(wanted);
  };
  const build = async () => {
    try {
      const [summary, known] = await Promise.all([api.network(id), api.keys(id)]);
      const options = { form: () => form, others: () => (other ? [other] : []), tell, marks: marks.list };
      for (const one of cards) one.end();
      for (const one of ends) one.end();
      const own = { id, name: allSessions().find((record) => record.request.id === id)?.request.name ?? id };
      const runs = () => [own, ...allSessions().filter((record) => record.request.id !== id).slice(0, 50).map((record) => ({ id: record.request.id, name: record.request.name }))];
      const names = summary.layers.flatMap((layer) => layer.parameters.map((one) => one.name));
      figures.hidden = distributions.hidden = !names.length;
      ends = names.length ? [mountFigures(figures, id, summary.layers, (name) => cards.find((one) => one.name === name)?.root.scrollIntoView()),
        mountOverlay(distributions, runs, [...names].sort((a, b) => Number(b.endsWith(".W")) - Number(a.endsWith(".W"))))] : [];
      cards = summary.layers.flatMap((layer) => layer.parameters.map((parameter) => card(id, parameter, layer, known, options)));
      list.replaceChildren(...cards.map((one) => one.root));
      if (!cards.length) list.replaceChildren(element("section", { class: "panel" }, emptyState("Nothing to watch", "This network has no parameters.")));
      choose();
      return known;
    } catch (error) {
      list.replaceChildren(element("section", { class: "panel" }, emptyState("The parameters could not be read", error.message)));
      return null;
    }
  };
  const overlaySoon = throttled(() => ends[1]?.refresh(), 4000);
  let known = null;
  build().then((found) => { known = found; });
  const end = watch((message) => {
    if (message.kind === "reload") build().then((found) => { known = found; });
    if (message.session !== id) return;
    // The first measurements bring charts that were not there.
    if (known && !known.series.some((key) => key.startsWith("params/")) && message.kind === "metrics") {
      known = { series: ["params/"] };
      build().then((found) => { known = found; });
    }
    // What is looked at rarely, such as spectra, brings its chart when it comes.
    if (known && message.kind === "metrics") {
      const fresh = [...new Set(message.points.flatMap((point) => Object.keys(point.values)))]
        .filter((key) => /^(params|layers)\//.test(key) && !known.series.includes(key));
      known.series.push(...fresh);
      if (fresh.length) for (const one of cards) one.change();
    }
    if (message.kind === "pictures" || message.kind === "metrics") for (const one of cards) one.soon();
    if (message.kind === "pictures") overlaySoon();
  });
  return () => {
    end();
    marks.end();
    overlaySoon.cancel();
    for (const one of [...cards, ...ends]) one.end();
  };
}
