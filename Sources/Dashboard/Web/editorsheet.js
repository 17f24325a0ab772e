// The sheet of a layer: its name, type, what it reads, and its settings, each with its help.

import { element, setText } from "./dom.js";
import * as edit from "./editordoc.js";
import { settingField } from "./editorfields.js";
import * as format from "./format.js";

/** All types in their groups, as options. */
export function typeOptions(catalogue) {
  const groups = new Map();
  for (const one of catalogue.values()) groups.set(one.group, [...(groups.get(one.group) ?? []), one]);
  return [...groups].map(([label, types]) => element("optgroup", { label }, types.map((one) => element("option", { value: one.type, text: one.type.replace(/Layer$/, "") }))));
}

/** What a layer reads: one choice for each, and one more for a further one. */
function incomings(network, layer, known, change) {
  const others = network.layers.filter((one) => one.name !== layer.name && !edit.depends(network, one.name, layer.name)).map((one) => one.name);
  const most = known?.mostIncomings;
  if (most === 0) return null;
  const pick = (value, at) => {
    const label = `reads-${at}`;
    const select = element("select", { id: label, "aria-label": at < layer.incomings.length ? `Reads, ${at + 1}` : "Reads also",
      onchange: () => {
        const next = [...layer.incomings];
        if (select.value) next[at] = select.value;
        else next.splice(at, 1);
        change(next, label);
      } },
    element("option", { value: "", text: at < layer.incomings.length ? "nothing" : layer.incomings.length ? "and…" : "choose a layer" }),
    [...new Set(value ? [...others, value] : others)].map((name) => element("option", { value: name, text: name })));
    select.value = value ?? "";
    return select;
  };
  const count = most === 1 ? 1 : layer.incomings.length + 1;
  return element("div", { class: "field" }, element("span", { class: "field-title", text: "Reads" }),
    element("div", { class: "reads" }, Array.from({ length: Math.max(count, layer.incomings.length) }, (_, at) => pick(layer.incomings[at], at))));
}

/** The sheet of the layer called `name`; `act` is what it can ask for. Gives `{ root, update(check) }`. */
export function layerSheet(network, name, catalogue, act) {
  const layer = edit.find(network, name);
  const known = catalogue.get(layer.type);
  const facts = element("p", { class: "facts", role: "status" });
  const refusal = element("p", { class: "refusal sheet-problem", role: "alert" });
  const title = element("input", { type: "text", id: "layer-name", maxlength: 80, autocomplete: "off", spellcheck: "false",
    onchange: () => act.rename(title.value.trim()) });
  title.value = name;
  const type = element("select", { id: "layer-type", "aria-describedby": "layer-type-help", onchange: () => act.retype(type.value) }, typeOptions(catalogue));
  if (!known) type.prepend(element("option", { value: layer.type, text: layer.type || "no type" }));
  type.value = layer.type;
  const isOutput = element("input", { type: "checkbox", id: "layer-output", onchange: () => act.output(isOutput.checked) });
  isOutput.checked = network.outputs.includes(name);
  let parameters = [];
  const around = { layers: () => network.layers.map((one) => one.name).filter((one) => one !== name), parameters: () => parameters };
  const fields = (known?.settings ?? []).map((field) => settingField(field, `setting-${field.key}`, layer.settings[field.key], (value) => act.set(field.key, value), around));
  const isMain = (field) => field.isRequired || layer.settings[field.key] !== undefined
    || ["nonlinearity", "stride", "pad", "p", "axis", "poolSize", "axes", "mode"].includes(field.key);
  const rest = fields.filter((_, at) => !isMain(known.settings[at]));
  const unknown = Object.keys(layer.settings).filter((key) => known && !known.settings.some((one) => one.key === key));
  const button = (text, work, details = {}) => element("button", { type: "button", class: "small", text, onclick: work, ...details });
  const root = element("div", { class: "stack sheet" }, refusal,
    element("div", { class: "two" },
      element("div", { class: "field" }, element("label", { for: "layer-name", text: "Name" }), title),
      element("div", { class: "field" }, element("label", { for: "layer-type", text: "Type" }), type)),
    element("p", { class: "help", id: "layer-type-help", text: known?.summary ?? "This is no layer that is known here." }), facts,
    incomings(network, layer, known, act.incomings),
    fields.filter((_, at) => isMain(known.settings[at])),
    unknown.map((key) => element("p", { class: "row" }, element("span", { class: "refusal", text: `${key} is no setting of it` }), button(`Remove ${key}`, () => act.set(key, undefined)))),
    rest.length ? element("details", { class: "more" }, element("summary", { text: `${rest.length} more ${rest.length === 1 ? "setting" : "settings"}, as usual` }), element("div", { class: "stack" }, rest)) : null,
    element("label", { class: "check", for: "layer-output" }, isOutput, "an output of the network"),
    element("div", { class: "row sheet-actions" },
      button("Move up", () => act.move(-1), { disabled: !edit.neighbour(network, name, -1), title: "Alt ↑" }),
      button("Move down", () => act.move(1), { disabled: !edit.neighbour(network, name, 1), title: "Alt ↓" }),
      button("Duplicate", act.duplicate, { disabled: !known }), button("Remove", act.remove, { title: "Delete" })));
  return {
    root,
    update: (check) => {
      const row = check?.summary.layers.find((one) => one.name === name);
      const problem = check?.problems.find((one) => one.layer === name);
      setText(refusal, problem?.sentence ?? "");
      const count = (row?.parameters ?? []).reduce((sum, one) => sum + one.shape.reduce((a, b) => a * b, 1), 0);
      setText(facts, !row ? "" : check.waiting.includes(name) ? "Waits for a layer that it reads."
        : row.outputShape.length ? `Output ${format.shape(row.outputShape)}${count ? ` · ${format.whole(count)} parameters: ${row.parameters.map((one) => `${one.name.slice(name.length + 1)} ${one.shape.join(" × ")}`).join(", ")}` : ""}` : "No shape can be told.");
      parameters = (check?.summary.layers ?? []).filter((one) => one.name !== name).flatMap((one) => one.parameters.map((parameter) => parameter.name));
    },
  };
}
