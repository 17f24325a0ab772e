// The settings of a session that can change while it lives: a form made from the recipe's own fields.

import * as api from "./api.js";
import { ask, saying } from "./ask.js";
import { openBranch } from "./branch.js";
import { element, emptyState, setText, throttled } from "./dom.js";
import { mountFreezing } from "./freezing.js";
import { control } from "./inputs.js";
import { mountSchedule } from "./schedule.js";
import { findSession, isOver, watch } from "./store.js";

const same = (a, b) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

/** What a number may be, in words. */
function limits(field) {
  if (field.below !== undefined) return `from ${field.minimum} up to, but not, ${field.below}`;
  if (field.minimum === undefined) return "";
  return field.isAboveMinimum ? `above ${field.minimum}` : `at least ${field.minimum}`;
}

function row(field, changed) {
  const label = `field-${field.name}`;
  const status = element("p", { class: "field-status", role: "status" });
  const input = control(field, label, () => {
    root.classList.toggle("dirty", isDirty());
    setText(status, input.problem() ?? "");
    status.classList.toggle("refusal", Boolean(input.problem()));
    changed();
  });
  const isDirty = () => Boolean(input.problem()) || !same(input.value(), field.value);
  const root = element("div", { class: "field", "data-field": field.name },
    element("label", { for: label, text: field.title }),
    element("div", { class: "field-input" }, input.root, field.unit ? element("span", { class: "unit", text: field.unit }) : null),
    element("p", { class: "help", id: `${label}-help`, text: [field.help, limits(field) && `Must be ${limits(field)}.`].filter(Boolean).join(" ") }),
    status);
  return {
    field, root, isDirty, input,
    say: (sentence, isRefusal = false) => {
      setText(status, sentence);
      status.classList.toggle("refusal", isRefusal);
    },
    take: (value) => {
      // The server may write the same value in another form; what the control makes of it is compared.
      const [wasDirty, typed] = [isDirty(), input.value()];
      input.show(value);
      field.value = input.value();
      if (wasDirty && typed !== undefined) input.show(typed);
      root.classList.toggle("dirty", isDirty());
    },
    reset: () => {
      input.show(field.value);
      root.classList.remove("dirty");
      setText(status, "");
    },
  };
}

/** Shows what can be changed of a session in `target`; returns how to end that. */
export function mountSettings(target, id, tell) {
  const form = element("form", { class: "settings-form", onsubmit: (event) => { event.preventDefault(); if (!apply.disabled) set(); } });
  const count = element("span", { class: "facts", role: "status" });
  const apply = element("button", { type: "button", class: "primary", text: "Set in this session", onclick: () => set() });
  const branch = element("button", { type: "button", text: "Branch with these…", onclick: () => openBranch(id, changes()) });
  const discard = element("button", { type: "button", text: "Discard", onclick: () => { for (const one of rows) one.reset(); update(); } });
  const bar = element("div", { class: "change-bar" }, count, discard, branch, apply);
  const schedule = element("section", { class: "panel", "aria-label": "Learning rate" });
  const freezing = element("section", { class: "panel", "aria-label": "Layers" });
  const panel = element("section", { class: "panel", "aria-label": "Settings" },
    element("header", { class: "panel-head" }, element("h2", { text: "Settings" }),
      element("p", { class: "facts", text: "take effect between two steps" })), form, bar);
  target.replaceChildren(element("div", { class: "settings" }, panel, element("div", { class: "stack" }, schedule, freezing)));
  let rows = [];

  const changes = () => Object.fromEntries(rows.filter((one) => one.isDirty() && !one.input.problem()).map((one) => [one.field.name, one.input.value()]));
  const preview = mountSchedule(schedule, id);
  const frozen = mountFreezing(freezing, id);

  const update = () => {
    const dirty = rows.filter((one) => one.isDirty());
    const isWrong = dirty.some((one) => one.input.problem());
    setText(count, dirty.length ? `${dirty.length} ${dirty.length === 1 ? "change" : "changes"}` : "Nothing changed.");
    const state = findSession(id)?.state;
    apply.disabled = !dirty.length || isWrong || isOver(state);
    apply.title = isOver(state) ? "The session is over; branch from it instead." : "";
    branch.disabled = !dirty.length || isWrong;
    discard.disabled = !dirty.length;
    preview.show(changes());
  };

  const set = async () => {
    const dirty = rows.filter((one) => one.isDirty() && !one.input.problem());
    apply.disabled = true;
    await Promise.all(dirty.map(async (one) => {
      const value = one.input.value();
      one.say("Asked…");
      try {
        const answer = await ask(id, "set", { field: one.field.name, value });
        one.say(saying(answer));
        if (!answer.later) one.take(value);
      } catch (error) {
        one.say(error.message, true);
      }
    }));
    await load();
    update();
  };

  const build = (fields) => {
    const groups = new Map();
    for (const field of fields) groups.set(field.group, [...(groups.get(field.group) ?? []), field]);
    rows = [];
    form.replaceChildren(...[...groups].map(([name, members]) => element("fieldset", {}, element("legend", { text: name }),
      members.map((field) => {
        const made = row(field, update);
        rows.push(made);
        return made.root;
      }))));
  };

  const load = async () => {
    try {
      const settings = await api.settings(id);
      const names = settings.fields.map((field) => field.name).join();
      if (names !== rows.map((one) => one.field.name).join()) build(settings.fields);
      else settings.fields.forEach((field, index) => rows[index].take(field.value));
      for (const { action, command } of settings.waiting) {
        const one = rows.find((row) => row.field.name === action.set?.field);
        one?.say(`Asked (command ${command}); it takes effect when the session goes on.`);
      }
      frozen.show(settings.frozen);
      update();
    } catch (error) {
      if (!rows.length) form.replaceChildren(emptyState("The settings could not be read", error.message));
      else tell(error.message);
    }
  };
  const loadSoon = throttled(load, 700);
  load();
  const end = watch((message) => {
    if (message.kind === "reload" || (message.kind === "timeline" && message.session === id)) loadSoon();
    if (message.kind === "session" && message.session === id) update();
  });
  return () => {
    end();
    loadSoon.cancel();
    preview.end();
  };
}
