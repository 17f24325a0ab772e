// Home: the network as a picture, beside the sessions, their curves and the devices.

import * as api from "./api.js";
import { mountBoard } from "./board.js";
import { element, emptyState, setText, throttled } from "./dom.js";
import * as format from "./format.js";
import { mountNetwork } from "./network.js";
import { mountQueue } from "./queue.js";
import { mountSessions } from "./sessions.js";
import { allSessions, findSession, watch } from "./store.js";

/** The session a person most likely wants to see first. */
function favourite() {
  const records = allSessions();
  return (records.find((record) => record.state === "running") ?? records[0])?.request.id ?? null;
}

function deviceRow(device) {
  const part = device.totalBytes ? device.usedBytes / device.totalBytes : 0;
  const fill = element("i");
  fill.style.transform = `scaleX(${part})`;
  const meter = element("div", { class: "progress", role: "meter", "aria-valuemin": 0, "aria-valuemax": 100,
    "aria-valuenow": Math.round(part * 100), "aria-label": `Memory of ${device.name}` }, fill);
  const threads = device.cores ? `${device.threadsInUse} of ${device.cores} cores busy` : "";
  const sessions = device.sessions.map((id) => findSession(id)?.request.name).filter(Boolean).join(", ");
  return element("li", {},
    element("div", {}, element("strong", { text: device.name }), " ", element("span", { text: device.description })),
    meter,
    element("div", { class: "device-facts" },
      element("span", { text: device.totalBytes ? `${format.bytes(device.usedBytes)} of ${format.bytes(device.totalBytes)}` : "memory unknown" }),
      element("span", { text: [threads, sessions].filter(Boolean).join(" · ") })));
}

function mountDevices(target) {
  const list = element("ul", { class: "devices" });
  target.replaceChildren(element("header", { class: "panel-head" }, element("h2", { text: "Devices" })), list);
  const load = async () => {
    try {
      const devices = await api.devices();
      list.replaceChildren(...devices.map(deviceRow));
    } catch (error) {
      list.replaceChildren(element("li", { class: "empty", text: error.message }));
    }
  };
  const soon = throttled(load, 2000);
  load();
  const timer = setInterval(load, 10000);
  const end = watch((message) => { if (message.kind === "session") soon(); });
  return () => { clearInterval(timer); soon.cancel(); end(); };
}

export function mountHome(target, tell) {
  const network = element("section", { class: "panel network-panel", "aria-label": "Network" });
  const pulse = element("div", { class: "charts pulse" });
  const sessions = element("section", { class: "panel", "aria-label": "Sessions" });
  const devices = element("section", { class: "panel", "aria-label": "Devices" });
  const queue = element("section", { class: "panel", "aria-label": "Queue" });
  const heading = element("h1", { class: "hidden", text: "Workspace" });
  target.replaceChildren(heading, element("div", { class: "home" }, network,
    element("div", { class: "home-side" }, pulse, queue, sessions, devices)));
  let shown = null;
  let endNetwork = null;
  let endPulse = null;

  const drawNothing = () => network.replaceChildren(
    element("header", { class: "panel-head" }, element("h2", { text: "Network" })),
    emptyState("Nothing to draw yet",
      "The network of the session that runs is drawn here, each layer coloured by how it learns. Those of the workspace are under Networks."));

  const choose = (id) => {
    if (id === shown) return;
    endNetwork?.();
    endPulse?.();
    pulse.replaceChildren();
    shown = id;
    endNetwork = id ? mountNetwork(network, id) : null;
    endPulse = id ? mountBoard(pulse, id, { accepts: (kind) => kind === "loss" || kind === "accuracy", tell }).end : null;
    if (!id) drawNothing();
    list.show(id);
    setText(heading, id ? `Workspace, showing ${findSession(id)?.request.name ?? id}` : "Workspace");
  };
  const list = mountSessions(sessions, choose);
  choose(favourite());
  if (!shown) drawNothing();
  const endDevices = mountDevices(devices);
  const endQueue = mountQueue(queue, tell);
  const end = watch((message) => {
    if ((message.kind === "reload" || message.kind === "session") && (!shown || !findSession(shown))) choose(favourite());
  });
  return () => {
    end();
    endDevices();
    endQueue();
    endNetwork?.();
    endPulse?.();
    list.end();
  };
}
