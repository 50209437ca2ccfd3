// A claim -> its answer; with a day and "then and now", the answer of that day beside today's.

import { service } from "./api.js";
import { answerView } from "./answer.js";
import { $, h } from "./dom.js";
import { filtersOf, mountFilters, readAddress, writeAddress } from "./filters.js";
import { runner } from "./running.js";
import { count, day, odds, outOf100, verdictOf } from "./words.js";

// Most documents that are shown for one claim.
const TOP_K = 10;

export function claimView({ remember }) {
  const view = $("#view-claim");
  const form = $("form", view);
  const { run, result } = runner(view);
  mountFilters(form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const address = new URLSearchParams({ claim: form.elements.claim.value.trim() });
    writeAddress(form, address);
    remember(address);
    ask();
  });

  function ask() {
    const claim = form.elements.claim.value.trim();
    if (!claim) return;
    const query = { top_k: TOP_K, ...filtersOf(form) };
    const compare = form.elements.compare.checked && query.as_of;
    result.replaceChildren();
    run(async (signal) => {
      if (compare) {
        const [then, now] = await Promise.all([
          service.verify(claim, { ...query, signal }),
          service.verify(claim, { ...query, as_of: undefined, signal }),
        ]);
        result.replaceChildren(thenAndNow(then, now, compare));
        return `Then: ${spokenVerdict(then)} Now: ${spokenVerdict(now)}`;
      }
      const answer = await service.verify(claim, { ...query, signal });
      result.replaceChildren(answerView(answer));
      return spokenVerdict(answer);
    }, { again: ask });
  }

  return {
    // Shows what an address asks for.
    show(address) {
      const claim = address.get("claim") ?? "";
      if (!claim) return;
      form.elements.claim.value = claim;
      readAddress(form, address);
      ask();
    },
  };
}

function spokenVerdict(answer) {
  const said = verdictOf(answer).word;
  return answer.probability === null ? `${said}.` : `${said}: ${odds(answer.probability)}, ${outOf100(answer.probability)}.`;
}

function thenAndNow(then, now, date) {
  const before = new Set(then.evidence.map((item) => item.document.id));
  const since = now.evidence.filter((item) => !before.has(item.document.id)).length;
  const changed = then.verdict === now.verdict
    ? "The verdict is the same then and now."
    : `The verdict has changed: ${verdictOf(then).word.toLowerCase()} then, ${verdictOf(now).word.toLowerCase()} now.`;
  return h("section", { class: "then-and-now" },
    h("p", { class: "change" }, changed, since > 0 && ` ${count(since, "article")} below came later.`),
    h("div", { class: "both" },
      answerView(then, { level: 4, narrow: true, heading: h("h3", {}, "Then, ", h("time", { datetime: date }, day(date))) }),
      answerView(now, { level: 4, narrow: true, before, heading: h("h3", {}, "Now") })));
}
