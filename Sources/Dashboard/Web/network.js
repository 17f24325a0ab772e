// The network as a picture, each layer coloured by how it learns right now.

import * as api from "./api.js";
import { remark, seen } from "./capacity.js";
import { element, emptyState, pictureFromSVG, setText, throttled } from "./dom.js";
import * as format from "./format.js";
import { gradeOf, legend, measures } from "./health.js";
import { openLayer } from "./layersheet.js";
import { findSession, watch } from "./store.js";

/** Shows a session's network in `target`, large or in a line a layer, and keeps its colours live; returns how to end that. */
export function mountNetwork(target, id, { isSmall = false } = {}) {
  const title = element("h2", { text: "Network" });
  const facts = element("p", { class: "facts" });
  const area = element("div", { class: isSmall ? "network-area small" : "network-area" });
  const text = element("select", { "aria-label": "What stands on each layer", onchange: () => write() },
    element("option", { value: "health", text: "how it learns" }), element("option", { value: "fields", text: "receptive fields" }));
  const model = findSession(id)?.request.model;
  const edit = model ? element("a", { class: "small-link", href: `#/editor/${encodeURIComponent(model)}`, text: "Edit a copy" }) : null;
  let boxes = [];
  let layers = [];
  let sights = null;
  let measure = measures[0];
  const colors = legend((chosen) => { measure = chosen; color(); });
  target.replaceChildren(
    element("header", { class: "panel-head" }, title, facts, edit), area, colors.root);
  if (!isSmall) colors.root.append(element("label", {}, "On each layer ", text));

  /** Writes on each layer what it sees of the input, or how it learns. */
  const write = async () => {
    const isFields = text.value === "fields";
    try {
      if (isFields) sights ??= (await api.capacity(id)).layers;
    } catch (error) {
      setText(facts, error.message);
      return;
    }
    for (const { box, layer, reading, original } of boxes) {
      const sight = isFields ? sights.find((one) => one.name === layer.name) : null;
      setText(reading, isFields ? seen(sight) : original);
      const thought = sight ? remark(sight) : "";
      reading.classList.toggle("doubtful", thought !== "");
      setText(box.querySelector("title"), [box.getAttribute("aria-label"), sight?.field ? `sees ${seen(sight)} of the input` : "", thought].filter(Boolean).join(", "));
    }
    color();
  };

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
      const now = measure.read(record.latest, layer, layers);
      const found = gradeOf(measure, now);
      const wanted = found ? `h-${found.name}` : "h-none";
      if (box.dataset.health !== wanted) {
        if (box.dataset.health) box.classList.remove(box.dataset.health);
        box.classList.add(wanted);
        box.dataset.health = wanted;
      }
      if (text.value === "health") setText(reading, (isSmall && found ? [measure.write(now)] : [found ? measure.write(now) : "", original]).filter(Boolean).join(" · "));
    }
  };
  const colorSoon = throttled(color, 400);

  const load = async () => {
    try {
      const [picture, summary] = await Promise.all([api.networkPicture(id, isSmall ? "small" : "full"), api.network(id)]);
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
      // Smaller than this nobody can read it; what is wider is scrolled.
      svg.style.minWidth = `${0.75 * Number(svg.getAttribute("width"))}px`;
      area.replaceChildren(svg);
      freeze();
      boxes = [...svg.querySelectorAll(".layer")].map((box) => {
        const reading = box.querySelector(".reading");
        return { box, layer: layers.find((layer) => layer.name === box.dataset.layer), reading,
          original: reading.textContent.replace(" parameters", "") };
      });
      const count = summary.layers.flatMap((layer) => layer.parameters)
        .reduce((sum, one) => sum + one.shape.reduce((a, b) => a * b, 1), 0);
      setText(title, summary.name);
      setText(facts, `${format.counted(summary.layers.length, "layer")} · ${format.counted(count, "parameter")}`);
      color();
    } catch (error) {
      area.replaceChildren(emptyState("No picture of this network", error.message));
    }
  };

  colors.start();
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
