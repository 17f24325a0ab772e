// What all charts share: colours from the style sheet, and the plain axes of a uPlot chart.

import * as format from "./format.js";

/** A colour of the style sheet, as it is now. */
export const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export const palette = ["--line-1", "--line-2", "--line-3", "--line-4", "--line-5", "--line-6", "--line-7", "--line-8"];

/** Calls `work` when light becomes dark or the other way round; returns how to end that. */
export function onScheme(work) {
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", work);
  return () => scheme.removeEventListener("change", work);
}

const superscript = (number) => String(number).replace(/./g, (sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)]);

/** Only powers of ten are named on a logarithmic axis. */
export const decades = (_, splits) => splits.map((split) => (Number.isInteger(Math.round(Math.log10(split) * 1e6) / 1e6) ? split : null));

export const decadeTick = (number) => (number === null ? "" : `10${superscript(Math.round(Math.log10(number)))}`);

/** A logarithmic scale from one power of ten to another. */
export const logarithmic = {
  distr: 3,
  range: (_, low, high) => (low > 0 && high > 0
    ? [10 ** Math.floor(Math.log10(low)), 10 ** Math.ceil(Math.log10(high) + 1e-9)] : [0.1, 1]),
};

/** A plain scale on which a flat line is not stretched: of zeros to a hundred, of parts beyond all of it. */
export const linear = (isPart) => ({
  range: (_, low, high) => {
    if (low === null || high === null) return [null, null];
    if (low === 0 && high === 0) return [0, 1];
    const [from, to] = uPlot.rangeNum(low, high, 0.1, true);
    return isPart && low === high && high <= 1 ? [Math.max(0, from), Math.min(1, to)] : [from, to];
  },
});

/** Counts on an axis: short, unless two of them would then read the same. */
export function countTicks(ticks) {
  const texts = ticks.map(format.short);
  return new Set(texts).size < texts.length ? ticks.map((tick) => (Number.isInteger(tick) ? format.whole(tick) : "")) : texts;
}

/** The axis that all charts have. */
export function axis() {
  const grid = { stroke: color("--grid"), width: 1 };
  return { stroke: color("--ink-soft"), grid, ticks: { ...grid, size: 4 }, font: "11px system-ui, sans-serif" };
}

/** The description of a small chart of lines over numbers. */
export function plain({ width, height, series, xTick = format.short, yTick = format.value, draw }) {
  return {
    width, height, legend: { show: false }, cursor: { show: false }, scales: { x: { time: false }, y: linear(false) },
    series: [{}, ...series.map((one) => ({ points: { show: false }, ...one }))],
    axes: [{ ...axis(), size: 28, values: (_, ticks) => ticks.map(xTick) }, { ...axis(), size: 58, values: (_, ticks) => ticks.map(yTick) }],
    hooks: draw ? { draw: [draw] } : {},
  };
}
