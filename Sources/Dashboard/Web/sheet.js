// One picture of many samples, cut into one canvas each.

import { element } from "./dom.js";

/** A canvas with the sample at `place` of a sheet from the server, drawn `scale` pixels an entry. */
export function cut(sheet, place, label, side = 56) {
  const { image, width, height, columns } = sheet;
  const canvas = element("canvas", { width, height, role: "img", "aria-label": label, class: "sample" });
  canvas.getContext("2d").drawImage(image, (place % columns) * width, Math.floor(place / columns) * height, width, height, 0, 0, width, height);
  const factor = side / Math.max(width, height);
  canvas.style.width = `${Math.round(width * factor)}px`;
  canvas.style.height = `${Math.round(height * factor)}px`;
  return canvas;
}
