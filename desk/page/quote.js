// A quotation -> where the archive has it: word for word, altered, shortened, or from another mouth.

import { service } from "./api.js";
import { $, bdi, h, icon, marked, points, spoken, webLink } from "./dom.js";
import { filtersOf, mountFilters, readAddress, writeAddress } from "./filters.js";
import { openDocument } from "./reader.js";
import { runner } from "./running.js";
import { count, day, sentence } from "./words.js";

const RESULTS = {
  verbatim: { word: "Word for word", tone: "supports" },
  altered: { word: "Altered", tone: "refutes" },
  shortened: { word: "Shortened", tone: "conflict", shape: "cut" },
  other_speaker: { word: "Said by somebody else", tone: "refutes" },
  not_found: { word: "Not in the archive", tone: "open" },
};
const NOTES = {
  negation_left_out: "What was left out holds a “not”: the meaning may be turned.",
  negation_changed: "A “not” stands on one side alone, or is written otherwise: compare closely.",
  number_changed: "A number differs.",
  out_of_order: "The parts stand in another order.",
  far_apart: "Many words lie between the parts.",
  bracketed: "The words in brackets are not the speaker’s.",
};
// How a piece of the two texts that differ is drawn, and said to those who cannot see it.
const PIECES = { added: ["del", "in the quotation: "], left_out: ["ins", "in the archive: "] };

export function quoteView({ remember }) {
  const view = $("#view-quote");
  const form = $("form", view);
  const { run, result } = runner(view);
  mountFilters(form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const address = new URLSearchParams({ quote: form.elements.quote.value.trim() });
    if (form.elements.speaker.value.trim()) address.set("speaker", form.elements.speaker.value.trim());
    writeAddress(form, address);
    remember(address);
    look();
  });

  function look() {
    const quote = form.elements.quote.value.trim();
    const speaker = form.elements.speaker.value.trim();
    if (!quote) return;
    result.replaceChildren();
    run(async (signal) => {
      const answer = await service.quotes(quote, { ...(speaker && { speaker }), ...filtersOf(form), signal });
      result.replaceChildren(answerView(answer));
      return `${RESULTS[answer.result].word}.`;
    }, { started: "Looking …", again: look });
  }

  return {
    show(address) {
      const quote = address.get("quote");
      if (!quote) return;
      form.elements.quote.value = quote;
      form.elements.speaker.value = address.get("speaker") ?? "";
      readAddress(form, address);
      look();
    },
  };
}

function stamp(result, tag = "span") {
  const { word, tone, shape = tone } = RESULTS[result];
  return h(tag, { class: "stamp", "data-tone": tone }, icon(shape), word);
}

function answerView({ quote, speaker, result, matches, searched }) {
  const { tone } = RESULTS[result];
  return h("section", { class: "answer", "data-tone": tone },
    h("header", { class: "verdict", "data-tone": tone },
      h("h3", { class: "word" }, stamp(result)),
      h("p", { class: "claim", dir: "auto" }, quote),
      speaker && h("p", { class: "rests" }, "Given to ", bdi(speaker), "."),
      h("p", { class: "rests" }, `${sentence(count(searched.documents, "article"))} searched, word by word. No model takes part.`)),
    matches.length > 0 && h("div", { class: "cards" }, matches.map((match) => matchView(match, { level: 4, named: match.result !== result }))));
}

// One place of the archive, with what it has otherwise.
export function matchView(match, { level, named = true }) {
  const { document: article, passage, found, speaker } = match;
  const within = (ranges) => ranges.map((range) => ({ start: range.start - passage.start, end: range.end - passage.start }));
  const text = marked(points(passage.text), [
    { ranges: within(found), wrap: (_, children) => h("mark", { class: "decides" }, children) },
    { ranges: within(speaker ? [speaker] : []), wrap: (_, children) => h("span", { class: "attributed" }, children) },
  ]);
  const differs = match.differences.some(({ op }) => op !== "equal");
  return h("article", { class: "evidence" },
    named && h("p", { class: "outcome" }, stamp(match.result)),
    h("p", { class: "byline" },
      h("span", { class: "publisher" }, bdi(article.publisher || "No publisher")),
      article.published_at ? h("time", { datetime: article.published_at }, day(article.published_at)) : h("span", {}, "no date")),
    h(`h${level}`, { class: "headline", dir: "auto" }, article.title || article.id),
    differs && h("p", { class: "diff", dir: "auto" }, match.differences.flatMap(diff)),
    h("blockquote", { class: "passage", dir: "auto", lang: article.language }, text),
    h("ul", { class: "notes" },
      h("li", {}, saidBy(match)),
      match.notes.map((note) => h("li", {}, NOTES[note] ?? note)),
      match.left_out.map((gap) => h("li", {}, "The ellipsis leaves out ",
        gap.text === null ? count(gap.words, "word") : ["“", bdi(gap.text), "”"], "."))),
    h("p", { class: "tools" }, article.url && webLink(article.url),
      h("button", { type: "button", class: "link", onclick: () => openDocument(article, found) }, "Whole article",
        spoken(`: ${article.title || article.id}`))));
}

// A quotation that stands in an article which is checked.
export const quotationView = ({ text, result, match }) => h("div", { class: "quotation" },
  h("p", { class: "outcome" }, stamp(result)),
  h("blockquote", { dir: "auto" }, text),
  match && matchView(match, { level: 5, named: false }));

function saidBy({ speaker, is_speaker: same, in_quotation_marks: quoted }) {
  if (!speaker) return quoted ? "The article quotes it, and no rule finds whom." : "The article’s own words, not in quotation marks.";
  return ["Said by ", bdi(speaker.text), same === false ? ", not by whom you named." : same ? ", as you say." : "."];
}

// The quotation as an editor corrects it: its own words struck out, those of the archive put in.
function diff({ op, quote, archive }) {
  if (op === "equal") return [archive, " "];
  const pieces = op === "replaced" ? [["added", quote], ["left_out", archive]] : [[op, op === "added" ? quote : archive]];
  return pieces.flatMap(([kind, words]) => {
    const [tag, said] = PIECES[kind];
    return [h(tag, {}, spoken(said), words), " "];
  });
}
