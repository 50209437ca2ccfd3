// The address -> the view it names; what all views share: the masthead, the key, an empty archive.

import { articleView } from "./article.js";
import { archiveView } from "./archive.js";
import { onKeyWanted, service } from "./api.js";
import { claimView } from "./claim.js";
import { $, h } from "./dom.js";
import { quoteView } from "./quote.js";
import { failureView } from "./running.js";
import { count } from "./words.js";

const remember = (address) => {
  const hash = `#${address}`;
  if (hash !== location.hash) history.pushState(null, "", hash);
};

const views = {
  claim: claimView({ remember }),
  article: articleView({ remember }),
  quote: quoteView({ remember }),
  archive: archiveView({ changed: showInfo }),
};
const TITLES = { claim: "A claim", article: "An article", quote: "A quotation", archive: "The archive" };

// #claim=…&as_of=… : the first name is the view, the rest what it shows.
function route() {
  const address = new URLSearchParams(location.hash.slice(1));
  const [name = "claim"] = address.keys();
  const view = Object.hasOwn(views, name) ? name : "claim";
  // What lies over the page belongs to the address before.
  if ($("#document").open) $("#document").close();
  const moved = $(`#view-${view}`).hidden;
  for (const one of Object.keys(views)) {
    $(`#view-${one}`).hidden = one !== view;
    const link = $(`nav a[href="#${one}"]`);
    if (one === view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = `${TITLES[view]} · claimdesk`;
  if (moved && document.body.dataset.ready) $("#main").focus({ preventScroll: true });
  views[view].show(address);
}

async function showInfo() {
  const notice = $("#notice");
  try {
    const info = await service.info();
    $("#archive-size").textContent = `${count(info.documents, "article")} in the archive`;
    $("#models").textContent = `claimdesk ${info.version} · ${info.models.stance ?? "no model that judges"} · ${info.models.embedding}`;
    notice.hidden = info.documents > 0;
    if (!info.documents) {
      notice.replaceChildren(h("div", { class: "notice" },
        h("p", { class: "title" }, "The archive is empty"),
        h("p", {}, "Nothing can be held against it yet. ", h("a", { href: "#archive" }, "Add articles here"),
          ", or on the command line with ", h("code", {}, "claimdesk add FOLDER"), ".")));
    }
  } catch (error) {
    notice.hidden = false;
    notice.replaceChildren(failureView(error, showInfo));
  }
}

onKeyWanted((wrong) => new Promise((resolve) => {
  const dialog = $("#key");
  const field = $("input", dialog);
  field.value = "";
  $("p", dialog).textContent = wrong
    ? "The service does not take the key that you gave."
    : "It is kept in this tab alone, until you close it.";
  dialog.addEventListener("close", () => resolve(dialog.returnValue === "use" ? field.value.trim() : null), { once: true });
  dialog.returnValue = "";
  if (!dialog.open) dialog.showModal();
}));

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.target.closest("form.ask")?.requestSubmit();
});
// The address names a view, so that a jump must not change it.
$(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  $("#main").focus();
});
addEventListener("hashchange", route);

$("#today").textContent = new Intl.DateTimeFormat("en-GB", { dateStyle: "full" }).format(new Date());
$("#today").dateTime = new Date().toISOString().slice(0, 10);
route();
document.body.dataset.ready = "yes";
showInfo();
