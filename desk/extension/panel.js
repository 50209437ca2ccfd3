// The check of the tab that is shown -> the side panel: its state, and every statement.

const { heading, details, tally, h } = globalThis.claimdesk;
const sheet = new CSSStyleSheet();
sheet.replaceSync(globalThis.claimdesk.style);
document.adoptedStyleSheets = [sheet];

const element = (id) => document.getElementById(id);
// A panel that is opened in a tab of its own is told which tab it is of.
const given = Number(new URLSearchParams(location.search).get("tab"));
let tabId = given;
let lines = [];
// The tab that a click could not open to us, until it shows something else.
let refused = 0;
/** @type {chrome.runtime.Port | null} */
let port = null;

const WELCOME = {
  title: "Nothing checked here yet",
  advice: "Click claimdesk in the toolbar: it checks the article of the page, or what is selected in it.",
};
const UNREADABLE = {
  title: "This page cannot be read",
  advice: "Click claimdesk in the toolbar, which lets it read the page. Pages of the browser itself, its web store and PDF files can be read by no extension.",
};

function tell(state) {
  const { title, advice, options, phase } = state ?? WELCOME;
  element("status").replaceChildren(
    h("h2", { class: phase === "running" && "working" }, title),
    ...(advice ? [h("p", {}, advice)] : []),
    ...(options ? [h("button", { type: "button", onclick: openOptions }, "Open the settings")] : []),
  );
  element("close").hidden = !state?.phase;
}

function count() {
  element("tally").replaceChildren(...(lines.length ? [tally(lines)] : []));
}

function add(line) {
  const before = lines.filter((other) => other.start > line.start);
  lines = [...lines.filter((other) => other.start <= line.start), line, ...before];
  const body = h("details", { class: "rests" }, h("summary", {}, "What it rests on"));
  body.addEventListener("toggle", () => body.childElementCount === 1 && body.append(...details(line)), { once: true });
  const item = h("li", {},
    h("button", { class: "statement", type: "button", title: "Show it in the page", onclick: () => port?.postMessage({ reveal: line.index }) },
      heading(line), h("span", { class: "words", dir: "auto" }, line.statement)),
    body);
  element("statements").insertBefore(item, element("statements").children[lines.length - 1 - before.length] ?? null);
  count();
}

function reset(all) {
  lines = [];
  element("statements").replaceChildren();
  all.forEach(add);
  count();
}

function attach() {
  port?.disconnect();
  const opened = chrome.tabs.connect(tabId, { name: "panel", frameId: 0 });
  port = opened;
  opened.onMessage.addListener((message) => {
    if (port !== opened) return;
    if (message.lines) reset(message.lines);
    else if (message.line) add(message.line);
    else tell(message.state);
  });
  opened.onDisconnect.addListener(() => {
    void chrome.runtime.lastError; // no script of ours is in the page
    if (port !== opened) return;
    port = null;
    reset([]);
    tell(refused === tabId ? UNREADABLE : null);
  });
}

async function follow() {
  if (!given) tabId = (await chrome.tabs.query({ active: true, currentWindow: true }))[0]?.id ?? 0;
  if (tabId) attach();
}

const openOptions = () => chrome.runtime.openOptionsPage();
element("options").addEventListener("click", openOptions);
element("close").addEventListener("click", () => port?.postMessage({ close: true }));
for (const what of ["article", "selection", "quote"]) {
  element(what).addEventListener("click", () => chrome.runtime.sendMessage({ start: tabId, what }));
}
chrome.runtime.onMessage.addListener(({ started, unreadable }) => {
  if (started) refused = 0;
  if (started === tabId && !port) attach();
  if (unreadable) refused = unreadable;
  if (unreadable === tabId) {
    reset([]);
    tell(UNREADABLE);
  }
});
chrome.tabs.onActivated.addListener(follow);
chrome.tabs.onUpdated.addListener((id, { status }) => {
  if (status === "loading" && id === refused) refused = 0;
  if (status === "complete" && id === tabId) attach();
});
tell(null);
follow();
