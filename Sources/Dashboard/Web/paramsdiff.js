// How two versions of weights differ, tensor by tensor.

import * as api from "./api.js";
import { color, onScheme } from "./charting.js";
import { element, emptyState, setText } from "./dom.js";
import * as format from "./format.js";

/** The distribution of the changes as bars, zero marked. */
function bars(histogram) {
  const canvas = element("canvas", { width: 240, height: 56, role: "img",
    "aria-label": `Changes from ${format.value(histogram.minimum)} to ${format.value(histogram.maximum)}` });
  const draw = () => {
    const ctx = canvas.getContext("2d");
    ctx.clearRect(0, 0, canvas.width, canvas.height);
    const most = Math.max(...histogram.counts, 1);
    const width = canvas.width / histogram.counts.length;
    ctx.fillStyle = color("--line-1");
    histogram.counts.forEach((count, index) => {
      const height = count ? Math.max(1.5, count / most * (canvas.height - 4)) : 0;
      ctx.fillRect(index * width, canvas.height - height, width - 0.6, height);
    });
    const span = histogram.maximum - histogram.minimum;
    if (span > 0 && histogram.minimum < 0 && histogram.maximum > 0) {
      ctx.fillStyle = color("--accent");
      ctx.fillRect(-histogram.minimum / span * canvas.width - 0.75, 0, 1.5, canvas.height);
    }
  };
  draw();
  const end = onScheme(draw);
  new MutationObserver((_, observer) => {
    if (!canvas.isConnected) { end(); observer.disconnect(); }
  }).observe(document.getElementById("main"), { childList: true });
  return canvas;
}

const heads = [["Tensor", ""], ["Norm before", "number"], ["after", "number"], ["Change ÷ norm", "number"], ["Cosine", "number"],
  ["Largest change", "number"], ["Distribution of the changes", ""]];

function row(tensor, most) {
  const isSame = Number(tensor.largestChange) === 0;
  const part = Number.isFinite(tensor.relativeChange) ? (most > 0 ? tensor.relativeChange / most : 0) : 1;
  const fill = element("i");
  fill.style.transform = `scaleX(${Math.min(1, part)})`;
  return element("tr", {},
    element("th", { scope: "row" }, tensor.name, element("span", { class: "soft", text: ` ${tensor.shape.join(" × ")}` })),
    element("td", { class: "number", text: format.value(tensor.norm) }),
    element("td", { class: "number", text: format.value(tensor.otherNorm) }),
    element("td", { class: "number" }, format.value(tensor.relativeChange), element("div", { class: "part-bar", "aria-hidden": "true" }, fill)),
    element("td", { class: "number", text: Number.isFinite(Number(tensor.cosine)) ? Number(tensor.cosine).toFixed(4) : "–" }),
    element("td", { class: "number" }, format.value(tensor.largestChange),
      element("div", { class: "soft", text: tensor.largestChangeIndex.length && !isSame ? `at ${tensor.largestChangeIndex.join(", ")}` : "" })),
    isSame ? element("td", { class: "soft", text: "nothing changed" }) : element("td", {}, element("div", { class: "bars" }, bars(tensor.histogram),
      element("div", { class: "bars-range" }, element("span", { text: format.value(tensor.histogram.minimum) }), element("span", { text: format.value(tensor.histogram.maximum) })))));
}

/** Shows the difference of two versions in `target`. */
export async function mountDifference(target, model, from, to) {
  const facts = element("p", { class: "facts", text: "Compares…" });
  const area = element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Tensors" });
  target.replaceChildren(element("header", { class: "panel-head" },
    element("h2", { text: `${from} → ${to}` }), facts), area);
  try {
    const diff = await api.paramsDiff(model, from, to);
    const most = Math.max(0, ...diff.tensors.map((one) => one.relativeChange).filter(Number.isFinite));
    area.replaceChildren(element("table", { class: "difference" }, element("thead", {}, element("tr", {}, heads.map(([text, kind]) => element("th", { scope: "col", class: kind, text })))),
      element("tbody", {}, diff.tensors.map((tensor) => row(tensor, most)))));
    const others = [...diff.onlyInFrom.map((one) => `${one} is only in ${from}`), ...diff.onlyInTo.map((one) => `${one} is only in ${to}`),
      ...diff.reshaped.map((one) => `${one.name} was ${one.shape.join(" × ")} and is ${one.otherShape.join(" × ")}`)];
    setText(facts, others.length ? others.join("; ") : `${diff.tensors.length} tensors, all in both`);
  } catch (error) {
    setText(facts, "");
    area.replaceChildren(emptyState("These two cannot be compared", error.message));
  }
}
