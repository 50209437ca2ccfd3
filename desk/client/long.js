// @ts-check
// A text of any length -> the parts that a service takes at once, and their answers as one.

/** @typedef {import("./openapi.d.ts").components["schemas"]} Schemas */
/** @typedef {Schemas["StatementLine"] | Schemas["FailedStatementLine"]} Statement */

// UTF-16 units of a part. A service refuses what has more than 200 statements, mostly some 30,000.
const PART = 20_000;
const PARAGRAPH = /(?<=\n[^\S\n]*\n)/;
const SENTENCE = /(?<=[.!?…。।؟][”"’»)\]]*\s)/u;
// By code points, which may be of two units: no piece ends within a character.
const PIECE = new RegExp(`.{1,${PART / 2}}`, "gsu");

/**
 * Parts that together are the text: of whole paragraphs where these are short enough, or else of
 * whole sentences.
 * @param {string} text
 * @returns {string[]}
 */
export function parts(text) {
  const pieces = text.split(PARAGRAPH).flatMap((paragraph) =>
    paragraph.length <= PART ? [paragraph] : grouped(paragraph.split(SENTENCE).flatMap(pieced), PART),
  );
  return grouped(pieces, PART);
}

/**
 * Smaller parts of one that a service found too much, of half its length at most where sentences
 * are no longer; null where it is one sentence.
 * @param {string} part
 */
export function halves(part) {
  const found = grouped(part.split(SENTENCE), Math.ceil(part.length / 2));
  return found.length > 1 ? found : null;
}

/** @param {string[]} pieces @param {number} longest */
function grouped(pieces, longest) {
  const found = [""];
  for (const piece of pieces) {
    const last = found.length - 1;
    if (found[last] !== "" && found[last].length + piece.length > longest) found.push(piece);
    else found[last] += piece;
  }
  return found;
}

/** A sentence, in pieces where it is too long. @param {string} sentence */
function pieced(sentence) {
  return sentence.length <= PART ? [sentence] : sentence.match(PIECE) ?? [];
}

/**
 * A line of a part, as one of the whole text.
 * @template {Statement} Line
 * @param {Line} line @param {number} before Code points before the part.
 * @param {number} statements Statements before it.
 * @returns {Line}
 */
export function moved(line, before, statements) {
  /** @template {{ start: number, end: number }} Place @param {Place} place */
  const shifted = (place) => ({ ...place, start: place.start + before, end: place.end + before });
  return {
    ...shifted(line),
    index: line.index + statements,
    context: line.context && shifted(line.context),
    ...("quotations" in line && { quotations: line.quotations.map(shifted) }),
  };
}

/** The summary of a check without statements. @returns {Schemas["CheckSummary"]} */
export function noSum() {
  return {
    sentences: 0,
    statements: 0,
    verdicts: {},
    not_judged: 0,
    failed: 0,
    left_out: { not_a_statement: 0, opinion: 0, not_check_worthy: 0 },
    language_not_judged: null,
    message: "nothing to check",
  };
}

/**
 * @param {Schemas["CheckSummary"]} one @param {Schemas["CheckSummary"]} other
 * @returns {Schemas["CheckSummary"]}
 */
export function summed(one, other) {
  const verdicts = { ...one.verdicts };
  for (const [verdict, number] of Object.entries(other.verdicts)) {
    verdicts[verdict] = (verdicts[verdict] ?? 0) + number;
  }
  const left = one.left_out;
  const statements = one.statements + other.statements;
  const language = one.language_not_judged ?? other.language_not_judged;
  return {
    sentences: one.sentences + other.sentences,
    statements,
    verdicts,
    not_judged: one.not_judged + other.not_judged,
    failed: one.failed + other.failed,
    left_out: {
      not_a_statement: left.not_a_statement + other.left_out.not_a_statement,
      opinion: left.opinion + other.left_out.opinion,
      not_check_worthy: left.not_check_worthy + other.left_out.not_check_worthy,
    },
    language_not_judged: language,
    message: statements > 0 ? null : language === null ? "nothing to check" : "language not judged",
  };
}
