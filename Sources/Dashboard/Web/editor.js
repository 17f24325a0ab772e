// Building a network: the drawing, the sheet of a layer, and what is written beside it, all live.

import * as api from "./api.js";
import { element, emptyState, setText } from "./dom.js";
import { CodePanel } from "./editorcode.js";
import { openAdding, openBeginning, openSaving } from "./editordialogs.js";
import * as edit from "./editordoc.js";
import { NetworkPicture, problemList } from "./editorpicture.js";
import { layerSheet } from "./editorsheet.js";
import * as format from "./format.js";
import { openNewSession } from "./newsession.js";

const pause = 160;
const kept = "lasagne-editor";
const beginning = { lasagne: 1, name: "network", layers: [{ name: "input", type: "InputLayer", shape: [null, 1, 28, 28] }] };

/** Shows the editor in `target`, of a copy of the model called `name` where one is given; returns how to end it. */
export function mountEditor(target, name, tell, against) {
  const title = element("input", { type: "text", id: "network-name", maxlength: 80, autocomplete: "off", spellcheck: "false", "aria-label": "Name of the network",
    oninput: () => change({ ...network, name: title.value.trim() || "network" }, "network-name") });
  const facts = element("p", { class: "facts", id: "network-facts", role: "status" });
  const batch = element("input", { type: "text", inputmode: "numeric", id: "batch-size", value: "128", autocomplete: "off", oninput: () => soon() });
  const compare = element("select", { id: "compare-with", onchange: () => { if (compare.value) code.open("difference"); soon(); } }, element("option", { value: "", text: "nothing" }));
  const button = (text, work, details = {}) => element("button", { type: "button", text, onclick: work, ...details });
  const undo = button("Undo", () => travel(past, future), { id: "undo-change", title: "Ctrl Z" });
  const redo = button("Redo", () => travel(future, past), { id: "redo-change", title: "Ctrl Shift Z" });
  const save = button("Save…", () => keep(), { class: "primary" });
  const start = button("Start a session…", () => begin());
  const area = element("div", { class: "network-area editor-area", tabindex: -1, role: "region", "aria-label": "Drawing" });
  const problems = element("div", { class: "problem-area", role: "status" });
  const side = element("section", { class: "panel editor-sheet", "aria-label": "Layer" });
  const written = element("section", { class: "panel editor-code", "aria-label": "As text" });
  const legend = element("p", { class: "difference-legend facts", hidden: true }, ...["added", "changed", "removed"].map((one) => element("span", {}, element("i", { class: `swatch ${one}` }), ` ${one} `)));
  target.replaceChildren(element("h1", { class: "hidden", text: "Network editor" }),
    element("div", { class: "editor-bar" }, button("Open…", () => openBeginning(load)), title,
      element("div", { class: "row" }, undo, redo),
      element("label", { for: "batch-size" }, "Batch", batch), element("label", { for: "compare-with" }, "Compare with", compare),
      element("div", { class: "row editor-end" }, start, save)),
    element("div", { class: "editor" },
      element("section", { class: "panel editor-drawing", "aria-label": "Network" },
        element("header", { class: "panel-head" }, element("h2", { text: "Network" }), facts,
          button("Add a layer", () => addLayer(), { class: "small", id: "add-layer", "aria-keyshortcuts": "a" })),
        problems, legend, area,
        element("p", { class: "help", text: "Draw a line from the dot below a layer to another to connect them. With the keyboard: arrows go through the layers, Enter opens one, A adds one after it, Delete removes it, Alt and arrows move it." })),
      element("div", { class: "stack editor-side" }, side, written)));

  let catalogue = new Map();
  let network = { name: "network", layers: [], outputs: [] };
  let check = null;
  let chosen = null;
  let sheet = null;
  let past = [];
  let future = [];
  let lastKey = null;
  let savedText = null;
  let saved = null;
  let timer = null;
  let asked = 0;
  let typed = null;
  let hasEnded = false;

  const act = {
    choose: (layer) => choose(layer),
    open: (layer) => { choose(layer); document.getElementById("layer-name")?.focus(); },
    connect: (from, to) => {
      const next = edit.connect(network, catalogue, from, to);
      if (next) change(next);
      else tell(`${to} cannot read ${from}: a network flows one way, and ${from} depends on ${to}.`);
      choose(to);
    },
    remove: (layer = chosen) => {
      const next = edit.find(network, layer)?.incomings[0] ?? null;
      if (!edit.find(network, layer)) return;
      change(edit.remove(network, layer));
      choose(next);
      focusSoon = next;
    },
    move: (layer, step) => { change(edit.move(network, layer, step)); focusSoon = layer; },
  };
  let focusSoon = null;
  const picture = new NetworkPicture(area, act);
  const code = new CodePanel(written, { choose: (layer) => choose(layer), tell, written: (text) => { typed = text; soon(); } });

  /** A new state; changes of the same thing one after the other are undone together. */
  function change(next, key = null) {
    if (key === null || key !== lastKey) past.push(network);
    if (past.length > 200) past.shift();
    lastKey = key;
    future = [];
    typed = null;
    network = next;
    soon();
    if (key === null) drawSheet();
    showBar();
  }

  function travel(from, to) {
    if (!from.length) return;
    to.push(network);
    network = from.pop();
    lastKey = null;
    typed = null;
    if (!edit.find(network, chosen)) chosen = null;
    title.value = network.name;
    drawSheet();
    showBar();
    soon();
  }

  function showBar() {
    undo.disabled = !past.length;
    redo.disabled = !future.length;
    const isWhole = Boolean(check) && !check.problems.length && timer === null;
    save.disabled = !isWhole;
    start.disabled = !isWhole;
  }

  function choose(layer) {
    chosen = edit.find(network, layer) ? layer : null;
    lastKey = null;
    picture.mark(chosen);
    drawSheet();
  }

  function drawSheet() {
    const layer = edit.find(network, chosen);
    if (!layer) {
      sheet = null;
      side.replaceChildren(element("header", { class: "panel-head" }, element("h2", { text: "Layer" })), emptyState("No layer is chosen", "Choose one in the drawing to see and change its settings."));
      return;
    }
    const rest = (next) => change(next);
    sheet = layerSheet(network, chosen, catalogue, {
      rename: (to) => {
        if (!to || to === chosen) return;
        if (edit.find(network, to)) { tell(`There is a layer '${to}' already.`); drawSheet(); return; }
        const from = chosen;
        chosen = to;
        rest(edit.rename(network, from, to));
      },
      retype: (type) => { rest(edit.retype(network, chosen, catalogue.get(type))); document.getElementById("layer-type")?.focus(); },
      incomings: (next, focus) => { rest(edit.setIncomings(network, chosen, next)); document.getElementById(focus)?.focus(); },
      set: (key, value) => change(edit.set(network, chosen, key, value), `${chosen}.${key}`),
      output: (isOn) => rest(edit.setOutputs(network, isOn ? [...network.outputs, chosen] : network.outputs.filter((one) => one !== chosen))),
      move: (step) => rest(edit.move(network, chosen, step)),
      duplicate: () => {
        const made = edit.duplicate(network, catalogue.get(layer.type), chosen);
        rest(made.network);
        choose(made.name);
      },
      remove: () => act.remove(),
    });
    side.replaceChildren(element("header", { class: "panel-head" }, element("h2", { text: "Layer" })), sheet.root);
    sheet.update(check);
  }

  function addLayer() {
    const after = chosen ?? network.layers[network.layers.length - 1]?.name ?? null;
    openAdding(catalogue, after, (known, isBranch) => {
      const usual = Object.fromEntries(known.settings.filter((one) => one.isRequired && suggested[one.key] !== undefined).map((one) => [one.key, suggested[one.key]]));
      const made = edit.add(network, known, after, { isBranch, settings: usual });
      change(made.network);
      choose(made.name);
      const first = known.settings.find((one) => one.isRequired);
      const input = document.getElementById(first ? `setting-${first.key}` : "layer-name");
      input?.focus();
      input?.select?.();
    });
  }

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(ask, pause);
    showBar();
  }

  /** Asks the server what it makes of the network, and shows that. */
  async function ask() {
    timer = null;
    const number = asked += 1;
    const size = Number(batch.value);
    const question = { text: typed ?? edit.write(network, catalogue), ...(Number.isInteger(size) && size > 0 ? { batchSize: size } : {}),
      ...(compare.value ? { against: compare.value } : {}) };
    try {
      const found = await api.checkNetwork(question);
      if (hasEnded || number !== asked) return;
      take(found);
    } catch (error) {
      if (!hasEnded && number === asked) tell(error.message);
    }
  }

  function take(found) {
    if (typed !== null && found.document?.layers) {
      // Written as text: the drawing follows, and what was before can be had back.
      const next = edit.read(found.document, catalogue);
      if (JSON.stringify(next) !== JSON.stringify(network)) {
        if (lastKey !== "file") past.push(network);
        lastKey = "file";
        future = [];
        network = next;
        title.value = network.name;
        if (!edit.find(network, chosen)) chosen = null;
        drawSheet();
      }
    }
    check = found;
    if (found.summary.layers.length || !found.problems.length) picture.show(found.picture);
    picture.mark(chosen);
    if (focusSoon) picture.focus(focusSoon);
    focusSoon = null;
    code.show(found);
    sheet?.update(found);
    problems.replaceChildren(found.problems.length ? problemList(found, (layer) => choose(layer)) : "");
    legend.hidden = !found.difference;
    const count = found.summary.layers.flatMap((one) => one.parameters).reduce((sum, one) => sum + one.shape.reduce((a, b) => a * b, 1), 0);
    const memory = found.memory ? ` · ${format.bytes(Object.values(found.memory).reduce((a, b) => a + b, 0) - found.memory.base)} to train` : "";
    setText(facts, `${format.counted(found.summary.layers.length, "layer")} · ${format.counted(count, "parameter")}${memory}`);
    facts.title = found.memory ? `Parameters ${format.bytes(found.memory.parameters)}, gradients ${format.bytes(found.memory.gradients)}, optimizer ${format.bytes(found.memory.optimizer)}, outputs ${format.bytes(found.memory.activations)}` : "";
    try { sessionStorage.setItem(kept, JSON.stringify({ network, saved, savedText })); } catch { /* The page works without it. */ }
    showBar();
  }

  function keep(after = () => {}) {
    openSaving(check.modelFile, network.name, (as) => {
      saved = as || network.name;
      savedText = check.modelFile;
      tell(`Saved as the model ${saved}.`);
      after();
    });
  }

  function begin() {
    const go = () => openNewSession(null, saved);
    if (saved && savedText === check.modelFile) go();
    else keep(go);
  }

  /** Begins with a model, a ready network, or nothing. */
  async function load(what) {
    try {
      const file = what ? (await api.checkNetwork(what)).document : beginning;
      if (hasEnded) return;
      past.push(network);
      open(edit.read(file, catalogue));
      saved = null;
    } catch (error) {
      tell(error.message);
    }
  }

  function open(next) {
    network = next;
    title.value = network.name;
    chosen = null;
    typed = null;
    drawSheet();
    soon();
  }

  const onKey = (event) => {
    if (document.querySelector("dialog[open]") || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    const isCommand = event.ctrlKey || event.metaKey;
    if (isCommand && event.key.toLowerCase() === "z") travel(...(event.shiftKey ? [future, past] : [past, future]));
    else if (isCommand && event.key.toLowerCase() === "y") travel(future, past);
    else if (event.key === "a" && !isCommand && !event.altKey) addLayer();
    else return;
    event.preventDefault();
  };
  document.addEventListener("keydown", onKey);

  (async () => {
    try {
      const [layers, models, zoo] = await Promise.all([api.layers(), api.models(), api.zoo()]);
      if (hasEnded) return;
      catalogue = new Map(layers.map((one) => [one.type, one]));
      compare.append(element("optgroup", { label: "Models" }, models.map((one) => element("option", { value: one, text: one }))),
        element("optgroup", { label: "Ready networks" }, zoo.map((one) => element("option", { value: `zoo:${one.name}`, text: one.name }))));
      if (against) compare.value = against;
      const before = name ? null : JSON.parse(sessionStorage.getItem(kept) ?? "null");
      if (before) ({ saved, savedText } = before);
      open(before?.network ?? edit.read(name ? (await api.checkNetwork({ model: name })).document : beginning, catalogue));
    } catch (error) {
      area.replaceChildren(emptyState("The editor could not begin", error.message));
    }
  })();
  drawSheet();
  showBar();
  return () => {
    hasEnded = true;
    clearTimeout(timer);
    document.removeEventListener("keydown", onKey);
  };
}

/** What a layer begins with where it must be told something. */
const suggested = {
  shape: [null, 1, 28, 28], numUnits: 100, numFilters: 32, filterSize: 3, poolSize: 2, scaleFactor: 2, numHeads: 4, numGroups: 4, width: 1,
  inputSize: 1000, outputSize: 64, mergeFunction: "add", pattern: [0, 2, 1], indices: 0,
};
