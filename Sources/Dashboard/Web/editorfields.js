// One control for each setting of a layer: its value as it is typed, or what is wrong with that.

import { element } from "./dom.js";
import * as flow from "./flow.js";

/** What functions and initializers take behind their name. */
const takes = {
  softmax: ["axis"], logSoftmax: ["axis"], leakyRectify: ["leakiness"], scaledTanh: ["scaleIn", "scaleOut"],
  Constant: ["val"], Normal: ["std", "mean"], Uniform: ["range"], GlorotNormal: ["gain"], GlorotUniform: ["gain"],
  HeNormal: ["gain"], HeUniform: ["gain"], Sparse: ["sparsity", "std"], Orthogonal: ["gain"],
};

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const nameOf = (value) => (value && typeof value === "object" && !Array.isArray(value) ? Object.keys(value)[0] : value);

/** A box for anything that a file can hold on one line. */
function line(field, id, changed) {
  const list = field.words.length ? element("datalist", { id: `${id}-words` }, field.words.map((value) => element("option", { value }))) : null;
  const input = element("input", { type: "text", id, autocomplete: "off", spellcheck: "false", "aria-describedby": `${id}-help`,
    list: list ? `${id}-words` : null, class: field.kind === "value" ? "code" : "", inputmode: /umber/.test(field.kind) ? "decimal" : null,
    placeholder: field.isRequired ? "" : field.standard === null ? "none" : flow.write(field.standard), oninput: () => take() });
  const take = () => {
    const text = input.value.trim();
    if (!text) return changed(undefined);
    let value;
    try {
      value = flow.read(text);
    } catch (error) {
      return changed(undefined, error.message);
    }
    if (/umber/.test(field.kind) && typeof value !== "number" && !(value === null && field.allowsNull)) return changed(undefined, "This is not a number.");
    return changed(value);
  };
  return { root: list ? [input, list] : [input], show: (value) => { input.value = flow.write(value); } };
}

function flag(field, id, changed) {
  const input = element("input", { type: "checkbox", id, "aria-describedby": `${id}-help`, onchange: () => changed(input.checked === field.standard ? undefined : input.checked) });
  return { root: [input], show: (value) => { input.checked = value === undefined ? Boolean(field.standard) : value === true; } };
}

function choice(field, id, changed, words = field.words) {
  const select = element("select", { id, "aria-describedby": `${id}-help`,
    onchange: () => changed(select.value === "" ? undefined : select.value === "null" ? null : select.value) });
  const offer = (value) => {
    const standard = field.isRequired ? [] : [element("option", { value: "", text: field.standard === null ? "none" : `${flow.write(field.standard)} (usual)` })];
    const known = words.filter((one) => one !== field.standard);
    if (typeof value === "string" && value && !known.includes(value)) known.push(value);
    select.replaceChildren(...standard, ...known.map((one) => element("option", { value: one, text: one })));
    if (value === null && field.standard !== null) select.append(element("option", { value: "null", text: "none" }));
    select.value = value === undefined ? "" : value === null ? "null" : String(value);
  };
  return { root: [select], show: offer };
}

/** A name with arguments behind it; for parameters also a number, another's parameter, or none. */
function named(field, id, changed, { parameters }) {
  const isSource = field.kind === "source";
  const select = element("select", { id, "aria-describedby": `${id}-help`, onchange: () => { offer(select.value, {}); take(); } });
  const boxes = element("div", { class: "arguments" });
  let inputs = [];
  const options = [["", `${flow.write(field.standard)} (usual)`], ...field.words.map((one) => [one, one]),
    ...(isSource ? [["#number", "a number"], ["shareWith", "that of another layer"]] : []), ...(field.allowsNull ? [["null", "none"]] : [])];
  select.append(...options.map(([value, text]) => element("option", { value, text })));
  const box = (name, value, list) => {
    const input = element("input", { type: "text", id: `${id}-${name}`, autocomplete: "off", spellcheck: "false", list, oninput: () => take() });
    input.value = flow.write(value);
    return { name, input, root: element("label", { for: input.id }, element("span", { text: name === "#number" ? "number" : name === "shareWith" ? "parameter" : name }), input) };
  };
  const offer = (name, given) => {
    inputs = name === "#number" ? [box(name, given)]
      : name === "shareWith" ? [box(name, typeof given === "string" ? given : undefined, `${id}-known`)]
        : [...new Set([...(takes[name] ?? []), ...Object.keys(given ?? {})])].map((one) => box(one, given?.[one]));
    boxes.replaceChildren(...inputs.map((one) => one.root));
    if (name === "shareWith") boxes.append(element("datalist", { id: `${id}-known` }, parameters().map((value) => element("option", { value }))));
  };
  const take = () => {
    if (select.value === "") return changed(undefined);
    if (select.value === "null") return changed(null);
    const given = {};
    try {
      for (const { name, input } of inputs) if (input.value.trim()) given[name] = flow.read(input.value.trim());
    } catch (error) {
      return changed(undefined, error.message);
    }
    if (select.value === "#number") return typeof given["#number"] === "number" ? changed(given["#number"]) : changed(undefined, "A number is needed here.");
    if (select.value === "shareWith") return given.shareWith ? changed({ shareWith: String(given.shareWith) }) : changed(undefined, "The name of a parameter is needed here, like conv1.W.");
    return changed(Object.keys(given).length ? { [select.value]: given } : select.value);
  };
  return {
    root: [element("div", { class: "schedule-input" }, select, boxes)],
    show: (value) => {
      if (value === undefined || (same(value, field.standard) && value !== null)) { select.value = ""; return offer("", {}); }
      if (value === null) { select.value = "null"; return offer("null", {}); }
      if (typeof value === "number") { select.value = "#number"; return offer("#number", value); }
      const name = String(nameOf(value));
      if (![...select.options].some((one) => one.value === name)) select.append(element("option", { value: name, text: flow.write(value) }));
      select.value = name;
      return offer(name, typeof value === "object" ? value[name] : {});
    },
  };
}

/** A setting's label, control and help. `changed(value, problem)` is told what is typed; `around` knows the network's names. */
export function settingField(field, id, value, changed, around) {
  const status = element("p", { class: "field-status refusal", role: "status" });
  const told = (next, problem) => {
    status.textContent = problem ?? "";
    root.classList.toggle("set", !problem && next !== undefined);
    if (!problem) changed(next);
  };
  const makers = { flag, choice, nonlinearity: named, source: named,
    layer: (one, label, tell) => choice(one, label, tell, around.layers()) };
  const made = (makers[field.kind] ?? line)(field, id, told, around);
  const root = element("div", { class: `field${value !== undefined ? " set" : ""}`, "data-setting": field.key },
    element("label", { for: id, text: field.key }), element("div", { class: "field-input" }, made.root),
    element("p", { class: "help", id: `${id}-help`, text: field.help }), status);
  made.show(value);
  return root;
}
