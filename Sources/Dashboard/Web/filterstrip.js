// The filters of one parameter as a picture with the range of its colours.

import * as api from "./api.js";
import { element, setText } from "./dom.js";
import * as format from "./format.js";

/** A strip of filters; the picture is fetched anew when there is a newer one. */
export function filterStrip(id, key) {
  const image = element("img", { alt: `Filters ${key}`, hidden: true });
  const facts = element("span");
  const scale = element("div", { class: "scale diverging", hidden: true }, element("span"), element("i", { "aria-hidden": "true" }), element("span"));
  let address = null;
  return {
    root: element("figure", { class: "filters" }, image, scale, element("figcaption", {}, facts)),
    load: async () => {
      const { picture, step, range } = await api.filters(id, key);
      if (address) URL.revokeObjectURL(address);
      address = URL.createObjectURL(picture);
      image.src = address;
      image.dataset.step = step;
      image.hidden = scale.hidden = false;
      setText(facts, `filters at step ${format.whole(step)}`);
      setText(scale.firstChild, `−${format.value(range)}`);
      setText(scale.lastChild, `+${format.value(range)}`);
    },
    end: () => { if (address) URL.revokeObjectURL(address); },
  };
}
