// @ts-check
// A request -> its answer in parts, as they arrive: retries, time limits, cancellation.

import { ClaimdeskError, checked, cutOff, parsed, refused } from "./errors.js";

/**
 * @typedef {object} Options
 * @property {string} [key] API key, sent as Bearer token.
 * @property {number} [retries] How often a request is sent again that was answered 429 or 503, or
 *   not at all.
 * @property {number} [maxRetryWaitMs] Longest wait before that. Where the service asks for a longer
 *   one, the error is thrown at once and says so (`retryAfterMs`).
 * @property {number} [timeoutMs] Longest wait for an answer to begin, and for each further part.
 * @property {typeof globalThis.fetch} [fetch] In place of the global one.
 */
/**
 * @typedef {object} Asked
 * @property {unknown} [body] Sent as JSON.
 * @property {AbortSignal} [signal]
 */

const RETRIED = new Set([429, 503]);
// Wait before the first retry where the service names none; doubled for each further one.
const FIRST_WAIT_MS = 500;

/** @typedef {ReturnType<typeof transport>} Transport */

/**
 * The ways to ask the service at an address.
 * @param {string} address @param {Options} options
 */
export function transport(address, options) {
  const { protocol } = new URL(address);
  if (protocol !== "http:" && protocol !== "https:") {
    throw new TypeError(`${address} is no address of a web service`);
  }
  const url = address.replace(/\/+$/, "");
  const {
    key = "",
    retries = 2,
    maxRetryWaitMs = 30_000,
    timeoutMs = 60_000,
    fetch = (input, init) => globalThis.fetch(input, init),
  } = options;
  // Otherwise fetch fails as if there were no service.
  if (/[^!-~]/.test(key)) throw new TypeError("the key holds a character that no key has");

  /** @param {string} method @param {string} path @param {Asked} asked @returns {Promise<any>} */
  async function json(method, path, asked) {
    return parsed(await text(method, path, asked));
  }

  /** @param {string} method @param {string} path @param {Asked} asked */
  async function text(method, path, asked) {
    let whole = "";
    for await (const part of parts(method, path, asked)) whole += part;
    return whole;
  }

  /**
   * The lines of an answer in NDJSON.
   * @param {string} path @param {Asked} asked @returns {AsyncGenerator<any, void>}
   */
  async function* lines(path, asked) {
    let rest = "";
    for await (const part of parts("POST", path, asked)) {
      const found = (rest + part).split("\n");
      rest = found.pop() ?? "";
      for (const line of found) yield checked(parsed(line));
    }
    if (rest !== "") throw cutOff("its last line is not whole");
  }

  /**
   * The parts of an answer as they arrive. Nothing is sent again once it has begun.
   * @param {string} method @param {string} path @param {Asked} asked
   * @returns {AsyncGenerator<string, void>}
   */
  async function* parts(method, path, asked) {
    for (let tried = 0; ; tried++) {
      const watch = watched(asked.signal, timeoutMs);
      try {
        const answer = await begun(method, path, asked, watch, tried);
        if (answer === null) continue;
        const reader = answer.body?.getReader();
        try {
          const decoder = new TextDecoder();
          for (;;) {
            watch.restart();
            const part = await reader?.read();
            watch.pause();
            if (!part || part.done) return;
            yield decoder.decode(part.value, { stream: true });
          }
        } catch (error) {
          throw failure(error, watch, asked.signal) ?? cutOff("the connection broke", error);
        } finally {
          // If the caller stopped reading, the rest is not fetched.
          reader?.cancel().catch(() => undefined);
        }
      } finally {
        watch.end();
      }
    }
  }

  /**
   * The answer, once it has begun; null, after a wait, where the request is to be sent again.
   * @param {string} method @param {string} path @param {Asked} asked @param {Watch} watch
   * @param {number} tried
   */
  async function begun(method, path, { body, signal }, watch, tried) {
    /** @type {ClaimdeskError} */
    let error;
    try {
      const answer = await fetch(url + path, {
        method,
        headers: {
          ...(body === undefined ? {} : { "Content-Type": "application/json" }),
          ...(key ? { Authorization: `Bearer ${key}` } : {}),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: watch.signal,
        credentials: "omit",
        cache: "no-store",
        redirect: "error", // a key is for this address alone
      });
      if (answer.ok) return answer;
      error = refused(answer, await answer.text());
    } catch (cause) {
      const detail = `nothing answers at ${url}`;
      error =
        failure(cause, watch, signal) ??
        new ClaimdeskError("unreachable", { title: "No answer", detail, cause });
    }
    watch.end();
    const again = RETRIED.has(error.status) || error.reason === "unreachable";
    const wait = error.retryAfterMs ?? FIRST_WAIT_MS * 2 ** tried * (0.5 + Math.random() / 2);
    if (!again || tried >= retries || wait > maxRetryWaitMs) throw error;
    await sleep(wait, signal);
    return null;
  }

  /**
   * The error of an answer that is late; null if it is not. Throws the reason of a signal.
   * @param {unknown} cause @param {Watch} watch @param {AbortSignal | undefined} signal
   */
  function failure(cause, watch, signal) {
    if (signal?.aborted) throw signal.reason;
    if (!watch.late) return null;
    const detail = `${url} sent nothing for ${timeoutMs / 1000} s`;
    return new ClaimdeskError("timeout", { title: "No answer in time", detail, cause });
  }

  return { json, text, lines };
}

/** @param {number} ms @param {AbortSignal} [signal] @returns {Promise<void>} */
function sleep(ms, signal) {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, ms);
    if (signal?.aborted) abort();
    else signal?.addEventListener("abort", abort, { once: true });
  });
}

/** @typedef {ReturnType<typeof watched>} Watch */

/**
 * A signal that follows another one, and fires when a wait becomes too long.
 * @param {AbortSignal | undefined} followed @param {number} ms
 */
function watched(followed, ms) {
  const controller = new AbortController();
  const abort = () => controller.abort(followed?.reason);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const watch = {
    signal: controller.signal,
    late: false,
    restart() {
      clearTimeout(timer);
      timer = setTimeout(() => {
        watch.late = true;
        controller.abort();
      }, ms);
    },
    pause: () => clearTimeout(timer),
    end() {
      clearTimeout(timer);
      followed?.removeEventListener("abort", abort);
    },
  };
  if (followed?.aborted) abort();
  else followed?.addEventListener("abort", abort, { once: true });
  watch.restart();
  return watch;
}
