// What the page knows: the sessions by id, kept up to date by events, and who wants to hear of it.

import * as api from "./api.js";

const sessions = new Map();
const watchers = new Set();
const pace = new Map();
/** How many sessions a page shows before it has read all of a large workspace. */
const few = 200;
let sorted = null;
let problem = null;

/** Sessions, newest first; not to be changed. */
export function allSessions() {
  sorted ??= [...sessions.values()].sort((a, b) => b.request.createdAt - a.request.createdAt);
  return sorted;
}

/** Whether nothing will happen to a session in this state unless somebody resumes it. */
export const isOver = (state) => ["finished", "stopped", "failed", "crashed"].includes(state);

export const findSession = (id) => sessions.get(id);
export const loadProblem = () => problem;

/** Calls `watcher(message)` for each change until the function it returns is called. */
export function watch(watcher) {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

function tell(message) {
  for (const watcher of watchers) watcher(message);
}

/** Reads everything anew, after a start or a gap; there is something to show before all of many are there. */
export async function reload() {
  const isFirst = sessions.size === 0;
  const take = async (count) => {
    try {
      const records = await api.sessions(count);
      if (!count || records.length < count) sessions.clear();
      for (const record of records) sessions.set(record.request.id, record);
      sorted = null;
      problem = null;
      return records.length;
    } catch (error) {
      problem = error.message;
      return 0;
    } finally {
      tell({ kind: "reload" });
    }
  };
  if (!isFirst) await take();
  else if (await take(few) === few) setTimeout(take, 0);
}

/** Takes an event in and passes it on. */
export function receive(message) {
  if (message.kind === "session") {
    sessions.set(message.session, message.record);
    sorted = null;
  }
  if (message.kind === "removed") {
    sessions.delete(message.session);
    sorted = null;
    // Whoever lists sessions lists them anew.
    message = { kind: "reload" };
  }
  if (message.kind === "metrics") {
    const record = sessions.get(message.session);
    if (record) for (const point of message.points) absorb(record, point);
  }
  tell(message);
}

function absorb(record, point) {
  if (point.step >= record.step) {
    record.step = point.step;
    record.epoch = point.epoch;
  }
  Object.assign(record.latest, point.values);
  const id = record.request.id;
  const points = pace.get(id) ?? [];
  points.push([point.time, point.step]);
  if (points.length > 60) points.shift();
  pace.set(id, points);
}

/** The part done, 0…1, or null. */
export function progress(record) {
  if (record.state === "finished") return 1;
  if (record.totalSteps > 0) return Math.min(1, record.step / record.totalSteps);
  return record.epochs > 0 ? Math.min(1, record.epoch / record.epochs) : null;
}

/** Seconds until the end at the pace of the last points; null while that is unknown. */
export function timeLeft(record) {
  if (record.state !== "running" || !record.totalSteps) return null;
  const points = pace.get(record.request.id) ?? [];
  if (points.length > 1) {
    const [firstTime, firstStep] = points[0];
    const [lastTime, lastStep] = points[points.length - 1];
    if (lastTime - firstTime > 1 && lastStep > firstStep) {
      return (record.totalSteps - record.step) * (lastTime - firstTime) / (lastStep - firstStep);
    }
  }
  return null;
}

/** Loss and accuracy worth showing first: of validation where there is one. */
export function headline(record) {
  const latest = record.latest;
  return {
    loss: latest["valid/loss"] ?? latest["train/loss"],
    accuracy: latest["valid/accuracy"] ?? latest["train/accuracy"],
    samples: latest["rate/samples"],
  };
}
