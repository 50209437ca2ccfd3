// A selected text -> the quotations in it, each with where the archive has it.

import { ClaimdeskError } from "./client/claimdesk.js";

// Most quotations of a selection that are looked up, and their longest text in UTF-16 units.
const MOST = 20;
const MAX_CHARS = 5_000;
// Words from which on what stands in marks is a quotation, not a term.
const LEAST_WORDS = 3;
const MARKED = /“[^“”]+”|„[^„“”]+[“”]|«[^«»]+»|»[^«»]+«|"[^"]+"|‘[^‘’]*(?:’\p{L}[^‘’]*)*’|‚[^‚‘’]+[‘’]/gu;
const WORD = /[\p{L}\p{N}]+/gu;

/**
 * A line for each quotation, with offsets into the text in code points, and a sum at the end.
 * @param {import("./client/claimdesk.js").Claimdesk} desk
 * @param {string} text
 * @param {string} context The paragraphs that it stands in.
 * @param {AbortSignal} signal
 */
export async function* lookUp(desk, text, context, signal) {
  const found = quotedIn(text);
  const shown = found.slice(0, MOST);
  for (const [index, [from, to]] of shown.entries()) {
    const statement = text.slice(from, to);
    const start = Array.from(text.slice(0, from)).length;
    const place = { index, statement, start, end: start + Array.from(statement).length };
    yield { line: { ...place, ...(await answer(desk, statement, context, signal)) } };
  }
  yield { summary: { left: found.length - shown.length } };
}

async function answer(desk, statement, context, signal) {
  if (statement.length > MAX_CHARS) {
    return { error: { detail: `It is longer than ${MAX_CHARS.toLocaleString("en")} characters: select less.` } };
  }
  try {
    return { quotation: await desk.quotes(statement, { ...(context && { context }), signal }) };
  } catch (error) {
    if (!(error instanceof ClaimdeskError) || error.status !== 422) throw error;
    return { error: { detail: error.detail } };
  }
}

/**
 * Where the quotations of a selection stand: what is in quotation marks, where words stand beside
 * them that are nobody's; otherwise the whole of it.
 * @param {string} text
 * @returns {[number, number][]}
 */
export function quotedIn(text) {
  const words = (part) => part.match(WORD)?.length ?? 0;
  const marked = [...text.matchAll(MARKED)].filter(([part]) => words(part) >= LEAST_WORDS);
  const beside = words(text) - marked.reduce((sum, [part]) => sum + words(part), 0);
  if (!marked.length || (marked.length === 1 && !beside)) return [trimmed(text, 0, text.length)];
  return marked.map(({ 0: part, index }) => trimmed(text, index + 1, index + part.length - 1));
}

function trimmed(text, from, to) {
  const part = text.slice(from, to);
  return [from + part.length - part.trimStart().length, to - part.length + part.trimEnd().length];
}
