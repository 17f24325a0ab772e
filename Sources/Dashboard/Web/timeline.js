// What happened to a session, newest first.

import * as api from "./api.js";
import { element, setText, throttled } from "./dom.js";
import * as format from "./format.js";
import { watch } from "./store.js";

const limit = 200;

function row(entry) {
  return element("li", { "data-kind": entry.kind },
    element("time", { text: format.clock(entry.time), datetime: new Date(entry.time * 1000).toISOString() }),
    element("span", { class: "what", text: entry.sentence }),
    element("span", { class: "soft", text: `step ${format.whole(entry.step)}` }));
}

/** Shows a session's timeline in `target`; returns how to end that. */
export function mountTimeline(target, id) {
  const facts = element("p", { class: "facts" });
  const list = element("ol", { class: "timeline", tabindex: 0, "aria-label": "Timeline" });
  target.replaceChildren(element("header", { class: "panel-head" }, element("h2", { text: "Timeline" }), facts), list);

  const load = async () => {
    try {
      const entries = await api.timeline(id);
      list.replaceChildren(...entries.slice(-limit).reverse().map(row));
      if (!entries.length) list.replaceChildren(element("li", { class: "empty", text: "Nothing has happened yet." }));
      setText(facts, entries.length > limit ? `the last ${limit} of ${entries.length}` : "");
    } catch (error) {
      list.replaceChildren(element("li", { class: "empty", text: error.message }));
    }
  };
  const loadSoon = throttled(load, 400);
  load();
  const end = watch((message) => {
    if (message.kind === "reload" || (message.kind === "timeline" && message.session === id)) loadSoon();
  });
  return () => {
    end();
    loadSoon.cancel();
  };
}
