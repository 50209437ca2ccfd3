/**
 * Parts that together are the text: of whole paragraphs where these are short enough, or else of
 * whole sentences.
 * @param {string} text
 * @returns {string[]}
 */
export function parts(text: string): string[];
/**
 * Smaller parts of one that a service found too much, of half its length at most where sentences
 * are no longer; null where it is one sentence.
 * @param {string} part
 */
export function halves(part: string): string[] | null;
/**
 * A line of a part, as one of the whole text.
 * @template {Statement} Line
 * @param {Line} line @param {number} before Code points before the part.
 * @param {number} statements Statements before it.
 * @returns {Line}
 */
export function moved<Line extends Statement>(line: Line, before: number, statements: number): Line;
/** The summary of a check without statements. @returns {Schemas["CheckSummary"]} */
export function noSum(): Schemas["CheckSummary"];
/**
 * @param {Schemas["CheckSummary"]} one @param {Schemas["CheckSummary"]} other
 * @returns {Schemas["CheckSummary"]}
 */
export function summed(one: Schemas["CheckSummary"], other: Schemas["CheckSummary"]): Schemas["CheckSummary"];
export type Schemas = import("./openapi.d.ts").components["schemas"];
export type Statement = Schemas["StatementLine"] | Schemas["FailedStatementLine"];
