// Pause, resume and stop: only what the session's state allows can be pressed.

import * as api from "./api.js";
import { element, setText } from "./dom.js";
import { findSession, isOver, watch } from "./store.js";

const actions = [
  { name: "pause", label: "Pause", allowed: (state) => state === "running" || state === "starting" },
  { name: "resume", label: "Resume", allowed: (state) => ["paused", "stopped", "failed", "crashed"].includes(state) },
  { name: "stop", label: "Stop", allowed: (state) => !isOver(state) },
];

const asked = {
  pause: "Pauses after this step…", resume: "Resumes…", stop: "Stops after this step…",
};

/** The buttons of a session; returns the element and how to end. */
export function controls(id, tell) {
  const status = element("span", { class: "asked", role: "status" });
  let waitingIn = null;
  const buttons = actions.map((action) => element("button", {
    type: "button", class: `control ${action.name}`, text: action.label, "data-action": action.name,
    onclick: async () => {
      waitingIn = findSession(id)?.state;
      setText(status, asked[action.name]);
      update();
      try {
        await api.control(id, action.name);
      } catch (error) {
        waitingIn = null;
        setText(status, "");
        tell(error.message);
        update();
      }
    },
  }));

  function update() {
    const state = findSession(id)?.state;
    if (waitingIn !== null && state !== waitingIn) {
      waitingIn = null;
      setText(status, "");
    }
    actions.forEach((action, index) => {
      buttons[index].disabled = !state || waitingIn !== null || !action.allowed(state);
    });
  }

  update();
  const end = watch((message) => {
    if (message.kind === "reload" || message.session === id) update();
  });
  return { root: element("div", { class: "controls" }, status, buttons), end };
}
