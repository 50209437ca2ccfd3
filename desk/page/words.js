// Codes and numbers of the service -> the words that a reporter reads.

export const VERDICTS = {
  SUPPORTED: { word: "Supported", counted: "supported", tone: "supports" },
  REFUTED: { word: "Refuted", counted: "refuted", tone: "refutes" },
  CONFLICTING_EVIDENCE: { word: "Sources conflict", counted: "in conflict", tone: "conflict" },
  NOT_ENOUGH_EVIDENCE: { word: "Not enough evidence", counted: "undecided", tone: "open" },
};
export const NOT_JUDGED = { word: "Not judged", counted: "not judged", tone: "none" };
export const verdictOf = (answer) => VERDICTS[answer.verdict] ?? NOT_JUDGED;

// Least probability of each way to say it.
const ODDS = [[0.95, "almost certain"], [0.8, "very likely"], [0.6, "likely"], [0.45, "about even"], [0, "a weak lead"]];
export const odds = (probability) => ODDS.find(([least]) => probability >= least)[1];
export const outOf100 = (probability) => `${Math.round(probability * 100)} in 100`;

export const LACKS = {
  time: "Nothing found speaks of the time that the claim names.",
  place: "Nothing found speaks of the place that the claim names.",
  amount: "Nothing found gives the amount that the claim gives.",
  entity: "Nothing found speaks of whom or what the claim is about.",
  cause: "Nothing found speaks of the cause that the claim states.",
  outcome: "Nothing found tells how it came out.",
  only_mentioned: "It is told, but no source vouches for it.",
  nothing: "The nearest sentence is close to the claim, and yet does not decide it.",
};

const REASONS = {
  not_a_statement: "This is no statement: a question, an order or a bare name can be neither right nor wrong. Write it as a sentence that states something.",
  no_documents: "No article passes the filters, so there is nothing to judge by.",
};
export function reasonFor(answer) {
  if (answer.reason === "language_not_judged") {
    const language = answer.language_not_judged;
    return language
      ? `The claim is in ${languageName(language)}, which the model has not learned to judge.`
      : "All that was found is in languages that the model has not learned to judge.";
  }
  if (answer.reason) return REASONS[answer.reason] ?? answer.reason;
  return answer.verdict === null ? "This service runs without a model that judges: here is what it found." : null;
}

export const DIFFERENCES = { number: "another number", comparison: "another comparison", date: "another date", negation: "a “not” on one side only" };

const languages = new Intl.DisplayNames("en", { type: "language", fallback: "none" });
export function languageName(code) {
  if (!code || code === "und") return "a language that it cannot tell";
  try {
    return languages.of(code) ?? code;
  } catch {
    return code;
  }
}

const days = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
export const day = (iso) => days.format(new Date(`${iso}T00:00:00Z`));

export const count = (number, one, many = `${one}s`) =>
  `${number === 0 ? "no" : number.toLocaleString("en")} ${number === 1 ? one : many}`;

export const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);

// What a verdict rests on, in one sentence.
export function restsOn({ sources, verdict }) {
  if (!sources || verdict === null) return null;
  const { supporting, refuting } = sources;
  const independent = (number) => (number === 1 ? "independent source" : "independent sources");
  if (!supporting && !refuting) return "No source in the archive takes a side.";
  const sides = [];
  if (supporting) sides.push(`${supporting} ${independent(supporting)} that ${supporting === 1 ? "supports" : "support"} it`);
  if (refuting) sides.push(`${refuting} ${independent(refuting)} that ${refuting === 1 ? "refutes" : "refute"} it`);
  return `${verdict === "NOT_ENOUGH_EVIDENCE" ? "Found" : "Rests on"} ${sides.join(" and ")}.`;
}
