// The page: which view is shown follows the part of the address after #.

import { element, emptyState, lazily, panel, setText } from "./dom.js";
import * as format from "./format.js";
import { mountHome } from "./home.js";
import { follow } from "./live.js";
import { mountPalette } from "./palette.js";
import { mountSession } from "./session.js";
import { findSession, receive, reload, watch } from "./store.js";

const main = document.getElementById("main");
const connection = document.getElementById("connection");
const notice = document.getElementById("notice");
let endView = null;
let noticeTimer = null;

/** Shows one sentence for a while. */
function tell(sentence) {
  setText(notice, sentence);
  notice.hidden = false;
  clearTimeout(noticeTimer);
  noticeTimer = setTimeout(() => { notice.hidden = true; }, 8000);
}

const views = {
  curves: { title: "Curves", mount: lazily(() => import("./compare.js"), "mountCurves") },
  params: { title: "Params", mount: lazily(() => import("./params.js"), "mountParams") },
  data: { title: "Data", mount: lazily(() => import("./data.js"), "mountData") },
  editor: { title: "Networks", mount: lazily(() => import("./editor.js"), "mountEditor") },
};
const pages = document.getElementById("pages");
pages.append(...[["", "Workspace"], ...Object.entries(views).map(([name, one]) => [name, one.title])].map(([name, title]) =>
  element("a", { href: `#/${name}`, text: title, "data-view": name })));

/** A part of the address as it was meant; one that is no such thing stays as it is. */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function show() {
  endView?.();
  endView = null;
  main.replaceChildren();
  const [, view = "", id, part] = location.hash.split("/");
  const name = id === undefined ? null : decoded(id);
  if (view === "session" && id) {
    endView = mountSession(main, name, tell, part);
  } else if (views[view]) {
    endView = views[view].mount(main, name, tell, part && decoded(part));
  } else if (view === "") {
    endView = mountHome(main, tell);
  } else {
    main.replaceChildren(panel("There is no such page", emptyState("Nothing is at this address", `It ends in ${location.hash}. The pages stand at the top; Find looks among sessions too.`),
      element("a", { href: "#/", text: "To the workspace" })));
  }
  showCrumbs();
  window.scrollTo(0, 0);
}

function showCrumbs() {
  const [, view = "", id] = location.hash.split("/");
  const record = view === "session" && id ? findSession(decoded(id)) : null;
  const name = record?.request.name ?? (views[view] ? [views[view].title, id && decoded(id)].filter(Boolean).join(" · ") : null);
  document.title = name ? `${name} · LasagneEngine` : "LasagneEngine";
  const shown = view === "session" ? "" : view;
  for (const link of pages.children) {
    if (link.dataset.view === shown) link.setAttribute("aria-current", view === "session" ? "true" : "page");
    else link.removeAttribute("aria-current");
  }
}

const words = { live: "Live", connecting: "Connecting…", lost: "Not connected", refused: "Not connected" };
const standing = document.getElementById("standing");
let standTimer = null;

/** Says in the connection's place how it is; a page that stands still says so, and what to do. */
function showConnection(state) {
  connection.dataset.state = state === "refused" ? "lost" : state;
  setText(connection, words[state]);
  if (state === "live") {
    clearTimeout(standTimer);
    standTimer = null;
    standing.hidden = true;
  } else if (state === "refused") {
    setText(standing, "The server was started anew and has a new key: open the address that `lasagne serve` printed.");
    standing.hidden = false;
  } else if (standTimer === null) {
    // A short gap is nobody's business.
    const last = format.clock(Date.now() / 1000);
    standTimer = setTimeout(() => {
      setText(standing, `The server does not answer; everything here is as it was at ${last}. Is \`lasagne serve\` still running? This page goes on by itself.`);
      standing.hidden = false;
    }, 4000);
  }
}

await reload();
mountPalette(document.getElementById("find"), tell);
show();
window.addEventListener("hashchange", () => {
  show();
  main.focus({ preventScroll: true });
});
watch((message) => {
  if (message.kind === "reload") showCrumbs();
});
follow({
  event: receive,
  resync: (isGap) => { if (isGap) reload(); },
  state: showConnection,
});
