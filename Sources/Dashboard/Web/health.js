// What the colours of a network's layers mean: four ways to see how each learns, with their ranges.

import { element } from "./dom.js";
import * as format from "./format.js";

const grade = (name, below, text, range) => ({ name, below, text, range });

/** Health by the size of an update relative to the weights; about a thousandth is usual. */
const updates = [
  grade("still", 1e-5, "hardly moves", "< 10⁻⁵"), grade("slow", 1e-4, "slow", "10⁻⁵ – 10⁻⁴"),
  grade("good", 1e-2, "learns", "10⁻⁴ – 10⁻²"), grade("fast", 1e-1, "fast", "10⁻² – 10⁻¹"),
  grade("wild", Infinity, "jumps", "> 10⁻¹"),
];

/** The gradient of a weight against the median layer's: what vanishes or explodes from layer to layer. */
const flows = [
  grade("still", 1e-3, "vanishes", "< 10⁻³"), grade("slow", 1e-1, "weak", "10⁻³ – 10⁻¹"),
  grade("good", 10, "flows", "10⁻¹ – 10"), grade("fast", 1e3, "strong", "10 – 10³"),
  grade("wild", Infinity, "explodes", "> 10³"),
];

const shares = (ends, texts) => texts.map((text, index) => {
  const name = ["good", "fast", "wild"][index];
  const [low, high] = [ends[index - 1], ends[index]].map((end) => (end === undefined ? null : `${Math.round(end * 100)} %`));
  return grade(name, ends[index] ?? Infinity, text, low === null ? `< ${high}` : high === null ? `> ${low}` : `${low} – ${high}`);
});

/** The newest reading of a layer's weights `W`, else of its first parameter that has one. */
function ofParameters(latest, layer, name) {
  const own = [...layer.parameters].sort((a, b) => Number(b.name.endsWith(".W")) - Number(a.name.endsWith(".W")));
  for (const parameter of own) {
    const found = latest[`params/${parameter.name}/${name}`];
    if (found !== undefined) return { value: found, parameter };
  }
  return null;
}

/** The newest update ratio of a layer. */
export const updateRatio = (latest, layer) => ofParameters(latest, layer, "updateRatio")?.value;

/** The root mean square of a layer's gradient. */
function gradient(latest, layer) {
  const found = ofParameters(latest, layer, "gradientNorm");
  return found ? Number(found.value) / Math.sqrt(found.parameter.shape.reduce((a, b) => a * b, 1)) : undefined;
}

const isRows = (latest, layer) => latest[`layers/${layer.name}/deadShare`] === undefined;

/** The ways to see it: `read(latest, layer, layers)` gives a number or nothing. */
export const measures = [
  { name: "updateRatio", title: "Update per step ÷ weight", grades: updates, write: format.scientific, read: updateRatio },
  { name: "gradientFlow", title: "Gradient ÷ the median layer's", grades: flows, write: (number) => format.value(Number(number.toPrecision(2))),
    read: (latest, layer, layers) => {
      const own = gradient(latest, layer);
      const all = layers.map((one) => gradient(latest, one)).filter((one) => one > 0).sort((a, b) => a - b);
      return own === undefined || !all.length ? undefined : own / all[Math.floor(all.length / 2)];
    } },
  { name: "deadShare", title: "Units that do nothing", grades: shares([0.05, 0.3], ["alive", "some dead", "many dead"]), write: format.percent,
    read: (latest, layer) => latest[`layers/${layer.name}/deadShare`] },
  // A sure softmax is no illness: only what has units is judged.
  { name: "saturation", title: "Outputs in the flat part", grades: shares([0.6, 0.9], ["free", "tight", "stuck"]), write: format.percent,
    read: (latest, layer) => (isRows(latest, layer) ? undefined : latest[`layers/${layer.name}/saturation`]) },
];

/** The grade of a reading; what is not a number is the worst. */
export function gradeOf(measure, reading) {
  if (reading === undefined || reading === null) return null;
  return measure.grades.find((one) => Number(reading) < one.below) ?? measure.grades.at(-1);
}

const kept = "lasagne.health";

/** What the colours mean, with their ranges; `changed(measure)` is told when another is chosen. */
export function legend(changed) {
  const known = sessionStorage.getItem(kept);
  const select = element("select", { id: "health-measure", onchange: () => show(measures.find((one) => one.name === select.value)) },
    measures.map((one) => element("option", { value: one.name, text: one.title })));
  const list = element("ul");
  const show = (measure) => {
    select.value = measure.name;
    sessionStorage.setItem(kept, measure.name);
    list.replaceChildren(...measure.grades.map((one) => element("li", {},
      element("span", { class: `swatch h-${one.name}` }), one.text, element("span", { class: "range", text: one.range }))));
    changed(measure);
  };
  return { root: element("div", { class: "health-legend" }, element("label", { for: "health-measure" }, "Coloured by ", select), list),
    start: () => show(measures.find((one) => one.name === known) ?? measures[0]) };
}
