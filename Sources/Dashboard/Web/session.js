// One session: its numbers, curves, filters, layers and timeline, and the buttons that steer it.

import { mountBoard } from "./board.js";
import { controls } from "./controls.js";
import { element, emptyState, setText, throttled } from "./dom.js";
import { mountFilters } from "./filters.js";
import * as format from "./format.js";
import { mountLayers } from "./layers.js";
import { progressBar, stateBadge } from "./sessions.js";
import { findSession, headline, loadProblem, progress, timeLeft, watch } from "./store.js";
import { mountTimeline } from "./timeline.js";

const tiles = [
  ["Progress", (record) => { const part = progress(record); return part === null ? "–" : `${Math.floor(part * 100)} %`; }],
  ["Epoch", (record) => `${Number(record.epoch.toFixed(2))} / ${record.epochs || "?"}`],
  ["Step", (record) => format.whole(record.step)],
  ["Loss", (record) => format.value(headline(record).loss)],
  ["Accuracy", (record) => format.percent(headline(record).accuracy)],
  ["Samples per second", (record) => format.value(headline(record).samples)],
  ["Time left", (record) => format.duration(timeLeft(record))],
];

function head(id, tell) {
  const name = element("h1");
  const origin = element("p", { class: "facts" });
  const badge = stateBadge();
  const message = element("p", { class: "session-message" });
  const steering = controls(id, tell);
  const bar = progressBar();
  const values = tiles.map(([label]) => {
    const shown = element("dd", { text: "–" });
    return { shown, root: element("div", {}, element("dt", { text: label }), shown) };
  });
  const root = element("section", { class: "panel session-head", "aria-label": "Session" },
    element("div", { class: "session-title" }, element("div", {}, element("div", { class: "name-line" }, name, badge.root), origin),
      steering.root),
    message, element("dl", { class: "tiles" }, values.map((one) => one.root)), bar.root);
  const update = () => {
    const record = findSession(id);
    if (!record) return;
    const { request } = record;
    setText(name, request.name);
    setText(origin, `${request.model} on ${request.data} · ${request.device}, ${request.threads} threads · saves ${request.saveParams}`
      + (record.attempt > 1 ? ` · attempt ${record.attempt}` : ""));
    badge.update(record.state);
    bar.update(record);
    setText(message, record.message ?? "");
    message.hidden = !record.message;
    tiles.forEach(([, read], index) => setText(values[index].shown, read(record)));
  };
  return { root, update, end: steering.end };
}

function mountCurves(target, id, tell) {
  let weight = 0;
  const area = element("div", { class: "charts" });
  const shown = element("output", { text: "off" });
  const slider = element("input", { type: "range", min: 0, max: 0.98, step: 0.02, value: 0, id: "smoothing",
    oninput: (event) => {
      weight = Number(event.target.value);
      setText(shown, weight ? weight.toFixed(2) : "off");
      redraw();
    } });
  const board = mountBoard(area, id, { smoothing: () => weight, tell });
  const redraw = throttled(board.redraw, 120);
  target.replaceChildren(
    element("header", { class: "section-head" }, element("h2", { text: "Curves" }),
      element("p", { class: "facts", text: "every point kept; drag to zoom, double-click for all" }),
      element("label", { class: "smoothing", for: "smoothing" }, "Smoothing ", slider, shown)),
    area);
  return () => {
    redraw.cancel();
    board.end();
  };
}

/** Shows a session in `target`; returns how to end that. */
export function mountSession(target, id, tell) {
  if (!findSession(id)) {
    target.replaceChildren(element("section", { class: "panel" }, emptyState("There is no such session",
      loadProblem() ?? "It may have been started in another workspace. The list on the home page has all of this one.")));
    return watch((message) => {
      if ((message.kind === "reload" || message.kind === "session") && findSession(id)) window.dispatchEvent(new HashChangeEvent("hashchange"));
    });
  }
  const top = head(id, tell);
  const curves = element("section", { class: "curves", "aria-label": "Curves" });
  const filters = element("section", { class: "panel", "aria-label": "Filters" });
  const layers = element("section", { class: "panel", "aria-label": "Layers" });
  const timeline = element("section", { class: "panel", "aria-label": "Timeline" });
  target.replaceChildren(element("div", { class: "session" }, top.root,
    element("div", { class: "session-body" },
      element("div", {}, curves, layers), element("div", { class: "session-side" }, filters, timeline))));
  top.update();
  const soon = throttled(top.update, 250);
  const ends = [
    mountCurves(curves, id, tell), mountFilters(filters, id), mountLayers(layers, id),
    mountTimeline(timeline, id), top.end,
    watch((message) => {
      if (message.kind === "session" && message.session === id) top.update();
      else if (message.kind === "reload" || message.session === id) soon();
    }),
  ];
  return () => {
    soon.cancel();
    for (const end of ends) end();
  };
}
