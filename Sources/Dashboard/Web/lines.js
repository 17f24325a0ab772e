// From the server's buckets to the table that a chart draws.

import { reader } from "./grouping.js";
import { findSession } from "./store.js";

/** Epochs per step of a session; the same over the whole run unless its batch size was changed. */
function epochsPerStep(id) {
  const record = findSession(id);
  if (!record) return NaN;
  if (record.totalSteps > 0 && record.epochs > 0) return record.epochs / record.totalSteps;
  return record.step > 0 ? record.epoch / record.step : NaN;
}

/** Where a point `{ step, time }` of a session lies on an axis; `buckets` tell the time where it is not known. */
export function xOf(point, buckets, id, x) {
  if (x === "step") return point.step;
  if (x === "epoch") return point.step * epochsPerStep(id);
  const time = point.time ?? buckets.find((bucket) => bucket.lastStep >= point.step)?.lastTime ?? NaN;
  return x === "time" ? time : time - (findSession(id)?.startedAt ?? buckets[0]?.lastTime ?? 0);
}

const middle = (bucket) => (bucket.firstStep + bucket.lastStep) / 2;

/** The metric that an axis shows; nothing where it shows steps, epochs or time. */
export const metricOf = (x) => (x.startsWith("metric ") ? x.slice(7) : null);

/** The place of each bucket of a series on an axis; a metric is read between its own points. */
function placesOf(one, x) {
  if (!metricOf(x)) return one.buckets.map((bucket) => xOf({ step: middle(bucket), time: bucket.lastTime }, one.buckets, one.session, x));
  const read = reader(one.across ?? []);
  return one.buckets.map((bucket) => read(middle(bucket))?.[0] ?? NaN);
}

/** The value of the metric that an axis shows at a step of a series. */
export const acrossAt = (one, step) => reader(one.across ?? [])(step)?.[0] ?? NaN;

/** The steps of one session that a window on an axis covers; `null` for none. */
export function stepsOf(window, series, x) {
  let [from, to] = [Infinity, -Infinity];
  for (const one of series) {
    const inside = placesOf(one, x).map((at, index) => [at, index]).filter(([at]) => at >= window.from && at <= window.to);
    if (!inside.length) continue;
    // One bucket more at each end, so that lines go on beyond the picture.
    from = Math.min(from, one.buckets[Math.max(0, inside[0][1] - 1)].firstStep);
    to = Math.max(to, one.buckets[Math.min(one.buckets.length - 1, inside.at(-1)[1] + 1)].lastStep);
  }
  return from <= to ? { from, to } : null;
}

/** A bucket's figures with its place; `fits` says which numbers the axes can show. */
export function columnsOf(series, x) {
  return series.map((one) => {
    const places = placesOf(one, x);
    return { line: one.line, points: one.buckets.map((bucket, index) => ({ ...bucket, x: places[index] })) };
  });
}

/** Brings points of several sessions to common places, closer than a pixel: their union stays small. */
function gathered(lines, columns) {
  const all = lines.flatMap(({ points }) => points.map((point) => point.x));
  let [low, high] = [Infinity, -Infinity];
  for (const x of all) [low, high] = [Math.min(low, x), Math.max(high, x)];
  const width = (high - low) / columns || 1;
  return lines.map(({ line, points }) => {
    const merged = [];
    for (const point of points) {
      const x = low + Math.round((point.x - low) / width) * width;
      const last = merged.at(-1);
      if (last?.x !== x) {
        merged.push({ ...point, x });
        continue;
      }
      const least = (a, b) => (a === null || a === undefined ? b : b === null || b === undefined ? a : Math.min(a, b));
      const most = (a, b) => (a === null || a === undefined ? b : b === null || b === undefined ? a : Math.max(a, b));
      const finite = (one) => one.count - one.nonFiniteCount;
      const total = finite(last) + finite(point);
      last.mean = total ? ((last.mean ?? 0) * finite(last) + (point.mean ?? 0) * finite(point)) / total : null;
      Object.assign(last, { minimum: least(last.minimum, point.minimum), maximum: most(last.maximum, point.maximum),
        last: point.last ?? last.last, lastStep: point.lastStep, count: last.count + point.count,
        nonFiniteCount: last.nonFiniteCount + point.nonFiniteCount });
    }
    return { line, points: merged };
  });
}

/**
 * One table: places, then line, upper, lower and smoothed of each series, on common places;
 * and the points of each series in the order of steps, which is another where a metric is the axis.
 */
export function lineTable(series, { x, weight, isLogarithmic, isLogX, columns }) {
  const usable = (number) => (number === null || number === undefined || (isLogarithmic && number <= 0) ? null : number);
  let lines = columnsOf(series, x);
  if (!metricOf(x) && new Set(series.map((one) => one.session)).size > 1) lines = gathered(lines, columns);
  const paths = [];
  const tables = lines.map(({ points }) => {
    const path = [];
    let smooth = null;
    const table = [[], [], [], [], []];
    for (const point of points) {
      if (!Number.isFinite(point.x) || (isLogX && point.x <= 0)) continue;
      const mean = usable(point.mean);
      if (mean !== null) smooth = smooth === null ? mean : weight * smooth + (1 - weight) * mean;
      table[0].push(point.x);
      table[1].push(mean);
      table[2].push(usable(point.maximum));
      table[3].push(usable(point.minimum));
      table[4].push(weight && mean !== null ? smooth : null);
      if (mean !== null) path.push([point.x, mean, weight ? smooth : mean]);
    }
    paths.push(path);
    return table;
  });
  return { table: uPlot.join(tables), paths };
}
