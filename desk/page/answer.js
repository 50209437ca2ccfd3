// An answer -> what a reporter reads: verdict, what it rests on, both camps, and what is left over.

import { bdi, h, icon, marked, points, spoken } from "./dom.js";
import { campOf, evidenceCard } from "./evidence.js";
import { openDocument } from "./reader.js";
import { LACKS, VERDICTS, count, day, odds, outOf100, reasonFor, restsOn, sentence, verdictOf } from "./words.js";

// Verdicts in the order of the bar.
const BAR = ["SUPPORTED", "CONFLICTING_EVIDENCE", "NOT_ENOUGH_EVIDENCE", "REFUTED"];
const ASIDE = [
  ["mentioned", "Only mentioned", "Told, and not vouched for. This never counts as support."],
  ["beside", "Read, and decides nothing", null],
  ["unread", "Found, not judged", "In a language that the model has not learned."],
  ["found", "Found", null],
];

export function stamp(answer) {
  const { word, tone } = verdictOf(answer);
  return h("span", { class: "stamp", "data-tone": tone }, icon(tone), word);
}

// Args: level: of the verdict's heading. narrow: camps stand below each other. before: ids of
// documents that an earlier answer had, so that others are shown as new.
export function answerView(answer, { level = 3, narrow = false, before = null, heading = null, claim = true } = {}) {
  const camps = {};
  for (const item of answer.evidence) (camps[campOf(item)] ??= []).push(item);
  const card = (item) =>
    evidenceCard(item, { level: level + 2, isNew: before !== null && !before.has(item.document.id) });
  const { tone } = verdictOf(answer);
  return h("section", { class: narrow ? "answer narrow" : "answer", "data-tone": tone },
    h("header", { class: "verdict", "data-tone": tone },
      heading,
      h(`h${level}`, { class: "word", tabindex: "-1" }, stamp(answer), answer.probability !== null && chance(answer)),
      claim && h("p", { class: "claim", dir: "auto" }, claimText(answer)),
      answer.probabilities && answer.reason !== "no_documents" && bar(answer),
      h("p", { class: "rests" }, [restsOn(answer), searched(answer)].filter(Boolean).join(" ")),
      answer.newest && h("p", { class: "newest" },
        "The newer side, of ", h("time", { datetime: answer.newest.date }, day(answer.newest.date)), ", ",
        answer.newest.verdict === "SUPPORTED" ? "supports it." : "refutes it."),
      reasonFor(answer) && h("p", { class: "reason" }, reasonFor(answer))),
    partsView(answer, level + 1),
    gapView(answer, level + 1),
    (camps.supports || camps.refutes) && h("div", { class: "camps" },
      camp("supports", "Supports", camps.supports, "No source supports it.", level + 1, card),
      camp("refutes", "Refutes", camps.refutes, "No source refutes it.", level + 1, card)),
    ASIDE.map(([name, title, said]) => camps[name] && aside(name, title, said, camps[name], level + 1, card)),
    provenance(answer));
}

function camp(name, title, items, nobody, level, card) {
  return h("section", { class: "camp", "data-camp": name },
    h(`h${level}`, { class: "camp-title" }, icon(name), title, h("span", { class: "number" }, items?.length ?? 0)),
    items ? items.map(card) : h("p", { class: "nobody" }, nobody));
}

// What takes no side. What decides nothing is folded away, unless a mention may interest.
function aside(name, title, said, items, level, card) {
  const number = h("span", { class: "number" }, items.length);
  const inner = [said && h("p", { class: "said" }, said), h("div", { class: "cards" }, items.map(card))];
  return name === "beside"
    ? h("details", { class: "aside", "data-camp": name }, h("summary", {}, h(`h${level}`, {}, title, " ", number)), inner)
    : h("section", { class: "aside", "data-camp": name }, h(`h${level}`, {}, title, " ", number), inner);
}

const chance = ({ probability }) => h("span", { class: "chance" },
  h("span", { class: "spoken" }, ", "), odds(probability), h("span", { class: "number" }, ` ${outOf100(probability)}`));

// The claim as it was read, with what the evidence has otherwise marked in it.
function claimText(answer) {
  const ranges = answer.evidence.flatMap((item) => item.differences.map((difference) => difference.claim));
  return marked(points(answer.claim), [{
    ranges, wrap: (_, children) => h("em", { class: "differs" }, children),
  }]);
}

function bar({ probabilities }) {
  const shares = BAR.map((verdict) => [verdict, probabilities[verdict] ?? 0]);
  const strip = h("span", { class: "strip", "aria-hidden": "true" });
  for (const [verdict, share] of shares) {
    const part = h("span", { "data-tone": VERDICTS[verdict].tone });
    part.style.flexGrow = String(share);
    if (share >= 0.005) strip.append(part);
  }
  return h("div", { class: "bar" }, strip,
    h("ul", {}, shares.map(([verdict, share]) => h("li", { "data-tone": VERDICTS[verdict].tone },
      VERDICTS[verdict].word, " ", h("span", { class: "number" }, Math.round(share * 100)), spoken(" in 100")))));
}

function searched({ searched: { documents }, excluded }) {
  const left = excluded.undated ? `; ${count(excluded.undated, "article")} without a date left out` : "";
  return `${sentence(count(documents, "article"))} searched${left}.`;
}

function partsView({ parts, claim }, level) {
  if (!parts.length) return null;
  const characters = points(claim);
  return h("section", { class: "parts" }, h(`h${level}`, {}, "Part by part"),
    h("ul", {}, parts.map((part) => h("li", {},
      stamp(part), h("span", { class: "number" }, outOf100(part.probability)),
      h("span", { class: "statement", dir: "auto" }, characters.slice(part.start, part.end).join(""))))));
}

function gapView({ gap, evidence }, level) {
  if (!gap?.documents) return null;
  const { period, nearest } = gap;
  const span = period && [period.from && `from ${day(period.from)}`, period.to && `until ${day(period.to)}`].filter(Boolean).join(" ");
  const found = nearest && evidence.find((item) => item.document.id === nearest.document);
  const article = found?.document ?? (nearest && { id: nearest.document, title: nearest.document });
  return h("section", { class: "gap" },
    h(`h${level}`, {}, "What is missing"),
    gap.lacks && h("p", { class: "lacks" }, LACKS[gap.lacks] ?? gap.lacks),
    nearest && h("figure", {},
      h("figcaption", {}, "The nearest sentence that was read"),
      h("blockquote", { dir: "auto" }, nearest.quote),
      h("p", { class: "tools" }, h("button", { type: "button", class: "link", onclick: () => openDocument(article, [nearest]) },
        bdi(article.title || article.id)))),
    h("p", { class: "said" }, `Looked for in ${count(gap.documents, "article")} of ${count(gap.publishers, "publisher")}${span ? `, ${span}` : ""}.`));
}

function provenance({ provenance: { request_id: id, index_generation: generation, models, version }, took_ms: took }) {
  const rows = [
    ["Answered in", `${(took / 1000).toFixed(2)} s`], ["Request", id], ["State of the archive", generation],
    ["Model that judges", models.stance ?? "none"], ["Model that finds", models.embedding], ["claimdesk", version],
  ];
  return h("details", { class: "provenance" }, h("summary", {}, "Where this answer comes from"),
    h("dl", {}, rows.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])));
}

