// The drawing of a network that is edited: layers are buttons, and a line drawn from one to another connects them.

import { element, emptyState, pictureFromSVG } from "./dom.js";

const svgName = "http://www.w3.org/2000/svg";

function shape(tag, attributes) {
  const made = document.createElementNS(svgName, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

/** The drawing in `area`; `act` hears of what is chosen, connected, removed and moved. */
export class NetworkPicture {
  constructor(area, act) {
    this.area = area;
    this.act = act;
    this.selected = null;
    this.drawn = null;
  }

  /** Shows the server's picture; what was focused and how far it was scrolled stays. */
  show(text) {
    if (text === this.drawn) return;
    this.drawn = text;
    const focused = document.activeElement?.closest?.(".layer")?.dataset.layer;
    if (!text) {
      this.area.replaceChildren(emptyState("Nothing to draw", "Add a layer; the first one is an input layer."));
      return;
    }
    const svg = pictureFromSVG(text);
    svg.setAttribute("role", "group");
    svg.style.minWidth = `${0.78 * Number(svg.getAttribute("width"))}px`;
    const boxes = [...svg.querySelectorAll(".layer")];
    for (const box of boxes) this.prepare(box);
    this.area.replaceChildren(svg);
    this.mark(this.selected);
    if (focused) this.focus(focused);
  }

  prepare(box) {
    const name = box.dataset.layer;
    box.setAttribute("role", "button");
    box.setAttribute("tabindex", "0");
    box.setAttribute("aria-label", box.querySelector("title").textContent);
    box.addEventListener("click", () => this.act.choose(name));
    box.addEventListener("keydown", (event) => this.key(event, name));
    if (box.classList.contains("removed")) return;
    const frame = box.querySelector(".box");
    const [width, height] = [Number(frame.getAttribute("width")), Number(frame.getAttribute("height"))];
    const port = shape("circle", { class: "port", cx: width / 2, cy: height, r: 6 });
    const reach = shape("circle", { class: "port-reach", cx: width / 2, cy: height, r: 15 });
    for (const one of [reach, port]) one.addEventListener("pointerdown", (event) => this.draw(event, name));
    box.append(reach, port);
  }

  key(event, name) {
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key === "Enter" || event.key === " ") this.act.open(name);
    else if (event.key === "Delete" || event.key === "Backspace") this.act.remove(name);
    else if (steps[event.key] && event.altKey) this.act.move(name, steps[event.key]);
    else if (steps[event.key]) this.step(name, steps[event.key]);
    else return;
    event.preventDefault();
  }

  /** Goes to the layer before or after in the list. */
  step(name, by) {
    const boxes = [...this.area.querySelectorAll(".layer")];
    boxes[boxes.findIndex((one) => one.dataset.layer === name) + by]?.focus();
  }

  box(name) {
    return this.area.querySelector(`.layer[data-layer="${CSS.escape(name)}"]`);
  }

  focus(name) {
    this.box(name)?.focus({ preventScroll: true });
  }

  /** Marks the chosen layer, and the connections it has. */
  mark(name) {
    this.selected = name;
    const index = name && this.box(name)?.id.replace("layer-", "");
    for (const box of this.area.querySelectorAll(".layer")) {
      box.classList.toggle("chosen", box.dataset.layer === name);
      box.setAttribute("aria-pressed", String(box.dataset.layer === name));
    }
    for (const edge of this.area.querySelectorAll(".edge")) {
      edge.classList.toggle("near", Boolean(index) && (edge.dataset.source === index || edge.dataset.target === index));
    }
  }

  /** A line from an output follows the pointer until it is let go over a layer. */
  draw(event, from) {
    event.preventDefault();
    event.stopPropagation();
    const svg = this.area.querySelector("svg");
    const toPicture = svg.getScreenCTM().inverse();
    const place = (one) => new DOMPoint(one.clientX, one.clientY).matrixTransform(toPicture);
    const start = place(event);
    const line = shape("path", { class: "drawn-line", fill: "none" });
    svg.append(line);
    const under = (one) => document.elementFromPoint(one.clientX, one.clientY)?.closest(".layer");
    const follow = (next) => {
      const end = place(next);
      const middle = (start.y + end.y) / 2;
      line.setAttribute("d", `M${start.x} ${start.y} C${start.x} ${middle} ${end.x} ${middle} ${end.x} ${end.y}`);
      const over = under(next);
      for (const box of svg.querySelectorAll(".layer")) box.classList.toggle("target", box === over && box.dataset.layer !== from);
    };
    const end = (last) => {
      window.removeEventListener("pointermove", follow);
      window.removeEventListener("pointerup", end);
      window.removeEventListener("pointercancel", end);
      line.remove();
      for (const box of svg.querySelectorAll(".target")) box.classList.remove("target");
      const to = last.type === "pointerup" ? under(last)?.dataset.layer : null;
      if (to && to !== from) this.act.connect(from, to);
    };
    window.addEventListener("pointermove", follow);
    window.addEventListener("pointerup", end);
    window.addEventListener("pointercancel", end);
  }
}

/** What is wrong, each a button that goes to its layer. */
export function problemList(check, choose) {
  return element("ul", { class: "problems", "aria-label": "What is wrong" }, (check?.problems ?? []).map((one) => element("li", {},
    one.layer ? element("button", { type: "button", onclick: () => choose(one.layer), text: one.sentence }) : element("span", { text: one.sentence }))));
}
