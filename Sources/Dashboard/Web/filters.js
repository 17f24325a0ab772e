// Filters as images that change while they learn.

import * as api from "./api.js";
import { element, setText, throttled } from "./dom.js";
import * as format from "./format.js";
import { watch } from "./store.js";

/** Shows the images that a session has in `target`; returns how to end that. */
export function mountFilters(target, id) {
  const area = element("div", { class: "filters" });
  target.replaceChildren(
    element("header", { class: "panel-head" }, element("h2", { text: "Filters" }),
      element("p", { class: "facts", text: "one scale for all of a picture" })),
    area);
  const figures = new Map();

  const show = async (key) => {
    let figure = figures.get(key);
    if (!figure) {
      const image = element("img", { alt: `Filters ${key}`, "data-key": key, hidden: true });
      const facts = element("span");
      const scale = element("div", { class: "scale diverging", hidden: true }, element("span"), element("i", { "aria-hidden": "true" }), element("span"));
      figure = { image, facts, scale, address: null, root: element("figure", {}, image,
        element("figcaption", {}, element("strong", { text: key }), facts), scale) };
      figures.set(key, figure);
      if (figures.size === 1) area.replaceChildren();
      area.append(figure.root);
    }
    try {
      const { picture, step, range } = await api.filters(id, key);
      const before = figure.address;
      figure.address = URL.createObjectURL(picture);
      figure.image.src = figure.address;
      figure.image.dataset.step = step;
      figure.image.hidden = figure.scale.hidden = false;
      setText(figure.facts, `step ${format.whole(step)}`);
      setText(figure.scale.firstChild, `−${format.value(range)}`);
      setText(figure.scale.lastChild, `+${format.value(range)}`);
      if (before) setTimeout(() => URL.revokeObjectURL(before), 1000);
    } catch (error) {
      setText(figure.facts, error.message);
    }
  };

  const load = async () => {
    try {
      const { images } = await api.keys(id);
      if (!images.length && !figures.size) {
        area.replaceChildren(element("p", { class: "empty",
          text: "No filters yet. A network whose first layer is a convolution shows them after its first steps." }));
      }
      await Promise.all(images.map(show));
    } catch (error) {
      area.replaceChildren(element("p", { class: "empty", text: error.message }));
    }
  };
  const loadSoon = throttled(load, 600);

  load();
  const end = watch((message) => {
    if (message.kind === "reload" || (message.kind === "pictures" && message.session === id)) loadSoon();
  });
  return () => {
    end();
    loadSoon.cancel();
    for (const { address } of figures.values()) if (address) URL.revokeObjectURL(address);
  };
}
