// Files and pasted articles -> documents of the archive; the archive -> a list.

import { documentPage, importFile, putFile, service } from "./api.js";
import { ClaimdeskError } from "./client/claimdesk.js";
import { $, bdi, h, spoken } from "./dom.js";
import { forgetPublishers } from "./filters.js";
import { openDocument } from "./reader.js";
import { failureView, runner } from "./running.js";
import { count, day, languageName, sentence } from "./words.js";

// Media types of files that hold one article each, by their ending.
const TYPES = {
  txt: "text/plain", md: "text/markdown", markdown: "text/markdown", html: "text/html", htm: "text/html", pdf: "application/pdf",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document", epub: "application/epub+zip",
  eml: "message/rfc822", ninjs: "application/ninjs+json",
};
// Documents that are listed at once.
const PAGE = 100;
const LINES = ["jsonl", "ndjson"];
const ending = (name) => name.split(".").pop().toLowerCase();

export function archiveView({ changed }) {
  const view = $("#view-archive");
  const list = $(".documents", view);
  const more = $("#more", view);
  const upload = $("#upload", view);
  const write = $("#write", view);
  const { run, result, tell } = runner(view);
  let cursor = null;

  async function page(from = null) {
    try {
      const answer = await documentPage(from, PAGE);
      if (from) $(".failure", list)?.parentElement.remove();
      else list.replaceChildren();
      list.append(...answer.documents.map(row));
      cursor = answer.next_cursor;
      more.hidden = !cursor;
      if (!list.children.length) list.append(h("li", { class: "empty" }, "No article yet."));
    } catch (error) {
      const failed = h("li", {}, failureView(error, () => page(from)));
      more.hidden = true;
      if (from) list.append(failed);
      else list.replaceChildren(failed);
    }
  }
  more.addEventListener("click", () => page(cursor));

  function add(files) {
    const outcomes = h("ul", { class: "outcomes" });
    result.replaceChildren(outcomes);
    const sums = { added: 0, updated: 0, unchanged: 0, refused: 0 };
    const tellOutcome = (name, status, reason) => {
      sums[status] += 1;
      if (reason) outcomes.append(h("li", { "data-status": status }, bdi(name), ": ", reason));
    };
    run(async (signal) => {
      for (const file of files) await send(file, signal, tellOutcome);
      return finish(sums);
    }, { started: `Adding ${count(files.length, "file")} …`, again: () => add(files) });
  }

  async function finish(sums) {
    forgetPublishers();
    await Promise.all([page(), changed()]);
    const parts = Object.entries(sums).filter(([, number]) => number).map(([status, number]) => `${number} ${status}`);
    return `${sentence(parts.join(", ") || "nothing added")}.`;
  }

  upload.elements.files.addEventListener("change", () => {
    const files = [...upload.elements.files.files];
    upload.elements.files.value = "";
    if (files.length) add(files);
  });
  upload.addEventListener("submit", (event) => event.preventDefault());
  for (const name of ["dragenter", "dragover"]) {
    upload.addEventListener(name, (event) => { event.preventDefault(); upload.classList.add("over"); });
  }
  for (const name of ["dragleave", "drop"]) upload.addEventListener(name, () => upload.classList.remove("over"));
  upload.addEventListener("drop", (event) => {
    event.preventDefault();
    const files = [...event.dataTransfer.files];
    if (files.length) add(files);
  });

  write.addEventListener("submit", (event) => {
    event.preventDefault();
    result.replaceChildren();
    const fields = Object.fromEntries([...new FormData(write)].filter(([, value]) => value.trim()));
    run(async (signal) => {
      const stored = await service.documents.put(idOf(fields), fields, { signal });
      write.reset();
      return finish({ [stored.status]: 1 });
    }, { started: "Adding the article …" });
  });

  return { show() { tell(""); page(); } };
}

// The same headline of the same day and publisher is the same article.
function idOf({ title, publisher = "", published_at: date = "" }) {
  const plain = (text) => text.normalize("NFKC").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "");
  return ["page", plain(publisher), date, plain(title).slice(0, 80) || "article"].filter(Boolean).join("/");
}

async function send(file, signal, tell) {
  if (LINES.includes(ending(file.name))) {
    for await (const line of importFile(file, { signal })) {
      if (line.status) tell(`${file.name}, line ${line.line}`, line.status, line.reason);
    }
    return;
  }
  const type = TYPES[ending(file.name)];
  if (!type) {
    tell(file.name, "refused", "a kind of file that this page does not send");
    return;
  }
  try {
    const { status } = await putFile(file.name, file, type, { signal });
    tell(file.name, status);
  } catch (error) {
    if (!(error instanceof ClaimdeskError) || ![409, 413, 415, 422].includes(error.status)) throw error;
    tell(file.name, "refused", error.status === 413 ? `${error.detail}; claimdesk add, on the command line, takes larger files` : error.detail);
  }
}

function row(article) {
  const title = article.title || article.id;
  return h("li", {},
    h("button", { type: "button", class: "link headline", dir: "auto", onclick: () => openDocument(article) }, title),
    h("p", { class: "byline" },
      h("span", { class: "publisher" }, bdi(article.publisher || "No publisher")),
      article.published_at ? h("time", { datetime: article.published_at }, day(article.published_at)) : h("span", {}, "no date"),
      article.language && h("span", {}, languageName(article.language)),
      h("span", { class: "id" }, spoken("Id: "), bdi(article.id))));
}
