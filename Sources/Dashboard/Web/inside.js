// What the network sees: the confusion matrix with the samples behind it, one sample layer by layer,
// the samples as a map, what excites each channel, and how far each layer sees.

import * as api from "./api.js";
import { mountCapacity } from "./capacity.js";
import { element, emptyState, setText, throttled } from "./dom.js";
import * as format from "./format.js";
import { mountProjection } from "./projection.js";
import { mountSample } from "./samplelook.js";
import { cut } from "./sheet.js";
import { mountStrongest } from "./strongest.js";
import { watch } from "./store.js";

const share = (part, whole) => (whole ? part / whole : 0);

function matrix(found, choose) {
  const totals = found.matrix.map((row) => row.reduce((sum, count) => sum + count, 0));
  const wrongMost = Math.max(1, ...found.matrix.map((row, index) => Math.max(...row.map((count, column) => (column === index ? 0 : count)))));
  const cell = (count, row, column) => {
    const isRight = row === column;
    const part = isRight ? share(count, totals[row]) : count / wrongMost;
    const button = element("button", { type: "button", disabled: count === 0, text: count ? format.whole(count) : "",
      class: isRight ? "right" : "wrong",
      "aria-label": `${count} of ${found.classNames[row]} given ${found.classNames[column]}`, onclick: () => choose(row, column) });
    button.style.setProperty("--part", `${Math.round(100 * (count ? 0.08 + 0.92 * part : 0))}%`);
    return element("td", {}, button);
  };
  const head = (name, label, onclick) => element("button", { type: "button", "aria-label": label, onclick }, element("span", { text: name }));
  return element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Confusion matrix" },
    element("table", { class: found.classNames.some((name) => name.length > 4) ? "matrix long" : "matrix" },
      element("thead", {}, element("tr", {}, element("td", { class: "corner", text: "is ↓ · given →" }), found.classNames.map((name, column) => element("th", { scope: "col" }, head(name, `All given ${name}`, () => choose(null, column)))))),
      element("tbody", {}, found.matrix.map((row, index) => element("tr", {}, element("th", { scope: "row" }, head(found.classNames[index], `All ${found.classNames[index]}`, () => choose(index, null))),
        row.map((count, column) => cell(count, index, column)))))));
}

function classTable(found) {
  const part = (value) => (value === undefined || value === null ? "–" : format.percent(value));
  const rows = [...found.classes].sort((a, b) => (a.f1 ?? 2) - (b.f1 ?? 2));
  return element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Classes" },
    element("table", {}, element("thead", {}, element("tr", {}, ["Class", "Samples", "Precision", "Recall", "F1"].map((text, index) => element("th", { scope: "col", class: index ? "number" : "", text })))),
      element("tbody", {}, rows.map((one) => element("tr", {}, element("th", { scope: "row", text: one.name }),
        element("td", { class: "number", text: format.whole(one.count) }),
        [one.precision, one.recall, one.f1].map((value) => element("td", { class: "number", text: part(value) })))))));
}

/** Shows samples with what the network gives them; each opens what the network makes of it. */
async function showCases(target, found, cases, choose) {
  if (!cases.length) return target.replaceChildren(emptyState("None", "No sample of this kind."));
  const shown = cases.slice(0, 60);
  let sheet = null;
  try {
    sheet = await api.sampleSheet(found.data, found.array, shown.map((one) => one.index));
  } catch {
    // Samples that are no pictures are known by their numbers.
  }
  return target.replaceChildren(element("ul", { class: "sample-grid" }, shown.map((one, place) => element("li", {},
    element("button", { type: "button", class: "sample-button", onclick: () => choose(one),
      "aria-label": `Sample ${one.index}: ${found.classNames[one.label]}, given ${found.classNames[one.predicted]}` },
    sheet ? cut(sheet, place, "") : element("strong", { text: format.whole(one.index) }),
    element("span", { text: one.label === one.predicted ? found.classNames[one.label] : `${found.classNames[one.label]} → ${found.classNames[one.predicted]}` }),
    element("span", { class: "soft", text: format.percent(one.output) }))))));
}

/** Mounts a panel when it comes into view: what is not looked at is not computed. */
function whenSeen(target, title, mount) {
  target.replaceChildren(element("header", { class: "panel-head" }, element("h2", { text: title })), element("p", { class: "empty", text: "…" }));
  let end = null;
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some((one) => one.isIntersecting)) return;
    observer.disconnect();
    end = mount();
  }, { rootMargin: "120px" });
  observer.observe(target);
  return () => {
    observer.disconnect();
    end?.();
  };
}

/** Shows what a session's network makes of its data in `target`; returns how to end that. */
export function mountInside(target, id, tell) {
  const facts = element("p", { class: "facts", role: "status" });
  const parts = element("select", { id: "part", onchange: () => load(parts.value) });
  const renew = element("button", { type: "button", text: "Look again", hidden: true, onclick: () => load(parts.value) });
  const matrixArea = element("section", { class: "panel", "aria-label": "Confusion" });
  const classes = element("section", { class: "panel", "aria-label": "Classes" });
  const cases = element("section", { class: "panel", "aria-label": "Samples" });
  const sample = element("section", { class: "panel", "aria-label": "One sample" });
  const map = element("section", { class: "panel", "aria-label": "Map of the samples" });
  const strongest = element("section", { class: "panel", "aria-label": "What excites each channel most" });
  const fields = element("section", { class: "panel", "aria-label": "Receptive fields" });
  const bar = element("div", { class: "toolbar" }, element("label", { for: "part" }, "Samples of the ", parts, " part"), facts, renew);
  const body = element("div", { class: "stack" });
  target.replaceChildren(element("div", { class: "stack" }, bar, body, fields));
  mountCapacity(fields, id);
  body.replaceChildren(element("section", { class: "panel" }, element("p", { class: "empty", text: "The network looks at every sample; that takes a moment…" })));
  let wanted = 0;
  let shown = null;
  let opened = null;
  let layers = null;
  let ends = [];
  bar.hidden = true;

  const look = (one, isAsked = true) => {
    opened?.();
    opened = mountSample(sample, id, shown, one);
    if (isAsked) sample.scrollIntoView({ block: "nearest", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  };
  const list = (title, found) => {
    const area = element("div");
    cases.replaceChildren(element("header", { class: "panel-head" }, element("h2", { text: title }),
      element("p", { class: "facts", text: `${format.whole(found.length)}${found.length > 60 ? ", the first 60" : ""}` })), area);
    showCases(area, shown, found, (one) => look(one));
  };
  const choose = async (label, predicted) => {
    const names = shown.classNames;
    try {
      const found = await api.examinedCases(id, shown.part, label, predicted);
      if (label === null) list(`All given ${names[predicted]}, the surest first`, found);
      else if (predicted === null) list(`All ${names[label]}, the surest first`, found);
      else list(label === predicted ? `${names[label]}, as it is` : `${names[label]}, given ${names[predicted]}`, found);
      cases.scrollIntoView({ block: "nearest" });
    } catch (error) {
      tell(error.message);
    }
  };

  /** The panels that look at one layer over many samples. */
  const showLayers = async () => {
    const { part } = shown;
    layers ??= (await api.network(id)).layers.filter((layer) => layer.incomings.length);
    if (part !== shown?.part) return;
    for (const end of ends) end();
    ends = [
      whenSeen(map, "Map of the samples", () => mountProjection(map, id, part, layers.map((layer) => layer.name), look)),
      whenSeen(strongest, "What excites each channel most", () => mountStrongest(strongest, id, part, layers, look)),
    ];
  };

  const load = async (part) => {
    const request = ++wanted;
    setText(facts, shown ? "Looks again…" : "");
    renew.hidden = true;
    try {
      const found = await api.examination(id, part);
      if (request !== wanted) return;
      shown = found;
      parts.replaceChildren(...found.parts.map((name) => element("option", { value: name, text: name })));
      parts.value = found.part;
      setText(facts, `${format.percent(found.accuracy)} of ${format.whole(found.count)} right, by the weights of step ${format.whole(found.step)}`);
      matrixArea.replaceChildren(element("header", { class: "panel-head" }, element("h2", { text: "Confusion" }),
        element("p", { class: "facts", text: "press a cell, or the name of a class, to see its samples" })), matrix(found, choose));
      matrixArea.dataset.step = found.step;
      classes.replaceChildren(element("header", { class: "panel-head" }, element("h2", { text: "Classes" }),
        element("p", { class: "facts", text: "the hardest first" })), classTable(found));
      if (!body.contains(matrixArea)) body.replaceChildren(element("div", { class: "inside-body" }, matrixArea, classes), cases, sample, map, strongest);
      list("Worst errors", found.worst);
      const first = found.worst[0];
      if (first && !opened) look(first, false);
      sample.hidden = !opened;
      showLayers().catch((error) => tell(error.message));
    } catch (error) {
      if (request !== wanted) return;
      bar.hidden = !shown;
      if (!shown) {
        body.replaceChildren(element("section", { class: "panel" }, emptyState("Nothing to look at yet", error.message),
          element("button", { type: "button", text: "Look again", onclick: () => load() })));
      }
      setText(facts, error.message);
    }
    bar.hidden = !shown;
  };
  load();
  const offer = throttled(() => { renew.hidden = !shown; }, 500);
  const end = watch((message) => {
    // New weights are offered and not forced on somebody who looks at a picture.
    if (message.session === id && message.kind === "timeline" && message.entry.kind === "checkpoint") offer();
  });
  return () => {
    end();
    offer.cancel();
    opened?.();
    for (const end of ends) end();
  };
}
