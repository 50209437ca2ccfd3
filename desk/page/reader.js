// An article of the archive -> its whole text in a dialog, with the deciding sentences marked.

import { service } from "./api.js";
import { $, bdi, h, marked, points, webLink } from "./dom.js";
import { failureView } from "./running.js";
import { day } from "./words.js";

export async function openDocument(article, ranges = []) {
  const dialog = $("#document");
  const sheet = $(".sheet", dialog);
  const close = h("button", { type: "button", class: "close", onclick: () => dialog.close() }, "Close");
  const head = h("header", {},
    h("p", { class: "byline" }, h("span", { class: "publisher" }, bdi(article.publisher || "No publisher")),
      article.published_at && h("time", { datetime: article.published_at }, day(article.published_at)),
      article.url && webLink(article.url)),
    h("h2", { id: "document-title", dir: "auto" }, article.title || article.id));
  const body = h("div", { class: "text", dir: "auto", lang: article.language, tabindex: "0", role: "group", "aria-label": "Text of the article" }, "…");
  sheet.replaceChildren(close, head, body);
  dialog.showModal();
  close.focus();
  try {
    const { text } = await service.documents.get(article.id);
    const wrap = (_, children) => h("mark", { class: "decides" }, children);
    body.replaceChildren(...marked(points(text), [{ ranges, wrap }]));
    $("mark", body)?.scrollIntoView({ block: "center" });
  } catch (error) {
    body.replaceChildren(failureView(error));
  }
}
