// What was done to a session while it ran, as marks on its curves.

import * as api from "./api.js";
import { color } from "./charting.js";
import { throttled } from "./dom.js";
import { findSession, watch } from "./store.js";

/** What was asked, out of a timeline's sentence; threads come and go with the other sessions. */
function wish(entry) {
  const found = / asked: (.+)\.$/.exec(entry.sentence)?.[1];
  return found && !/^use \d+ threads?$/.test(found) ? found : null;
}

/** Follows a session's interventions; `changed()` is called when there are others. */
export function mountMarks(id, changed) {
  let marks = [];
  const load = async () => {
    // Who was removed is not asked; who is not known yet is, when the list of sessions has come.
    if (!findSession(id)) return;
    try {
      const entries = await api.timeline(id);
      const found = entries.flatMap((entry) => {
        const label = entry.kind === "acknowledged" ? wish(entry) : entry.kind === "warning" ? entry.sentence : null;
        return label ? [{ session: id, step: entry.step, time: entry.time, label, isBad: entry.kind === "warning" }] : [];
      });
      const isNew = JSON.stringify(found) !== JSON.stringify(marks);
      marks = found;
      if (isNew) changed();
    } catch {
      // The curves stand without marks, and the timeline says what is wrong.
    }
  };
  const soon = throttled(load, 800);
  load();
  const end = watch((message) => {
    if (message.kind === "reload" || (message.kind === "timeline" && message.session === id)) soon();
  });
  return { list: () => marks, end: () => { end(); soon.cancel(); } };
}

/** Draws lines across a chart at places of its axis. */
export function drawMarks(plot, places) {
  const { ctx, bbox } = plot;
  ctx.save();
  let last = NaN;
  for (const mark of places) {
    const x = Math.round(plot.valToPos(mark.x, "x", true));
    if (x === last || x < bbox.left || x > bbox.left + bbox.width) continue;
    last = x;
    const size = 4 * devicePixelRatio;
    ctx.strokeStyle = color(mark.isBad ? "--state-bad" : mark.color ?? "--ink-soft");
    ctx.fillStyle = ctx.strokeStyle;
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.beginPath();
    ctx.moveTo(x - size, bbox.top);
    ctx.lineTo(x + size, bbox.top);
    ctx.lineTo(x, bbox.top + 1.5 * size);
    ctx.fill();
  }
  ctx.restore();
}
