// Samples in a plane by what a layer gives for them: one dot a sample, coloured by its class.

import * as api from "./api.js";
import { element, emptyState, setText } from "./dom.js";
import * as format from "./format.js";
import { cut } from "./sheet.js";

const methods = [["pca", "principal components"], ["tsne", "t-SNE"]];
const margin = 14;

/** The colour of a class, in the page's scheme. */
const colors = (style) => Array.from({ length: 10 }, (_, index) => style.getPropertyValue(index < 8 ? `--line-${index + 1}` : `--class-${index + 1}`).trim());

/** Draws dots and tells which one is near a place. */
class Scatter {
  constructor(label) {
    this.canvas = element("canvas", { role: "img", tabindex: 0, class: "scatter", "aria-label": label });
    this.points = [];
    this.spots = [];
    this.chosen = null;
    this.only = null;
    this.resize = new ResizeObserver(() => this.draw());
    this.resize.observe(this.canvas);
    this.scheme = matchMedia("(prefers-color-scheme: dark)");
    this.redraw = () => this.draw();
    this.scheme.addEventListener("change", this.redraw);
  }

  remove() {
    this.resize.disconnect();
    this.scheme.removeEventListener("change", this.redraw);
  }

  show(points) {
    this.points = points;
    this.chosen = null;
    this.draw();
  }

  draw() {
    const { canvas, points } = this;
    const width = canvas.clientWidth;
    const height = canvas.clientHeight;
    if (!width || !height) return;
    const density = devicePixelRatio || 1;
    canvas.width = Math.round(width * density);
    canvas.height = Math.round(height * density);
    const context = canvas.getContext("2d");
    context.scale(density, density);
    const [left, right] = [Math.min(...points.map((one) => one.x)), Math.max(...points.map((one) => one.x))];
    const [low, high] = [Math.min(...points.map((one) => one.y)), Math.max(...points.map((one) => one.y))];
    // The same scale along both axes, or distances would lie.
    const scale = Math.min((width - 2 * margin) / (right - left || 1), (height - 2 * margin) / (high - low || 1));
    this.spots = points.map((one) => [width / 2 + (one.x - (left + right) / 2) * scale, height / 2 - (one.y - (low + high) / 2) * scale]);
    const style = getComputedStyle(canvas);
    const inks = colors(style);
    const ink = style.getPropertyValue("--ink").trim();
    const isWrong = (one) => one.predicted !== undefined && one.predicted !== one.label;
    const order = points.map((_, index) => index).sort((a, b) => isWrong(points[a]) - isWrong(points[b]));
    for (const index of order) {
      const one = points[index];
      const [x, y] = this.spots[index];
      context.globalAlpha = this.only === null || this.only === one.label ? 1 : 0.1;
      context.beginPath();
      context.arc(x, y, 3.4, 0, 2 * Math.PI);
      context.fillStyle = inks[one.label % inks.length];
      context.fill();
      if (isWrong(one)) {
        context.lineWidth = 1.4;
        context.strokeStyle = ink;
        context.stroke();
      }
    }
    context.globalAlpha = 1;
    if (this.chosen !== null) {
      context.beginPath();
      context.arc(...this.spots[this.chosen], 7, 0, 2 * Math.PI);
      context.lineWidth = 2;
      context.strokeStyle = ink;
      context.stroke();
    }
  }

  /** The number of the dot at a place, at most ten pixels away. */
  at(x, y) {
    let found = null;
    let least = 100;
    for (const [index, spot] of this.spots.entries()) {
      if (this.only !== null && this.points[index].label !== this.only) continue;
      const distance = (spot[0] - x) ** 2 + (spot[1] - y) ** 2;
      if (distance < least) [found, least] = [index, distance];
    }
    return found;
  }

  /** The next dot to one side of the chosen one. */
  beside(across, down) {
    if (this.chosen === null) return this.points.length ? 0 : null;
    const [x, y] = this.spots[this.chosen];
    let found = this.chosen;
    let least = Infinity;
    for (const [index, spot] of this.spots.entries()) {
      const along = (spot[0] - x) * across + (spot[1] - y) * down;
      const aside = Math.abs((spot[0] - x) * down) + Math.abs((spot[1] - y) * across);
      if (index === this.chosen || along <= 0 || along + 2 * aside >= least) continue;
      [found, least] = [index, along + 2 * aside];
    }
    return found;
  }
}

function legend(found, points, scatter) {
  const counts = new Map();
  for (const one of points) counts.set(one.label, (counts.get(one.label) ?? 0) + 1);
  const wrong = points.filter((one) => one.predicted !== undefined && one.predicted !== one.label).length;
  const buttons = [...counts].sort((a, b) => a[0] - b[0]).map(([label, count]) => element("li", {},
    element("button", { type: "button", class: "small", "aria-pressed": "false", "data-label": label, onclick: () => {
      scatter.only = scatter.only === label ? null : label;
      for (const one of list.querySelectorAll("button")) one.setAttribute("aria-pressed", String(Number(one.dataset.label) === scatter.only));
      scatter.draw();
    } }, element("i", { class: `dot class-${label % 10}`, "aria-hidden": "true" }), found.classNames[label] ?? String(label), element("span", { class: "soft", text: ` ${format.whole(count)}` }))));
  const list = element("ul", { class: "scatter-legend", "aria-label": "Classes; press one to see it alone" }, buttons,
    element("li", {}, element("span", { class: "small-note" }, element("i", { class: "dot ring", "aria-hidden": "true" }), "given another class", element("span", { class: "soft", text: ` ${format.whole(wrong)}` }))));
  return list;
}

/** Shows the samples of a part in a plane in `target`; returns how to end that. */
export function mountProjection(target, id, part, layers, choose) {
  const facts = element("p", { class: "facts", role: "status" });
  const layer = element("select", { id: "projection-layer", onchange: () => load() }, layers.map((one) => element("option", { value: one, text: one })));
  const method = element("select", { id: "projection-method", onchange: () => load() }, methods.map(([value, text]) => element("option", { value, text })));
  const count = element("select", { id: "projection-samples", onchange: () => load() }, [200, 800, 2000].map((one) => element("option", { value: one, text: format.whole(one) })));
  const scatter = new Scatter("Samples in a plane; the arrow keys go from one to the next, Enter opens it");
  const card = element("div", { class: "scatter-card", hidden: true });
  const area = element("div", { class: "scatter-area" }, scatter.canvas, card);
  const key = element("div");
  target.replaceChildren(
    element("header", { class: "panel-head" }, element("h2", { text: "Map of the samples" }), facts),
    element("div", { class: "toolbar plain" }, element("label", { for: "projection-layer" }, "By what this layer gives ", layer),
      element("label", { for: "projection-method" }, "laid out by ", method), element("label", { for: "projection-samples" }, "at most ", count)),
    area, key);
  count.value = 800;
  // What stands before the output knows most of what the network knows.
  layer.value = layers[layers.length - 2] ?? layers[0];
  const pictures = new Map();
  let shown = null;
  let wanted = 0;
  let hovered = null;
  // What the keys have chosen stays until the pointer moves over the map.
  let isByKeys = false;

  const show = (index) => {
    if (index === hovered) return;
    hovered = index;
    scatter.chosen = index;
    scatter.draw();
    card.hidden = index === null;
    if (index === null) return;
    const one = shown.points[index];
    const name = (label) => shown.classNames[label] ?? String(label);
    const picture = element("div", { class: "scatter-picture" });
    card.replaceChildren(picture, element("strong", { text: `Sample ${format.whole(one.index)}` }),
      element("span", { text: one.predicted === undefined || one.predicted === one.label ? name(one.label) : `${name(one.label)} → ${name(one.predicted)}` }));
    const [x, y] = scatter.spots[index];
    card.style.left = `${Math.max(0, Math.min(x + 12, area.clientWidth - 130))}px`;
    card.style.top = `${Math.max(0, Math.min(y + 12, area.clientHeight - 140))}px`;
    if (!pictures.has(one.index)) pictures.set(one.index, api.sampleSheet(shown.data, shown.array, [one.index]).catch(() => null));
    pictures.get(one.index).then((sheet) => { if (sheet && hovered === index) picture.replaceChildren(cut(sheet, 0, "", 84)); });
  };
  const open = (index) => { if (index !== null && shown) choose(shown.points[index]); };
  const place = (event) => {
    const box = scatter.canvas.getBoundingClientRect();
    return scatter.at(event.clientX - box.left, event.clientY - box.top);
  };
  scatter.canvas.addEventListener("pointermove", (event) => {
    if (!shown || (isByKeys && !event.movementX && !event.movementY)) return;
    isByKeys = false;
    show(place(event));
  });
  scatter.canvas.addEventListener("pointerleave", () => { if (!isByKeys) show(null); });
  scatter.canvas.addEventListener("click", (event) => open(place(event)));
  scatter.canvas.addEventListener("blur", () => show(null));
  scatter.canvas.addEventListener("keydown", (event) => {
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (!shown || (!ways[event.key] && event.key !== "Enter")) return;
    event.preventDefault();
    if (event.key === "Enter") open(scatter.chosen);
    else {
      isByKeys = true;
      show(scatter.beside(...ways[event.key]));
    }
  });

  const load = async () => {
    const request = ++wanted;
    setText(facts, method.value === "tsne" ? "Neighbours are laid out; that takes some seconds…" : "The network looks at the samples…");
    area.setAttribute("aria-busy", "true");
    try {
      const found = await api.projection(id, { part, layer: layer.value, by: method.value, samples: count.value });
      if (request !== wanted) return;
      show(null);
      shown = found;
      scatter.only = null;
      scatter.show(found.points);
      scatter.canvas.dataset.points = found.points.length;
      scatter.canvas.dataset.method = found.method;
      key.replaceChildren(legend(found, found.points, scatter));
      const what = `${format.whole(found.features)} ${found.areMeans ? "channel means" : "numbers"} each`;
      const how = found.shares ? `${found.shares.map((one) => format.percent(one)).join(" and ")} of the variance` : `divergence ${format.value(found.divergence)} nats`;
      setText(facts, `${format.whole(found.points.length)} of ${format.whole(found.total)} samples, ${what} · ${how} · step ${format.whole(found.step)}`);
      area.hidden = false;
    } catch (error) {
      if (request !== wanted) return;
      setText(facts, "");
      area.hidden = true;
      key.replaceChildren(emptyState("No map of this layer", error.message));
    }
    area.removeAttribute("aria-busy");
  };
  load();
  return () => {
    wanted = -1;
    scatter.remove();
  };
}
