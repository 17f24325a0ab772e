// What an augmentation makes of samples: each as it is, and as it is learned from in some epochs.

import * as api from "./api.js";
import { element, emptyState, setText } from "./dom.js";
import { cut } from "./sheet.js";
import { allSessions } from "./store.js";

const epochs = 7;
const usual = '[{"shift": {"rows": 2, "columns": 2}}, {"horizontalFlip": {}}]';
const examples = [
  ["move and mirror", usual],
  ["random crop", '[{"randomCrop": {"padding": 4}}]'],
  ["cut out", '[{"cutout": {"size": 8}}]'],
  ["mix two", '[{"mixup": {"alpha": 0.4}}]'],
  ["none", "[]"],
];

/** Shows what an augmentation does to samples of a data set in `target`. */
export function mountAugmentation(target, record) {
  const array = record.arrays.find((one) => one.name === "inputs")?.name ?? record.arrays[0]?.name;
  const total = record.arrays.find((one) => one.name === array)?.shape[0] ?? 0;
  const message = element("p", { class: "field-status refusal", role: "alert" });
  const area = element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Augmented samples" });
  const text = element("input", { type: "text", class: "code", id: "augmentation", value: usual, spellcheck: "false", autocomplete: "off", onchange: () => load() });
  const ready = element("select", { id: "augmentation-ready", onchange: () => { text.value = ready.value; load(); } },
    examples.map(([name, value]) => element("option", { value, text: name })),
    allSessions().filter((one) => one.request.data === record.name && one.request.recipe?.augmentation?.length)
      .map((one) => element("option", { value: JSON.stringify(one.request.recipe.augmentation), text: `as in ${one.request.name}` })));
  let first = 0;
  const other = element("button", { type: "button", class: "small", text: "other samples", onclick: () => { first = (first + 4) % Math.max(1, total - 4); load(); } });
  target.replaceChildren(
    element("header", { class: "panel-head" }, element("h2", { text: "Augmentation" }),
      element("p", { class: "facts", text: "drawn by seed, epoch and sample: as a session would see them" })),
    element("div", { class: "toolbar plain" }, element("label", { for: "augmentation-ready" }, "Ready ", ready),
      element("label", { class: "wide", for: "augmentation" }, "Recipe's augmentation ", text), other), message, area);
  let wanted = 0;

  const load = async () => {
    const request = ++wanted;
    let augmentation;
    try {
      augmentation = JSON.parse(text.value);
    } catch {
      setText(message, "This is no JSON; a list of augmentations is needed.");
      return;
    }
    const indices = Array.from({ length: Math.min(4, total) }, (_, index) => first + index);
    try {
      const sheet = await api.augmentedSheet(record.name, array, indices, epochs, { augmentation });
      if (request !== wanted) return;
      setText(message, "");
      const heads = ["as it is", ...Array.from({ length: epochs }, (_, index) => `epoch ${index}`)];
      area.replaceChildren(element("table", { class: "augmented" },
        element("thead", {}, element("tr", {}, heads.map((one) => element("th", { scope: "col", text: one })))),
        element("tbody", {}, indices.map((index, row) => element("tr", {}, heads.map((one, column) =>
          element("td", {}, cut(sheet, row * heads.length + column, `Sample ${index}, ${one}`, 72))))))));
    } catch (error) {
      if (request !== wanted) return;
      setText(message, error.message);
      if (!area.childElementCount) area.replaceChildren(emptyState("Nothing to show", "Augmentations change images; this data may hold none."));
    }
  };
  if (total) load();
}
