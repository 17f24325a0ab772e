// Curves of any sessions in the same charts, chosen by a query.

import * as api from "./api.js";
import { palette } from "./charting.js";
import { Chart } from "./charts.js";
import { element, emptyState, setText, throttled } from "./dom.js";
import { mountMarks } from "./marks.js";
import { kindOf, titleOf } from "./metrics.js";
import { matcher } from "./query.js";
import { mountRuns } from "./runs.js";
import { allSessions, watch } from "./store.js";

const first = ["valid/loss", "train/loss", "valid/accuracy", "train/accuracy"];
const most = 8;
const key = "lasagne.curves";

/** What was chosen the last time in this tab. */
function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(key)) ?? {};
  } catch {
    return {};
  }
}

/** Shows curves of sessions in `target`; returns how to end that. */
export function mountCurves(target, _, tell) {
  const state = { query: "", metrics: null, x: "step", isLogX: false, smoothing: 0, chosen: null, group: "", ...remembered() };
  let notes = {};
  const charts = new Map();
  const marks = new Map();
  const area = element("div", { class: "charts compare" });
  const runs = element("section", { class: "panel", "aria-label": "Runs" });
  const nothing = element("section", { class: "panel" });
  const keep = () => sessionStorage.setItem(key, JSON.stringify(state));

  const query = element("input", { type: "search", id: "query", value: state.query, autocomplete: "off", spellcheck: "false",
    placeholder: "lenet state:running accuracy>0.9 -tag:old", oninput: () => { state.query = query.value; arrangeSoon(); } });
  const x = element("select", { id: "curves-over", onchange: () => { state.x = x.value; change(); } },
    [["step", "step"], ["epoch", "epoch"], ["relative", "time since the start"], ["time", "time of day"]].map(([value, text]) => element("option", { value, text })));
  const across = element("optgroup", { label: "a metric" });
  x.append(across);
  const group = element("select", { id: "curves-group", onchange: () => { state.group = group.value; keep(); for (const chart of charts.values()) chart.change({ groupOf: groupOf() }); } });
  const logX = element("button", { type: "button", class: "small", text: "log x", "aria-pressed": String(state.isLogX), onclick: () => {
    state.isLogX = !state.isLogX;
    logX.setAttribute("aria-pressed", String(state.isLogX));
    change();
  } });
  const shown = element("output", { text: "off" });
  const slider = element("input", { type: "range", min: 0, max: 0.98, step: 0.02, value: state.smoothing, id: "curves-smoothing",
    oninput: () => { state.smoothing = Number(slider.value); setText(shown, state.smoothing ? state.smoothing.toFixed(2) : "off"); redraw(); } });
  const metrics = element("div", { class: "menu-items checks" });
  const menu = element("details", { class: "menu" }, element("summary", { text: "Metrics" }), metrics);
  menu.addEventListener("keydown", (event) => { if (event.key === "Escape") menu.open = false; });
  target.replaceChildren(element("h1", { class: "hidden", text: "Curves" }), element("div", { class: "stack" },
    element("div", { class: "toolbar" }, element("label", { class: "wide", for: "query" }, "Sessions ", query), menu,
      element("label", { for: "curves-over" }, "Over ", x), logX, element("label", { for: "curves-group" }, "Group by ", group), element("label", { class: "smoothing", for: "curves-smoothing" }, "Smoothing ", slider, shown)),
    area, runs));

  const isShown = (record) => state.chosen.includes(record.request.id);
  const matching = () => {
    const test = matcher(state.query);
    const hidesArchived = !/archived/.test(state.query);
    return allSessions().filter((record) => !(hidesArchived && notes[record.request.id]?.isArchived) && test(record, notes[record.request.id]));
  };
  /** The runs in the charts, those that are pinned last: they are drawn on top. */
  const drawn = () => matching().filter(isShown).sort((a, b) => Number(Boolean(notes[a.request.id]?.isPinned)) - Number(Boolean(notes[b.request.id]?.isPinned)));
  const colorOf = (id) => palette[(notes[id]?.color ?? 0) - 1] ?? palette[Math.max(0, state.chosen.indexOf(id)) % palette.length];
  const linesOf = (metric) => drawn().filter((record) => record.latest[metric] !== undefined)
    .map((record) => ({ session: record.request.id, key: metric, label: record.request.name, color: colorOf(record.request.id), isPinned: Boolean(notes[record.request.id]?.isPinned) }));
  const settingOf = (record, field) => (field === "model" || field === "data" ? record.request[field] : record.request.recipe?.[field]);
  /** What runs are one line by; nothing where each is its own. */
  const groupOf = () => {
    if (!state.group) return null;
    const spelled = (id) => JSON.stringify(settingOf(allSessions().find((record) => record.request.id === id), state.group) ?? null);
    const values = [...new Set(drawn().map((record) => spelled(record.request.id)))].sort();
    return (line) => {
      const value = spelled(line.session);
      return { label: `${state.group} ${value.replace(/^"|"$/g, "")}`, color: palette[Math.max(0, values.indexOf(value)) % palette.length] };
    };
  };
  /** The settings in which the chosen runs differ. */
  const offerGroups = () => {
    const fields = new Set(["model", "data", ...drawn().flatMap((record) => Object.keys(record.request.recipe ?? {}))]);
    const differing = [...fields].filter((field) => new Set(drawn().map((record) => JSON.stringify(settingOf(record, field) ?? null))).size > 1);
    if (state.group && !differing.includes(state.group)) differing.push(state.group);
    if (group.dataset.known === differing.join()) return;
    group.dataset.known = differing.join();
    group.replaceChildren(element("option", { value: "", text: "nothing" }), ...differing.map((field) => element("option", { value: field, text: field })));
    group.value = state.group;
  };
  const allMarks = () => drawn().flatMap((record) => (marks.get(record.request.id)?.list() ?? []).map((mark) => ({ ...mark, color: colorOf(record.request.id), label: `${record.request.name}: ${mark.label}` })));

  const list = mountRuns(runs, {
    tell, colorOf, isShown, notes: (id) => notes[id] ?? {}, chart: () => charts.values().next().value,
    choose: (id, isChosen) => {
      state.chosen = isChosen ? [...state.chosen, id] : state.chosen.filter((one) => one !== id);
      arrange();
    },
    rename: (id, name) => api.renameSession(id, name),
    remove: async (id) => {
      const { summary } = await api.removeSession(id);
      tell(`Done: ${summary}. Undo, above the runs, brings it back.`);
    },
    undo: async () => {
      try {
        const { summary } = await api.undoSession();
        notes = await api.notes();
        tell(`Undone: ${summary}.`);
        arrange();
      } catch (error) {
        tell(error.message);
      }
    },
    note: async (id, change) => {
      notes = { ...notes, [id]: await api.note(id, change) };
      arrange();
    },
  });

  const offer = () => {
    const known = [...new Set(drawn().flatMap((record) => Object.keys(record.latest)))].sort();
    const now = known.join();
    if (metrics.dataset.known === now) return;
    metrics.dataset.known = now;
    const own = state.x.startsWith("metric ") ? [state.x.slice(7)] : [];
    across.replaceChildren(...[...new Set([...own, ...known])].map((one) => element("option", { value: `metric ${one}`, text: one })));
    x.value = state.x;
    metrics.replaceChildren(...known.map((one) => {
      const box = element("input", { type: "checkbox", onchange: () => {
        state.metrics = box.checked ? [...state.metrics, one] : state.metrics.filter((other) => other !== one);
        arrange();
      } });
      box.checked = state.metrics.includes(one);
      return element("label", {}, box, ` ${one}`);
    }));
  };

  const arrange = () => {
    const records = matching();
    state.chosen ??= records.slice(0, most).map((record) => record.request.id);
    const having = (metric) => drawn().some((record) => record.latest[metric] !== undefined);
    state.metrics ??= drawn().length ? [first.slice(0, 2).find(having), first.slice(2).find(having)].filter(Boolean) : null;
    keep();
    offer();
    offerGroups();
    list.show(records);
    runs.hidden = !allSessions().length;
    for (const record of drawn()) {
      const { id } = record.request;
      if (!marks.has(id)) marks.set(id, mountMarks(id, () => redraw()));
    }
    const wanted = state.metrics ?? [];
    for (const [metric, chart] of charts) {
      if (wanted.includes(metric)) continue;
      chart.remove();
      charts.delete(metric);
    }
    for (const metric of wanted) {
      const lines = linesOf(metric);
      const known = charts.get(metric);
      if (known) {
        if (JSON.stringify(known.lines) !== JSON.stringify(lines)) known.change({ lines, groupOf: groupOf() });
        continue;
      }
      const parts = metric.split("/");
      const chart = new Chart({ kind: kindOf(metric), title: `${titleOf(kindOf(metric))} · ${parts.slice(0, -1).join("/") || metric}`, lines, height: 300,
        x: state.x, isLogX: state.isLogX, smoothing: () => state.smoothing, problem: tell, marks: allMarks, groupOf: groupOf(), pick: (line) => list.pick(line.session), loaded: () => list.refresh() });
      charts.set(metric, chart);
      area.append(chart.root);
      chart.load();
    }
    nothing.remove();
    if (!charts.size) {
      area.append(nothing);
      nothing.replaceChildren(records.length
        ? emptyState("No metric chosen", "Choose some under Metrics, and sessions in the list below.")
        : emptyState(state.query ? "No session fits" : "No sessions yet", state.query ? "Take a word out of the query." : "Press New session on the page Workspace, or start one in a terminal; its curves appear here by themselves.", state.query ? null : "lasagne train lenet digits"));
    }
  };
  const arrangeSoon = throttled(arrange, 300);
  const redraw = throttled(() => { for (const chart of charts.values()) chart.draw(true); keep(); }, 150);
  const change = () => {
    keep();
    for (const chart of charts.values()) chart.change({ x: state.x, isLogX: state.isLogX });
  };

  arrange();
  api.notes().then((found) => { notes = found; arrange(); }, (error) => tell(error.message));
  const end = watch((message) => {
    if (message.kind === "reload" || message.kind === "session") arrangeSoon();
    if (message.kind === "metrics" && state.chosen?.includes(message.session)) {
      for (const chart of charts.values()) chart.refresh();
      if (!state.metrics?.length) arrangeSoon();
    }
  });
  return () => {
    end();
    arrangeSoon.cancel();
    redraw.cancel();
    for (const chart of charts.values()) chart.remove();
    for (const one of marks.values()) one.end();
  };
}
