// Making and filling elements. Text from records becomes text nodes, never markup.

/** An element with properties, listeners (`onclick: …`) and children (elements or texts). */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "class") made.className = value;
    else if (name === "text") made.textContent = value;
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

/** Sets a text only where it differs, so that screen readers and selections are left in peace. */
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/** Sets or removes an attribute only where it differs. */
export function setAttribute(target, name, value) {
  if (value === null || value === undefined || value === false) target.removeAttribute(name);
  else if (target.getAttribute(name) !== String(value)) target.setAttribute(name, String(value));
}

/** A picture made by the server, as an element of this page; its scripts, if any, do not run. */
export function pictureFromSVG(text) {
  const parsed = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  if (parsed.nodeName !== "svg") throw new Error("The picture could not be read.");
  return document.importNode(parsed, true);
}

/** Calls `work` at most once in `milliseconds`; what comes in between is done once, at its end. */
export function throttled(work, milliseconds) {
  let timer = null;
  let last = 0;
  const run = () => {
    timer = null;
    last = performance.now();
    work();
  };
  const call = () => {
    if (timer !== null) return;
    timer = setTimeout(run, Math.max(0, last + milliseconds - performance.now()));
  };
  call.cancel = () => clearTimeout(timer);
  return call;
}

/** A headed part of the page. */
export function panel(title, ...children) {
  const heading = element("h2", { text: title });
  return element("section", { class: "panel" }, element("header", { class: "panel-head" }, heading), ...children);
}

/** What stands where there is nothing to show yet, with what to do about it. */
export function emptyState(title, text, command) {
  return element("div", { class: "empty" },
    element("p", { class: "empty-title", text: title }),
    element("p", { text }),
    command ? element("code", { class: "command", text: command }) : null);
}

/** A view whose script is fetched when it is shown: `mount(target, …, tell)` that returns how to end it. */
export function lazily(load, name) {
  return (target, ...rest) => {
    let end = null;
    let hasEnded = false;
    load().then((found) => { if (!hasEnded) end = found[name](target, ...rest); },
      () => { if (!hasEnded) target.replaceChildren(panel("", emptyState("This page could not be fetched", "Is the server still there? Load the page again."))); });
    return () => {
      hasEnded = true;
      end?.();
    };
  };
}
