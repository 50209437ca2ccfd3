// An answer -> what a reporter reads of it: shared by the card in the page and the side panel. What
// the service, documents or pages say is always text, never markup.
"use strict";
globalThis.claimdesk ??= {};
{
  const VERDICTS = {
    SUPPORTED: { word: "Supported", tone: "supports" },
    REFUTED: { word: "Refuted", tone: "refutes" },
    CONFLICTING_EVIDENCE: { word: "Sources conflict", tone: "conflict" },
    NOT_ENOUGH_EVIDENCE: { word: "Not enough evidence", tone: "open" },
  };
  const RESULTS = {
    verbatim: { word: "Word for word", tone: "supports" },
    altered: { word: "Altered", tone: "refutes" },
    shortened: { word: "Shortened", tone: "conflict", shape: "cut" },
    other_speaker: { word: "Said by somebody else", tone: "refutes" },
    not_found: { word: "Not in the archive", tone: "open" },
  };
  const QUOTE_NOTES = {
    negation_left_out: "What was left out holds a “not”: the meaning may be turned.",
    negation_changed: "A “not” stands on one side alone, or is written otherwise: compare closely.",
    number_changed: "A number differs.",
    out_of_order: "The parts stand in another order.",
    far_apart: "Many words lie between the parts.",
    bracketed: "The words in brackets are not the speaker’s.",
  };
  const NOT_JUDGED = { word: "Not judged", tone: "none" };
  const SHAPES = {
    supports: "M3 9l4 4 8-9",
    refutes: "M4 4l10 10M14 4L4 14",
    conflict: "M2 6h11M10 3l3 3-3 3M16 12H5M8 9l-3 3 3 3",
    open: "M5.5 6a3.5 3.5 0 1 1 4.8 3.2c-1 .4-1.3 1-1.3 2M9 14.5v.6",
    none: "M4 9h10",
    cut: "M3.5 9h.1M9 9h.1M14.5 9h.1",
  };
  const STANCES = {
    SUPPORTS: { word: "Supports it", tone: "supports" },
    REFUTES: { word: "Refutes it", tone: "refutes" },
    NOT_ENOUGH_INFO: { word: "Takes no side", tone: "open" },
  };
  const LACKS = {
    time: "Nothing found speaks of the time that it names.",
    place: "Nothing found speaks of the place that it names.",
    amount: "Nothing found gives the amount that it gives.",
    entity: "Nothing found speaks of whom or what it is about.",
    cause: "Nothing found speaks of the cause that it states.",
    outcome: "Nothing found tells how it came out.",
    only_mentioned: "It is told, but no source vouches for it.",
    nothing: "The nearest sentence comes close, and yet does not decide.",
  };

  function h(tag, attributes = {}, ...children) {
    const element = document.createElementNS("http://www.w3.org/1999/xhtml", tag); // a page may be XML
    for (const [name, value] of Object.entries(attributes)) {
      if (value === null || value === undefined || value === false) continue;
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false));
    return element;
  }

  function icon(tone) {
    const [svg, path] = ["svg", "path"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
    svg.setAttribute("viewBox", "0 0 18 18");
    svg.setAttribute("aria-hidden", "true");
    path.setAttribute("d", SHAPES[tone]);
    svg.append(path);
    return svg;
  }

  const verdictOf = (line) =>
    line.error ? { word: "Could not be checked", tone: "none" }
    : line.quotation ? RESULTS[line.quotation.result]
    : VERDICTS[line.verdict] ?? NOT_JUDGED;
  const languageName = (code) => {
    try {
      return code === "und" ? "a language that cannot be told" : new Intl.DisplayNames("en", { type: "language" }).of(code);
    } catch {
      return code;
    }
  };
  const day = (iso) =>
    new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }).format(new Date(iso));
  const count = (number, one, many = `${one}s`) => `${number.toLocaleString("en")} ${number === 1 ? one : many}`;

  function webLink(address, ...children) {
    let url;
    try {
      url = new URL(address);
    } catch {
      return h("span", {}, ...children);
    }
    if (url.protocol !== "http:" && url.protocol !== "https:") return h("span", {}, ...children);
    return h("a", { href: url.href, target: "_blank", rel: "noopener noreferrer" }, ...children);
  }

  // A passage with its deciding sentences marked; offsets count code points of the document.
  function passage({ text, start }, marked) {
    const points = Array.from(text);
    const children = [];
    let at = 0;
    for (const quote of [...marked].sort((a, b) => a.start - b.start)) {
      const [from, to] = [Math.max(quote.start - start, at), Math.min(quote.end - start, points.length)];
      if (from >= to) continue;
      children.push(points.slice(at, from).join(""), h("mark", {}, points.slice(from, to).join("")));
      at = to;
    }
    children.push(points.slice(at).join(""));
    return h("blockquote", { dir: "auto" }, ...children);
  }

  const origin = ({ publisher, published_at: date }) =>
    h("span", { class: "where" }, h("bdi", {}, publisher ?? "No publisher"), date ? ` · ${day(date)}` : " · undated");

  // The quotation as an editor corrects it: its own words struck out, those of the archive put in.
  function diff({ op, quote, archive }) {
    if (op === "equal") return [archive, " "];
    return [
      quote && [h("del", {}, h("span", { class: "spoken" }, "in the quotation: "), quote), " "],
      archive && [h("ins", {}, h("span", { class: "spoken" }, "in the archive: "), archive), " "],
    ].flat();
  }

  function saidBy({ speaker, is_speaker: same, in_quotation_marks: quoted }, asked) {
    if (!speaker) return quoted ? "The article quotes it, and no rule finds whom." : "The article’s own words, not in quotation marks.";
    const name = h("bdi", {}, speaker.text);
    return ["Said by ", name, ...(same === false ? [", not by ", h("bdi", {}, asked), "."] : ["."])];
  }

  // Where the archive has a quotation, and what differs there.
  function match(found, { speaker, result }) {
    const { document: source, passage: around, found: places, differences } = found;
    const { word, tone, shape = tone } = RESULTS[found.result];
    return h("li", { class: "evidence", "data-tone": tone },
      h("p", { class: "source" }, found.result !== result && h("span", { class: "stance" }, icon(shape), word), " ", origin(source)),
      h("p", { class: "title", dir: "auto" }, webLink(source.url ?? "", source.title || source.id)),
      differences.some(({ op }) => op !== "equal") && h("p", { class: "diff", dir: "auto" }, differences.flatMap(diff)),
      passage(around, places),
      h("p", { class: "note" }, saidBy(found, speaker)),
      found.notes.map((note) => h("p", { class: "note" }, QUOTE_NOTES[note] ?? note)),
      found.left_out.map((gap) => h("p", { class: "note" }, "The ellipsis leaves out ",
        ...(gap.text === null ? [count(gap.words, "word")] : [h("q", { dir: "auto" }, gap.text)]), ".")));
  }

  function quotation({ speaker, result, matches, searched: { documents } = {} }) {
    return [
      speaker ? h("p", { class: "note" }, "Given to ", h("bdi", {}, speaker), " here.") : null,
      result === "not_found" ? h("p", { class: "note" }, "No article has these words. They may have been said all the same.") : null,
      matches.length ? h("ul", {}, matches.map((found) => match(found, { speaker, result }))) : null,
      documents === undefined ? null : h("p", { class: "note" }, `${count(documents, "article")} searched, word by word. No model takes part.`),
    ];
  }

  // A quotation within a statement that was checked.
  function quotedPart({ text, speaker, result, match: found }) {
    const { word, tone, shape = tone } = RESULTS[result];
    return h("li", { "data-tone": tone },
      h("p", {}, h("span", { class: "verdict", "data-tone": tone }, icon(shape), h("b", {}, word))),
      h("blockquote", { dir: "auto" }, text),
      ...quotation({ speaker, result, matches: found ? [found] : [] }));
  }

  function evidence(item) {
    const { document: source, stance, voice, attributed_to: speaker, title_quote: title, language_not_judged: language } = item;
    const { word, tone } = STANCES[stance] ?? { word: language ? `In ${languageName(language)}: not judged` : "Found", tone: "none" };
    const outside = item.rationale.filter(
      ({ start, end }) => start < item.passage.start || end > item.passage.end,
    );
    const said =
      voice === "rejected" ? "The text itself says that it is not so."
      : voice === "reported" ? (speaker ? ["Said by ", h("bdi", {}, speaker.text), "."] : "Only reported: the text does not vouch for it.")
      : null;
    return h("li", { class: "evidence", "data-tone": tone },
      h("p", { class: "source" }, h("span", { class: "stance" }, icon(tone), word), " ",
        origin(source)),
      h("p", { class: "title", dir: "auto" }, webLink(source.url ?? "", title ? h("mark", {}, source.title) : source.title || source.id)),
      passage(item.passage, item.rationale),
      ...outside.map(({ quote }) => h("blockquote", { dir: "auto" }, h("mark", {}, quote))),
      said ? h("p", { class: "note" }, said) : null,
      item.differences.length ? h("ul", { class: "differences" }, item.differences.map(({ claim, evidence: found }) =>
        h("li", {}, "Here ", h("q", { dir: "auto" }, claim.text), ", there ", h("q", { dir: "auto" }, found.text)))) : null,
      ...item.derivation.map(({ text }) => h("p", { class: "note" }, text)));
  }

  // Why there is no verdict, what it rests on, what is lacking: a sentence each.
  function notes(line) {
    if (line.error) return [line.error.detail];
    const found = [];
    if (line.reason === "not_a_statement") found.push("This states nothing that could be right or wrong.");
    else if (line.reason === "no_documents") found.push("The archive holds no document to judge it by.");
    else if (line.reason === "language_not_judged") {
      const language = line.language_not_judged;
      found.push(language ? `This is in ${languageName(language)}, which the service has not learned to judge.` : "All that was found is in languages that the service has not learned to judge.");
    } else if (line.verdict === null) found.push("This service runs without a model that judges: here is what it found.");
    const { supporting = 0, refuting = 0 } = line.sources ?? {};
    const sides = [
      supporting ? `${count(supporting, "source")} for it` : "",
      refuting ? `${count(refuting, "source")} against it` : "",
    ].filter(Boolean);
    if (sides.length) found.push(`${sides.join(", ")}.`);
    if (line.newest) found.push(`The newer sources, of ${day(line.newest.date)}, ${line.newest.verdict === "SUPPORTED" ? "support" : "refute"} it.`);
    if (line.gap?.lacks) found.push(LACKS[line.gap.lacks]);
    return found;
  }

  const chance = ({ probability }) => (typeof probability === "number" ? `${Math.round(probability * 100)} in 100` : "");

  /** The verdict on a statement, in words, with its sign. */
  function heading(line) {
    const { word, tone, shape = tone } = verdictOf(line);
    return h("span", { class: "verdict", "data-tone": tone }, icon(shape), h("b", {}, word), chance(line) && h("span", { class: "chance" }, chance(line)));
  }

  /** What a verdict on a statement rests on, as elements. */
  function details(line) {
    if (line.quotation) return quotation(line.quotation).filter(Boolean);
    const all = line.evidence ?? [];
    const decides = all.filter(({ stance }) => stance === "SUPPORTS" || stance === "REFUTES");
    const others = all.filter((item) => !decides.includes(item));
    const shown = decides.length ? decides : others;
    const folded = decides.length ? others : [];
    return [
      line.context ? h("p", { class: "note" }, "Read together with the sentence before it: ", h("q", { dir: "auto" }, line.context.text)) : null,
      ...notes(line).map((note) => h("p", { class: "note" }, note)),
      line.parts?.length ? h("ul", { class: "parts" }, line.parts.map((part) => h("li", {}, heading(part), " ", h("span", { dir: "auto" }, part.text)))) : null,
      shown.length ? h("ul", {}, shown.map(evidence)) : null,
      folded.length ? h("details", {}, h("summary", {}, `Also found: ${count(folded.length, "article")} that ${folded.length === 1 ? "takes" : "take"} no side`), h("ul", {}, folded.map(evidence))) : null,
      line.quotations?.length ? h("section", { class: "quotations" }, h("h3", {}, "Quoted words in the archive"), h("ul", {}, line.quotations.map(quotedPart))) : null,
    ].filter(Boolean);
  }

  const counted = (lines) => {
    const numbers = new Map();
    for (const line of lines) {
      const { word, tone, shape = tone } = verdictOf(line);
      numbers.set(word, { word, tone, shape, number: (numbers.get(word)?.number ?? 0) + 1 });
    }
    const order = Object.keys(SHAPES);
    return [...numbers.values()].sort((a, b) => order.indexOf(a.tone) - order.indexOf(b.tone));
  };

  /** How many statements have which verdict: signs and numbers, with words for those who do not see. */
  function tally(lines) {
    return h("ul", { class: "tally" }, counted(lines).map(({ tone, shape, word, number }) =>
      h("li", { "data-tone": tone, title: `${number} × ${word}` }, icon(shape), String(number), h("span", { class: "spoken" }, ` ${word}`))));
  }

  /** What stopped a check, and what can be done: [title, advice, whether the options help]. */
  function explain({ reason, status, detail, retryAfterMs, requestId, address }) {
    const origin = `chrome-extension://${chrome.runtime.id}`;
    if (reason === "unreachable") return ["claimdesk does not answer", `Nothing answers at ${address}. Is the service running, and is this its address? It must allow the origin ${origin}.`, true];
    if (reason === "timeout") return ["claimdesk takes too long", `${detail}. Try again in a moment.`, false];
    if (reason === "cut_off") return ["The answer was cut off", `What arrived is shown; the rest is missing (${detail}). Check again to get all of it.`, false];
    if (reason === "not_claimdesk") return ["This is not claimdesk", `What answers at ${address} is another service.`, true];
    if (status === 401) return ["A key is needed", "The service wants an API key, or does not know the one that is set.", true];
    if (status === 403) return ["The service does not allow this", `${detail}. Its CLAIMDESK_CORS_ORIGINS must name ${origin}, and the key must be good for checks.`, true];
    if (status === 421) return ["The service does not know this address", `${detail}.`, true];
    if (status === 429) return ["Too many requests", `The service answers again ${retryAfterMs ? `in ${count(Math.ceil(retryAfterMs / 1000), "second")}` : "in a moment"}.`, false];
    if (status === 503) return ["The service is busy", `${detail}. Try again in a moment.`, false];
    return ["The check failed", `${detail}${requestId ? ` (request ${requestId})` : ""}`, false];
  }

  const EMPTY = { title: "The archive is empty", advice: "The service holds no document yet: add some, and check again." };

  function quoteStatus(lines, { left }) {
    const found = lines.map(({ quotation: answer }) => answer).filter(Boolean);
    if (found.length && found.every(({ searched }) => searched.documents === 0)) return EMPTY;
    const advice = left ? `${count(left, "more quotation")} of the selection ${left === 1 ? "was" : "were"} not looked up.` : "";
    return { title: lines.length === 1 ? verdictOf(lines[0]).word : `${count(lines.length, "quotation")} looked up`, advice };
  }

  /** A check as it stands: {title, advice, options}. */
  function status({ phase, what, cut, gone, lines, summary, failure }) {
    const changed = gone ? ` The page has changed: ${count(gone, "statement")} of it ${gone === 1 ? "stands" : "stand"} there no longer.` : "";
    const more = changed + (cut ? " The page is very long: its first 100,000 characters are checked." : "");
    if (failure) {
      const [title, advice, options] = explain(failure);
      return { title, advice: advice + (lines.length ? ` ${count(lines.length, "statement")} had been checked before.` : ""), options };
    }
    if (phase === "empty") return { title: "No text found", advice: what === "quote" ? "Select the words of a quotation first." : what === "selection" ? "Select a sentence first." : "This page has no article that could be read. Select a text in it and check that." };
    if (phase === "running" && what === "quote") return { title: "Looking…", advice: "" };
    if (phase === "running") return { title: lines.length ? `Checking… ${count(lines.length, "statement")} so far` : "Reading…", advice: more.trim() };
    if (summary.language_not_judged) return { title: "Language not judged", advice: `The text is in ${languageName(summary.language_not_judged)}, which the service has not learned to judge.` };
    if (what === "quote") return quoteStatus(lines, summary);
    if (!lines.length) return { title: "Nothing to check", advice: `No sentence of ${what === "selection" ? "the selection" : "this article"} states something that is worth a check.${more}` };
    if (lines.every(({ searched }) => searched?.documents === 0)) return EMPTY;
    return { title: `${count(lines.length, "statement")} checked`, advice: more.trim() };
  }

  Object.assign(claimdesk, { h, icon, verdictOf, heading, details, tally, explain, status });
}
