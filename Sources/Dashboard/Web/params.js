// The saved weights of a model as a tree: versions, what they were made from, and how two of them differ.

import * as api from "./api.js";
import { element, emptyState, setText } from "./dom.js";
import * as format from "./format.js";
import { openDialog } from "./dialog.js";
import { mountDifference } from "./paramsdiff.js";
import { findSession } from "./store.js";

const rowHeight = 58;
const laneWidth = 18;
const svgName = "http://www.w3.org/2000/svg";

function shape(tag, attributes) {
  const made = document.createElementNS(svgName, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

/** The lines beside the rows: a lane for each depth, an arc where a branch leaves. */
function rail(nodes) {
  const rows = new Map(nodes.map((node, index) => [node.reference, index]));
  const depth = Math.max(0, ...nodes.map((node) => node.depth));
  const width = laneWidth * (depth + 1) + 10;
  const svg = shape("svg", { class: "rail", width, height: rowHeight * nodes.length, viewBox: `0 0 ${width} ${rowHeight * nodes.length}`, "aria-hidden": "true" });
  const x = (node) => 11 + laneWidth * node.depth;
  const y = (index) => rowHeight * index + 22;
  nodes.forEach((node, index) => {
    if (!node.parent) return;
    const above = rows.get(node.parent);
    const parent = nodes[above];
    const bend = Math.min(24, y(index) - y(above));
    svg.append(shape("path", { class: "branch", d: x(parent) === x(node)
      ? `M${x(node)} ${y(above)}V${y(index)}`
      : `M${x(parent)} ${y(above)}V${y(index) - bend}Q${x(parent)} ${y(index)} ${x(node)} ${y(index)}` }));
  });
  nodes.forEach((node, index) => svg.append(shape("circle", { cx: x(node), cy: y(index), r: 5.5,
    class: node.version.mixture ? "mixed" : node.version.archivedAt ? "archived" : "" })));
  return { svg, width };
}

/** The metrics worth a column: of validation, then of the test. */
const columns = [["valid/accuracy", "accuracy"], ["valid/loss", "loss"], ["test/accuracy", "test"]];

function origin(version) {
  const session = version.session && findSession(version.session);
  const parts = [];
  if (session) parts.push(element("a", { href: `#/session/${version.session}`, text: session.request.name }));
  else if (version.session) parts.push("a session that is gone");
  else if (version.mixture) parts.push(`${version.mixture.method} of ${version.mixture.sources.map((one) => one.reference).join(", ")}`);
  else parts.push("imported");
  if (version.step !== undefined && version.step !== null) parts.push(`step ${format.whole(version.step)}`);
  if (version.branchStep !== undefined && version.branchStep !== null) parts.push(`branched at step ${format.whole(version.branchStep)}`);
  return parts.flatMap((part, index) => (index ? [" · ", part] : [part]));
}

function details(model, node, changed) {
  const { version, reference } = node;
  const notes = element("textarea", { id: "version-notes", rows: 3, maxlength: 4000 });
  notes.value = version.notes ?? "";
  const tags = element("input", { type: "text", id: "version-tags", placeholder: "words, apart by commas" });
  tags.value = (version.tags ?? []).join(", ");
  const pinned = element("input", { type: "checkbox", id: "version-pinned" });
  pinned.checked = version.isPinned;
  const message = element("p", { class: "refusal", role: "alert" });
  const metrics = Object.entries(version.metrics).sort(([a], [b]) => a.localeCompare(b));
  const form = element("form", { class: "stack", onsubmit: async (event) => {
    event.preventDefault();
    try {
      await api.annotate(model, reference, { notes: notes.value, isPinned: pinned.checked,
        tags: tags.value.split(",").map((one) => one.trim()).filter(Boolean) });
      opened.close();
      changed();
    } catch (error) {
      setText(message, error.message);
    }
  } },
  element("dl", { class: "pairs" },
    [["Saved", format.clock(version.createdAt)], ["Made from", version.parent ?? "nothing"], ["Bytes", format.bytes(version.byteCount)],
      ["SHA-256", version.sha256]].flatMap(([name, text]) => [element("dt", { text: name }), element("dd", { text })]),
    metrics.flatMap(([key, value]) => [element("dt", { text: key }), element("dd", { text: format.metric(key.split("/").pop(), value) })])),
  element("div", { class: "field" }, element("label", { for: "version-notes", text: "Notes" }), notes),
  element("div", { class: "field" }, element("label", { for: "version-tags", text: "Tags" }), tags),
  element("label", { class: "check", for: "version-pinned" }, pinned, " Pinned: neither a policy nor a deletion takes it"),
  message,
  element("div", { class: "row-end" },
    element("a", { class: "button", href: api.paramsFile(model, reference, "safetensors"), download: "", text: "safetensors" }),
    element("a", { class: "button", href: api.paramsFile(model, reference, "npz"), download: "", text: "npz" }),
    element("button", { type: "submit", class: "primary", text: "Keep" })));
  const opened = openDialog(`${model} ${reference}`, form);
}

function row(model, node, chosen, choose, changed) {
  const { version, reference } = node;
  const box = element("input", { type: "checkbox", id: `compare-${reference}`, "aria-label": `Compare ${reference}`, onchange: () => choose(reference, box.checked) });
  box.checked = chosen.includes(reference);
  const marks = [version.isPinned ? "pinned" : null, version.archivedAt ? "archived" : null, ...(version.tags ?? [])].filter(Boolean);
  return element("li", {},
    element("div", { class: "version" },
      element("div", { class: "version-name" }, element("strong", { text: reference }), marks.map((text) => element("span", { class: "tag", text }))),
      element("p", { class: "facts" }, origin(version), version.notes ? ` · ${version.notes}` : "")),
    element("dl", { class: "figures" }, columns.map(([key, text]) => element("div", { hidden: version.metrics[key] === undefined },
      element("dd", { text: format.metric(key.split("/").pop(), version.metrics[key]) }), element("dt", { text })))),
    element("div", { class: "row version-actions" },
      element("button", { type: "button", class: "small", text: "Details", "aria-label": `Details of ${reference}`, onclick: () => details(model, node, changed) }),
      element("label", { class: "check", for: box.id }, box, " compare")));
}

/** Shows the params of the workspace in `target`, of one model at a time. */
export function mountParams(target, name, tell) {
  const models = element("nav", { class: "tabs", "aria-label": "Models" });
  const facts = element("p", { class: "facts" });
  const archived = element("input", { type: "checkbox", id: "show-archived", onchange: () => load() });
  const tree = element("div", { class: "tree" });
  const difference = element("section", { class: "panel", "aria-label": "Difference", hidden: true });
  const panel = element("section", { class: "panel", "aria-label": "Params" },
    element("header", { class: "panel-head" }, element("h1", { class: "small-title", text: "Params" }), facts,
      element("label", { class: "check", for: "show-archived" }, archived, " archived too")), tree);
  target.replaceChildren(element("div", { class: "stack" }, models, panel, difference));
  let chosen = [];
  let model = name;

  const choose = (reference, isChosen) => {
    // The last two that were chosen are compared.
    chosen = [...chosen.filter((one) => one !== reference), ...(isChosen ? [reference] : [])].slice(-2);
    for (const box of tree.querySelectorAll("input[type=checkbox]")) box.checked = chosen.includes(box.id.replace("compare-", ""));
    difference.hidden = chosen.length < 2;
    if (chosen.length === 2) mountDifference(difference, model, chosen[0], chosen[1]);
  };

  const load = async () => {
    try {
      const records = await api.params();
      const names = [...new Set(records.map((record) => record.model))].sort();
      model = names.includes(name) ? name : names[0];
      models.replaceChildren(...names.map((one) => element("a", { href: `#/params/${encodeURIComponent(one)}`, text: one, "aria-current": one === model ? "page" : null })));
      models.hidden = names.length < 2;
      if (!model) {
        setText(facts, "");
        tree.replaceChildren(emptyState("No params yet", "Each session saves its weights under its own name when it ends. Files are taken in with:", "lasagne import model.npz --model lenet"));
        return;
      }
      const { nodes } = await api.paramsTree(model, archived.checked);
      setText(facts, `${nodes.length} ${nodes.length === 1 ? "version" : "versions"} of ${model}`);
      const { svg, width } = rail(nodes);
      const list = element("ol", { class: "versions" }, nodes.map((node) => row(model, node, chosen, choose, load)));
      tree.style.setProperty("--rail", `${width}px`);
      tree.replaceChildren(svg, list);
      if (nodes.length === 1) tree.append(element("p", { class: "facts hint", text: "A branch of a session, or a session that starts from these weights, adds a version below." }));
    } catch (error) {
      tree.replaceChildren(emptyState("The params could not be read", error.message));
      tell(error.message);
    }
  };
  load();
  return () => {};
}
