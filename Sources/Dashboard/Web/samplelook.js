// One sample as the network sees it: its outputs, what decides them, and what each layer gives.

import * as api from "./api.js";
import { element, emptyState, setText } from "./dom.js";
import * as format from "./format.js";
import { cut } from "./sheet.js";

/** A picture of the server in a figure with its scale. */
function figure(title, fetch) {
  const place = element("div", { class: "picture" });
  const note = element("span", { class: "soft" });
  const scale = element("div", { class: "scale diverging" }, element("span"), element("i", { "aria-hidden": "true" }), element("span"));
  const root = element("figure", { class: "look" }, place, scale, element("figcaption", {}, element("strong", { text: title }), " ", note));
  let drawn = null;
  /** Lays the picture over the sample, or shows it alone again. */
  const over = (sheet) => {
    if (!drawn) return;
    const canvas = place.firstChild;
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, canvas.width, canvas.height);
    if (sheet) {
      context.imageSmoothingEnabled = false;
      context.drawImage(sheet.image, 0, 0, sheet.width, sheet.height, 0, 0, canvas.width, canvas.height);
      context.imageSmoothingEnabled = true;
      context.globalAlpha = 0.62;
    }
    context.drawImage(drawn, 0, 0, canvas.width, canvas.height);
    context.globalAlpha = 1;
  };
  const load = async () => {
    try {
      const { image, range } = await fetch();
      const canvas = element("canvas", { width: image.width, height: image.height, role: "img", "aria-label": title });
      canvas.getContext("2d").drawImage(image, 0, 0);
      place.replaceChildren(canvas);
      drawn = image;
      setText(scale.firstChild, `−${format.value(range)}`);
      setText(scale.lastChild, `+${format.value(range)}`);
    } catch (error) {
      scale.hidden = true;
      setText(note, error.message);
    }
  };
  return { root, note, load, over };
}

/** How a layer's numbers are spread, from the smallest to the largest. */
function spread(layer) {
  const most = Math.max(1, ...layer.histogram);
  const bars = layer.histogram.map((count) => {
    const bar = element("i");
    bar.style.height = `${count ? Math.max(6, 100 * Math.sqrt(count / most)) : 0}%`;
    return bar;
  });
  return element("div", { class: "spread", role: "img",
    "aria-label": `How the numbers of ${layer.layer} are spread from ${format.value(layer.minimum)} to ${format.value(layer.maximum)}` }, bars);
}

function outputs(found, look) {
  const most = Math.max(...look.outputs, 1e-9);
  const order = look.outputs.map((value, index) => [value, index]).sort((a, b) => b[0] - a[0]).slice(0, 10);
  return element("ol", { class: "balance outputs" }, order.map(([value, index]) => {
    const fill = element("i");
    fill.style.transform = `scaleX(${Math.max(0, value) / most})`;
    return element("li", { class: index === look.label ? "is" : "" }, element("span", { class: "balance-name", text: found.classNames[index] }),
      element("span", { class: "balance-bar" }, fill), element("span", { class: "balance-count", text: format.percent(value) }));
  }));
}

/** Shows one sample in `target`; returns how to end that. */
export function mountSample(target, id, found, one) {
  let hasEnded = false;
  const facts = element("p", { class: "facts" });
  const body = element("div", { class: "stack" });
  target.hidden = false;
  target.replaceChildren(element("header", { class: "panel-head" }, element("h2", { text: `Sample ${format.whole(one.index)}` }), facts), body);
  setText(facts, one.predicted === undefined || one.label === one.predicted ? found.classNames[one.label] : `${found.classNames[one.label]}, given ${found.classNames[one.predicted]}`);
  (async () => {
    try {
      const look = await api.sample(id, found.part, one.index);
      if (hasEnded) return;
      const input = element("div", { class: "picture" });
      let sample = null;
      const isOver = element("input", { type: "checkbox", id: "over-input", disabled: true,
        onchange: () => { for (const heat of [saliency, occlusion]) heat.over(isOver.checked ? sample : null); } });
      api.sampleSheet(found.data, found.array, [one.index]).then((sheet) => {
        input.replaceChildren(cut(sheet, 0, `Sample ${one.index}`, 196));
        sample = sheet;
        isOver.disabled = false;
      }, (error) => input.replaceChildren(element("p", { class: "facts", text: error.message })));
      const saliency = figure("Saliency", () => api.samplePicture(id, found.part, one.index, "saliency"));
      const occlusion = figure("Occlusion", () => api.samplePicture(id, found.part, one.index, "occlusion"));
      setText(saliency.note, "how the score of its class changes with each pixel");
      setText(occlusion.note, "how much its class loses where a square is covered");
      const layers = look.activations.map((layer) => {
        const made = figure(layer.layer, () => api.samplePicture(id, found.part, one.index, "layer", layer.layer));
        setText(made.note, `${layer.shape.join(" × ")} · ${format.value(layer.minimum)} to ${format.value(layer.maximum)} · mean ${format.value(layer.mean)} ± ${format.value(layer.deviation)} · ${format.percent(layer.zeroShare)} zero`);
        made.root.append(spread(layer));
        return made;
      });
      body.replaceChildren(
        element("div", { class: "sample-top" }, element("figure", { class: "look" }, input, element("figcaption", {}, element("strong", { text: "Input" })),
            element("label", { class: "check", for: "over-input" }, isOver, "lay the next two over it")),
          saliency.root, occlusion.root, element("div", {}, element("h3", { text: "Output" }), outputs(found, look))),
        element("h3", { text: "What each layer gives" }), element("div", { class: "activations" }, layers.map((layer) => layer.root)));
      // One after the other: they share one thread of the server.
      for (const made of [saliency, occlusion, ...layers]) {
        if (hasEnded) return;
        await made.load();
      }
    } catch (error) {
      if (!hasEnded) body.replaceChildren(emptyState("This sample could not be looked at", error.message));
    }
  })();
  return () => { hasEnded = true; };
}
