// The page: which view is shown follows the part of the address after #.

import { element, lazily, setText } from "./dom.js";
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

function show() {
  endView?.();
  endView = null;
  main.replaceChildren();
  const [, view, id, part] = location.hash.split("/");
  const name = id === undefined ? null : decodeURIComponent(id);
  if (view === "session" && id) {
    endView = mountSession(main, name, tell, part);
  } else if (views[view]) {
    endView = views[view].mount(main, name, tell, part && decodeURIComponent(part));
  } else {
    endView = mountHome(main, tell);
  }
  showCrumbs();
  window.scrollTo(0, 0);
}

function showCrumbs() {
  const [, view = "", id] = location.hash.split("/");
  const record = view === "session" && id ? findSession(decodeURIComponent(id)) : null;
  const name = record?.request.name ?? (views[view] ? [views[view].title, id && decodeURIComponent(id)].filter(Boolean).join(" · ") : null);
  document.title = name ? `${name} · LasagneEngine` : "LasagneEngine";
  const shown = view === "session" ? "" : view;
  for (const link of pages.children) {
    if (link.dataset.view === shown) link.setAttribute("aria-current", view === "session" ? "true" : "page");
    else link.removeAttribute("aria-current");
  }
}

const words = { live: "Live", connecting: "Connecting…", lost: "Not connected" };

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
  state: (state) => {
    connection.dataset.state = state;
    setText(connection, words[state]);
  },
});
