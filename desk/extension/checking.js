// A text -> its statements, each with a verdict: in parts that the service takes at once.

import { ClaimdeskError } from "./client/claimdesk.js";

// Characters of one part: the service refuses more than 200 statements, some 30,000 characters.
const PART_CHARS = 20_000;
// Longest selection that is verified as one claim where no statement is found in it.
const CLAIM_CHARS = 600;

/**
 * A line for each statement, with offsets into the whole text, and a sum at the end.
 * @param {import("./client/claimdesk.js").Claimdesk} desk
 * @param {string} text
 * @param {boolean} selected Whether somebody selected it: then a short text is a claim in any case.
 * @param {AbortSignal} signal
 */
export async function* check(desk, text, selected, signal) {
  const sum = { sentences: 0, statements: 0, failed: 0, message: null, language_not_judged: null };
  let before = 0; // code points
  for (const part of parts(text)) {
    for await (const line of part.trim() ? desk.check({ text: part }, { signal }) : []) {
      if ("summary" in line) add(sum, line.summary);
      else yield { line: moved(line, before, sum.statements) };
    }
    before += Array.from(part).length;
  }
  if (sum.statements === 0 && selected && text.length <= CLAIM_CHARS && !sum.language_not_judged) {
    yield { line: await alone(desk, text, signal) };
    sum.statements = 1;
    sum.message = null;
  }
  yield { summary: sum };
}

/** Parts of whole paragraphs that together are the text. @param {string} text */
export function parts(text) {
  const found = [""];
  for (const paragraph of text.split(/(?<=\n\n)/)) {
    if (found[found.length - 1].length + paragraph.length > PART_CHARS) found.push("");
    found[found.length - 1] += paragraph;
  }
  return found;
}

function add(sum, part) {
  sum.sentences += part.sentences;
  sum.statements += part.statements;
  sum.failed += part.failed;
  sum.language_not_judged ??= part.language_not_judged;
  sum.message = sum.statements ? null : part.message;
}

function moved(line, before, statements) {
  const shift = (slice) => slice && { ...slice, start: slice.start + before, end: slice.end + before };
  return { ...shift(line), index: line.index + statements, context: shift(line.context) };
}

async function alone(desk, text, signal) {
  const claim = text.replace(/\s+/g, " ").trim();
  const place = { index: 0, statement: claim, start: 0, end: Array.from(text).length, context: null };
  try {
    return { ...(await desk.verify(claim, { signal })), ...place };
  } catch (error) {
    if (!(error instanceof ClaimdeskError) || error.status !== 422) throw error;
    return { ...place, error: { detail: error.detail } };
  }
}
