// Calls of the service -> its answers; failures -> Failure, with words for the reader.

// Milliseconds after which a reader is told that an answer is slow.
export const SLOW_MS = 4000;
const KEY = "claimdesk-key";

export class Failure extends Error {
  constructor({ title, detail, requestId = null, retryAfter = null, status = 0 }) {
    super(detail);
    Object.assign(this, { title, detail, requestId, retryAfter, status });
  }
}

const GONE = {
  title: "The service does not answer",
  detail: "The connection failed. Perhaps it was stopped, or the network is away. Nothing that you wrote is lost.",
};
export const BROKEN_OFF = {
  title: "The answer broke off",
  detail: "The service stopped, or the connection broke, before the answer was whole. What is shown holds; the rest is missing.",
};

export const ofProblem = (problem, retryAfter = null) => new Failure({
  title: problem.title || `Status ${problem.status}`,
  detail: problem.detail || "The service did not say why.",
  requestId: problem.request_id || null,
  retryAfter,
  status: problem.status,
});

// Asks the reader for a key, or gives null; set by the page.
let askForKey = async () => null;
export const onKeyWanted = (ask) => { askForKey = ask; };

async function call(path, { method = "GET", body, type = "application/json", signal } = {}) {
  for (;;) {
    const key = sessionStorage.getItem(KEY);
    const headers = { ...(body !== undefined && { "Content-Type": type }), ...(key && { Authorization: `Bearer ${key}` }) };
    let response;
    try {
      response = await fetch(new URL(path, document.baseURI), { method, body, headers, signal, cache: "no-store" });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Failure(GONE);
    }
    if (response.ok) return response;
    if (response.status === 401) {
      const given = await askForKey(Boolean(key));
      if (given) {
        sessionStorage.setItem(KEY, given);
        continue;
      }
    }
    throw await failureOf(response);
  }
}

async function failureOf(response) {
  const retryAfter = Number(response.headers.get("Retry-After")) || null;
  const problem = await response.json().catch(() => ({}));
  return ofProblem({
    title: problem.title ?? `Status ${response.status}`,
    detail: problem.detail ?? "What answered is no claimdesk, or something between it and this page.",
    request_id: problem.request_id ?? response.headers.get("X-Request-ID"),
    status: response.status,
  }, retryAfter);
}

async function json(response) {
  try {
    return await response.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Failure(BROKEN_OFF);
  }
}

export const get = async (path, options) => json(await call(path, options));
export const post = async (path, body, options) =>
  json(await call(path, { method: "POST", body: JSON.stringify(body), ...options }));
export const put = async (path, body, type, options) =>
  json(await call(path, { method: "PUT", body, type, ...options }));

// The lines of an NDJSON answer, each as soon as it is there.
export async function* lines(path, body, { type, signal } = {}) {
  const response = await call(path, { method: "POST", body, type, signal });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      const parts = (rest + value).split("\n");
      rest = parts.pop();
      for (const part of parts) if (part) yield JSON.parse(part);
    }
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Failure(BROKEN_OFF);
  } finally {
    reader.cancel().catch(() => {});
  }
  if (rest.trim()) throw new Failure(BROKEN_OFF);
}

export const documentPath = (id) => `v1/documents/${id.split("/").map(encodeURIComponent).join("/")}`;
