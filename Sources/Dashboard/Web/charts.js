// Curves of one session: each chart shows metrics of one kind, with exact extremes as a band.

import * as api from "./api.js";
import { element, setText, throttled } from "./dom.js";
import * as format from "./format.js";

const palette = ["--line-1", "--line-2", "--line-3", "--line-4", "--line-5", "--line-6", "--line-7", "--line-8"];

/** What kind of metric a key is: its last part, so that train/loss and valid/loss share a chart. */
export function kindOf(key) {
  const last = key.split("/").pop();
  return { epochLoss: "loss", epochAccuracy: "accuracy" }[last] ?? last;
}

const titles = {
  loss: "Loss", accuracy: "Accuracy", updateRatio: "Update to weight ratio", gradientNorm: "Gradient norm",
  norm: "Weight norm", samples: "Samples per second", learning: "Learning rate", penalty: "Penalty",
  observation: "Share of time spent observing",
};
const order = Object.keys(titles);
const logarithmicKinds = new Set(["updateRatio", "gradientNorm"]);

/** Groups keys into charts, the ones people look at first first. */
export function chartGroups(keys) {
  const groups = new Map();
  const isEpoch = (key) => Number(key.includes("/epoch"));
  for (const key of [...keys].sort((a, b) => isEpoch(a) - isEpoch(b))) {
    const kind = kindOf(key);
    groups.set(kind, [...(groups.get(kind) ?? []), key]);
  }
  const place = (kind) => (order.indexOf(kind) + 1) || order.length + 1;
  return [...groups].sort((a, b) => place(a[0]) - place(b[0]) || a[0].localeCompare(b[0]))
    .map(([kind, members]) => ({ kind, title: titles[kind] ?? format.title(kind), keys: members }));
}

const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** A key's name within its chart: `train`, `conv1.W`. */
function labelOf(key) {
  const parts = key.split("/");
  const last = parts.pop();
  if (last.startsWith("epoch")) return `${parts.join("/")}, epoch mean`;
  return parts[0] === "rate" || !parts.length ? last : parts.join("/").replace(/^params\//, "");
}

export class Chart {
  constructor(session, group, options) {
    this.session = session;
    this.kind = group.kind;
    this.keys = group.keys;
    this.options = options;
    this.isLogarithmic = logarithmicKinds.has(group.kind);
    this.window = null;
    this.series = [];
    this.plot = null;
    this.wanted = 0;
    this.refresh = throttled(() => this.load(), 700);
    this.build(group.title);
  }

  build(title) {
    this.legend = element("ul", { class: "legend" });
    this.readout = element("p", { class: "readout" });
    this.axisButton = element("button", {
      type: "button", class: "small", "aria-pressed": String(this.isLogarithmic), text: "log",
      title: "Logarithmic axis", "aria-label": `Logarithmic axis of ${title}`,
      onclick: () => {
        this.isLogarithmic = !this.isLogarithmic;
        this.axisButton.setAttribute("aria-pressed", String(this.isLogarithmic));
        this.draw(true);
      },
    });
    this.resetButton = element("button", {
      type: "button", class: "small", text: "all steps", hidden: true,
      "aria-label": `Show all steps of ${title}`, onclick: () => this.zoom(null),
    });
    this.canvas = element("div", { class: "chart-area" });
    this.root = element("figure", { class: "panel chart", "data-kind": this.kind },
      element("figcaption", { class: "panel-head" },
        element("h3", { text: title }), this.readout, this.resetButton, this.axisButton),
      this.canvas, this.legend);
    // The width is read only in an idle moment, and only a changed one redraws.
    this.observer = new ResizeObserver(throttled(() => {
      const width = this.canvas.clientWidth;
      if (this.plot && width && width !== this.plot.width) this.load();
    }, 150));
    this.observer.observe(this.canvas);
    this.scheme = matchMedia("(prefers-color-scheme: dark)");
    this.recolor = () => this.draw(true);
    this.scheme.addEventListener("change", this.recolor);
  }

  remove() {
    this.observer.disconnect();
    this.refresh.cancel();
    this.scheme.removeEventListener("change", this.recolor);
    this.plot?.destroy();
    this.root.remove();
  }

  zoom(window) {
    this.window = window;
    this.resetButton.hidden = window === null;
    this.load();
  }

  async load() {
    const request = ++this.wanted;
    const pixels = Math.max(100, this.canvas.clientWidth || 500);
    let series;
    try {
      series = await api.series(this.session, this.keys, { ...(this.window ?? {}), pixels });
    } catch (error) {
      this.options.problem(error.message);
      return;
    }
    if (request !== this.wanted || !this.root.isConnected) return;
    this.series = this.keys.map((key) => series.find((one) => one.key === key))
      .filter((one) => one && one.buckets.length);
    this.draw();
  }

  /** One table of columns (steps, then line, upper and lower of each series) on common steps. */
  table() {
    const weight = this.options.smoothing();
    const usable = (number) => (number === null || number === undefined
      || (this.isLogarithmic && number <= 0) ? null : number);
    const tables = this.series.map((one) => {
      let smooth = null;
      const columns = [[], [], [], [], []];
      for (const bucket of one.buckets) {
        const mean = usable(bucket.mean);
        if (mean !== null) smooth = smooth === null ? mean : weight * smooth + (1 - weight) * mean;
        columns[0].push((bucket.firstStep + bucket.lastStep) / 2);
        columns[1].push(mean);
        columns[2].push(usable(bucket.maximum));
        columns[3].push(usable(bucket.minimum));
        columns[4].push(weight && mean !== null ? smooth : null);
      }
      return columns;
    });
    return uPlot.join(tables);
  }

  draw(anew = false) {
    if (!globalThis.uPlot) {
      this.canvas.replaceChildren(element("p", { class: "empty",
        text: "Curves need uPlot: run scripts/fetch-web-assets and start the server again." }));
      return;
    }
    if (!this.series.length) {
      this.plot?.destroy();
      this.plot = null;
      this.canvas.replaceChildren(element("p", { class: "empty", text: "No points yet." }));
      return;
    }
    const names = this.series.map((one) => one.key).join();
    const width = this.canvas.clientWidth;
    if (!width) return;
    if (anew || !this.plot || names !== this.drawn) {
      this.plot?.destroy();
      this.canvas.replaceChildren();
      this.drawn = names;
      this.plot = new uPlot(this.description(width), this.table(), this.canvas);
      this.plot.over.addEventListener("dblclick", () => this.zoom(null));
    } else {
      if (width !== this.plot.width) this.plot.setSize({ width, height: this.plot.height });
      this.plot.setData(this.table());
    }
    this.root.dataset.points = this.series.reduce((sum, one) => sum + one.totalCount, 0);
    this.root.dataset.lastStep = Math.max(...this.series.map((one) => one.buckets.at(-1).lastStep));
    this.showLegend();
  }

  lineColor(key) {
    if (key.startsWith("train/epoch")) return color("--line-3");
    if (key.startsWith("train/")) return color("--line-1");
    if (key.startsWith("valid/")) return color("--line-2");
    if (key.startsWith("test/")) return color("--line-4");
    return color(palette[this.keys.indexOf(key) % palette.length]);
  }

  description(width) {
    const ink = color("--ink-soft");
    const grid = { stroke: color("--grid"), width: 1 };
    const isSmooth = this.options.smoothing() > 0;
    const decades = (_, splits) => splits.map((split) => (Number.isInteger(Math.round(Math.log10(split) * 1e6) / 1e6) ? split : null));
    const logarithmic = {
      distr: 3,
      range: (_, low, high) => (low > 0 && high > 0
        ? [10 ** Math.floor(Math.log10(low)), 10 ** Math.ceil(Math.log10(high) + 1e-9)] : [0.1, 1]),
    };
    const axis = { stroke: ink, grid, ticks: { ...grid, size: 4 }, font: "11px system-ui, sans-serif" };
    const series = [{}];
    const bands = [];
    this.series.forEach((one) => {
      const stroke = this.lineColor(one.key);
      const isSparse = one.totalCount <= 30;
      const first = series.length;
      const none = { stroke: "transparent", width: 0, points: { show: false } };
      series.push({ label: one.key, stroke: isSmooth ? stroke + "55" : stroke, width: isSmooth ? 1 : 1.75,
        points: { show: isSparse, size: 5, fill: stroke } });
      series.push({ ...none, label: "highest" }, { ...none, label: "lowest" });
      series.push({ label: "smoothed", auto: false, stroke, width: 2, points: { show: false } });
      bands.push({ series: [first + 1, first + 2], fill: stroke + "2e" });
    });
    return {
      width, height: 210, series, bands, legend: { show: false },
      scales: { x: { time: false }, y: this.isLogarithmic ? logarithmic : {} },
      axes: [
        { ...axis, size: 28, values: (_, ticks) => ticks.map(format.short) },
        { ...axis, size: 54, values: (_, ticks) => ticks.map((tick) => this.tick(tick)),
          ...(this.isLogarithmic ? { filter: decades, grid: { ...grid, filter: decades }, ticks: { show: false } } : {}) },
      ],
      cursor: { y: false, drag: { x: true, y: false, setScale: false }, points: { size: 6 } },
      hooks: {
        setSelect: [(plot) => {
          const { left, width: chosen } = plot.select;
          if (chosen < 6) return;
          const from = plot.posToVal(left, "x");
          const to = plot.posToVal(left + chosen, "x");
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          this.zoom({ from, to });
        }],
        setCursor: [(plot) => this.showReadout(plot)],
      },
    };
  }

  tick(number) {
    if (number === null) return "";
    if (this.isLogarithmic) return `10${String(Math.round(Math.log10(number))).replace(/./g, (sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)])}`;
    return format.isPart(this.kind) ? `${Number((number * 100).toPrecision(3))} %` : format.value(number);
  }

  showReadout(plot) {
    const index = plot.cursor.idx;
    if (index === null || index === undefined || plot.cursor.left < 0) return setText(this.readout, "");
    const step = plot.data[0][index];
    setText(this.readout, `step ${format.whole(Math.round(step))}`);
    this.showLegend((position, one) => {
      // Where this series has no point at the cursor, its last one before it.
      const column = plot.data[1 + 4 * position];
      let at = index;
      while (at > 0 && (column[at] === null || column[at] === undefined)) at -= 1;
      return column[at] ?? one.buckets.at(-1).last;
    });
  }

  showLegend(valueOf = (_, one) => one.buckets.at(-1).last) {
    while (this.legend.children.length > this.series.length) this.legend.lastChild.remove();
    this.series.forEach((one, index) => {
      let item = this.legend.children[index];
      if (!item) {
        item = element("li", {}, element("span", { class: "swatch" }), element("span"), element("strong"));
        this.legend.append(item);
      }
      item.children[0].style.background = this.lineColor(one.key);
      setText(item.children[1], labelOf(one.key));
      setText(item.children[2], format.metric(this.kind, valueOf(index, one)));
    });
  }
}
