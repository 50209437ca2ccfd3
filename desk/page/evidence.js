// Evidence -> a card: whose article, the passage with the deciding sentence marked, and why it counts.

import { bdi, h, marked, points, spoken, webLink } from "./dom.js";
import { openDocument } from "./reader.js";
import { DIFFERENCES, day, languageName, outOf100 } from "./words.js";

const wrapDeciding = (_, children) => h("mark", { class: "decides" }, children);
const wrapDiffering = (_, children) => h("em", { class: "differs" }, children);
const wrapAttributed = (_, children) => h("span", { class: "attributed" }, children);
const wrapUsed = (_, children) => h("span", { class: "used" }, children);

// The group of the answer in which a piece of evidence is shown.
export function campOf(item) {
  if (item.stance === "SUPPORTS") return "supports";
  if (item.stance === "REFUTES") return "refutes";
  if (item.stance === null) return item.language_not_judged ? "unread" : "found";
  return item.voice === "reported" ? "mentioned" : "beside";
}

export function evidenceCard(item, { level = 4, isNew = false } = {}) {
  const { document: article, passage } = item;
  const within = (ranges) => ranges
    .filter(({ start, end }) => start < passage.end && end > passage.start)
    .map((range) => ({ ...range, start: range.start - passage.start, end: range.end - passage.start }));
  const text = marked(points(passage.text), [
    { ranges: within(item.rationale), wrap: wrapDeciding },
    { ranges: within(item.differences.map((difference) => difference.evidence)), wrap: wrapDiffering },
    { ranges: within(item.derivation.flatMap((step) => step.evidence)), wrap: wrapUsed },
    { ranges: within(item.attributed_to ? [item.attributed_to] : []), wrap: wrapAttributed },
  ]);
  const outside = item.rationale.filter(({ start, end }) => start < passage.start || end > passage.end);
  const title = article.title || article.id;
  const shownTitle = item.title_quote
    ? marked(points(title), [{ ranges: [item.title_quote], wrap: wrapDeciding }])
    : title;
  return h("article", { class: "evidence", "data-camp": campOf(item) },
    h("p", { class: "byline" },
      h("span", { class: "publisher" }, bdi(article.publisher || "No publisher")),
      article.published_at
        ? h("time", { datetime: article.published_at }, day(article.published_at))
        : h("span", {}, "no date"),
      where(item) && h("span", { class: "place" }, bdi(where(item))),
      article.language && article.language !== "en" && h("span", {}, languageName(article.language)),
      isNew && h("span", { class: "new" }, "new since then")),
    h(`h${level}`, { class: "headline", dir: "auto" }, shownTitle),
    h("blockquote", { class: "passage", dir: "auto", lang: article.language }, text),
    outside.map(({ quote }) => h("blockquote", { class: "passage elsewhere", dir: "auto", lang: article.language },
      spoken("Elsewhere in the article: "), h("mark", { class: "decides" }, quote))),
    notes(item),
    h("p", { class: "tools" },
      article.url && webLink(article.url),
      h("button", { type: "button", class: "link", onclick: () => openDocument(article, item.rationale) },
        "Whole article", spoken(`: ${title}`)),
      item.stance_probabilities && howSure(item)));
}

// Where in its file the deciding quote stands, for what has pages, chapters or rows.
function where(item) {
  const place = item.rationale.find((quote) => quote.place)?.place;
  if (!place) return null;
  if (place.page) return `page ${place.page}`;
  return place.row ? `row ${place.row}` : place.chapter ?? null;
}

function notes(item) {
  const said = [
    voiceNote(item),
    item.language_not_judged &&
      `In ${languageName(item.language_not_judged)}, which the model has not learned to judge.`,
    item.title_quote && !item.rationale.length && "The headline decides.",
    ...item.differences.map(({ kind, claim, evidence }) => [
      `Differs (${DIFFERENCES[kind] ?? kind}): the claim has “`, bdi(claim.text), "”, the article “", bdi(evidence.text), "”."]),
  ].filter(Boolean);
  return [
    said.length > 0 && h("ul", { class: "notes" }, said.map((note) => h("li", {}, note))),
    item.derivation.length > 0 && h("div", { class: "derivation" },
      h("p", {}, "How the numbers decide"),
      h("ol", {}, item.derivation.map((step) => h("li", { dir: "auto" }, step.text)))),
  ];
}

function voiceNote({ voice, attributed_to: who, stance }) {
  const name = who && bdi(who.text);
  if (voice === "rejected") return "The article says itself that it is not so.";
  if (voice !== "reported") return null;
  if (stance === "NOT_ENOUGH_INFO") {
    return name ? ["Mentioned, not vouched for. Source: ", name, "."] : "Mentioned, not vouched for.";
  }
  return name ? ["Reported, not the article’s own word. Source: ", name, "."] : "Reported: another’s word.";
}

function howSure({ stance_probabilities: sure, scores }) {
  const rows = [
    ["supports", outOf100(sure.SUPPORTS)],
    ["refutes", outOf100(sure.REFUTES)],
    ["decides nothing", outOf100(sure.NOT_ENOUGH_INFO)],
    ["search: meaning", scores.dense.toFixed(2)],
    ["search: words", scores.lexical.toFixed(1)],
  ];
  return h("details", { class: "sure" }, h("summary", {}, "How sure"),
    h("dl", {}, rows.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])));
}
