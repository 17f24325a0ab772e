// The list of sessions: one card each, kept up to date in place.

import * as api from "./api.js";
import { element, emptyState, setAttribute, setText, throttled } from "./dom.js";
import * as format from "./format.js";
import { openNewSession } from "./newsession.js";
import { allSessions, findSession, headline, loadProblem, progress, timeLeft, watch } from "./store.js";

/** A state as a coloured word. */
export function stateBadge() {
  const root = element("span", { class: "state" });
  return { root, update: (state) => { root.dataset.state = state; setText(root, format.title(state)); } };
}

/** A bar that fills up. */
export function progressBar() {
  const fill = element("i");
  const root = element("div", { class: "progress", role: "progressbar", "aria-valuemin": 0, "aria-valuemax": 100,
    "aria-label": "Progress" }, fill);
  return {
    root,
    update: (record) => {
      const part = progress(record);
      fill.style.transform = `scaleX(${part ?? 0})`;
      root.dataset.state = record.state;
      setAttribute(root, "aria-valuenow", part === null ? null : Math.round(part * 100));
    },
  };
}

const svgName = "http://www.w3.org/2000/svg";

/** A small curve without axes. */
function sparkline() {
  const root = document.createElementNS(svgName, "svg");
  root.setAttribute("viewBox", "0 0 100 28");
  root.setAttribute("preserveAspectRatio", "none");
  root.setAttribute("class", "sparkline");
  root.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(svgName, "polyline");
  root.append(line);
  return {
    root,
    update: (numbers) => {
      const low = Math.min(...numbers);
      const span = Math.max(...numbers) - low || 1;
      const points = numbers.map((number, index) =>
        `${(100 * index / Math.max(1, numbers.length - 1)).toFixed(1)},${(26 - 24 * (number - low) / span).toFixed(1)}`);
      line.setAttribute("points", points.join(" "));
      root.classList.toggle("drawn", points.length > 1);
    },
  };
}

const wanted = new Map();

async function askForCurves() {
  const asked = [...wanted];
  wanted.clear();
  await Promise.all(asked.map(async ([key, waiting]) => {
    let found = [];
    try {
      found = await api.seriesOf([...waiting.keys()], [key], { pixels: 100 });
    } catch {
      // The cards' other numbers stand on their own.
    }
    for (const one of found) waiting.get(one.session)?.(one);
  }));
}

/** Calls `take` with the small curve of a session; the cards of one list ask together. */
function smallCurve(id, key, take) {
  if (!wanted.size) queueMicrotask(askForCurves);
  if (!wanted.has(key)) wanted.set(key, new Map());
  wanted.get(key).set(id, take);
}

function card(id, choose) {
  const name = element("a", { class: "card-name", href: `#/session/${id}` });
  const origin = element("span", { class: "card-origin" });
  const badge = stateBadge();
  const bar = progressBar();
  const curve = sparkline();
  const number = (label) => {
    const shown = element("strong", { text: "–" });
    return { root: element("div", {}, shown, element("span", { text: label })), shown };
  };
  const [accuracy, loss, samples, left] = ["accuracy", "loss", "samples/s", "left"].map(number);
  const message = element("p", { class: "card-message" });
  const button = element("button", { type: "button", class: "small", text: "Show network", onclick: () => choose(id) });
  const root = element("li", { class: "card", "data-session": id },
    element("div", { class: "card-head" }, name, badge.root, origin, button),
    element("div", { class: "card-body" },
      element("div", { class: "numbers" }, accuracy.root, loss.root, samples.root, left.root), curve.root),
    bar.root, message);

  const loadCurve = () => {
    const key = ["train/loss", "valid/loss"].find((one) => findSession(id)?.latest[one] !== undefined);
    if (key) smallCurve(id, key, (series) => curve.update(series.buckets.map((bucket) => bucket.mean).filter((mean) => mean !== null)));
  };
  const curveSoon = throttled(loadCurve, 2500);

  const update = () => {
    const record = findSession(id);
    if (!record) return;
    const now = headline(record);
    setText(name, record.request.name);
    setText(origin, `${record.request.model} · ${record.request.data} · ${record.request.device}`);
    badge.update(record.state);
    bar.update(record);
    setText(accuracy.shown, format.percent(now.accuracy));
    setText(loss.shown, format.value(now.loss));
    setText(samples.shown, format.value(now.samples));
    const remaining = timeLeft(record);
    setText(left.shown, remaining === null
      ? (record.epochs ? `${Number(record.epoch.toFixed(1))} / ${format.whole(record.epochs)}` : "–") : format.duration(remaining));
    setText(left.root.children[1], remaining === null ? "epochs" : "left");
    setText(message, record.message ?? "");
    message.hidden = !record.message;
  };
  const updateSoon = throttled(update, 300);
  update();
  loadCurve();
  return {
    root, update, updateSoon,
    curveSoon,
    mark: (isShown) => {
      root.classList.toggle("shown", isShown);
      button.hidden = isShown;
    },
    end: () => { curveSoon.cancel(); updateSoon.cancel(); },
  };
}

/** What somebody does who has just made a workspace. */
function firstSteps() {
  const step = (lead, text, command) => element("li", {}, element("p", {}, lead, text), element("code", { class: "command", text: command }));
  return element("div", { class: "empty" }, element("p", { class: "empty-title", text: "No sessions yet. Three steps to the first:" }),
    element("ol", { class: "first-steps" },
      step(element("strong", { text: "Add data" }), ": arrays, tables, folders of images.", "lasagne data add digits digits.npz"),
      step(element("a", { href: "#/editor", text: "Build a network" }), " here, or begin with a ready one; or keep a model file:", "lasagne models add lenet.yaml"),
      step(element("button", { type: "button", class: "small", text: "Start a session", onclick: () => openNewSession() }),
        " here or in a terminal; it appears by itself.", "lasagne train lenet digits")));
}

/** How many cards are drawn at first, and more each time. */
const step = 50;

/** Shows the sessions in `target`, some of many; `choose(id)` is called when one's network is asked for. */
export function mountSessions(target, choose) {
  const facts = element("p", { class: "facts" });
  const list = element("ul", { class: "cards" });
  const nothing = element("div");
  let count = step;
  const more = element("button", { type: "button", text: "Show more", onclick: () => {
    count += step;
    arrange();
  } });
  target.replaceChildren(
    element("header", { class: "panel-head" }, element("h2", { text: "Sessions" }), facts,
      element("button", { type: "button", class: "small", text: "New session", onclick: () => openNewSession() })), list, more, nothing);
  const cards = new Map();
  let shown = null;

  const arrange = () => {
    const all = allSessions();
    const records = all.filter((record, index) => index < count || record.state === "running" || record.request.id === shown);
    const ids = new Set(records.map((record) => record.request.id));
    more.hidden = records.length === all.length;
    for (const [id, one] of cards) {
      if (!ids.has(id)) {
        one.end();
        one.root.remove();
        cards.delete(id);
      }
    }
    records.forEach((record, index) => {
      const id = record.request.id;
      if (!cards.has(id)) cards.set(id, card(id, choose));
      const { root } = cards.get(id);
      if (list.children[index] !== root) list.insertBefore(root, list.children[index] ?? null);
    });
    for (const [id, one] of cards) one.mark(id === shown);
    const running = records.filter((record) => record.state === "running").length;
    setText(facts, all.length ? `${format.whole(all.length)} in all · ${running} running` : "");
    const problem = loadProblem();
    nothing.replaceChildren(...(problem ? [emptyState("The sessions could not be read", problem)]
      : records.length ? []
        : [firstSteps()]));
  };

  arrange();
  const end = watch((message) => {
    if (message.kind === "reload") {
      arrange();
      for (const one of cards.values()) one.update();
      return;
    }
    if (message.kind === "session") arrange();
    cards.get(message.session)?.updateSoon();
    if (message.kind === "metrics") cards.get(message.session)?.curveSoon();
  });
  return {
    show: (id) => { shown = id; arrange(); },
    end: () => { end(); for (const one of cards.values()) one.end(); },
  };
}
