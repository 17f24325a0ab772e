// How numbers are written for people; the same rules as in the terminal.

const grouping = new Intl.NumberFormat("en-US");

/** A measured value with four significant digits. */
export function value(number) {
  const given = Number(number);
  if (number === null || number === undefined) return "–";
  if (Number.isNaN(given)) return "NaN";
  if (!Number.isFinite(given)) return given > 0 ? "∞" : "−∞";
  if (given === 0) return "0";
  const size = Math.abs(given);
  if (size >= 1e6 || size < 1e-3) return given.toExponential(1).replace("-", "−");
  if (size >= 1000) return grouping.format(Math.round(given));
  return String(Number(given.toPrecision(4)));
}

/** One digit and a power of ten, always as wide. */
export function scientific(number) {
  const given = Number(number);
  return Number.isFinite(given) && given !== 0 ? given.toExponential(1).replace("-", "−") : value(number);
}

export function whole(number) {
  return number === null || number === undefined ? "–" : grouping.format(number);
}

/** How many of something, in its singular where it is one. */
export const counted = (number, noun) => `${whole(number)} ${noun}${number === 1 ? "" : "s"}`;

/** A count in three digits and a letter. */
export function short(number) {
  for (const [size, letter] of [[1e9, "G"], [1e6, "M"], [1e3, "k"]]) {
    if (Math.abs(number) >= size) {
      const scaled = number / size;
      return `${Number(scaled.toFixed(Math.abs(scaled) < 100 ? 1 : 0))}${letter}`;
    }
  }
  return String(number);
}

export function bytes(number) {
  if (!number) return "–";
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  let rest = number;
  while (rest >= 1024 && unit < units.length - 1) {
    rest /= 1024;
    unit += 1;
  }
  return `${Number(rest.toFixed(rest < 100 ? 1 : 0))} ${units[unit]}`;
}

export function percent(fraction) {
  const given = Number(fraction);
  if (fraction === null || fraction === undefined) return "–";
  return Number.isFinite(given) ? `${(given * 100).toFixed(2)} %` : value(given);
}

export function duration(seconds) {
  if (seconds === null || !Number.isFinite(seconds) || seconds < 0) return "–";
  const rounded = Math.round(seconds);
  if (rounded < 60) return `${rounded} s`;
  const two = (number) => String(number).padStart(2, "0");
  if (rounded < 3600) return `${Math.floor(rounded / 60)} min ${two(rounded % 60)} s`;
  if (rounded >= 48 * 3600) return `${grouping.format(Math.floor(rounded / 86400))} d ${two(Math.floor(rounded / 3600) % 24)} h`;
  return `${Math.floor(rounded / 3600)} h ${two(Math.floor(rounded / 60) % 60)} min`;
}

/** A time of day, with the date where it is not today's. */
export function clock(seconds) {
  const then = new Date(seconds * 1000);
  const time = then.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
  return then.toDateString() === new Date().toDateString() ? time : `${then.toLocaleDateString()} ${time}`;
}

export function title(word) {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** An output shape without its batch axis. */
export function shape(axes) {
  const inner = axes.slice(1).map((size) => size ?? "?");
  return inner.length ? inner.join(" × ") : "scalar";
}

/** Whether a kind of metric is a part of one, and read as a percentage. */
export const isPart = (kind) => kind === "accuracy" || kind === "observation" || kind === "saturation" || kind.endsWith("Share");

/** A value of a metric of some kind. */
export const metric = (kind, number) => (isPart(kind) ? percent(number) : value(number));
