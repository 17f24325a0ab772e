// A chart of metrics over steps, epochs or time, with exact extremes as a band at every zoom.

import * as api from "./api.js";
import { axis, color, countTicks, decades, decadeTick, linear, logarithmic, onScheme } from "./charting.js";
import { element, setText, throttled } from "./dom.js";
import { exportMenu } from "./exporting.js";
import * as format from "./format.js";
import { grouped } from "./grouping.js";
import { drawMarks } from "./marks.js";
import { kindOf, logarithmicKinds, titleOf } from "./metrics.js";
import { acrossAt, columnsOf, lineTable, metricOf, stepsOf, xOf } from "./lines.js";
import { drawPaths } from "./trajectories.js";

const axisNames = { step: "step", epoch: "epoch", time: "time", relative: "time since the start" };
const requestSize = 1000;

/**
 * A chart of lines `{ session, key, label, color }`.
 * `options`: `kind`, `title`, `lines`, `smoothing()`, `problem(sentence)`; may have `height`, `x` (`metric KEY` for any), `isLogX`,
 * `groupOf(line)` (which runs are one line), `marks()` (lines across, `{ session, step, label, isBad }`), `pick(line)`.
 */
export class Chart {
  constructor(options) {
    this.options = { height: 210, x: "step", marks: () => [], ...options };
    this.kind = options.kind;
    this.lines = options.lines;
    this.isLogarithmic = options.isLogarithmic ?? logarithmicKinds.has(options.kind);
    this.window = null;
    this.whole = [];
    this.series = [];
    this.plot = null;
    this.wanted = 0;
    this.refresh = throttled(() => this.load(), 700);
    this.build(options.title);
  }

  /** The keys of the lines, for those who ask whether something is drawn already. */
  get keys() { return this.lines.map((line) => line.key); }

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
      type: "button", class: "small", text: "all", hidden: true,
      "aria-label": `Show all of ${title}`, onclick: () => this.zoom(null),
    });
    this.canvas = element("div", { class: "chart-area" });
    this.canvas.style.minHeight = `${this.options.height}px`;
    this.root = element("figure", { class: "panel chart", "data-kind": this.kind },
      element("figcaption", { class: "panel-head" },
        element("h3", { text: title }), this.readout, this.resetButton, this.axisButton, exportMenu(this, title)),
      this.canvas, this.legend);
    // The width is read only in an idle moment, and only a changed one redraws.
    this.observer = new ResizeObserver(throttled(() => {
      const width = this.canvas.clientWidth;
      if (this.plot && width && width !== this.plot.width) this.load();
    }, 150));
    this.observer.observe(this.canvas);
    this.endScheme = onScheme(() => this.draw(true));
  }

  remove() {
    this.observer.disconnect();
    this.refresh.cancel();
    this.endScheme();
    this.plot?.destroy();
    this.root.remove();
  }

  /** Shows other lines, or the same over another axis. */
  change(options) {
    const isMoved = options.x !== undefined && options.x !== this.options.x;
    Object.assign(this.options, options);
    if (options.lines) this.lines = options.lines;
    if (isMoved) this.window = null;
    this.resetButton.hidden = this.window === null;
    this.drawn = null;
    this.load();
  }

  zoom(window) {
    this.window = window;
    this.resetButton.hidden = window === null;
    this.load();
  }

  /** The series of the lines; those of many sessions come in few requests. */
  async fetch(pixels) {
    const across = metricOf(this.options.x);
    const keys = [...new Set([...this.lines.map((line) => line.key), ...(across ? [across] : [])])];
    const ids = [...new Set(this.lines.map((line) => line.session))];
    if (!ids.length) return [];
    // Where a metric is the axis a window cuts the picture, and not the run.
    if (!this.window || across || this.options.x === "step") {
      const parts = [];
      for (let start = 0; start < ids.length; start += requestSize) {
        parts.push(api.seriesOf(ids.slice(start, start + requestSize), keys, { ...(across ? {} : this.window ?? {}), pixels }));
      }
      return (await Promise.all(parts)).flat();
    }
    // The same epochs or times are other steps in each session.
    return (await Promise.all(ids.map((id) => {
      const steps = stepsOf(this.window, this.whole.filter((one) => one.session === id), this.options.x);
      return steps ? api.seriesOf([id], keys, { ...steps, pixels }) : [];
    }))).flat();
  }

  async load() {
    const request = ++this.wanted;
    const pixels = Math.max(100, Math.min(this.canvas.clientWidth || 500, Math.round(60000 / Math.max(1, this.lines.length))));
    let series;
    try {
      series = await this.fetch(pixels);
    } catch (error) {
      this.options.problem(error.message);
      return;
    }
    if (request !== this.wanted || !this.root.isConnected) return;
    this.series = this.lines.map((line) => {
      const found = series.find((one) => one.key === line.key && one.session === line.session);
      const across = metricOf(this.options.x) && series.find((one) => one.key === metricOf(this.options.x) && one.session === line.session)?.buckets;
      return found?.buckets.length ? { ...found, line, across } : null;
    }).filter(Boolean);
    if (!this.window) this.whole = this.series;
    if (this.options.groupOf) this.series = grouped(this.series, this.options.groupOf);
    this.draw();
    this.options.loaded?.();
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
      this.legend.replaceChildren();
      return;
    }
    const width = this.canvas.clientWidth;
    if (!width) return;
    const isAcross = metricOf(this.options.x) !== null;
    const names = JSON.stringify([this.series.map((one) => [one.line, one.totalCount <= 30]), this.options.x, this.options.smoothing() > 0, isAcross && this.window]);
    const { table, paths } = lineTable(this.series, {
      x: this.options.x, weight: this.options.smoothing(), isLogarithmic: this.isLogarithmic,
      isLogX: this.options.isLogX, columns: 2 * width });
    this.paths = isAcross ? paths : null;
    if (anew || !this.plot || names !== this.drawn) {
      this.plot?.destroy();
      this.canvas.replaceChildren();
      this.drawn = names;
      this.plot = new uPlot(this.description(width), table, this.canvas);
      this.plot.over.addEventListener("dblclick", () => this.zoom(null));
      this.plot.over.addEventListener("click", () => { if (this.nearest && this.options.pick) this.options.pick(this.nearest.line); });
    } else {
      if (width !== this.plot.width) this.plot.setSize({ width, height: this.plot.height });
      this.plot.setData(table);
    }
    this.root.dataset.points = this.series.reduce((sum, one) => sum + one.totalCount, 0);
    this.root.dataset.lastStep = Math.max(...this.series.map((one) => one.buckets.at(-1).lastStep));
    this.showLegend();
  }

  description(width) {
    const isSmooth = this.options.smoothing() > 0;
    const isAcross = metricOf(this.options.x) !== null;
    const series = [{}];
    const bands = [];
    this.series.forEach((one) => {
      const stroke = color(one.line.color);
      const isSparse = one.totalCount <= 30;
      const first = series.length;
      const none = { stroke: "transparent", width: 0, points: { show: false } };
      series.push({ label: one.line.label, stroke: isSmooth ? stroke + "55" : stroke, width: isSmooth ? 1 : one.line.isPinned ? 2.75 : 1.75,
        points: { show: isSparse || isAcross, size: isSparse ? 5 : 3, fill: stroke }, ...(isAcross ? { paths: () => null } : {}) });
      series.push({ ...none, label: "highest", show: !isAcross }, { ...none, label: "lowest", show: !isAcross });
      series.push({ label: "smoothed", auto: false, stroke, width: one.line.isPinned ? 3 : 2, points: { show: false }, show: !isAcross });
      if (!isAcross) bands.push({ series: [first + 1, first + 2], fill: stroke + "2e" });
    });
    const own = axis();
    const { x, isLogX } = this.options;
    const xTick = { step: format.short, epoch: format.value, time: format.clock, relative: format.duration }[x] ?? format.value;
    return {
      width, height: this.options.height, series, bands, legend: { show: false },
      scales: { x: { time: false, ...(isLogX ? { distr: 3 } : {}), ...(isAcross ? { range: (_, low, high) => this.acrossRange(low, high) } : {}) }, y: this.isLogarithmic ? logarithmic : linear(format.isPart(this.kind)) },
      axes: [
        { ...own, size: 28, space: x === "time" || x === "relative" ? 90 : 50, values: (_, ticks) => (x === "step" && !isLogX ? countTicks(ticks) : ticks.map((tick) => (tick === null ? "" : xTick(tick)))),
          ...(isLogX ? { filter: decades } : {}) },
        { ...own, size: 54, values: (_, ticks) => ticks.map((tick) => this.tick(tick)),
          ...(this.isLogarithmic ? { filter: decades, grid: { ...own.grid, filter: decades }, ticks: { show: false } } : {}) },
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
        draw: [(plot) => {
          const places = this.places();
          this.root.dataset.marks = places.length;
          drawMarks(plot, places);
          if (this.paths) drawPaths(plot, this.paths, this.series.map((one) => ({ color: one.line.color, isBold: one.line.isPinned })), isSmooth);
        }],
      },
    };
  }

  /** What of a metric's axis is seen: the window, else all of it with room for the ends of the lines. */
  acrossRange(low, high) {
    if (this.window) return [this.window.from, this.window.to];
    if (this.options.isLogX) return [low * 0.95, high * 1.05];
    const room = (high - low || Math.abs(high) || 1) * 0.03;
    return [low - room, high + room];
  }

  tick(number) {
    if (number === null) return "";
    if (this.isLogarithmic) return decadeTick(number);
    return format.isPart(this.kind) ? `${Number((number * 100).toPrecision(3))} %` : format.value(number);
  }

  /** Where the marks are on the axis, in its own numbers. */
  places() {
    return this.options.marks().map((mark) => {
      const one = this.whole.find((series) => series.session === mark.session) ?? this.series.find((series) => series.session === mark.session);
      if (!one) return null;
      return { ...mark, x: metricOf(this.options.x) ? acrossAt(one, mark.step) : xOf(mark, one.buckets, mark.session, this.options.x) };
    }).filter((mark) => mark && Number.isFinite(mark.x));
  }

  /** The value of each line at the cursor: its point there, else the last one before it. */
  valueAt(plot, position, index) {
    const column = plot.data[1 + 4 * position];
    let at = index;
    while (at > 0 && (column[at] === null || column[at] === undefined)) at -= 1;
    return column[at] ?? null;
  }

  showReadout(plot) {
    const { idx: index, left, top } = plot.cursor;
    this.nearest = null;
    if (index === null || index === undefined || left < 0) {
      setText(this.readout, "");
      return this.showLegend();
    }
    const x = plot.data[0][index];
    const write = { step: () => `step ${format.whole(Math.round(x))}`, epoch: () => `epoch ${format.value(x)}`,
      time: () => format.clock(x), relative: () => `after ${format.duration(x)}` }[this.options.x] ?? (() => `${this.axisName} ${format.value(x)}`);
    const mark = this.places().find((one) => Math.abs(plot.valToPos(one.x, "x") - left) < 6);
    const values = this.series.map((_, position) => this.valueAt(plot, position, index));
    let distance = 24;
    values.forEach((value, position) => {
      const away = value === null ? Infinity : Math.abs(plot.valToPos(value, "y") - top);
      if (away < distance) [distance, this.nearest] = [away, this.series[position]];
    });
    setText(this.readout, [write(), mark?.label].filter(Boolean).join(" · "));
    return this.showLegend((position, one) => values[position] ?? one.buckets.at(-1).last);
  }

  showLegend(valueOf = (_, one) => one.buckets.at(-1).last) {
    while (this.legend.children.length > this.series.length) this.legend.lastChild.remove();
    this.series.forEach((one, index) => {
      let item = this.legend.children[index];
      if (!item) {
        item = element("li", {}, element("span", { class: "swatch" }), element("span"), element("strong"));
        this.legend.append(item);
      }
      item.classList.toggle("nearest", one === this.nearest);
      item.children[0].style.background = color(one.line.color);
      setText(item.children[1], one.line.label);
      setText(item.children[2], format.metric(this.kind, valueOf(index, one)));
    });
  }

  /** What the horizontal axis counts, in words. */
  get axisName() {
    const metric = metricOf(this.options.x);
    return metric ? `${titleOf(kindOf(metric)).toLowerCase()}, ${metric}` : axisNames[this.options.x];
  }

  /** The table behind the drawing, for those who write it to files. */
  get columns() { return columnsOf(this.series, this.options.x); }
}
