// The data sets of the workspace: their samples, classes and figures, and what the augmentation makes of them.

import * as api from "./api.js";
import { mountAugmentation } from "./augmentation.js";
import { openDialog } from "./dialog.js";
import { element, emptyState, setText } from "./dom.js";
import * as format from "./format.js";
import { cut } from "./sheet.js";

const perPage = 96;
const isInputs = (array) => !array.name.toLowerCase().endsWith("targets");

/** Counts as bars; each is a button that shows the samples of its class. */
function balance(classes, choose) {
  const most = Math.max(1, ...classes.map((one) => one.count));
  return element("ul", { class: "balance" }, classes.map((one) => {
    const fill = element("i");
    fill.style.transform = `scaleX(${one.count / most})`;
    return element("li", {}, element("button", { type: "button", onclick: () => choose(one.label), "aria-label": `Show ${one.name}, ${one.count} samples` },
      element("span", { class: "balance-name", text: one.name }), element("span", { class: "balance-bar" }, fill), element("span", { class: "balance-count", text: format.whole(one.count) })));
  }));
}

function channelTable(figures) {
  const heads = ["Array", "Shape", "Type", "Least", "Most", "Mean", "Deviation", "Not finite"];
  const rows = figures.flatMap((one) => one.channels.map((channel, index) => element("tr", {},
    element("th", { scope: "row", text: one.channels.length > 1 ? `${one.name}, channel ${index}` : one.name }),
    element("td", { class: "number", text: one.shape.join(" × ") }), element("td", { text: one.dataType }),
    [channel.minimum, channel.maximum, channel.mean, channel.deviation].map((value) => element("td", { class: "number", text: format.value(value) })),
    element("td", { class: "number", text: format.whole(channel.nonFiniteCount) }))));
  return element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Figures" },
    element("table", {}, element("thead", {}, element("tr", {}, heads.map((text, index) => element("th", { scope: "col", class: index === 0 || index === 2 ? "" : "number", text })))),
      element("tbody", {}, rows)));
}

/** A sample large, with what is known of it. */
function open(name, array, sample, sheet, place) {
  openDialog(`Sample ${format.whole(sample.index)}`, element("div", { class: "stack" },
    cut(sheet, place, `Sample ${sample.index}`, 320),
    element("dl", { class: "pairs" }, [["Array", array], ["Class", sample.name ?? "none"], ["Data", name]]
      .flatMap(([label, text]) => [element("dt", { text: label }), element("dd", { text })]))));
}

function samplesTable(list) {
  const width = list.samples[0]?.values?.length ?? 0;
  const isText = !list.samples[0]?.values;
  const heads = ["Sample", isText ? "Text" : "Class", ...Array.from({ length: width }, (_, index) => String(index))];
  return element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Samples" },
    element("table", {}, element("thead", {}, element("tr", {}, heads.map((text) => element("th", { scope: "col", class: isText ? "" : "number", text })))),
      element("tbody", {}, list.samples.map((sample) => element("tr", {}, element("th", { scope: "row", class: "number", text: format.whole(sample.index) }),
        isText ? element("td", {}, element("code", { text: sample.name ?? "–" })) : element("td", { class: "number", text: sample.name ?? "–" }), (sample.values ?? []).map((value) => element("td", { class: "number", text: format.value(value) })))))));
}

/** The samples of one data set, some at a time. */
function mountSamples(target, record, tell) {
  const arrays = record.arrays.filter(isInputs);
  const hasSteps = (record.arrays.find((one) => one.name === "targets")?.shape.slice(1) ?? []).some((length) => length !== 1);
  const state = { array: arrays[0]?.name, label: null, from: 0 };
  const facts = element("p", { class: "facts", role: "status" });
  const scale = element("p", { class: "facts" });
  const area = element("div", { class: "samples" });
  const array = element("select", { id: "sample-array", onchange: () => { Object.assign(state, { array: array.value, from: 0 }); load(); } },
    arrays.map((one) => element("option", { value: one.name, text: one.name })));
  const label = element("select", { id: "sample-class", onchange: () => choose(label.value === "" ? null : Number(label.value)) },
    element("option", { value: "", text: "all classes" }), record.classNames.map((name, index) => element("option", { value: index, text: name })));
  const labelBox = element("label", { for: "sample-class", hidden: !record.classNames.length || hasSteps }, "Class ", label);
  const before = element("button", { type: "button", class: "small", text: "← before", onclick: () => { state.from = Math.max(0, state.from - perPage); load(); } });
  const after = element("button", { type: "button", class: "small", text: "more →", onclick: () => { state.from += perPage; load(); } });
  const go = element("input", { type: "text", inputmode: "numeric", id: "sample-go", placeholder: "number", onchange: () => {
    const place = Number(go.value);
    if (Number.isInteger(place) && place >= 0) { state.from = place; load(); }
  } });
  target.replaceChildren(
    element("header", { class: "panel-head" }, element("h2", { text: "Samples" }), facts),
    element("div", { class: "toolbar plain" },
      element("label", { for: "sample-array" }, "From ", array),
      labelBox,
      element("label", { for: "sample-go" }, "Begin at ", go), before, after), area, scale);
  let wanted = 0;

  const choose = (one) => {
    Object.assign(state, { label: one, from: 0 });
    label.value = one ?? "";
    load();
  };
  const load = async () => {
    const request = ++wanted;
    try {
      const list = await api.samples(record.name, { ...state, count: perPage });
      const sheet = list.isTable || !list.samples.length ? null : await api.sampleSheet(record.name, state.array, list.samples.map((one) => one.index));
      if (request !== wanted) return;
      const last = state.from + list.samples.length;
      setText(facts, list.samples.length ? `${format.whole(state.from + 1)} – ${format.whole(last)} of ${format.whole(list.fitting)}` : "none");
      before.disabled = state.from === 0;
      after.disabled = last >= list.fitting;
      setText(scale, sheet ? `black is ${format.value(sheet.lowest)}, white is ${format.value(sheet.highest)}` : "");
      if (!list.samples.length) area.replaceChildren(emptyState("No samples here", "Choose another class or begin at a smaller number."));
      else if (list.isTable) area.replaceChildren(samplesTable(list));
      else {
        area.replaceChildren(element("ul", { class: "sample-grid" }, list.samples.map((sample, place) => element("li", {},
          element("button", { type: "button", class: "sample-button", "aria-label": `Sample ${sample.index}${sample.name ? `, ${sample.name}` : ""}`,
            onclick: () => open(record.name, state.array, sample, sheet, place) },
          cut(sheet, place, ""), element("span", { text: sample.name ?? format.whole(sample.index) }))))));
      }
    } catch (error) {
      if (request === wanted) area.replaceChildren(emptyState("The samples could not be shown", error.message));
      tell(error.message);
    }
  };
  /** Classes without names are offered by their numbers, once they are counted. */
  const offer = (classes) => {
    if (record.classNames.length || !classes.length) return;
    label.replaceChildren(label.firstChild, ...classes.map((one) => element("option", { value: one.label, text: one.name })));
    labelBox.hidden = false;
  };
  load();
  return { choose, offer };
}

/** The mean of all samples, and of each class. */
async function showMeans(target, record, array) {
  try {
    const sheet = await api.meanSheet(record.name, array);
    const count = Math.max(1, 1 + record.classNames.length);
    const names = ["all", ...record.classNames];
    const shown = Array.from({ length: Math.min(count, Math.floor(sheet.image.width / sheet.width) * Math.floor(sheet.image.height / sheet.height)) }, (_, index) => index);
    target.replaceChildren(element("h3", { text: `Mean images of ${array}` }), element("ul", { class: "sample-grid" }, shown.map((index) => element("li", {},
      element("figure", { class: "mean" }, cut(sheet, index, `Mean of ${names[index]}`), element("figcaption", { text: names[index] }))))));
  } catch {
    // Rows of numbers have means too, but those stand in the table.
    target.replaceChildren();
  }
}

/** Shows the data sets in `target`, one at a time. */
export function mountData(target, name, tell) {
  const names = element("nav", { class: "tabs", "aria-label": "Data sets" });
  const body = element("div", { class: "stack" });
  target.replaceChildren(element("h1", { class: "hidden", text: "Data" }), element("div", { class: "stack" }, names, body));
  (async () => {
    try {
      const records = await api.data();
      const record = records.find((one) => one.name === name) ?? records[0];
      names.replaceChildren(...records.map((one) => element("a", { href: `#/data/${encodeURIComponent(one.name)}`, text: one.name, "aria-current": one === record ? "page" : null })));
      if (name && record?.name !== name) tell(`There is no data '${name}' in this workspace.`);
      if (!record) {
        body.replaceChildren(element("section", { class: "panel" }, emptyState("No data yet", "Arrays, image folders and tables become named data with:", "lasagne data add digits digits.npz")));
        return;
      }
      const samples = element("section", { class: "panel", "aria-label": "Samples" });
      const classes = element("section", { class: "panel", "aria-label": "Classes" });
      const figures = element("section", { class: "panel", "aria-label": "Figures" });
      const augmentation = element("section", { class: "panel", "aria-label": "Augmentation" });
      body.replaceChildren(element("div", { class: "data-body" }, samples, classes), figures, augmentation);
      const { choose, offer } = mountSamples(samples, record, tell);
      mountAugmentation(augmentation, record);
      classes.replaceChildren(element("header", { class: "panel-head" }, element("h2", { text: "Classes" })), element("p", { class: "empty", text: "Counts…" }));
      figures.replaceChildren(element("header", { class: "panel-head" }, element("h2", { text: "Figures" }),
        element("p", { class: "facts", title: record.source, text: `${format.bytes(record.byteCount)} · from ${record.source.replace(/[/].*[/]/, "…/")}` })), element("p", { class: "empty", text: "Reads every number…" }));
      const found = await api.statistics(record.name);
      const means = element("div", { class: "means" });
      figures.lastChild.replaceWith(channelTable(found.arrays.filter((one) => !one.classes.length)), means);
      if (record.arrays.some((one) => one.name === "inputs" && one.shape.length > 2)) showMeans(means, record, "inputs");
      const counted = found.arrays.filter((one) => one.classes.length);
      offer(counted[0]?.classes ?? []);
      classes.lastChild.replaceWith(counted.length ? element("div", { class: "stack" }, counted.map((one) =>
        element("div", {}, element("h3", { text: `${one.name} · ${format.whole(one.shape[0])}` }), balance(one.classes, choose))))
        : emptyState("No classes", "The targets of this data are not class numbers."));
    } catch (error) {
      body.replaceChildren(element("section", { class: "panel" }, emptyState("The data could not be read", error.message)));
    }
  })();
  return () => {};
}
