// The sessions that wait for their turn, with buttons that change the order.

import * as api from "./api.js";
import { element, setText } from "./dom.js";
import { allSessions, watch } from "./store.js";

/** Shows the queue in `target`, which is hidden while nobody waits; returns how to end that. */
export function mountQueue(target, tell) {
  const list = element("ol", { class: "queue" });
  const status = element("p", { class: "facts", role: "status" });
  target.replaceChildren(element("header", { class: "panel-head" }, element("h2", { text: "Queue" }), status), list);
  let drawn = "";

  const move = async (record, place) => {
    try {
      await api.moveInQueue(record.request.id, place);
      setText(status, `${record.request.name} is ${place === 1 ? "next" : `number ${place}`} now.`);
    } catch (error) {
      tell(error.message);
    }
  };
  const row = (record, index, all) => element("li", {},
    element("a", { href: `#/session/${record.request.id}`, text: record.request.name }),
    element("span", { class: "soft", text: record.message ?? "" }),
    element("button", { type: "button", class: "small", text: "↑", disabled: index === 0, "aria-label": `Move ${record.request.name} up`,
      onclick: () => move(record, record.queuePlace - 1) }),
    element("button", { type: "button", class: "small", text: "↓", disabled: index === all.length - 1, "aria-label": `Move ${record.request.name} down`,
      onclick: () => move(record, record.queuePlace + 1) }));
  const update = () => {
    const waiting = allSessions().filter((record) => record.queuePlace).sort((a, b) => a.queuePlace - b.queuePlace);
    const now = JSON.stringify(waiting.map((record) => [record.request.id, record.message]));
    if (now === drawn) return;
    drawn = now;
    target.hidden = !waiting.length;
    list.replaceChildren(...waiting.map(row));
  };
  target.hidden = true;
  update();
  return watch((message) => { if (message.kind === "reload" || message.kind === "session") update(); });
}
