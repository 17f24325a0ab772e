// What is known of one layer: a window opened from the network's picture.

import * as api from "./api.js";
import { openDialog } from "./dialog.js";
import { element, setText } from "./dom.js";
import { filterStrip } from "./filterstrip.js";
import * as format from "./format.js";
import { freezeSwitch } from "./freezing.js";
import { HistogramPlot } from "./histograms.js";
import { findSession, watch } from "./store.js";

const ofParameter = { norm: "norm", gradientNorm: "gradient norm", updateRatio: "update ÷ weight",
  spectralNorm: "largest singular value", stableRank: "stable rank", effectiveRank: "effective rank", alpha: "power law exponent α" };
const ofLayer = { deadShare: "units that do nothing", saturation: "outputs in the flat part" };

/** Live figures under keys that begin alike; those without a value are left out. */
function readings(id, start, names) {
  const values = Object.entries(names).map(([name, text]) => {
    const shown = element("dd");
    const root = element("div", { hidden: true }, element("dt", { text }), shown);
    return { name, key: `${start}/${name}`, shown, root };
  });
  return {
    root: element("dl", { class: "figure-list" }, values.map((one) => one.root)),
    update: () => {
      const latest = findSession(id)?.latest ?? {};
      for (const { name, key, shown, root } of values) {
        root.hidden = latest[key] === undefined;
        setText(shown, format.metric(name, latest[key]));
      }
    },
  };
}

/** What the layer gives for a sample: chosen among those that the network gets most wrong. */
function activations(id, layer) {
  const place = element("div", { class: "picture" });
  const note = element("p", { class: "facts", role: "status" });
  const samples = element("select", { id: "activation-sample", onchange: () => show() });
  const choice = element("label", { class: "check", for: "activation-sample", hidden: true }, "for sample ", samples);
  let found = null;
  const show = async () => {
    try {
      const { image, range } = await api.samplePicture(id, found.part, Number(samples.value), "layer", layer.name);
      const canvas = element("canvas", { width: image.width, height: image.height, role: "img", "aria-label": `What ${layer.name} gives` });
      canvas.getContext("2d").drawImage(image, 0, 0);
      place.replaceChildren(canvas);
      setText(note, `by the weights of step ${format.whole(found.step)} · colours from −${format.value(range)} to +${format.value(range)}`);
    } catch (error) {
      setText(note, error.message);
    }
  };
  const ask = element("button", { type: "button", class: "small", text: "Look at a sample", onclick: async () => {
    ask.disabled = true;
    setText(note, "The network looks at every sample; that takes a moment…");
    try {
      found = await api.examination(id);
      const cases = found.worst.length ? found.worst.slice(0, 20) : await api.examinedCases(id, found.part, 0, 0);
      samples.replaceChildren(...cases.map((one) => element("option", { value: one.index, text: `${format.whole(one.index)}: ${found.classNames[one.label]}` })));
      choice.hidden = false;
      ask.hidden = true;
      show();
    } catch (error) {
      ask.disabled = false;
      setText(note, error.message);
    }
  } });
  return element("section", { class: "layer-parameter look activation" }, element("h3", { text: "Activations" }), ask, choice, place, note);
}

/** Opens a window about a layer of a session. */
export function openLayer(id, layer) {
  const trainable = layer.parameters.filter((one) => one.isTrainable).map((one) => one.name);
  const plots = [];
  const strips = [];
  const own = readings(id, `layers/${layer.name}`, ofLayer);
  const shown = layer.parameters.map((parameter) => {
    const figures = readings(id, `params/${parameter.name}`, ofParameter);
    const plot = new HistogramPlot(parameter.name, { height: 130 });
    plots.push(plot);
    return { figures, root: element("section", { class: "layer-parameter", "data-parameter": parameter.name },
      element("h3", { text: `${parameter.name}` }, element("span", { class: "soft", text: ` ${parameter.shape.join(" × ")}` })),
      figures.root, plot.root) };
  });
  const freezing = trainable.length ? freezeSwitch(id, layer.name, trainable) : null;
  const given = activations(id, layer);
  const content = element("div", { class: "stack" },
    element("p", { class: "facts", text: `${layer.type.replace(/Layer$/, "")}${layer.detail ? ` · ${layer.detail}` : ""} · output ${format.shape(layer.outputShape)}` }),
    freezing ? element("div", { class: "row" }, freezing.button, freezing.status) : null,
    own.root, shown.map((one) => one.root), given,
    layer.parameters.length ? element("a", { href: `#/session/${id}/parameters`, text: "All parameters over time" })
      : element("p", { class: "facts", text: "This layer has no parameters." }));
  const update = () => { for (const one of [own, ...shown.map((each) => each.figures)]) one.update(); };
  const end = watch((message) => { if (message.session === id) update(); });
  const close = () => opened.close();
  const opened = openDialog(layer.name, content, { closed: () => {
    end();
    window.removeEventListener("hashchange", close);
    for (const one of plots) one.remove();
    for (const one of strips) one.end();
  } });
  window.addEventListener("hashchange", close);
  update();
  for (const [index, parameter] of layer.parameters.entries()) {
    api.histograms(id, parameter.name).then((list) => plots[index].show(list), (error) => plots[index].fail(error.message));
  }
  if (trainable.length) {
    api.keys(id).then(({ images }) => {
      for (const [index, parameter] of layer.parameters.entries()) {
        if (!images.includes(parameter.name)) continue;
        const strip = filterStrip(id, parameter.name);
        strips.push(strip);
        shown[index].root.append(strip.root);
        strip.load().catch(() => strip.root.remove());
      }
    }, () => {});
  }
  if (freezing) api.settings(id).then(({ frozen }) => freezing.show(frozen), (error) => setText(freezing.status, error.message));
}
