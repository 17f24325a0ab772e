// Starting a session from a step of another.

import * as api from "./api.js";
import { openDialog } from "./dialog.js";
import { element, setText } from "./dom.js";
import * as format from "./format.js";
import { findSession } from "./store.js";

/** Asks for a name and a step, and branches with these changes of the recipe. */
export async function openBranch(id, changes = {}) {
  const record = findSession(id);
  const isRunning = record?.state === "running";
  const name = element("input", { type: "text", id: "branch-name", "aria-describedby": "branch-name-help", maxlength: 64, placeholder: `${record?.request.name ?? "session"}-2` });
  const step = element("select", { id: "branch-step" },
    element("option", { value: "", text: isRunning ? "the next step, with a new checkpoint" : "its last checkpoint" }));
  const message = element("p", { class: "refusal", role: "alert" });
  const entries = Object.entries(changes);
  const list = entries.length
    ? element("dl", { class: "pairs" }, entries.flatMap(([field, value]) => [element("dt", { text: field }), element("dd", {}, element("code", { text: JSON.stringify(value) }))]))
    : element("p", { class: "facts", text: "With the same settings. Change some under Settings first to branch with them." });
  const button = element("button", { type: "submit", class: "primary", text: "Start the branch" });
  const form = element("form", { class: "stack", onsubmit: async (event) => {
    event.preventDefault();
    button.disabled = true;
    setText(message, "");
    try {
      const made = await api.branch(id, {
        ...(name.value.trim() ? { name: name.value.trim() } : {}),
        ...(step.value ? { step: Number(step.value) } : {}), changes });
      opened.close();
      location.hash = `#/session/${made.request.id}`;
    } catch (error) {
      setText(message, error.message);
      button.disabled = false;
    }
  } },
  element("div", { class: "field" }, element("label", { for: "branch-name", text: "Name" }), name,
    element("p", { class: "help", id: "branch-name-help", text: "Letters, digits, -, _ and . without spaces; its weights are saved under it." })),
  element("div", { class: "field" }, element("label", { for: "branch-step", text: "Leaves at" }), step),
  list, message, element("div", { class: "row-end" }, button));
  const opened = openDialog(`Branch from ${record?.request.name ?? "the session"}`, form);
  name.focus();
  try {
    const { checkpoints } = await api.settings(id);
    step.append(...checkpoints.reverse().map((one) => element("option", { value: one, text: `step ${format.whole(one)}` })));
  } catch (error) {
    setText(message, error.message);
  }
}
