/**
 * A slice of a text by code points, as offsets of the service count.
 * @param {string} text @param {number} start @param {number} end
 */
export function codePoints(text: string, start: number, end: number): string;
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
    /**
     * @param {string} url Address of the service, such as "http://127.0.0.1:8000".
     * @param {Options} [options]
     */
    constructor(url: string, options?: Options);
    /** The documents of the corpus. */
    documents: {
        /**
         * @param {string} id
         * @param {NewDocument} document
         * @param {Cancel} [cancel]
         * @returns {Promise<Schemas["Stored"]>}
         */
        put: (id: string, document: NewDocument, cancel?: Cancel) => Promise<Schemas["Stored"]>;
        /**
         * @param {string} id
         * @param {Cancel} [cancel]
         * @returns {Promise<Schemas["DocumentBody"]>}
         */
        get: (id: string, cancel?: Cancel) => Promise<Schemas["DocumentBody"]>;
        /**
         * @param {string} id
         * @param {Cancel} [cancel]
         * @returns {Promise<void>}
         */
        delete: (id: string, cancel?: Cancel) => Promise<void>;
        /**
         * All documents by id, without their texts; pages are fetched as they are needed.
         * @param {Cancel} [cancel]
         * @returns {AsyncGenerator<Schemas["DocumentInfo"], void>}
         */
        list: (cancel?: Cancel) => AsyncGenerator<Schemas["DocumentInfo"], void>;
    };
    /**
     * Verdict and evidence for one claim.
     * @param {string} claim
     * @param {Query & Cancel} [query]
     * @returns {Promise<Schemas["VerifyResponse"]>}
     */
    verify(claim: string, { signal, ...query }?: Query & Cancel): Promise<Schemas["VerifyResponse"]>;
    /**
     * The same for many claims, in the order in which they are ready. A bad claim has an `error` in
     * its line.
     * @param {string[]} claims
     * @param {Query & Cancel} [query]
     * @returns {AsyncGenerator<BatchLine, void>}
     */
    verifyBatch(claims: string[], { signal, ...query }?: Query & Cancel): AsyncGenerator<BatchLine, void>;
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
    check(article: ({
        text: string;
    } | {
        html: string;
    }) & {
        thorough?: boolean;
    }, { signal, ...query }?: Query & Cancel): AsyncGenerator<CheckLine, void>;
    /**
     * As `check`, of a text of any length: it is sent in parts of whole paragraphs, one after the
     * other, and answered as one.
     * @param {string} text
     * @param {Query & Cancel} [query]
     * @returns {AsyncGenerator<CheckLine, void>}
     */
    checkLong(text: string, query?: Query & Cancel): AsyncGenerator<CheckLine, void>;
    /**
     * Passages for a query, without stance and verdict.
     * @param {string} query
     * @param {SearchQuery & Cancel} [options]
     * @returns {Promise<Schemas["SearchResponse"]>}
     */
    search(query: string, { signal, ...options }?: SearchQuery & Cancel): Promise<Schemas["SearchResponse"]>;
    /**
     * Whether a quotation stands in the archive, word by word, and who says it there.
     * @param {string} quote
     * @param {QuoteQuery & Cancel} [options] `speaker`: who is said to have said it.
     * @returns {Promise<Schemas["QuoteResponse"]>}
     */
    quotes(quote: string, { signal, ...options }?: QuoteQuery & Cancel): Promise<Schemas["QuoteResponse"]>;
    /**
     * Every publisher with its number of documents, most documents first.
     * @param {Cancel} [cancel]
     * @returns {Promise<Schemas["PublisherInfo"][]>}
     */
    publishers(cancel?: Cancel): Promise<Schemas["PublisherInfo"][]>;
    /**
     * Models, number of documents, generations, limits.
     * @param {Cancel} [cancel]
     * @returns {Promise<Schemas["Info"]>}
     */
    info(cancel?: Cancel): Promise<Schemas["Info"]>;
    #private;
}
export type Schemas = import("./openapi.d.ts").components["schemas"];
export type Narrowed = {
    filters?: Partial<Schemas["FilterFields"]>;
};
export type Query = Omit<Partial<Schemas["VerifyRequest"]>, "claim" | "filters"> & Narrowed;
export type SearchQuery = Omit<Partial<Schemas["SearchRequest"]>, "query" | "filters"> & Narrowed;
export type QuoteQuery = Omit<Partial<Schemas["QuoteRequest"]>, "quote" | "filters"> & Narrowed;
export type NewDocument = Partial<Schemas["DocumentRequest"]> & {
    text: string;
};
export type Cancel = {
    signal?: AbortSignal;
};
export type BatchLine = Schemas["ClaimLine"] | Schemas["FailedClaimLine"];
export type CheckLine = Schemas["TextLine"] | Schemas["StatementLine"] | Schemas["FailedStatementLine"] | Schemas["CheckSummaryLine"];
export type Options = import("./transport.js").Options;
export type Asked = import("./transport.js").Asked;
