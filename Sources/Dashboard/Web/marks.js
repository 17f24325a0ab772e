// What was done to a session while it ran, as marks on its curves.

import * as api from "./api.js";
import { throttled } from "./dom.js";
import { watch } from "./store.js";

/** What was asked, out of a timeline's sentence; threads come and go with the other sessions. */
function wish(entry) {
  const found = / asked: (.+)\.$/.exec(entry.sentence)?.[1];
  return found && !/^use \d+ threads?$/.test(found) ? found : null;
}

/** Follows a session's interventions; `changed()` is called when there are others. */
export function mountMarks(id, changed) {
  let marks = [];
  const load = async () => {
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
