// A board of charts that follows a session: a chart for each kind of metric, made when one appears.

import * as api from "./api.js";
import { Chart } from "./charts.js";
import { element, setText, throttled } from "./dom.js";
import { mountMarks } from "./marks.js";
import { chartGroups, keyColor, kindOf, labelOf } from "./metrics.js";
import { findSession, isOver, watch } from "./store.js";

/**
 * Shows charts of a session in `area`.
 * `accepts(kind)` chooses the kinds, `smoothing()` gives the weight of what came before, 0…1, `x()` the axis.
 */
export function mountBoard(area, id, { accepts = () => true, smoothing = () => 0, x = () => "step", tell }) {
  const charts = new Map();
  let hasEnded = false;
  const waiting = element("p", { class: "panel empty" });
  const marks = mountMarks(id, () => { for (const chart of charts.values()) chart.draw(true); });
  const explain = () => {
    const state = findSession(id)?.state;
    setText(waiting, isOver(state) ? "The session ended before it reported any point."
      : state === "queued" ? "Its curves begin when its turn comes; Workspace has the queue." : "The first points are on their way.");
  };
  explain();
  area.replaceChildren(waiting);

  const arrange = async () => {
    let groups;
    try {
      groups = chartGroups((await api.keys(id)).series).filter((group) => accepts(group.kind));
    } catch (error) {
      tell(error.message);
      return;
    }
    if (hasEnded) return;
    for (const group of groups) {
      const known = charts.get(group.kind);
      if (known?.keys.length === group.keys.length) continue;
      const chart = new Chart({ ...group, smoothing, problem: tell, marks: marks.list, x: x(),
        lines: group.keys.map((key, index) => ({ session: id, key, label: labelOf(key), color: keyColor(key, index) })) });
      if (known) {
        known.root.replaceWith(chart.root);
        known.remove();
      }
      charts.set(group.kind, chart);
      waiting.remove();
    }
    // The order is that of the groups, also for what came later.
    groups.forEach((group, index) => {
      const { root } = charts.get(group.kind);
      if (area.children[index] !== root) area.insertBefore(root, area.children[index] ?? null);
    });
    for (const chart of charts.values()) if (!chart.series.length) chart.load();
  };
  const arrangeSoon = throttled(arrange, 1000);
  arrange();

  const end = watch((message) => {
    if (message.kind !== "reload" && message.session !== id) return;
    explain();
    if (message.kind === "reload") arrangeSoon();
    if (message.kind === "metrics") {
      const drawn = new Set([...charts.values()].flatMap((chart) => chart.keys));
      const isNew = (key) => !drawn.has(key) && accepts(kindOf(key));
      if (message.points.some((point) => Object.keys(point.values).some(isNew))) arrangeSoon();
    }
    if (message.kind === "metrics" || message.kind === "reload") {
      for (const chart of charts.values()) chart.refresh();
    }
  });
  return {
    change: (options) => { for (const chart of charts.values()) chart.change(options); },
    redraw: () => { for (const chart of charts.values()) chart.draw(true); },
    end: () => {
      hasEnded = true;
      end();
      marks.end();
      arrangeSoon.cancel();
      for (const chart of charts.values()) chart.remove();
    },
  };
}
