// A chart as a file: PNG, SVG, CSV with exact extremes, and the Python that draws the CSV.

import * as api from "./api.js";
import { color } from "./charting.js";
import { element } from "./dom.js";
import * as format from "./format.js";
import { findSession } from "./store.js";

/** Gives a file to the person. */
export function save(content, name, type) {
  const blob = content instanceof Blob ? content : new Blob([content], { type });
  const address = URL.createObjectURL(blob);
  const link = element("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

const fileName = (title) => title.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "") || "chart";
/** A cell of a table; a text that a spreadsheet would compute is marked as text by an apostrophe. */
export function cell(content) {
  const text = typeof content === "string" && /^[=+\-@\t\r]/.test(content) ? `'${content}` : String(content);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const escaped = (text) => text.replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]);

/** All that the server keeps of the lines, in at most 10,000 buckets each. */
async function table(chart) {
  const rows = [["session", "name", "metric", "firstStep", "lastStep", "lastTime", "points", "minimum", "maximum", "mean", "last"]];
  for (const id of new Set(chart.lines.map((line) => line.session))) {
    const keys = chart.lines.filter((line) => line.session === id).map((line) => line.key);
    for (const one of await api.seriesOf([id], keys, { pixels: 10000 })) {
      for (const bucket of one.buckets) {
        rows.push([id, findSession(id)?.request.name ?? "", one.key, bucket.firstStep, bucket.lastStep, bucket.lastTime, bucket.count,
          bucket.minimum ?? "", bucket.maximum ?? "", bucket.mean ?? "", bucket.last ?? ""]);
      }
    }
  }
  return rows.map((row) => row.map(cell).join(",")).join("\n") + "\n";
}

/** The drawing on paper of its own colour, with title and legend. */
async function picture(chart, title) {
  const source = chart.plot.ctx.canvas;
  const ratio = devicePixelRatio;
  const canvas = element("canvas");
  const lines = chart.series.map((one) => one.line);
  const rows = Math.ceil(lines.length / 3);
  canvas.width = source.width;
  canvas.height = source.height + (40 + 18 * rows) * ratio;
  const ctx = canvas.getContext("2d");
  ctx.fillStyle = color("--surface");
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  ctx.fillStyle = color("--ink");
  ctx.font = `600 ${14 * ratio}px system-ui, sans-serif`;
  ctx.fillText(title, 12 * ratio, 22 * ratio);
  ctx.drawImage(source, 0, 32 * ratio);
  ctx.font = `${11 * ratio}px system-ui, sans-serif`;
  lines.forEach((line, index) => {
    const x = (12 + (index % 3) * (source.width / ratio - 24) / 3) * ratio;
    const y = source.height + (44 + 18 * Math.floor(index / 3)) * ratio;
    ctx.fillStyle = color(line.color);
    ctx.fillRect(x, y - 5 * ratio, 14 * ratio, 3 * ratio);
    ctx.fillStyle = color("--ink");
    ctx.fillText(line.label, x + 20 * ratio, y);
  });
  return new Promise((resolve) => { canvas.toBlob(resolve, "image/png"); });
}

/** The drawing as lines and areas, from the same numbers that are on the screen. */
export function svg(chart, title) {
  const { plot } = chart;
  const ratio = devicePixelRatio;
  const area = { left: plot.bbox.left / ratio, top: plot.bbox.top / ratio + 30, width: plot.bbox.width / ratio, height: plot.bbox.height / ratio };
  const at = (index, value) => [area.left + plot.valToPos(plot.data[0][index], "x"), area.top + plot.valToPos(value, "y")].map((number) => number.toFixed(1)).join(" ");
  const shown = (column) => plot.data[column].map((value, index) => [index, value]).filter(([, value]) => value !== null && value !== undefined);
  const parts = [];
  const ink = escaped(color("--ink-soft"));
  for (const [scale, isX] of [["x", true], ["y", false]]) {
    const ticks = plot.axes[isX ? 0 : 1]._splits ?? [];
    const texts = plot.axes[isX ? 0 : 1]._values ?? [];
    ticks.forEach((tick, index) => {
      if (tick === null || texts[index] === "" || texts[index] === undefined) return;
      const place = plot.valToPos(tick, scale);
      if (isX) parts.push(`<text x="${(area.left + place).toFixed(1)}" y="${area.top + area.height + 18}" text-anchor="middle" fill="${ink}">${escaped(String(texts[index]))}</text>`);
      else {
        const y = (area.top + place).toFixed(1);
        parts.push(`<path d="M${area.left} ${y}h${area.width}" stroke="${escaped(color("--grid"))}"/>`);
        parts.push(`<text x="${area.left - 8}" y="${y}" dy="4" text-anchor="end" fill="${ink}">${escaped(String(texts[index]))}</text>`);
      }
    });
  }
  chart.series.forEach((one, position) => {
    const stroke = escaped(color(one.line.color));
    const first = 1 + 4 * position;
    const upper = shown(first + 1).map(([index, value]) => at(index, value));
    const lower = shown(first + 2).map(([index, value]) => at(index, value)).reverse();
    if (upper.length > 1) parts.push(`<path d="M${[...upper, ...lower].join("L")}Z" fill="${stroke}" fill-opacity=".18"/>`);
    const isSmooth = shown(first + 3).length > 0;
    const inOrder = chart.paths?.[position].map(([x, value]) => [area.left + plot.valToPos(x, "x"), area.top + plot.valToPos(value, "y")].map((number) => number.toFixed(1)).join(" "));
    parts.push(`<path d="M${(inOrder ?? shown(first).map(([index, value]) => at(index, value))).join("L")}" fill="none" stroke="${stroke}" stroke-width="1.75"${isSmooth ? ' stroke-opacity=".35"' : ""}/>`);
    if (isSmooth) parts.push(`<path d="M${shown(first + 3).map(([index, value]) => at(index, value)).join("L")}" fill="none" stroke="${stroke}" stroke-width="2"/>`);
    const y = area.top + area.height + 40 + 18 * position;
    parts.push(`<path d="M${area.left} ${y - 4}h16" stroke="${stroke}" stroke-width="3"/><text x="${area.left + 22}" y="${y}" fill="${escaped(color("--ink"))}">${escaped(one.line.label)}</text>`);
  });
  const height = area.top + area.height + 46 + 18 * chart.series.length;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${plot.width}" height="${height}" viewBox="0 0 ${plot.width} ${height}" font-family="system-ui, sans-serif" font-size="11">`
    + `<rect width="100%" height="100%" fill="${escaped(color("--surface"))}"/><text x="12" y="20" font-size="14" font-weight="600" fill="${escaped(color("--ink"))}">${escaped(title)}</text>${parts.join("")}</svg>\n`;
}

/** The Python that draws the CSV of the same name. */
function code(chart, title, name) {
  return `# Draws ${name}.csv: pip install matplotlib
import csv
from collections import defaultdict
import matplotlib.pyplot as plt

lines = defaultdict(list)
with open("${name}.csv", newline="") as file:
    for row in csv.DictReader(file):
        if row["mean"]:
            lines[row["name"], row["metric"]].append(row)
figure, axes = plt.subplots(figsize=(8, 4.5))
for (name, metric), rows in lines.items():
    steps = [(int(row["firstStep"]) + int(row["lastStep"])) / 2 for row in rows]
    line, = axes.plot(steps, [float(row["mean"]) for row in rows], label=f"{name}: {metric}")
    axes.fill_between(steps, [float(row["minimum"]) for row in rows], [float(row["maximum"]) for row in rows],
                      alpha=0.2, color=line.get_color(), linewidth=0)
axes.set(title=${JSON.stringify(title)}, xlabel="step"${chart.isLogarithmic ? ', yscale="log"' : ""})
axes.legend()
figure.savefig("${name}.svg")
`;
}

/** A small menu that saves a chart. */
export function exportMenu(chart, title) {
  const name = fileName(title);
  const menu = element("details", { class: "menu" });
  const item = (text, work) => element("button", { type: "button", text, onclick: async () => {
    menu.open = false;
    if (!chart.plot) return chart.options.problem("There is nothing to save yet.");
    try {
      await work();
    } catch (error) {
      chart.options.problem(error.message);
    }
    return undefined;
  } });
  menu.append(element("summary", { class: "small", text: "save", "aria-label": `Save ${title}` }),
    element("div", { class: "menu-items" },
      item("PNG picture", async () => save(await picture(chart, title), `${name}.png`, "image/png")),
      item("SVG drawing", () => save(svg(chart, title), `${name}.svg`, "image/svg+xml")),
      item("CSV table", async () => save(await table(chart), `${name}.csv`, "text/csv")),
      item("Python code", () => save(code(chart, title, name), `${name}.py`, "text/x-python"))));
  menu.addEventListener("keydown", (event) => { if (event.key === "Escape") menu.open = false; });
  menu.addEventListener("focusout", (event) => { if (!menu.contains(event.relatedTarget)) menu.open = false; });
  return menu;
}
