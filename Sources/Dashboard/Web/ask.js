// Asking something of a session, and what it answered: the step at which it took effect, or why not.

import * as api from "./api.js";
import * as format from "./format.js";
import { findSession, isOver, watch } from "./store.js";

const patience = 20000;

/** The answer to a command on a timeline, if it is there. */
const answerIn = (entries, command) => entries.find((entry) => entry.command === command);

/**
 * Asks a session for something and waits for its answer.
 * Resolves to `{ step }`, or to `{ later: true }` where no process is there to answer now; fails with the
 * server's or the session's sentence.
 */
export async function ask(id, action, details = {}) {
  const heard = [];
  let wake = () => {};
  const end = watch((message) => {
    if (message.session === id || message.kind === "reload") {
      if (message.kind === "timeline") heard.push(message.entry);
      wake();
    }
  });
  try {
    const { number: command } = await api.control(id, action, details);
    const deadline = performance.now() + patience;
    let entries = await api.timeline(id);
    while (true) {
      const answer = answerIn(heard, command) ?? answerIn(entries, command);
      if (answer?.refusal) throw new Error(answer.refusal);
      if (answer) return { step: answer.step };
      const state = findSession(id)?.state;
      if (state === "paused" || state === "queued" || isOver(state)) return { later: true };
      const left = deadline - performance.now();
      if (left <= 0) return { later: true };
      await new Promise((resume) => {
        const timer = setTimeout(resume, Math.min(left, 2000));
        wake = () => { clearTimeout(timer); resume(); };
      });
      if (!answerIn(heard, command)) entries = await api.timeline(id);
    }
  } finally {
    end();
  }
}

/** What an answer says to a person. */
export const saying = (answer) => (answer.later
  ? "Asked; it takes effect when the session goes on." : `Took effect at step ${format.whole(answer.step)}.`);
