// What metrics are called, which share a chart, and their colours.

import { palette } from "./charting.js";
import * as format from "./format.js";

/** What kind of metric a key is: its last part, so that train/loss and valid/loss share a chart. */
export function kindOf(key) {
  const last = key.split("/").pop();
  return { epochLoss: "loss", epochAccuracy: "accuracy" }[last] ?? last;
}

const titles = {
  loss: "Loss", accuracy: "Accuracy", updateRatio: "Update to weight ratio", gradientNorm: "Gradient norm",
  norm: "Weight norm", deadShare: "Units that do nothing", saturation: "Outputs in the flat part",
  stableRank: "Stable rank", effectiveRank: "Effective rank", alpha: "Power law exponent α", spectralNorm: "Largest singular value", samples: "Samples per second", learning: "Learning rate", penalty: "Penalty",
  observation: "Share of time spent observing",
};
const order = Object.keys(titles);
/** Kinds that are read on a logarithmic axis first. */
export const logarithmicKinds = new Set(["updateRatio", "gradientNorm"]);

export const titleOf = (kind) => titles[kind]
  ?? format.title(kind.replace(/([a-z])([A-Z])/g, (_, before, after) => `${before} ${after.toLowerCase()}`));

/** Groups keys into charts, the ones people look at first first. */
export function chartGroups(keys) {
  const groups = new Map();
  const isEpoch = (key) => Number(key.includes("/epoch"));
  for (const key of [...keys].sort((a, b) => isEpoch(a) - isEpoch(b))) {
    const kind = kindOf(key);
    groups.set(kind, [...(groups.get(kind) ?? []), key]);
  }
  const place = (kind) => (order.indexOf(kind) + 1) || order.length + 1;
  return [...groups].sort((a, b) => place(a[0]) - place(b[0]) || a[0].localeCompare(b[0]))
    .map(([kind, members]) => ({ kind, title: titleOf(kind), keys: members }));
}

/** A key's name within its chart: `train`, `conv1.W`. */
export function labelOf(key) {
  const parts = key.split("/");
  const last = parts.pop();
  if (last.startsWith("epoch")) return `${parts.join("/")}, epoch mean`;
  return parts[0] === "rate" || !parts.length ? last : parts.join("/").replace(/^(params|layers)\//, "");
}

/** The colour of a metric in the chart of one session. */
export function keyColor(key, index) {
  if (key.startsWith("train/epoch")) return "--line-3";
  if (key.startsWith("train/")) return "--line-1";
  if (key.startsWith("valid/")) return "--line-2";
  if (key.startsWith("test/")) return "--line-4";
  return palette[index % palette.length];
}
