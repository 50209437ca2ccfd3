// A text -> its statements, each with a verdict.

import { ClaimdeskError } from "./client/claimdesk.js";

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
  for await (const line of desk.checkLong(text, { signal })) {
    if (!("summary" in line)) yield { line };
    else if (line.summary.message === "nothing to check" && selected && text.length <= CLAIM_CHARS) {
      yield { line: await alone(desk, text, signal) };
      yield { summary: { ...line.summary, statements: 1, message: null } };
    } else yield line;
  }
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
