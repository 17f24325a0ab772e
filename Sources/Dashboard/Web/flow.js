// Values as a model file has them on one line: 3, [3, 3], same, {leakyRectify: {leakiness: 0.1}}.

const plain = /^[A-Za-z_][\w./-]*$/;
const reserved = /^(null|true|false|yes|no|on|off|y|n)$/i;

/** A value as text. */
export function write(value) {
  if (value === undefined) return "";
  if (value === null) return "null";
  if (Array.isArray(value)) return `[${value.map(write).join(", ")}]`;
  if (typeof value === "object") return `{${Object.entries(value).map(([key, one]) => `${write(key)}: ${write(one)}`).join(", ")}}`;
  if (typeof value === "string") return plain.test(value) && !reserved.test(value) ? value : JSON.stringify(value);
  return String(value);
}

function scalar(text) {
  if (/^(null|~|)$/i.test(text)) return null;
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === "true";
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : text;
}

/** The value of a text; throws where it is none. */
export function read(text) {
  let at = 0;
  const skip = () => { while (/\s/.test(text[at] ?? "")) at += 1; };
  const need = (letter) => {
    skip();
    if (text[at] !== letter) throw new SyntaxError(`There is a '${letter}' missing.`);
    at += 1;
  };
  const quoted = () => {
    const quote = text[at];
    let end = at + 1;
    while (end < text.length && text[end] !== quote) end += text[end] === "\\" && quote === "\"" ? 2 : 1;
    if (end >= text.length) throw new SyntaxError(`There is a ${quote} missing.`);
    const raw = text.slice(at, end + 1);
    at = end + 1;
    return quote === "\"" ? JSON.parse(raw) : raw.slice(1, -1);
  };
  const word = (stops) => {
    const start = at;
    while (at < text.length && !stops.includes(text[at])) at += 1;
    return text.slice(start, at).trim();
  };
  const list = (close, item) => {
    const found = [];
    at += 1;
    for (;;) {
      skip();
      if (text[at] === close) { at += 1; return found; }
      found.push(item());
      skip();
      if (text[at] === ",") at += 1;
      else if (text[at] !== close) throw new SyntaxError(`There is a '${close}' missing.`);
    }
  };
  const value = (isInside) => {
    skip();
    if (text[at] === "[") return list("]", () => value(true));
    if (text[at] === "{") {
      return Object.fromEntries(list("}", () => {
        skip();
        const key = /["']/.test(text[at] ?? "") ? quoted() : word(":,}");
        need(":");
        return [key, value(true)];
      }));
    }
    if (/["']/.test(text[at] ?? "")) return quoted();
    return scalar(isInside ? word(",]}") : word(""));
  };
  const found = value(false);
  skip();
  if (at < text.length) throw new SyntaxError("There is something behind its end.");
  return found;
}
