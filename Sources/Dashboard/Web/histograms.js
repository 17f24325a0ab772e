// Histograms over time, each bin drawn where it is: as ridges one behind the other, or as heat.

import { color, onScheme } from "./charting.js";
import { element, setText, throttled } from "./dom.js";
import * as format from "./format.js";

const margin = { left: 8, right: 62, top: 10, bottom: 22 };

/** Evenly chosen ones of a list, its last among them; a picture of ridges has room for few. */
function chosen(list, limit) {
  if (list.length <= limit) return list;
  const stride = (list.length - 1) / (limit - 1);
  return Array.from({ length: limit }, (_, index) => list[Math.round(index * stride)]);
}

/** How many entries lie in each unit of value, bin by bin; equal areas are equal shares. */
export function densities(histogram) {
  const total = histogram.counts.reduce((sum, count) => sum + count, 0) || 1;
  const width = (histogram.maximum - histogram.minimum) / histogram.counts.length;
  return histogram.counts.map((count) => (width > 0 ? count / total / width : count / total));
}

/** A picture of the histograms of one tensor. */
export class HistogramPlot {
  constructor(name, { height = 190, form = "ridges" } = {}) {
    this.form = form;
    this.height = height;
    this.list = [];
    this.canvas = element("canvas", { role: "img", "aria-label": `Distribution of ${name} over time` });
    this.readout = element("p", { class: "readout" });
    this.message = element("p", { class: "empty" });
    this.root = element("div", { class: "histogram" }, this.canvas, this.readout, this.message);
    this.canvas.hidden = true;
    this.observer = new ResizeObserver(throttled(() => this.draw(), 150));
    this.observer.observe(this.root);
    this.endScheme = onScheme(() => this.draw());
    this.canvas.addEventListener("mousemove", (event) => this.hover(event));
    this.canvas.addEventListener("mouseleave", () => { this.at = null; setText(this.readout, this.summary()); this.draw(); });
  }

  remove() {
    this.observer.disconnect();
    this.endScheme();
  }

  fail(sentence) { setText(this.message, sentence); }

  show(list) {
    this.list = list;
    this.canvas.hidden = !list.length;
    this.message.hidden = list.length > 0;
    setText(this.message, "No histogram yet; the first one comes with the end of the first epoch.");
    this.canvas.dataset.step = list.at(-1)?.step ?? "";
    setText(this.readout, this.summary());
    this.draw();
  }

  change(form) {
    this.form = form;
    this.draw();
  }

  summary() {
    const last = this.list.at(-1);
    if (!last) return "";
    const bad = last.nonFiniteCount ? ` · ${format.whole(last.nonFiniteCount)} not finite` : "";
    return `step ${format.whole(last.step)} · ${format.value(last.minimum)} to ${format.value(last.maximum)}${bad}`;
  }

  hover(event) {
    const box = this.canvas.getBoundingClientRect();
    const y = event.clientY - box.top;
    const x = event.clientX - box.left;
    const value = this.low + (x - margin.left) / (box.width - margin.left - margin.right) * (this.high - this.low);
    let found = null;
    for (const row of this.rows ?? []) if (y <= row.base + 2 && (!found || row.base < found.base)) found = row;
    if (this.form === "heat") found = this.rows?.find((row) => y >= row.top && y < row.base) ?? null;
    this.at = found?.histogram.step ?? null;
    const histogram = found?.histogram;
    if (!histogram) return;
    const width = (histogram.maximum - histogram.minimum) / histogram.counts.length;
    const bin = width > 0 ? Math.floor((value - histogram.minimum) / width) : 0;
    const count = histogram.counts[Math.min(bin, histogram.counts.length - 1)];
    setText(this.readout, `step ${format.whole(histogram.step)}`
      + (count !== undefined && bin >= 0 && bin <= histogram.counts.length
        ? ` · ${format.whole(count)} in ${format.value(histogram.minimum + bin * width)} … ${format.value(histogram.minimum + (bin + 1) * width)}`
        : ` · none at ${format.value(value)}`));
    this.draw();
  }

  draw() {
    const width = this.root.clientWidth;
    if (!width || !this.list.length) return;
    const ratio = devicePixelRatio;
    this.canvas.width = width * ratio;
    this.canvas.height = this.height * ratio;
    this.canvas.style.height = `${this.height}px`;
    const ctx = this.canvas.getContext("2d");
    ctx.scale(ratio, ratio);
    ctx.clearRect(0, 0, width, this.height);
    this.low = Math.min(...this.list.map((one) => one.minimum));
    this.high = Math.max(...this.list.map((one) => one.maximum));
    if (!(this.high > this.low)) [this.low, this.high] = [this.low - 0.5, this.high + 0.5];
    const right = width - margin.right;
    const x = (value) => margin.left + (value - this.low) / (this.high - this.low) * (right - margin.left);
    const area = { width, right, x, bottom: this.height - margin.bottom };
    this.drawAxis(ctx, area);
    if (this.form === "heat") this.drawHeat(ctx, area);
    else this.drawRidges(ctx, area);
  }

  drawAxis(ctx, { right, x, bottom }) {
    ctx.font = "11px system-ui, sans-serif";
    ctx.fillStyle = color("--ink-soft");
    ctx.strokeStyle = color("--grid");
    ctx.textBaseline = "top";
    const span = this.high - this.low;
    const raw = span / Math.max(2, Math.floor((right - margin.left) / 80));
    const size = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 5, 10].map((factor) => factor * size).find((one) => one >= raw);
    ctx.textAlign = "center";
    for (let tick = Math.ceil(this.low / step) * step; tick <= this.high; tick += step) {
      ctx.beginPath();
      ctx.moveTo(Math.round(x(tick)) + 0.5, margin.top);
      ctx.lineTo(Math.round(x(tick)) + 0.5, bottom);
      ctx.stroke();
      ctx.fillText(format.value(Math.abs(tick) < step / 1e6 ? 0 : Number(tick.toPrecision(6))), x(tick), bottom + 6);
    }
  }

  drawRidges(ctx, { right, x, bottom }) {
    const list = chosen(this.list, Math.max(2, Math.floor((bottom - margin.top) / 7)));
    const most = Math.max(...list.map((one) => Math.max(...densities(one))));
    const peak = Math.min(46, (bottom - margin.top) * 0.4);
    const first = margin.top + peak;
    const stride = list.length > 1 ? (bottom - first) / (list.length - 1) : 0;
    const line = color("--line-1");
    this.rows = list.map((histogram, index) => ({ histogram, base: list.length > 1 ? first + index * stride : bottom }));
    for (const { histogram, base } of this.rows) {
      const share = densities(histogram).map((density) => density / most * peak);
      const bin = (histogram.maximum - histogram.minimum) / share.length;
      const isAt = this.at === histogram.step;
      ctx.beginPath();
      ctx.moveTo(x(histogram.minimum), base);
      share.forEach((height, index) => {
        ctx.lineTo(x(histogram.minimum + index * bin), base - height);
        ctx.lineTo(x(histogram.minimum + (index + 1) * bin), base - height);
      });
      ctx.lineTo(x(histogram.maximum), base);
      ctx.fillStyle = color("--surface");
      ctx.fill();
      ctx.fillStyle = line + (isAt ? "77" : "2b");
      ctx.fill();
      ctx.strokeStyle = line;
      ctx.lineWidth = isAt ? 2 : 1;
      ctx.stroke();
    }
    this.labelRows(ctx, right, this.rows.map(({ histogram, base }) => [histogram.step, base]));
  }

  drawHeat(ctx, { right, x, bottom }) {
    const list = chosen(this.list, Math.max(2, Math.floor(bottom - margin.top)));
    const most = Math.max(...list.map((one) => Math.max(...densities(one))));
    const height = (bottom - margin.top) / list.length;
    ctx.fillStyle = color("--line-1");
    this.rows = list.map((histogram, index) => ({ histogram, top: margin.top + index * height, base: margin.top + (index + 1) * height }));
    for (const { histogram, top } of this.rows) {
      const bin = (histogram.maximum - histogram.minimum) / histogram.counts.length;
      densities(histogram).forEach((density, index) => {
        if (!density) return;
        ctx.globalAlpha = 0.06 + 0.94 * Math.sqrt(density / most);
        const left = x(histogram.minimum + index * bin);
        ctx.fillRect(left, top, Math.max(1, x(histogram.minimum + (index + 1) * bin) - left), height + 0.3);
      });
    }
    ctx.globalAlpha = 1;
    this.labelRows(ctx, right, this.rows.map(({ histogram, top, base }) => [histogram.step, (top + base) / 2 + 4]));
  }

  /** Steps beside the rows, as many as have room. */
  labelRows(ctx, right, rows) {
    ctx.textAlign = "left";
    ctx.textBaseline = "alphabetic";
    ctx.fillStyle = color("--ink-soft");
    let last = -Infinity;
    rows.forEach(([step, y], index) => {
      const isEnd = index === rows.length - 1;
      if (!isEnd && (y - last < 15 || rows.at(-1)[1] - y < 15)) return;
      ctx.fillText(format.whole(step), right + 6, y);
      last = y;
    });
  }
}
