// @ts-check
// What a service sends instead of an answer -> an error that says why.

/** What a service refuses, or why there is no whole answer. */
export class ClaimdeskError extends Error {
  /**
   * @param {"problem" | "unreachable" | "timeout" | "cut_off" | "not_claimdesk"} reason
   * @param {{ status?: number, title: string, detail: string, requestId?: string | null,
   *   retryAfterMs?: number | null, cause?: unknown }} told
   */
  constructor(reason, told) {
    super(`${told.title}: ${told.detail}`, { cause: told.cause });
    this.name = "ClaimdeskError";
    /**
     * problem: the service refused. unreachable, timeout: there was no answer, or no more of it in
     * time. cut_off: its end is missing. not_claimdesk: it is not one of claimdesk's.
     */
    this.reason = reason;
    /** HTTP status; 0 where there was no answer. */
    this.status = told.status ?? 0;
    this.title = told.title;
    this.detail = told.detail;
    /** Finds the request in the service's log. @type {string | null} */
    this.requestId = told.requestId ?? null;
    /** Wait that the service asks for. @type {number | null} */
    this.retryAfterMs = told.retryAfterMs ?? null;
  }
}

/** @param {string} text */
export function parsed(text) {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const detail = "the answer is not JSON: is this the address of a claimdesk service?";
    throw new ClaimdeskError("not_claimdesk", { title: "Not claimdesk", detail, cause });
  }
}

/** A line, unless it says why an answer ends before its time. @param {any} line */
export function checked(line) {
  if (!("error" in line) || "index" in line) return line;
  throw fromProblem(line.error, line.error.status, null);
}

/** @param {Response} answer @param {string} text */
export function refused(answer, text) {
  /** @type {Record<string, unknown>} */
  let problem = {};
  try {
    problem = Object(JSON.parse(text));
  } catch {
    // a proxy's page
  }
  return fromProblem(problem, answer.status, retryAfterMs(answer.headers.get("Retry-After")));
}

/** @param {any} problem @param {number} status @param {number | null} wait */
function fromProblem(problem, status, wait) {
  const title = String(problem.title ?? `HTTP ${status}`);
  const detail = String(problem.detail ?? "no reason was given");
  const requestId = problem.request_id ?? null;
  return new ClaimdeskError("problem", { status, title, detail, requestId, retryAfterMs: wait });
}

/** @param {string} detail @param {unknown} [cause] */
export function cutOff(detail, cause) {
  return new ClaimdeskError("cut_off", { title: "The answer was cut off", detail, cause });
}

/** A number of seconds, or a date. @param {string | null} header */
function retryAfterMs(header) {
  if (header === null) return null;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}
