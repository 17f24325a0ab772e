// Which layers learn and which stand still; a switch for each.

import * as api from "./api.js";
import { ask, saying } from "./ask.js";
import { element, setText } from "./dom.js";
import { findSession, isOver } from "./store.js";

/** A switch that freezes a layer of a session or lets it learn again. */
export function freezeSwitch(id, layer, parameters) {
  const status = element("span", { class: "field-status", role: "status" });
  let isFrozen = false;
  const button = element("button", { type: "button", role: "switch", class: "switch", "aria-label": `${layer} learns`,
    onclick: async () => {
      const action = isFrozen ? "unfreeze" : "freeze";
      button.disabled = true;
      setText(status, "Asked…");
      status.classList.remove("refusal");
      try {
        const answer = await ask(id, action, { field: layer });
        setText(status, saying(answer));
        if (!answer.later) show(isFrozen ? [] : parameters);
      } catch (error) {
        setText(status, error.message);
        status.classList.add("refusal");
      }
      button.disabled = isOver(findSession(id)?.state);
    } });
  const show = (frozen) => {
    isFrozen = parameters.length > 0 && parameters.every((name) => frozen.includes(name));
    button.setAttribute("aria-checked", String(!isFrozen));
    setText(button, isFrozen ? "Frozen" : "Learns");
    button.disabled = isOver(findSession(id)?.state);
  };
  show([]);
  return { button, status, show };
}

/** Shows the layers that learn in `target`, each with its switch. */
export function mountFreezing(target, id) {
  const list = element("ul", { class: "freezing" });
  target.replaceChildren(element("header", { class: "panel-head" }, element("h2", { text: "Layers" }),
    element("p", { class: "facts", text: "a frozen layer keeps its weights" })), list);
  let switches = [];
  let frozen = [];
  (async () => {
    try {
      const summary = await api.network(id);
      const layers = summary.layers.filter((layer) => layer.parameters.some((one) => one.isTrainable));
      switches = layers.map((layer) => freezeSwitch(id, layer.name, layer.parameters.filter((one) => one.isTrainable).map((one) => one.name)));
      list.replaceChildren(...layers.map((layer, index) => element("li", {}, element("strong", { text: layer.name }),
        switches[index].button, switches[index].status)));
      if (!layers.length) list.replaceChildren(element("li", { class: "empty", text: "No layer of this network learns." }));
      for (const one of switches) one.show(frozen);
    } catch (error) {
      list.replaceChildren(element("li", { class: "empty", text: error.message }));
    }
  })();
  return {
    show: (names) => {
      frozen = names;
      for (const one of switches) one.show(names);
    },
  };
}
