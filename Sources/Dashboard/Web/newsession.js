// Starting a session: a model, data, and what of the recipe is not as usual.

import * as api from "./api.js";
import { openDialog } from "./dialog.js";
import { element, emptyState, setText } from "./dom.js";

const numbers = [["epochs", "Epochs", "10"], ["learningRate", "Learning rate", "0.01"], ["batchSize", "Batch size", "128"], ["seed", "Seed", "1"]];

const field = (id, title, input, help) => element("div", { class: "field" }, element("label", { for: id, text: title }), input,
  help ? element("p", { class: "help", id: `${id}-help`, text: help }) : null);

/** Asks for all that a session needs; `like` is the request of a session to begin from, `chosen` a model. */
export async function openNewSession(like = null, chosen = null) {
  const message = element("p", { class: "refusal", role: "alert" });
  const body = element("div", { class: "stack" }, element("p", { class: "empty", text: "Reads the models and the data…" }));
  const opened = openDialog(like ? `Like ${like.name}` : "New session", body);
  let models;
  let data;
  let params;
  try {
    [models, data, params] = await Promise.all([api.models(), api.data(), api.params()]);
  } catch (error) {
    body.replaceChildren(emptyState("The workspace could not be read", error.message));
    return;
  }
  if (!models.length || !data.length) {
    body.replaceChildren(...(models.length ? [] : [emptyState("No model yet", "A session needs a model of the workspace.", "lasagne models add lenet.yaml"),
      element("a", { href: "#/editor", text: "Build one, or begin with a ready network", onclick: () => opened.close() })]),
    ...(data.length ? [] : [emptyState("No data yet", "A session needs data of the workspace.", "lasagne data add digits digits.npz")]));
    return;
  }
  const recipe = { ...(like?.recipe ?? {}) };
  const name = element("input", { type: "text", id: "new-name", maxlength: 64, placeholder: "by itself: the model's name and a number" });
  const model = element("select", { id: "new-model", onchange: () => offer() }, models.map((one) => element("option", { value: one, text: one })));
  const dataset = element("select", { id: "new-data" }, data.map((one) => element("option", { value: one.name, text: one.name })));
  const start = element("select", { id: "new-start" });
  const offer = () => start.replaceChildren(element("option", { value: "", text: "its initializers" }),
    ...params.filter((one) => one.model === model.value).flatMap((one) => one.versions.map((version) => `${one.name}@${version.version}`).reverse())
      .map((one) => element("option", { value: one, text: one })));
  if (like) [model.value, dataset.value] = [like.model, like.data];
  else if (chosen) model.value = chosen;
  offer();
  const boxes = numbers.map(([key, title, usual]) => {
    const input = element("input", { type: "text", inputmode: "decimal", id: `new-${key}`, placeholder: usual, autocomplete: "off" });
    input.value = recipe[key] ?? "";
    delete recipe[key];
    return { key, title, input };
  });
  const rest = element("textarea", { id: "new-recipe", class: "code", rows: 6, spellcheck: "false", "aria-describedby": "new-recipe-help" });
  rest.value = Object.keys(recipe).length ? JSON.stringify(recipe, null, 2) : "";
  const button = element("button", { type: "submit", class: "primary", text: "Start" });
  body.replaceChildren(element("form", { class: "stack", onsubmit: async (event) => {
    event.preventDefault();
    setText(message, "");
    let asked;
    try {
      asked = rest.value.trim() ? JSON.parse(rest.value) : {};
    } catch {
      setText(message, "The rest of the recipe is no JSON.");
      return;
    }
    const wrong = boxes.find(({ input }) => input.value.trim() && !Number.isFinite(Number(input.value)));
    if (wrong) {
      setText(message, `The ${wrong.title.toLowerCase()} is no number.`);
      return;
    }
    for (const { key, input } of boxes) if (input.value.trim()) asked[key] = Number(input.value);
    button.disabled = true;
    try {
      const made = await api.startSession({ model: model.value, data: dataset.value, recipe: asked,
        ...(name.value.trim() ? { name: name.value.trim() } : {}), ...(start.value ? { startParams: start.value } : {}) });
      opened.close();
      location.hash = `#/session/${made.request.id}`;
    } catch (error) {
      setText(message, error.message);
      button.disabled = false;
    }
  } },
  element("div", { class: "two" }, field("new-model", "Model", model), field("new-data", "Data", dataset)),
  element("div", { class: "two" }, field("new-name", "Name", name, "Letters, digits, -, _ and . without spaces."), field("new-start", "Starts from", start)),
  element("div", { class: "two" }, boxes.map(({ key, title, input }) => field(`new-${key}`, title, input))),
  field("new-recipe", "The rest of the recipe", rest, "JSON, where something is not as usual: {\"update\": \"adam\", \"schedule\": \"cosine\"}."),
  message, element("div", { class: "row-end" }, button)));
  name.focus();
}
