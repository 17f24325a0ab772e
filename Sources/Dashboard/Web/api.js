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

export const sessions = () => get("/sessions");
export const session = (id) => get(`/sessions/${part(id)}`);
export const network = (id) => get(`/sessions/${part(id)}/network`);
export const keys = (id) => get(`/sessions/${part(id)}/keys`);
export const timeline = (id) => get(`/sessions/${part(id)}/timeline`);
export const devices = () => get("/devices");
export const data = () => get("/data");
export const models = () => get("/models");

export async function networkPicture(id) {
  return (await answer(await fetch(`${root}/sessions/${part(id)}/network.svg`))).text();
}

/** Windows of series, thinned by the server to about `pixels` columns with exact extremes. */
export function series(id, names, { from, to, pixels }) {
  const query = [`keys=${names.map(part).join(",")}`, `pixels=${Math.round(pixels)}`];
  if (from !== undefined) query.push(`from=${Math.max(0, Math.floor(from))}`);
  if (to !== undefined) query.push(`to=${Math.ceil(to)}`);
  return get(`/sessions/${part(id)}/series?${query.join("&")}`);
}

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

export async function control(id, action) {
  const response = await fetch(`${root}/sessions/${part(id)}/control`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ action }),
  });
  return (await answer(response)).json();
}
