// Distributions of tensors of any runs in one picture, at a moment that can be chosen.

import * as api from "./api.js";
import { color, onScheme, palette } from "./charting.js";
import { element, emptyState, setText, throttled } from "./dom.js";
import * as format from "./format.js";
import { densities } from "./histograms.js";

const margin = { left: 10, right: 10, top: 12, bottom: 24 };

/** The last of a run's histograms that was made when so large a part of its steps was done. */
function at(list, part) {
  const step = (list.at(-1)?.step ?? 0) * part;
  return list.findLast((one) => one.step <= step) ?? list[0] ?? null;
}

/**
 * Shows the distributions of chosen tensors of chosen runs in `target`.
 * `runs()` gives `{ id, name }` of those that can be chosen, the first of them is chosen; `tensors` are names.
 */
export function mountOverlay(target, runs, tensors) {
  let part = 1;
  const known = new Map();
  const chosen = { runs: new Set(runs().slice(0, 1).map((one) => one.id)), tensors: new Set(tensors.slice(0, 2)) };
  const canvas = element("canvas", { role: "img", "aria-label": "Distributions over each other" });
  const legend = element("ul", { class: "legend" });
  const nothing = element("div");
  const facts = element("output", { text: "at the end" });
  const moment = element("input", { type: "range", id: "overlay-moment", min: 0, max: 100, value: 100, oninput: () => {
    part = Number(moment.value) / 100;
    setText(facts, part === 1 ? "at the end" : `${moment.value} %`);
    draw();
  } });
  const choice = (title, list, set) => {
    const menu = element("details", { class: "menu" }, element("summary", { text: title }),
      element("div", { class: "menu-items checks" }, list.map(({ id, name }) => {
        const box = element("input", { type: "checkbox", onchange: () => {
          if (box.checked) set.add(id); else set.delete(id);
          load();
        } });
        box.checked = set.has(id);
        return element("label", {}, box, ` ${name}`);
      })));
    menu.addEventListener("keydown", (event) => { if (event.key === "Escape") menu.open = false; });
    return menu;
  };
  target.replaceChildren(element("header", { class: "panel-head" }, element("h2", { text: "Distributions over each other" })),
    element("div", { class: "toolbar plain" }, choice("Runs", runs(), chosen.runs), choice("Tensors", tensors.map((name) => ({ id: name, name })), chosen.tensors),
      element("label", { class: "smoothing", for: "overlay-moment" }, "Moment ", moment, facts)),
    element("div", { class: "histogram" }, canvas, nothing), legend);

  const pairs = () => [...chosen.runs].flatMap((run) => [...chosen.tensors].map((tensor) => ({ run, tensor, key: `${run} ${tensor}` })));
  const draw = () => {
    const names = new Map(runs().map((one) => [one.id, one.name]));
    const lines = pairs().map((pair) => ({ ...pair, histogram: at(known.get(pair.key) ?? [], part) })).filter((one) => one.histogram)
      .map((one, index) => ({ ...one, color: palette[index % palette.length], label: chosen.runs.size > 1 ? `${names.get(one.run) ?? one.run} · ${one.tensor}` : one.tensor }));
    canvas.hidden = !lines.length;
    canvas.dataset.lines = lines.length;
    canvas.dataset.moments = Math.min(...lines.map(({ key }) => known.get(key).length));
    nothing.replaceChildren(...(lines.length ? [] : [emptyState("No distributions yet", "Choose runs and tensors; the first histograms come with the end of the first epoch.")]));
    legend.replaceChildren(...lines.map((one) => {
      const swatch = element("span", { class: "swatch" });
      swatch.style.background = color(one.color);
      return element("li", {}, swatch, element("span", { text: one.label }),
        element("strong", { text: `step ${format.whole(one.histogram.step)} · ${format.value(one.histogram.minimum)} to ${format.value(one.histogram.maximum)}` }));
    }));
    const width = canvas.parentElement.clientWidth;
    if (!lines.length || !width) return;
    const height = 240;
    const ratio = devicePixelRatio;
    Object.assign(canvas, { width: width * ratio, height: height * ratio });
    canvas.style.height = `${height}px`;
    const ctx = canvas.getContext("2d");
    ctx.scale(ratio, ratio);
    // The range is that of the moment, so that what is narrow at first does not vanish in what comes later.
    let [low, high] = [Math.min(...lines.map((one) => one.histogram.minimum)), Math.max(...lines.map((one) => one.histogram.maximum))];
    if (!(high > low)) [low, high] = [low - 0.5, high + 0.5];
    const bottom = height - margin.bottom;
    const x = (value) => margin.left + (value - low) / (high - low) * (width - margin.left - margin.right);
    const most = Math.max(...lines.map((one) => Math.max(...densities(one.histogram))));
    const y = (density) => bottom - density / most * (bottom - margin.top);
    axis(ctx, { x, low, high, bottom });
    for (const { histogram, color: name } of lines) outline(ctx, histogram, { x, y, bottom, stroke: color(name) });
  };
  const drawSoon = throttled(draw, 120);
  const load = async () => {
    await Promise.all(pairs().filter(({ key }) => !known.has(key)).map(async ({ run, tensor, key }) => {
      try {
        known.set(key, await api.histograms(run, tensor));
      } catch {
        // Another network has no tensor of this name; its line is left out.
        known.set(key, []);
      }
    }));
    draw();
  };
  const observer = new ResizeObserver(drawSoon);
  observer.observe(canvas.parentElement);
  const endScheme = onScheme(draw);
  load();
  return {
    refresh: () => { known.clear(); load(); },
    end: () => { observer.disconnect(); drawSoon.cancel(); endScheme(); },
  };
}

function axis(ctx, { x, low, high, bottom }) {
  ctx.font = "11px system-ui, sans-serif";
  ctx.fillStyle = color("--ink-soft");
  ctx.strokeStyle = color("--grid");
  ctx.textBaseline = "top";
  ctx.textAlign = "center";
  const raw = (high - low) / Math.max(2, Math.floor((x(high) - x(low)) / 90));
  const size = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * size).find((one) => one >= raw);
  for (let tick = Math.ceil(low / step) * step; tick <= high; tick += step) {
    const place = Math.round(x(tick)) + 0.5;
    ctx.beginPath();
    ctx.moveTo(place, margin.top);
    ctx.lineTo(place, bottom);
    ctx.stroke();
    ctx.fillText(format.value(Math.abs(tick) < step / 1e6 ? 0 : Number(tick.toPrecision(6))), place, bottom + 6);
  }
}

function outline(ctx, histogram, { x, y, bottom, stroke }) {
  const bin = (histogram.maximum - histogram.minimum) / histogram.counts.length;
  ctx.beginPath();
  ctx.moveTo(x(histogram.minimum), bottom);
  densities(histogram).forEach((density, index) => {
    ctx.lineTo(x(histogram.minimum + index * bin), y(density));
    ctx.lineTo(x(histogram.minimum + (index + 1) * bin), y(density));
  });
  ctx.lineTo(x(histogram.maximum), bottom);
  ctx.fillStyle = stroke + "1f";
  ctx.fill();
  ctx.strokeStyle = stroke;
  ctx.lineWidth = 1.5;
  ctx.stroke();
}
