// One control for each kind of field: numbers, words, schedules, JSON.

import { element } from "./dom.js";

const spelled = (value) => (value === null || value === undefined ? "" : JSON.stringify(value));

/** JSON, or a bare word or number as a person types it; `undefined` where it is neither. */
function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return /^[\w./-]+$/.test(text) ? text : undefined;
  }
}

function number(field, label, changed) {
  const input = element("input", { type: "text", inputmode: "decimal", id: label, autocomplete: "off",
    placeholder: field.isOptional ? "none" : "", "aria-describedby": `${label}-help`, oninput: changed });
  const isWhole = field.kind === "wholeNumber";
  const value = () => (input.value.trim() === "" ? null : Number(input.value));
  return {
    root: input,
    value,
    show: (given) => { input.value = given ?? ""; },
    problem: () => {
      const given = value();
      if (given === null) return field.isOptional ? null : "A number is needed here.";
      if (!Number.isFinite(given)) return "This is not a number.";
      if (isWhole && !Number.isInteger(given)) return "This must be a whole number.";
      if (field.minimum !== undefined && (given < field.minimum || (field.isAboveMinimum && given === field.minimum))) {
        return `This must be ${field.isAboveMinimum ? "above" : "at least"} ${field.minimum}.`;
      }
      if (field.below !== undefined && given >= field.below) return `This must be below ${field.below}.`;
      return null;
    },
  };
}

function choice(field, label, changed) {
  const select = element("select", { id: label, "aria-describedby": `${label}-help`, onchange: changed },
    field.choices.map(({ name }) => element("option", { value: name, text: name })));
  return { root: select, value: () => select.value, show: (given) => { select.value = given; }, problem: () => null };
}

/** A word with arguments; each argument has a box of its own. */
function schedule(field, label, changed) {
  const boxes = element("div", { class: "arguments" });
  let inputs = [];
  const select = element("select", { id: label, "aria-describedby": `${label}-help`,
    onchange: () => { offer(select.value); changed(); } },
  field.choices.map(({ name }) => element("option", { value: name, text: name })));
  const offer = (name, given = {}) => {
    const known = field.choices.find((one) => one.name === name)?.arguments ?? [];
    const extra = Object.keys(given).filter((key) => !known.some((one) => one.name === key)).map((key) => ({ name: key, value: given[key] }));
    inputs = [...known, ...extra].map((one) => ({ name: one.name, usual: one.value,
      box: element("input", { type: "text", id: `${label}-${one.name}`, autocomplete: "off", oninput: changed }) }));
    for (const one of inputs) one.box.value = typeof (given[one.name] ?? one.usual) === "string" ? given[one.name] ?? one.usual : spelled(given[one.name] ?? one.usual);
    boxes.replaceChildren(...inputs.map((one) => element("label", { for: one.box.id }, element("span", { text: one.name }), one.box)));
  };
  return {
    root: element("div", { class: "schedule-input" }, select, boxes),
    value: () => {
      if (!inputs.length) return select.value;
      const given = Object.fromEntries(inputs.map(({ name, box }) => [name, read(box.value)]).filter(([, value]) => value !== undefined));
      return { [select.value]: given };
    },
    show: (given) => {
      const name = typeof given === "string" ? given : Object.keys(given ?? {})[0];
      select.value = name;
      offer(name, typeof given === "string" ? {} : given?.[name]);
    },
    problem: () => (inputs.some(({ box }) => read(box.value) === undefined) ? "One of the arguments is neither a number, a word nor JSON." : null),
  };
}

function json(field, label, changed) {
  const input = element("input", { type: "text", id: label, class: "code", autocomplete: "off", spellcheck: "false",
    "aria-describedby": `${label}-help`, placeholder: field.isOptional ? "none" : "", oninput: changed });
  const value = () => (input.value.trim() === "" ? null : read(input.value.trim()));
  return {
    root: input,
    value,
    show: (given) => { input.value = typeof given === "string" ? given : spelled(given); },
    problem: () => {
      const given = value();
      if (given === undefined) return "This is no JSON.";
      return given === null && !field.isOptional ? "A value is needed here." : null;
    },
  };
}

const makers = { number, wholeNumber: number, choice, schedule, json };

/** A control for a field: its element, its value, what is wrong with that, and how to show another. */
export function control(field, label, changed) {
  const made = makers[field.kind](field, label, changed);
  made.show(field.value);
  // A schedule is compared in the form in which the boxes write it.
  if (field.kind === "schedule") field.value = made.value();
  return made;
}
