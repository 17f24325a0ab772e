// The samples that excite each channel of a layer most, with the part of each that the channel saw.

import * as api from "./api.js";
import { element, emptyState, setText } from "./dom.js";
import * as format from "./format.js";
import { cut } from "./sheet.js";

const perPage = 12;

/** A sample with a frame round the part that the number depends on. */
function framed(sheet, place, one, name) {
  const picture = element("span", { class: "framed" }, cut(sheet, place, "", 56));
  const isPart = one.window && one.window.length === 2
    && (one.window[0][1] - one.window[0][0] < sheet.height || one.window[1][1] - one.window[1][0] < sheet.width);
  if (isPart) {
    const frame = element("i", { "aria-hidden": "true" });
    const [rows, across] = one.window;
    frame.style.top = `${100 * rows[0] / sheet.height}%`;
    frame.style.height = `${100 * (rows[1] - rows[0]) / sheet.height}%`;
    frame.style.left = `${100 * across[0] / sheet.width}%`;
    frame.style.width = `${100 * (across[1] - across[0]) / sheet.width}%`;
    picture.append(frame);
  }
  picture.title = `${name}, ${format.value(one.value)}`;
  return picture;
}

/** Shows the strongest samples of each channel in `target`; returns how to end that. */
export function mountStrongest(target, id, part, layers, choose) {
  const facts = element("p", { class: "facts", role: "status" });
  const layer = element("select", { id: "strongest-layer", onchange: () => { from = 0; load(); } }, layers.map(({ name }) => element("option", { value: name, text: name })));
  const before = element("button", { type: "button", class: "small", text: "← before", onclick: () => { from = Math.max(0, from - perPage); load(); } });
  const after = element("button", { type: "button", class: "small", text: "more →", onclick: () => { from += perPage; load(); } });
  const area = element("div", { class: "units" });
  target.replaceChildren(
    element("header", { class: "panel-head" }, element("h2", { text: "What excites each channel most" }), facts),
    element("div", { class: "toolbar plain" }, element("label", { for: "strongest-layer" }, "Channels of ", layer), before, after,
      element("p", { class: "facts", text: "framed: the part that the number depends on" })), area);
  let from = 0;
  let wanted = 0;
  layer.value = [...layers].reverse().find((one) => /Conv/.test(one.type))?.name ?? layers[layers.length - 2]?.name ?? layers[0]?.name;

  const load = async () => {
    const request = ++wanted;
    setText(facts, "The network looks at every sample; that takes a moment…");
    area.setAttribute("aria-busy", "true");
    try {
      const found = await api.strongest(id, { part, layer: layer.value, from, count: perPage });
      const indices = [...new Set(found.units.flatMap((unit) => unit.cases.map((one) => one.index)))];
      let sheet = null;
      try {
        if (indices.length) sheet = await api.sampleSheet(found.data, found.array, indices);
      } catch {
        // Samples that are no pictures are known by their numbers.
      }
      if (request !== wanted) return;
      const name = (label) => found.classNames[label] ?? String(label);
      area.replaceChildren(...found.units.map((unit) => element("section", { class: "unit", "aria-label": `Channel ${unit.unit}` },
        element("h3", {}, String(unit.unit), element("span", { class: "soft", text: ` mean ${format.value(unit.mean)}, above 0 for ${format.percent(unit.activeShare)}` })),
        element("ul", {}, unit.cases.map((one) => element("li", {}, element("button", { type: "button", class: "sample-button",
          "aria-label": `Sample ${one.index}, ${name(one.label)}, ${format.value(one.value)}`, onclick: () => choose({ index: one.index, label: one.label }) },
        sheet ? framed(sheet, indices.indexOf(one.index), one, name(one.label)) : element("strong", { text: format.whole(one.index) }))))))));
      area.dataset.layer = found.layer;
      const last = from + found.units.length;
      before.disabled = from === 0;
      after.disabled = last >= found.unitCount;
      setText(facts, `${format.whole(from)} – ${format.whole(last - 1)} of ${format.whole(found.unitCount)}, from all ${format.whole(found.count)} samples · step ${format.whole(found.step)}`);
    } catch (error) {
      if (request !== wanted) return;
      setText(facts, "");
      area.replaceChildren(emptyState("Nothing to show of this layer", error.message));
    }
    area.removeAttribute("aria-busy");
  };
  load();
  return () => { wanted = -1; };
}
