// The server's records as JSON. Every failure becomes an Error with one sentence.

const root = "/api/v1";

async function answer(response) {
  if (response.ok) return response;
  let sentence = `The server answered ${response.status}.`;
  try {
    sentence = (await response.json()).error ?? sentence;
  } catch {
    // The sentence above says what is known.
  }
  const error = new Error(sentence);
  error.status = response.status;
  throw error;
}

async function get(path) {
  const response = await fetch(root + path, { headers: { Accept: "application/json" } });
  return (await answer(response)).json();
}

const part = encodeURIComponent;

/** All sessions, or a few of them, those first that are not over. */
export const sessions = (count) => get(count ? `/sessions?count=${count}` : "/sessions");
export const session = (id) => get(`/sessions/${part(id)}`);
export const network = (id) => get(`/sessions/${part(id)}/network`);
export const keys = (id) => get(`/sessions/${part(id)}/keys`);
export const timeline = (id) => get(`/sessions/${part(id)}/timeline`);
export const devices = () => get("/devices");
export const data = () => get("/data");
export const models = () => get("/models");
export const layers = () => get("/layers");
export const zoo = () => get("/zoo");

export async function networkPicture(id, form = "full") {
  return (await answer(await fetch(`${root}/sessions/${part(id)}/network.svg?form=${form}`))).text();
}

async function post(path, body) {
  const response = await fetch(root + path, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  return (await answer(response)).json();
}

export const checkNetwork = (question) => post("/networks/check", question);
export const addModel = (request) => post("/models", request);
export const settings = (id) => get(`/sessions/${part(id)}/settings`);
export const learningRates = (id, changes) => post(`/sessions/${part(id)}/schedule`, { changes });
export const branch = (id, request) => post(`/sessions/${part(id)}/branch`, request);
export const startSession = (request) => post("/sessions", request);
export const reproduce = (id) => post(`/sessions/${part(id)}/reproduce`, {});
export const moveInQueue = (id, place) => post(`/queue/${part(id)}/move`, { place });
export const control = (id, action, details = {}) => post(`/sessions/${part(id)}/control`, { action, ...details });
export const histograms = (id, key) => get(`/sessions/${part(id)}/histograms/${part(key)}`);

const columns = ["firstStep", "lastStep", "lastTime", "minimum", "maximum", "mean", "last", "count", "nonFiniteCount"];

/** Curves from the bytes that Documentation/server.md describes; what a bucket has not got is null. */
export function curvesOf(bytes) {
  const view = new DataView(bytes);
  const whole = (place) => view.getUint32(place, true);
  const text = (place, length) => new TextDecoder().decode(new Uint8Array(bytes, place, length));
  let place = 16;
  return Array.from({ length: whole(8) }, () => {
    const [idLength, keyLength, count] = [whole(place), whole(place + 4), whole(place + 16)];
    const one = { session: text(place + 24, idLength), key: text(place + 24 + idLength, keyLength),
      totalCount: Number(view.getBigUint64(place + 8, true)) };
    place += 24 + Math.ceil((idLength + keyLength) / 8) * 8;
    const numbers = columns.map((_, index) => new Float64Array(bytes, place + index * 8 * count, count));
    place += columns.length * 8 * count;
    one.buckets = Array.from({ length: count }, (_, index) => {
      const bucket = {};
      columns.forEach((name, column) => {
        const number = numbers[column][index];
        bucket[name] = Number.isNaN(number) ? null : number;
      });
      return bucket;
    });
    return one;
  });
}

async function curves(path, body) {
  const headers = { Accept: "application/vnd.lasagne.series", ...(body ? { "Content-Type": "application/json" } : {}) };
  const response = await fetch(root + path, { headers, ...(body ? { method: "POST", body: JSON.stringify(body) } : {}) });
  return curvesOf(await (await answer(response)).arrayBuffer());
}

/** Windows of the same metrics of several sessions, in one request. */
export function seriesOf(ids, names, { from, to, pixels }) {
  // Hundreds of curves in one chart are drawn in fewer columns each; their extremes stay exact.
  const columns = Math.min(pixels, Math.max(200, 100000 / Math.max(1, ids.length * names.length)));
  return curves("/series", { sessions: ids, keys: names, pixels: Math.round(columns),
    ...(from === undefined ? {} : { from: Math.max(0, Math.floor(from)) }), ...(to === undefined ? {} : { to: Math.ceil(to) }) });
}

/** Windows of series, thinned by the server to about `pixels` columns with exact extremes. */
export const series = (id, names, window) => seriesOf([id], names, window);

/** A picture of filters with the step it was taken at and what its shades mean. */
export async function filters(id, key) {
  const response = await answer(
    await fetch(`${root}/sessions/${part(id)}/images/${part(key)}.png?palette=diverging`));
  return {
    picture: await response.blob(),
    step: Number(response.headers.get("X-Step")),
    range: Number(response.headers.get("X-Range")),
  };
}

export const params = () => get("/params");
export const paramsTree = (model, archived) => get(`/params/${part(model)}/tree?archived=${archived}`);
export const paramsDiff = (model, from, to) => get(`/params/${part(model)}/diff?from=${part(from)}&to=${part(to)}`);
export const annotate = (model, reference, request) => post(`/params/${part(model)}/${part(reference)}/note`, request);
/** The address under which a version's weights can be had as a file. */
export const paramsFile = (model, reference, format) =>
  `${root}/params/${part(model)}/file?params=${part(reference)}&format=${format}`;

export const statistics = (name) => get(`/data/${part(name)}/statistics`);
export const samples = (name, { array, label, from = 0, count = 60 }) =>
  get(`/data/${part(name)}/samples?array=${part(array)}&from=${from}&count=${count}${label === null ? "" : `&label=${label}`}`);

/** A picture from the server with the facts in its headers. */
async function picture(path) {
  const response = await answer(await fetch(root + path));
  const fact = (name) => Number(response.headers.get(name));
  return { image: await createImageBitmap(await response.blob()), step: fact("X-Step"), range: fact("X-Range"),
    width: fact("X-Sample-Width"), height: fact("X-Sample-Height"), columns: fact("X-Columns"),
    lowest: fact("X-Lowest"), highest: fact("X-Highest") };
}

export const sampleSheet = (name, array, indices) =>
  picture(`/data/${part(name)}/samples.png?array=${part(array)}&at=${indices.join(",")}`);
export const meanSheet = (name, array) => picture(`/data/${part(name)}/means.png?array=${part(array)}`);
export const augmentedSheet = (name, array, indices, epochs, recipe) =>
  picture(`/data/${part(name)}/augmented.png?array=${part(array)}&at=${indices.join(",")}&epochs=${epochs}&recipe=${part(JSON.stringify(recipe))}`);

export const examination = (id, name) => get(`/sessions/${part(id)}/examination${name ? `?part=${part(name)}` : ""}`);
export const examinedCases = (id, name, label, predicted) =>
  get(`/sessions/${part(id)}/examination/cases?part=${part(name)}${label === null ? "" : `&label=${label}`}${predicted === null ? "" : `&predicted=${predicted}`}`);
export const sample = (id, name, index) => get(`/sessions/${part(id)}/sample?part=${part(name)}&index=${index}`);
export const samplePicture = (id, name, index, of, layer = "") =>
  picture(`/sessions/${part(id)}/sample.png?part=${part(name)}&index=${index}&of=${of}${layer && `&layer=${part(layer)}`}`);

export const capacity = (id) => get(`/sessions/${part(id)}/network/capacity`);
const asked = (query) => Object.entries(query).map(([name, value]) => `${name}=${part(value)}`).join("&");
export const projection = (id, query) => get(`/sessions/${part(id)}/projection?${asked(query)}`);
export const strongest = (id, query) => get(`/sessions/${part(id)}/strongest?${asked(query)}`);

/** What people noted of sessions, by their ids. */
export const notes = () => get("/notes");
export const note = (id, change) => post(`/sessions/${part(id)}/notes`, change);
export const renameSession = (id, name) => post(`/sessions/${part(id)}/rename`, { name });
export const removeSession = (id) => post(`/sessions/${part(id)}/remove`, {});
/** Takes back the last name, note or removal of a session. */
export const undoSession = () => post("/sessions/undo", {});
