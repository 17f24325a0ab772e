// A network that is being edited, as plain values: what can be done to it, each giving a new one.

const places = ["name", "type", "incoming", "incomings"];

/** The network of a model file's value; layers without a name get one, and what each reads is written out. */
export function read(file, catalogue) {
  const taken = new Set((file.layers ?? []).map((one) => one?.name).filter(Boolean).map(String));
  const layers = [];
  for (const entry of file.layers ?? []) {
    const type = String(entry?.type ?? "");
    const known = catalogue.get(type);
    const name = entry?.name === undefined || entry.name === null ? freeName(known?.prefix ?? "layer", taken) : String(entry.name);
    taken.add(name);
    const told = entry?.incomings ?? entry?.incoming;
    const isSource = known?.mostIncomings === 0;
    const before = layers.length ? [layers[layers.length - 1].name] : [];
    const incomings = told === undefined || told === null ? (isSource ? [] : before) : [told].flat().map(String);
    const settings = Object.fromEntries(Object.entries(entry ?? {}).filter(([key]) => !places.includes(key)));
    layers.push({ name, type, incomings, settings });
  }
  const told = file.output ?? file.outputs;
  const outputs = told === undefined || told === null ? layers.slice(-1).map((one) => one.name) : [told].flat().map(String);
  return { name: String(file.name ?? "network"), layers, outputs };
}

/** The model file of a network, as JSON. */
export function write(network, catalogue) {
  const layers = network.layers.map(({ name, type, incomings, settings }) => {
    const known = catalogue.get(type);
    const place = known?.mostIncomings === 0 && !incomings.length ? {}
      : known?.mostIncomings === 1 && incomings.length === 1 ? { incoming: incomings[0] } : { incomings };
    return { name, type, ...place, ...settings };
  });
  const [output] = network.outputs;
  return JSON.stringify({ lasagne: 1, name: network.name, layers, ...(network.outputs.length === 1 ? { output } : { output: network.outputs }) });
}

/** A name that is not taken: the beginning and a number. */
export function freeName(prefix, taken) {
  let number = 1;
  while (taken.has(`${prefix}${number}`)) number += 1;
  return `${prefix}${number}`;
}

export const find = (network, name) => network.layers.find((one) => one.name === name);
export const readers = (network, name) => network.layers.filter((one) => one.incomings.includes(name));

const changed = (network, name, change) => ({ ...network, layers: network.layers.map((one) => (one.name === name ? { ...one, ...change(one) } : one)) });
const swapped = (list, from, to) => list.map((one) => (one === from ? to : one));

/** Whether a layer gets, by whatever way, what another gives. */
export function depends(network, name, on) {
  const seen = new Set();
  const stack = [name];
  while (stack.length) {
    const next = stack.pop();
    if (next === on) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    stack.push(...(find(network, next)?.incomings ?? []));
  }
  return false;
}

/** The same network with each layer after all that it reads, otherwise in the order it had. */
function sorted(network) {
  const done = new Set();
  const layers = [];
  const visit = (layer, path) => {
    if (done.has(layer.name) || path.has(layer.name)) return;
    path.add(layer.name);
    for (const name of layer.incomings) {
      const source = find(network, name);
      if (source) visit(source, path);
    }
    path.delete(layer.name);
    done.add(layer.name);
    layers.push(layer);
  };
  for (const layer of network.layers) visit(layer, new Set());
  return { ...network, layers };
}

/**
 * Adds a layer that reads `after`. Where it takes the place between that and its readers, they read the new
 * one; as a branch it leaves them alone. Gives the network and the new layer's name.
 */
export function add(network, known, after, { isBranch = false, settings = {} } = {}) {
  const name = freeName(known.prefix, new Set(network.layers.map((one) => one.name)));
  const isSource = known.mostIncomings === 0;
  const layer = { name, type: known.type, incomings: isSource || !after ? [] : [after], settings };
  const isBetween = !isBranch && !isSource && after;
  const layers = network.layers.map((one) => (isBetween ? { ...one, incomings: swapped(one.incomings, after, name) } : one));
  const at = after ? layers.findIndex((one) => one.name === after) + 1 : layers.length;
  layers.splice(isSource && !after ? 0 : at, 0, layer);
  const outputs = isBetween ? swapped(network.outputs, after, name) : network.outputs.length ? network.outputs : [name];
  return { network: sorted({ ...network, layers, outputs }), name };
}

/** Takes a layer out; what read it reads what it read. */
export function remove(network, name) {
  const gone = find(network, name);
  const layers = network.layers.filter((one) => one.name !== name).map((one) => ({ ...one,
    incomings: one.incomings.flatMap((source) => (source === name ? gone.incomings.filter((other) => !one.incomings.includes(other)) : [source])) }));
  const outputs = [...new Set(network.outputs.flatMap((one) => (one === name ? gone.incomings.slice(0, 1) : [one])))];
  return { ...network, layers, outputs: outputs.length ? outputs : layers.slice(-1).map((one) => one.name) };
}

/** A copy of a layer after it, with the same settings. */
export const duplicate = (network, known, name) => add(network, known, name, { settings: structuredClone(find(network, name).settings) });

/** The layer that changes places with this one when it moves up (−1) or down (1); null where none can. */
export function neighbour(network, name, step) {
  const lower = step < 0 ? find(network, name) : readers(network, name)[0];
  if (!lower || lower.incomings.length !== 1) return null;
  const upper = find(network, lower.incomings[0]);
  if (!upper || upper.incomings.length !== 1 || readers(network, upper.name).length !== 1) return null;
  return step < 0 ? upper.name : lower.name;
}

/** Changes the places of a layer and the one before or after it in its chain. */
export function move(network, name, step) {
  const other = neighbour(network, name, step);
  if (!other) return network;
  const [upper, lower] = (step < 0 ? [other, name] : [name, other]).map((one) => find(network, one));
  const layers = network.layers.map((one) => {
    if (one.name === upper.name) return { ...one, incomings: [lower.name] };
    if (one.name === lower.name) return { ...one, incomings: upper.incomings };
    return { ...one, incomings: swapped(one.incomings, lower.name, upper.name) };
  });
  return sorted({ ...network, layers, outputs: swapped(network.outputs, lower.name, upper.name) });
}

/** Lets a layer read another: instead of what it read where it takes one, else too. Null for a circle. */
export function connect(network, catalogue, from, to) {
  if (from === to || depends(network, from, to)) return null;
  const most = catalogue.get(find(network, to).type)?.mostIncomings;
  return sorted(changed(network, to, (one) => ({
    incomings: most === 1 ? [from] : one.incomings.includes(from) ? one.incomings : [...one.incomings, from] })));
}

export const setIncomings = (network, name, incomings) => sorted(changed(network, name, () => ({ incomings })));

/** Gives a setting a value; `undefined` is its default. */
export const set = (network, name, key, value) => changed(network, name, ({ settings }) => {
  const next = { ...settings };
  if (value === undefined) delete next[key];
  else next[key] = value;
  return { settings: next };
});

/** Another type; what it knows of the settings stays. */
export const retype = (network, name, known) => changed(network, name, ({ settings, incomings }) => ({
  type: known.type, incomings: known.mostIncomings === 0 ? [] : incomings,
  settings: Object.fromEntries(Object.entries(settings).filter(([key]) => known.settings.some((one) => one.key === key))) }));

/** Another name, wherever it stands: in connections, outputs, and settings that name layers or their parameters. */
export function rename(network, from, to) {
  const inside = (value) => {
    if (value === from) return to;
    if (typeof value === "string" && value.startsWith(`${from}.`)) return to + value.slice(from.length);
    if (Array.isArray(value)) return value.map(inside);
    return value && typeof value === "object" ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, inside(one)])) : value;
  };
  return { ...network, outputs: swapped(network.outputs, from, to), layers: network.layers.map((one) => ({ ...one,
    name: one.name === from ? to : one.name, incomings: swapped(one.incomings, from, to), settings: inside(one.settings) })) };
}

export const setOutputs = (network, outputs) => ({ ...network, outputs });
