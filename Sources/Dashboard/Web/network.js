// The network as a picture, each layer coloured by how it learns right now.

import * as api from "./api.js";
import { element, emptyState, pictureFromSVG, setText, throttled } from "./dom.js";
import * as format from "./format.js";
import { openLayer } from "./layersheet.js";
import { findSession, watch } from "./store.js";

/** Health by the size of an update relative to the weights; about a thousandth is usual. */
export const grades = [
  { name: "still", below: 1e-5, text: "hardly moves", range: "< 10⁻⁵" },
  { name: "slow", below: 1e-4, text: "slow", range: "10⁻⁵ – 10⁻⁴" },
  { name: "good", below: 1e-2, text: "learns", range: "10⁻⁴ – 10⁻²" },
  { name: "fast", below: 1e-1, text: "fast", range: "10⁻² – 10⁻¹" },
  { name: "wild", below: Infinity, text: "jumps", range: "> 10⁻¹" },
];

/** The grade of an update ratio; what is not a number is wild. */
export function grade(ratio) {
  if (ratio === undefined || ratio === null) return null;
  return grades.find((one) => Number(ratio) < one.below) ?? grades[grades.length - 1];
}

/** The newest update ratio of a layer: of its weights `W`, else of its first parameter with one. */
export function updateRatio(latest, layer) {
  const exact = latest[`params/${layer}.W/updateRatio`];
  if (exact !== undefined) return exact;
  const start = `params/${layer}.`;
  const key = Object.keys(latest).find((one) => one.startsWith(start) && one.endsWith("/updateRatio"));
  return key === undefined ? undefined : latest[key];
}

function legend() {
  return element("div", { class: "health-legend" },
    element("span", { class: "health-title", text: "Update per step ÷ weight" }),
    element("ul", {}, grades.map((one) => element("li", { title: one.range },
      element("span", { class: `swatch h-${one.name}` }), one.text))));
}

/** Shows a session's network in `target` and keeps its colours live; returns how to end that. */
export function mountNetwork(target, id) {
  const title = element("h2", { text: "Network" });
  const facts = element("p", { class: "facts" });
  const area = element("div", { class: "network-area" });
  const model = findSession(id)?.request.model;
  const edit = model ? element("a", { class: "small-link", href: `#/editor/${encodeURIComponent(model)}`, text: "Edit a copy" }) : null;
  target.replaceChildren(
    element("header", { class: "panel-head" }, title, facts, edit), area, legend());
  let boxes = [];
  let layers = [];

  /** Layers that stand still are drawn as such. */
  const freeze = async () => {
    try {
      const { frozen } = await api.settings(id);
      for (const { name, parameters } of layers) {
        const own = parameters.filter((one) => one.isTrainable).map((one) => one.name);
        const box = area.querySelector(`.layer[data-layer="${CSS.escape(name)}"]`);
        box?.classList.toggle("frozen", own.length > 0 && own.every((one) => frozen.includes(one)));
      }
    } catch {
      // The picture is right but for this.
    }
  };
  const freezeSoon = throttled(freeze, 800);

  const color = () => {
    const record = findSession(id);
    if (!record) return;
    for (const { box, layer, reading, original } of boxes) {
      const ratio = updateRatio(record.latest, layer);
      const found = grade(ratio);
      const wanted = found ? `h-${found.name}` : "h-none";
      if (box.dataset.health !== wanted) {
        if (box.dataset.health) box.classList.remove(box.dataset.health);
        box.classList.add(wanted);
        box.dataset.health = wanted;
      }
      setText(reading, found ? `${format.scientific(ratio)} · ${original}` : original);
    }
  };
  const colorSoon = throttled(color, 400);

  const load = async () => {
    try {
      const [picture, summary] = await Promise.all([api.networkPicture(id), api.network(id)]);
      const svg = pictureFromSVG(picture);
      layers = summary.layers;
      // The picture is a set of buttons here: each layer opens what is known of it.
      svg.setAttribute("role", "group");
      for (const box of svg.querySelectorAll(".layer")) {
        const open = () => openLayer(id, layers.find((layer) => layer.name === box.dataset.layer));
        box.setAttribute("role", "button");
        box.setAttribute("tabindex", "0");
        box.setAttribute("aria-label", box.querySelector("title").textContent);
        box.addEventListener("click", open);
        box.addEventListener("keydown", (event) => {
          if (event.key !== "Enter" && event.key !== " ") return;
          event.preventDefault();
          open();
        });
      }
      area.replaceChildren(svg);
      freeze();
      boxes = [...svg.querySelectorAll(".layer.learns")].map((box) => {
        const reading = box.querySelector(".reading");
        return { box, layer: box.dataset.layer, reading,
          original: reading.textContent.replace(" parameters", "") };
      });
      const count = summary.layers.flatMap((layer) => layer.parameters)
        .reduce((sum, one) => sum + one.shape.reduce((a, b) => a * b, 1), 0);
      setText(title, summary.name);
      setText(facts, `${summary.layers.length} layers · ${format.whole(count)} parameters`);
      color();
    } catch (error) {
      area.replaceChildren(emptyState("No picture of this network", error.message));
    }
  };

  load();
  const end = watch((message) => {
    if (message.kind === "reload" || message.session === id) colorSoon();
    if (message.kind === "timeline" && message.session === id && message.entry.command) freezeSoon();
  });
  return () => {
    end();
    freezeSoon.cancel();
    colorSoon.cancel();
  };
}
