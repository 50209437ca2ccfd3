// @ts-check
// A question -> a claimdesk service -> its answer: the whole HTTP interface but imports, for Node
// from version 18 on, and for browsers. No dependency, no build.

import { ClaimdeskError, cutOff } from "./errors.js";
import { halves, moved, noSum, parts, summed } from "./long.js";
import { transport } from "./transport.js";

export { ClaimdeskError } from "./errors.js";

/** @typedef {import("./openapi.d.ts").components["schemas"]} Schemas */
/** @typedef {{ filters?: Partial<Schemas["FilterFields"]> }} Narrowed */
/** @typedef {Omit<Partial<Schemas["VerifyRequest"]>, "claim" | "filters"> & Narrowed} Query */
/** @typedef {Omit<Partial<Schemas["SearchRequest"]>, "query" | "filters"> & Narrowed} SearchQuery */
/** @typedef {Omit<Partial<Schemas["QuoteRequest"]>, "quote" | "filters"> & Narrowed} QuoteQuery */
/** @typedef {Partial<Schemas["DocumentRequest"]> & { text: string }} NewDocument */
/** @typedef {{ signal?: AbortSignal }} Cancel */
/** @typedef {Schemas["ClaimLine"] | Schemas["FailedClaimLine"]} BatchLine */
/**
 * @typedef {Schemas["TextLine"] | Schemas["StatementLine"] | Schemas["FailedStatementLine"]
 *   | Schemas["CheckSummaryLine"]} CheckLine
 */
/** @typedef {import("./transport.js").Options} Options */
/** @typedef {import("./transport.js").Asked} Asked */

/** A service at an address. Every method throws a ClaimdeskError, or the reason of its signal. */
export class Claimdesk {
  /** @type {import("./transport.js").Transport} */ #service;

  /**
   * @param {string} url Address of the service, such as "http://127.0.0.1:8000".
   * @param {Options} [options]
   */
  constructor(url, options = {}) {
    this.#service = transport(url, options);
    /** The documents of the corpus. */
    this.documents = {
      /**
       * @param {string} id
       * @param {NewDocument} document
       * @param {Cancel} [cancel]
       * @returns {Promise<Schemas["Stored"]>}
       */
      put: (id, document, cancel) =>
        this.#service.json("PUT", documentPath(id), { body: document, ...cancel }),
      /**
       * @param {string} id
       * @param {Cancel} [cancel]
       * @returns {Promise<Schemas["DocumentBody"]>}
       */
      get: (id, cancel) => this.#service.json("GET", documentPath(id), { ...cancel }),
      /**
       * @param {string} id
       * @param {Cancel} [cancel]
       * @returns {Promise<void>}
       */
      delete: async (id, cancel) => {
        await this.#service.text("DELETE", documentPath(id), { ...cancel });
      },
      /**
       * All documents by id, without their texts; pages are fetched as they are needed.
       * @param {Cancel} [cancel]
       * @returns {AsyncGenerator<Schemas["DocumentInfo"], void>}
       */
      list: (cancel) => this.#documents({ ...cancel }),
    };
  }

  /**
   * Verdict and evidence for one claim.
   * @param {string} claim
   * @param {Query & Cancel} [query]
   * @returns {Promise<Schemas["VerifyResponse"]>}
   */
  verify(claim, { signal, ...query } = {}) {
    return this.#service.json("POST", "/v1/verify", { body: { ...query, claim }, signal });
  }

  /**
   * The same for many claims, in the order in which they are ready. A bad claim has an `error` in
   * its line.
   * @param {string[]} claims
   * @param {Query & Cancel} [query]
   * @returns {AsyncGenerator<BatchLine, void>}
   */
  async *verifyBatch(claims, { signal, ...query } = {}) {
    const missing = new Set(claims.keys());
    const lines = this.#service.lines("/v1/verify/batch", { body: { ...query, claims }, signal });
    for await (const line of lines) {
      missing.delete(line.index);
      yield line;
    }
    if (missing.size > 0) throw cutOff(`${missing.size} of ${claims.length} claims have no answer`);
  }

  /**
   * The statements of an article, each with verdict and evidence, as they are ready; then a line
   * with a `summary`. For `html` the first line is the `text` that offsets are into.
   *
   * Offsets count code points, where strings of JavaScript count UTF-16 units: `codePoints` slices.
   * @param {({ text: string } | { html: string }) & { thorough?: boolean }} article thorough: each
   *   statement is read as `verify` reads a claim, which takes longer
   * @param {Query & Cancel} [query]
   * @returns {AsyncGenerator<CheckLine, void>}
   */
  async *check(article, { signal, ...query } = {}) {
    let whole = false;
    for await (const line of this.#service.lines("/v1/check", { body: { ...query, ...article }, signal })) {
      whole = "summary" in line;
      yield line;
    }
    if (!whole) throw cutOff("the sum at its end is missing");
  }

  /**
   * As `check`, of a text of any length: it is sent in parts of whole paragraphs, one after the
   * other, and answered as one.
   * @param {string} text
   * @param {Query & Cancel} [query]
   * @returns {AsyncGenerator<CheckLine, void>}
   */
  async *checkLong(text, query = {}) {
    let sum = noSum();
    let before = 0;
    let requestId = "";
    const todo = parts(text).reverse();
    for (let part = todo.pop(); part !== undefined; part = todo.pop()) {
      const statements = sum.statements;
      try {
        for await (const line of part.trim() === "" ? [] : this.check({ text: part }, query)) {
          if ("summary" in line) {
            sum = summed(sum, line.summary);
            requestId = line.request_id;
          } else if ("index" in line) yield moved(line, before, statements);
        }
      } catch (error) {
        const smaller = isTooMuch(error) ? halves(part) : null;
        if (smaller === null) throw error;
        todo.push(...smaller.reverse());
        continue;
      }
      before += Array.from(part).length;
    }
    yield { summary: sum, request_id: requestId };
  }

  /**
   * Passages for a query, without stance and verdict.
   * @param {string} query
   * @param {SearchQuery & Cancel} [options]
   * @returns {Promise<Schemas["SearchResponse"]>}
   */
  search(query, { signal, ...options } = {}) {
    return this.#service.json("POST", "/v1/search", { body: { ...options, query }, signal });
  }

  /**
   * Whether a quotation stands in the archive, word by word, and who says it there.
   * @param {string} quote
   * @param {QuoteQuery & Cancel} [options] `speaker`: who is said to have said it.
   * @returns {Promise<Schemas["QuoteResponse"]>}
   */
  quotes(quote, { signal, ...options } = {}) {
    return this.#service.json("POST", "/v1/quotes", { body: { ...options, quote }, signal });
  }

  /**
   * Every publisher with its number of documents, most documents first.
   * @param {Cancel} [cancel]
   * @returns {Promise<Schemas["PublisherInfo"][]>}
   */
  async publishers(cancel) {
    return (await this.#service.json("GET", "/v1/publishers", { ...cancel })).publishers;
  }

  /**
   * Models, number of documents, generations, limits.
   * @param {Cancel} [cancel]
   * @returns {Promise<Schemas["Info"]>}
   */
  info(cancel) {
    return this.#service.json("GET", "/v1/info", { ...cancel });
  }

  /** @param {Asked} asked @returns {AsyncGenerator<Schemas["DocumentInfo"], void>} */
  async *#documents(asked) {
    /** @type {string | null} */
    let cursor = null;
    do {
      const after = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
      /** @type {Schemas["DocumentPage"]} */
      const page = await this.#service.json("GET", `/v1/documents?limit=1000${after}`, asked);
      yield* page.documents;
      cursor = page.next_cursor;
    } while (cursor !== null);
  }
}

/**
 * A slice of a text by code points, as offsets of the service count.
 * @param {string} text @param {number} start @param {number} end
 */
export function codePoints(text, start, end) {
  return Array.from(text).slice(start, end).join("");
}

/** Whether a service says that a text has too many statements, or bytes. @param {unknown} error */
function isTooMuch(error) {
  if (!(error instanceof ClaimdeskError)) return false;
  return error.status === 413 || (error.status === 422 && error.detail.endsWith("send it in parts"));
}

/** @param {string} id */
function documentPath(id) {
  const parts = id.split("/");
  if (id === "" || parts.some((part) => part === "." || part === "..")) {
    throw new TypeError(`no address leads to a document with the id ${JSON.stringify(id)}`);
  }
  return `/v1/documents/${parts.map(encodeURIComponent).join("/")}`;
}
