// A small language that chooses sessions: `lenet state:running accuracy>0.9 -tag:old or learningRate<=0.001`.

import { headline } from "./store.js";

const forms = /^(-?)([A-Za-z][\w/.]*)(<=|>=|!=|[:=~<>])(.+)$/;

/** The values that a field of a query means for a session. */
function valuesOf(record, notes, field) {
  const own = {
    name: record.request.name, state: record.state, model: record.request.model, data: record.request.data,
    device: record.request.device, id: record.request.id, step: record.step, epoch: record.epoch,
    accuracy: headline(record).accuracy, loss: headline(record).loss, note: notes?.note ?? "",
    pinned: String(Boolean(notes?.isPinned)), archived: String(Boolean(notes?.isArchived)),
  };
  if (field === "tag") return notes?.tags ?? [];
  if (field in own) return [own[field]];
  if (field in record.latest) return [record.latest[field]];
  const given = record.request.recipe?.[field];
  return given === undefined ? [] : [typeof given === "object" ? JSON.stringify(given) : given];
}

function compare(values, operator, wanted) {
  const number = Number(wanted);
  const test = (value) => {
    const text = String(value).toLowerCase();
    const isNumber = Number.isFinite(number) && wanted !== "" && Number.isFinite(Number(value));
    if (operator === "~") return text.includes(wanted);
    if (operator === ":" || operator === "=") return isNumber ? Number(value) === number : operator === ":" ? text.startsWith(wanted) : text === wanted;
    if (!isNumber) return false;
    return { "<": Number(value) < number, ">": Number(value) > number, "<=": Number(value) <= number, ">=": Number(value) >= number }[operator];
  };
  return operator === "!=" ? !values.some((value) => String(value).toLowerCase() === wanted) : values.some(test);
}

function term(word) {
  const found = forms.exec(word);
  if (!found) {
    const isNot = word.startsWith("-") && word.length > 1;
    const text = (isNot ? word.slice(1) : word).toLowerCase();
    return (record, notes) => isNot !== [record.request.name, record.request.model, record.request.data, ...(notes?.tags ?? [])].some((one) => one.toLowerCase().includes(text));
  }
  const [, sign, field, operator, value] = found;
  return (record, notes) => (sign === "-") !== compare(valuesOf(record, notes, field), operator, value.replace(/^"|"$/g, "").toLowerCase());
}

/** Whether a session, with what was noted of it, is among those that a query means. */
export function matcher(text) {
  const words = text.match(/[^\s"]*"[^"]*"|\S+/g) ?? [];
  const groups = [[]];
  for (const word of words) {
    if (word.toLowerCase() === "or") groups.push([]);
    else if (word.toLowerCase() !== "and") groups.at(-1).push(term(word));
  }
  return (record, notes) => groups.some((group) => group.every((test) => test(record, notes)));
}
