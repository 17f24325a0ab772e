// The page: which view is shown follows the part of the address after #.

import { element, setText } from "./dom.js";
import { mountHome } from "./home.js";
import { follow } from "./live.js";
import { mountSession } from "./session.js";
import { findSession, receive, reload, watch } from "./store.js";

const main = document.getElementById("main");
const crumbs = document.getElementById("crumbs");
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

function show() {
  endView?.();
  endView = null;
  main.replaceChildren();
  const [, view, id] = location.hash.split("/");
  if (view === "session" && id) {
    endView = mountSession(main, decodeURIComponent(id), tell);
  } else {
    endView = mountHome(main, tell);
  }
  showCrumbs();
  window.scrollTo(0, 0);
}

function showCrumbs() {
  const [, view, id] = location.hash.split("/");
  const record = view === "session" ? findSession(decodeURIComponent(id)) : null;
  const name = record?.request.name;
  document.title = name ? `${name} · LasagneEngine` : "LasagneEngine";
  crumbs.replaceChildren(...(name
    ? [element("a", { href: "#/", text: "Workspace" }), element("span", { "aria-hidden": "true", text: "/" }),
      element("span", { "aria-current": "page", text: name })]
    : []));
}

const words = { live: "Live", connecting: "Connecting…", lost: "Not connected" };

await reload();
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
