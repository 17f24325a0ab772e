// One session: its numbers, curves, filters, layers and timeline, and the buttons that steer it.

import { mountBoard } from "./board.js";
import { controls } from "./controls.js";
import { element, emptyState, lazily, setText, throttled } from "./dom.js";
import { mountFilters } from "./filters.js";
import * as format from "./format.js";
import { mountLayers } from "./layers.js";
import { mountNetwork } from "./network.js";
import { progressBar, stateBadge } from "./sessions.js";
import { findSession, headline, loadProblem, progress, timeLeft, watch } from "./store.js";
import { mountTimeline } from "./timeline.js";

const tiles = [
  ["Progress", (record) => { const part = progress(record); return part === null ? "–" : `${Math.floor(part * 100)} %`; }],
  ["Epoch", (record) => `${Number(record.epoch.toFixed(2))} / ${record.epochs ? format.whole(record.epochs) : "?"}`],
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
    setText(origin, `${request.model} on ${request.data} · ${request.device}, ${request.threads} ${request.threads === 1 ? "thread" : "threads"} · saves ${request.saveParams}`
      + (record.attempt > 1 ? ` · attempt ${record.attempt}` : ""));
    badge.update(record.state);
    bar.update(record);
    setText(message, record.message ?? "");
    message.hidden = !record.message;
    tiles.forEach(([, read], index) => setText(values[index].shown, read(record)));
  };
  return { root, update, end: steering.end };
}

const axes = [["step", "step"], ["epoch", "epoch"], ["relative", "time"]];

function mountCurves(target, id, tell) {
  let weight = 0;
  let x = "step";
  const area = element("div", { class: "charts" });
  const shown = element("output", { text: "off" });
  const slider = element("input", { type: "range", min: 0, max: 0.98, step: 0.02, value: 0, id: "smoothing",
    oninput: (event) => {
      weight = Number(event.target.value);
      setText(shown, weight ? weight.toFixed(2) : "off");
      redraw();
    } });
  const over = element("select", { id: "over", onchange: (event) => { x = event.target.value; board.change({ x }); } },
    axes.map(([value, text]) => element("option", { value, text })));
  const board = mountBoard(area, id, { smoothing: () => weight, x: () => x, tell });
  const redraw = throttled(board.redraw, 120);
  target.replaceChildren(
    element("header", { class: "section-head" }, element("h2", { text: "Curves" }),
      element("p", { class: "facts", text: "every point kept; drag to zoom, double-click for all" }),
      element("label", { class: "smoothing", for: "over" }, "Over ", over),
      element("label", { class: "smoothing", for: "smoothing" }, "Smoothing ", slider, shown)),
    area);
  return () => {
    redraw.cancel();
    board.end();
  };
}

function mountOverview(target, id, tell) {
  const curves = element("section", { class: "curves", "aria-label": "Curves" });
  const network = element("section", { class: "panel", "aria-label": "Network" });
  const filters = element("section", { class: "panel", "aria-label": "Filters" });
  const layers = element("section", { class: "panel", "aria-label": "Layers" });
  const timeline = element("section", { class: "panel", "aria-label": "Timeline" });
  target.replaceChildren(element("div", { class: "session-body" },
    element("div", {}, curves, layers), element("div", { class: "session-side" }, network, filters, timeline)));
  const ends = [mountCurves(curves, id, tell), mountNetwork(network, id, { isSmall: true }), mountFilters(filters, id), mountLayers(layers, id), mountTimeline(timeline, id)];
  return () => { for (const end of ends) end(); };
}

const tabs = [
  { name: "", title: "Overview", mount: mountOverview },
  { name: "parameters", title: "Parameters", mount: lazily(() => import("./parameters.js"), "mountParameters") },
  { name: "inside", title: "What it sees", mount: lazily(() => import("./inside.js"), "mountInside") },
  { name: "settings", title: "Settings", mount: lazily(() => import("./settings.js"), "mountSettings") },
];

/** Shows a session in `target`, one of its parts at a time; returns how to end that. */
export function mountSession(target, id, tell, part = "") {
  if (!findSession(id)) {
    target.replaceChildren(element("section", { class: "panel" }, emptyState("There is no such session",
      loadProblem() ?? "It may have been started in another workspace. The list on the home page has all of this one.")));
    return watch((message) => {
      if ((message.kind === "reload" || message.kind === "session") && findSession(id)) window.dispatchEvent(new HashChangeEvent("hashchange"));
    });
  }
  const top = head(id, tell);
  const body = element("div", { class: "session-part" });
  const shown = tabs.find((tab) => tab.name === part) ?? tabs[0];
  const list = element("nav", { class: "tabs", "aria-label": "Parts of the session" }, tabs.map((tab) =>
    element("a", { href: `#/session/${id}${tab.name && `/${tab.name}`}`, text: tab.title, "aria-current": tab === shown ? "page" : null })));
  target.replaceChildren(element("div", { class: "session" }, top.root, list, body));
  top.update();
  const soon = throttled(top.update, 250);
  const endPart = shown.mount(body, id, tell);
  const end = watch((message) => {
    if (message.kind === "session" && message.session === id) top.update();
    else if (message.kind === "reload" || message.session === id) soon();
  });
  return () => {
    soon.cancel();
    end();
    endPart();
    top.end();
  };
}
