// The learning rate over a run: as it is, and as it would be, drawn before it runs.

import * as api from "./api.js";
import { color, onScheme, plain } from "./charting.js";
import { element, setText, throttled } from "./dom.js";
import * as format from "./format.js";
import { findSession, watch } from "./store.js";

/** Draws a session's learning rates in `target`; `show(changes)` draws what those would make of it. */
export function mountSchedule(target, id) {
  const facts = element("p", { class: "facts" });
  const area = element("div", { class: "chart-area short" });
  const note = element("p", { class: "facts" });
  target.replaceChildren(element("header", { class: "panel-head" }, element("h2", { text: "Learning rate" }), facts), area, note,
    element("ul", { class: "legend" },
      element("li", {}, element("span", { class: "swatch line-now" }), "as it is"),
      element("li", {}, element("span", { class: "swatch line-planned" }), "with your changes")));
  let plot = null;
  let wanted = 0;
  let asked = null;
  let curves = { now: null, planned: null };

  const draw = () => {
    plot?.destroy();
    plot = null;
    const { now, planned } = curves;
    if (!now || !globalThis.uPlot || !area.clientWidth) return;
    const columns = (curve) => [curve.points.map((point) => point.epoch), curve.points.map((point) => point.rate)];
    const data = uPlot.join(planned ? [columns(now), columns(planned)] : [columns(now), [columns(now)[0], columns(now)[0].map(() => null)]]);
    plot = new uPlot(plain({
      width: area.clientWidth, height: 170, yTick: format.value, xTick: format.value,
      series: [{ label: "now", stroke: color("--ink-soft"), width: 1.5 }, { label: "planned", stroke: color("--accent"), width: 2, dash: [6, 4] }],
      draw: (one) => {
        // Where the session is now.
        const epoch = findSession(id)?.epoch ?? 0;
        const x = one.valToPos(epoch, "x", true);
        one.ctx.save();
        one.ctx.strokeStyle = color("--line-3");
        one.ctx.lineWidth = devicePixelRatio;
        one.ctx.beginPath();
        one.ctx.moveTo(x, one.bbox.top);
        one.ctx.lineTo(x, one.bbox.top + one.bbox.height);
        one.ctx.stroke();
        one.ctx.restore();
      },
    }), data, area);
  };

  const load = async () => {
    const request = ++wanted;
    try {
      const isPlanned = asked && Object.keys(asked).length > 0;
      const [now, planned] = await Promise.all([api.learningRates(id, {}), isPlanned ? api.learningRates(id, asked) : null]);
      if (request !== wanted) return;
      curves = { now, planned };
      setText(note, (planned ?? now).note ?? "");
      const last = (planned ?? now).points.at(-1);
      setText(facts, `epoch 0 – ${format.value(last.epoch)}, the line is now`);
      draw();
    } catch (error) {
      if (request === wanted) setText(note, error.message);
    }
  };
  const soon = throttled(load, 250);
  const observer = new ResizeObserver(throttled(draw, 150));
  observer.observe(area);
  const endScheme = onScheme(draw);
  const end = watch((message) => { if (message.kind === "timeline" && message.session === id) soon(); });
  return {
    show: (changes) => {
      const relevant = Object.fromEntries(["learningRate", "schedule", "epochs"].filter((name) => name in changes).map((name) => [name, changes[name]]));
      if (asked && JSON.stringify(relevant) === JSON.stringify(asked)) return;
      asked = relevant;
      soon();
    },
    end: () => { end(); soon.cancel(); observer.disconnect(); endScheme(); plot?.destroy(); },
  };
}
