// The service behind this page, by its JavaScript client: with a key where it asks for one.

import { Claimdesk } from "./client/claimdesk.js";
import { transport } from "./client/transport.js";

// Milliseconds after which a reader is told that an answer is slow.
export const SLOW_MS = 4000;
const KEY = "claimdesk-key";
const BASE = new URL(".", document.baseURI).href;
// No retries: the page tells the reader that the service is busy, and the reader asks again.
const OPTIONS = { retries: 0, timeoutMs: 120_000 };

// Asks the reader for a key, or gives null; set by the page.
let askForKey = async () => null;
export const onKeyWanted = (ask) => { askForKey = ask; };

async function keyed(input, init) {
  for (;;) {
    const key = sessionStorage.getItem(KEY);
    const headers = key ? { ...init.headers, Authorization: `Bearer ${key}` } : init.headers;
    const answer = await fetch(input, { ...init, headers });
    const given = answer.status === 401 && await askForKey(Boolean(key));
    if (!given) return answer;
    sessionStorage.setItem(KEY, given);
  }
}

export const service = new Claimdesk(BASE, { ...OPTIONS, fetch: keyed });
const asked = transport(BASE, { ...OPTIONS, fetch: keyed });

// A page of the documents, by id.
export const documentPage = (cursor, limit) =>
  asked.json("GET", `/v1/documents?limit=${limit}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`, {});

// A transport that sends a file as it is.
const sending = (file, type) => transport(BASE, {
  ...OPTIONS,
  fetch: (input, init) => keyed(input, { ...init, body: file, headers: { "Content-Type": type } }),
});

export const putFile = (id, file, type, { signal } = {}) =>
  sending(file, type).json("PUT", `/v1/documents/${id.split("/").map(encodeURIComponent).join("/")}`, { signal });

// The lines of the answer to an import.
export const importFile = (file, { signal } = {}) =>
  sending(file, "application/x-ndjson").lines("/v1/documents:import", { signal });
