// What a session can be asked: only what its state allows can be pressed, and each says what came of it.

import * as api from "./api.js";
import { ask, saying } from "./ask.js";
import { openBranch } from "./branch.js";
import { element, setText } from "./dom.js";
import { openNewSession } from "./newsession.js";
import { findSession, isOver, watch } from "./store.js";

const resumable = ["paused", "stopped", "failed", "crashed"];

const actions = [
  { name: "pause", label: "Pause", allowed: (state) => state === "running" || state === "starting", asked: "Pauses after this step…" },
  { name: "resume", label: "Resume", allowed: (state) => resumable.includes(state), asked: "Resumes…" },
  { name: "stop", label: "Stop", allowed: (state) => !isOver(state), asked: "Stops after this step…" },
  { name: "snapshot", label: "Snapshot", allowed: (state) => state === "running", asked: "Writes a checkpoint…" },
  { name: "branch", label: "Branch…", allowed: (state) => state && state !== "queued" && state !== "starting" },
  { name: "clone", label: "Clone…", allowed: (state) => Boolean(state) },
  { name: "reproduce", label: "Play again", allowed: (state) => state === "finished" || state === "stopped", asked: "Starts the same again…" },
];

/** Which of the actions a session's state allows; for the palette. */
export const allowedActions = (state) => actions.filter((action) => action.allowed(state));

/** Carries out an action of the list; `say(sentence)` gets what is to be told meanwhile and at the end. */
export async function perform(id, name, say) {
  const action = actions.find((one) => one.name === name);
  if (name === "branch") return openBranch(id);
  if (name === "clone") return openNewSession(findSession(id).request);
  say(action.asked);
  if (name === "reproduce") {
    const made = await api.reproduce(id);
    say("");
    location.hash = `#/session/${made.request.id}`;
    return undefined;
  }
  const answer = await ask(id, name);
  // States say by themselves what became of pausing, resuming and stopping.
  say(name === "snapshot" ? saying(answer) : "");
  return answer;
}

/** The buttons of a session; returns the element and how to end. */
export function controls(id, tell) {
  const status = element("span", { class: "asked", role: "status" });
  let isWaiting = false;
  const buttons = actions.map((action) => element("button", {
    type: "button", class: `control ${action.name}`, text: action.label, "data-action": action.name,
    onclick: async () => {
      isWaiting = Boolean(action.asked);
      update();
      try {
        await perform(id, action.name, (sentence) => setText(status, sentence));
      } catch (error) {
        setText(status, "");
        tell(error.message);
      }
      isWaiting = false;
      update();
    },
  }));

  function update() {
    const state = findSession(id)?.state;
    actions.forEach((action, index) => {
      buttons[index].disabled = !state || isWaiting || !action.allowed(state);
      buttons[index].hidden = action.name === "reproduce" && !action.allowed(state);
    });
  }

  update();
  const end = watch((message) => {
    if (message.kind === "reload" || message.session === id) update();
  });
  return { root: element("div", { class: "controls" }, status, buttons), end };
}
