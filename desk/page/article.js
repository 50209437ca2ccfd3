// An article -> its text with statements marked as their verdicts arrive, and a card for one of them.

import { service } from "./api.js";
import { answerView } from "./answer.js";
import { $, append, h, icon, points, spoken } from "./dom.js";
import { filtersOf, mountFilters, readAddress, writeAddress } from "./filters.js";
import { quotationView } from "./quote.js";
import { problemView, runner } from "./running.js";
import { MarkedText } from "./marked_text.js";
import { NOT_JUDGED, VERDICTS, count, languageName, sentence, verdictOf } from "./words.js";

const FAILED = { word: "Could not be checked", counted: "not checked", tone: "none" };
const KINDS = [...Object.values(VERDICTS), NOT_JUDGED, FAILED];
// Longest article, in characters, that the address keeps.
const MAX_ADDRESS = 1500;

export function articleView({ remember }) {
  const view = $("#view-article");
  const form = $("form", view);
  const bar = $(".running", view);
  const progress = $("progress", view);
  const { run, result, tell } = runner(view);
  let page = null; // what a file brought as HTML
  mountFilters(form);

  form.elements.text.addEventListener("input", () => { page = null; });
  form.elements.file.addEventListener("change", async () => {
    const [file] = form.elements.file.files;
    if (!file) return;
    const text = await file.text();
    form.elements.file.value = "";
    const isPage = /\.html?$/i.test(file.name);
    form.elements.text.value = text;
    page = isPage ? text : null;
    tell(isPage ? `${file.name}: its main text is checked.` : `${file.name} is read.`);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = form.elements.text.value;
    const address = new URLSearchParams({ article: text.length <= MAX_ADDRESS && !page ? text : "" });
    writeAddress(form, address);
    remember(address);
    check();
  });

  $(".edit", view).addEventListener("click", () => {
    view.classList.remove("reading");
    form.elements.text.focus();
  });

  function check() {
    const text = form.elements.text.value;
    if (!text.trim()) return;
    const query = { top_k: 10, ...filtersOf(form) };
    const desk = readingDesk();
    result.replaceChildren(desk.element);
    view.classList.add("reading");
    bar.hidden = false;
    progress.removeAttribute("value");
    if (!page) desk.setText(text);
    run(async (signal, { tell: say }) => {
      let whole = null;
      const asked = { ...query, signal };
      for await (const line of page ? service.check({ html: page }, asked) : service.checkLong(text, asked)) {
        if ("summary" in line) whole = line.summary;
        else if (!("index" in line)) desk.setText(line.text);
        else {
          desk.add(line);
          progress.max = desk.length();
          progress.value = Math.max(progress.value || 0, line.end);
          if (desk.number() === 1) say("Checking … the first statement is marked.");
        }
      }
      desk.finish(whole);
      return spokenSummary(whole);
    }, { started: "Checking the article …", again: check }).finally(() => {
      bar.hidden = view.getAttribute("aria-busy") !== "true";
    });
  }

  return {
    show(address) {
      const text = address.get("article");
      if (!text) return;
      form.elements.text.value = text;
      page = null;
      readAddress(form, address);
      check();
    },
  };
}

function spokenSummary({ statements, verdicts, message, language_not_judged: language }) {
  if (message === "language not judged") {
    return `This text is in ${languageName(language)}, which the model has not learned to judge. Nothing was checked.`;
  }
  if (message) return "There is nothing to check here: no sentence states something that an archive could decide.";
  const parts = Object.keys(VERDICTS).filter((verdict) => verdicts[verdict])
    .map((verdict) => `${verdicts[verdict]} ${VERDICTS[verdict].counted}`);
  return `${sentence(count(statements, "statement"))} checked: ${parts.join(", ") || "none judged"}.`;
}

// The annotated text on one side, the card of the chosen statement on the other.
function readingDesk() {
  const tally = h("div", { class: "tally", role: "group", "aria-label": "Verdicts in this article" });
  for (const kind of KINDS) {
    const chip = h("button", { type: "button", class: "chip", "data-tone": kind.tone, "aria-pressed": "false", hidden: true, onclick: () => pick(kind) },
      icon(kind.tone), h("b", {}), " ", kind.counted);
    tally.append(Object.assign(chip, { kind }));
  }
  const left = h("p", { class: "left-out" });
  const text = h("div", { class: "copy", dir: "auto" });
  const card = h("aside", { class: "card", "aria-label": "The chosen statement" },
    h("p", { class: "empty" }, "Choose a marked statement to see what it rests on."));
  const element = h("div", { class: "desk" }, h("div", { class: "page" }, tally, text, left), card);
  let copy = null;
  let length = 0;
  const statements = []; // in the order of the text
  let chosen = null;
  let chosenByReader = false;
  let only = null;

  function setText(whole) {
    length = points(whole).length;
    copy = new MarkedText(text, whole);
  }

  function add(line) {
    const kind = line.error ? FAILED : verdictOf(line);
    const { word, tone } = kind;
    const link = h("a", {
      class: "statement", href: `#statement-${line.index}`, "data-tone": tone,
      onclick: (event) => { event.preventDefault(); chosenByReader = true; choose(one, true); },
    });
    copy.wrap(line.start, line.end, link);
    link.append(h("span", { class: "sign" }, icon(tone)), spoken(` (${word})`));
    const one = { line, link, kind };
    statements.push(one);
    statements.sort((a, b) => a.line.start - b.line.start);
    tellTally();
    if (!chosenByReader && (!chosen || line.start < chosen.line.start)) choose(one, false);
    else if (chosen) showPlace();
  }

  function choose(one, focus) {
    chosen?.link.removeAttribute("aria-current");
    chosen = one;
    one.link.setAttribute("aria-current", "true");
    card.replaceChildren();
    append(card, cardOf(one));
    card.scrollTop = 0;
    showPlace();
    if (!focus) return;
    const heading = $("h3", card);
    heading.focus({ preventScroll: true });
    const narrow = matchMedia("(max-width: 60rem)").matches;
    if (narrow) card.scrollIntoView({ block: "start" });
    else one.link.scrollIntoView({ block: "nearest" });
  }

  function cardOf({ line, link, kind: { word, tone } }) {
    const go = (step) => () => {
      const next = statements[statements.indexOf(chosen) + step];
      chosenByReader = true;
      if (next) choose(next, true);
    };
    const context = line.context
      ? h("p", { class: "context" }, "Verified together with the sentence before it: ", h("q", { dir: "auto" }, line.context.text))
      : line.refers_back && h("p", { class: "context" }, "It begins with a pronoun, and no sentence before it says whom it means: verified alone.");
    return [
      h("p", { class: "place" },
        h("button", { type: "button", class: "previous", "aria-label": "Statement before", onclick: go(-1) }, "←"),
        h("span", { class: "where" }),
        h("button", { type: "button", class: "next", "aria-label": "Next statement", onclick: go(1) }, "→"),
        h("button", { type: "button", class: "back link", onclick: () => { link.focus(); link.scrollIntoView({ block: "center" }); } }, "Back to the text")),
      h("h3", { tabindex: "-1", dir: "auto" }, line.statement),
      context,
      line.error
        ? [h("p", { class: "word" }, h("span", { class: "stamp", "data-tone": tone }, icon(tone), word)), problemView(line.error)]
        : answerView(line, { level: 4, narrow: true, claim: line.parts.length > 0 || line.claim !== line.statement }),
      line.quotations?.length > 0 && h("section", { class: "quotations" },
        h("h4", {}, "Quoted words in the archive"),
        line.quotations.map(quotationView)),
    ];
  }

  function showPlace() {
    const at = statements.indexOf(chosen);
    $(".where", card).textContent = `Statement ${at + 1} of ${statements.length}`;
    $(".previous", card).disabled = at === 0;
    $(".next", card).disabled = at === statements.length - 1;
  }

  function tellTally() {
    for (const chip of tally.children) {
      const number = statements.filter((one) => one.kind === chip.kind).length;
      chip.hidden = !number;
      $("b", chip).textContent = number;
    }
    if (only) dim();
  }

  // Shows one kind of verdict alone, or all again.
  function pick(kind) {
    only = only === kind ? null : kind;
    for (const chip of tally.children) chip.setAttribute("aria-pressed", String(chip.kind === only));
    dim();
    const first = statements.find((one) => one.kind === only);
    if (first) {
      chosenByReader = true;
      choose(first, false);
    }
  }
  const dim = () => statements.forEach((one) => one.link.classList.toggle("dimmed", Boolean(only) && one.kind !== only));

  function finish(summary) {
    const { not_a_statement: questions, opinion, not_check_worthy: unworthy } = summary.left_out;
    const parts = [
      questions && count(questions, "question, order or name", "questions, orders or names"),
      opinion && count(opinion, "opinion"),
      unworthy && count(unworthy, "sentence that needs no check", "sentences that need no check"),
    ].filter(Boolean);
    left.textContent = parts.length ? `Left out: ${parts.join(", ")}.` : "";
    if (!statements.length) card.replaceChildren(h("p", { class: "empty" }, spokenSummary(summary)));
  }

  return { element, setText, add, finish, length: () => length, number: () => statements.length };
}
