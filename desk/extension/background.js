// A click -> the scripts in the page; a page's text -> the service -> verdicts. Nothing else in the
// extension talks to the service, and no page learns its address or key.

import { check } from "./checking.js";
import { lookUp } from "./quoting.js";
import { Claimdesk, ClaimdeskError } from "./client/claimdesk.js";
import { readSettings } from "./settings.js";

const SCRIPTS = ["style", "view", "extract", "marks", "main"].map((name) => `content/${name}.js`);
// The first comment of each file says why it has this origin.
const MARKS = [
  { origin: "USER", files: ["content/lines.css"] },
  { origin: "AUTHOR", files: ["content/wash.css"] },
];
// Longest text that is taken from a page, in UTF-16 units.
const MAX_CHARS = 200_000;

chrome.storage.local.setAccessLevel({ accessLevel: "TRUSTED_CONTEXTS" });

chrome.runtime.onInstalled.addListener(async ({ reason }) => {
  await chrome.contextMenus.removeAll();
  chrome.contextMenus.create({ id: "selection", title: "Check the selection with claimdesk", contexts: ["selection"] });
  chrome.contextMenus.create({ id: "quote", title: "Look up this quotation with claimdesk", contexts: ["selection"] });
  chrome.contextMenus.create({ id: "article", title: "Check this article with claimdesk", contexts: ["page"] });
  if (reason === "install") chrome.runtime.openOptionsPage();
});

chrome.action.onClicked.addListener((tab) => {
  openPanel(tab);
  start(tab.id, "any");
});

chrome.contextMenus.onClicked.addListener((info, tab) => {
  openPanel(tab);
  start(tab.id, info.menuItemId, info.selectionText, info.frameId === 0);
});

// Before anything is awaited: a click allows it for a moment only.
function openPanel(tab) {
  chrome.sidePanel.open({ tabId: tab.id }).catch(() => undefined);
}

/**
 * Starts a check in a tab.
 * @param {number} tabId
 * @param {"any" | "selection" | "quote" | "article"} what any: the selection, if there is one.
 * @param {string} given The selection as the browser tells it, for where the page does not show it.
 * @param {boolean} inPage Whether the selection is in the page itself, not in a frame of another.
 * @returns {Promise<boolean>} Whether the page can be read.
 */
async function start(tabId, what, given = "", inPage = true) {
  const target = { tabId };
  try {
    const [there] = await run(target, () => "claimdesk" in globalThis);
    if (!there.result) await chrome.scripting.executeScript({ target, files: SCRIPTS });
    for (const marks of MARKS) await chrome.scripting.insertCSS({ target, ...marks });
    const [said] = await run(target, (...asked) => globalThis.claimdesk.start(...asked), what, given, inPage);
    if (!said.result) throw new Error("the scripts do not run in this page");
  } catch {
    await chrome.action.setBadgeText({ tabId, text: "!" });
    tellPanel({ unreadable: tabId });
    return false;
  }
  await chrome.action.setBadgeText({ tabId, text: "" });
  tellPanel({ started: tabId });
  return true;
}

function run(target, func, ...args) {
  return chrome.scripting.executeScript({ target, func, args });
}

function tellPanel(message) {
  chrome.runtime.sendMessage(message).catch(() => undefined); // it may be closed
}

chrome.runtime.onConnect.addListener((port) => {
  if (port.name !== "check" || port.sender?.id !== chrome.runtime.id) return;
  const left = new AbortController();
  port.onDisconnect.addListener(() => left.abort());
  // Other messages keep this worker awake while an answer takes its time.
  port.onMessage.addListener(({ text, what, context }) => {
    if (typeof text === "string") answer(port, { text: text.slice(0, MAX_CHARS), what, context }, left.signal);
  });
});

async function answer(port, { text, what, context }, signal) {
  try {
    const desk = await service();
    const said = what === "quote"
      ? lookUp(desk, text, typeof context === "string" ? context : "", signal)
      : check(desk, text, what === "selection", signal);
    for await (const line of said) port.postMessage(line);
  } catch (error) {
    if (!signal.aborted) port.postMessage({ failure: await told(error) });
  }
}

chrome.runtime.onMessage.addListener((message, sender, reply) => {
  const tabId = sender.tab?.id;
  if (message.closed && tabId !== undefined) {
    for (const marks of MARKS) chrome.scripting.removeCSS({ target: { tabId }, ...marks }).catch(() => undefined);
  } else if (message.options) {
    chrome.runtime.openOptionsPage();
  } else if (sender.origin === location.origin && message.start) {
    start(message.start, message.what);
  } else if (sender.origin === location.origin && message.test) {
    test(message.test).then(reply);
    return true; // the reply comes later
  }
  return false;
});

async function service() {
  const { address, key } = await readSettings();
  return new Claimdesk(address, { key });
}

/** What a service at these settings says of itself, or why it does not. */
async function test({ address, key }) {
  try {
    const desk = new Claimdesk(address, { key, retries: 0, timeoutMs: 10_000 });
    const info = await desk.info();
    // Only what a page sends with an Origin is refused for it, as a check is.
    await desk.search("claimdesk", { top_k: 1, mode: "lexical" });
    return { documents: info.documents, version: info.version };
  } catch (error) {
    return { failure: await told(error, address) };
  }
}

async function told(error, address) {
  const { reason = "bug", status = 0, detail = String(error), retryAfterMs = null, requestId = null } =
    error instanceof ClaimdeskError ? error : {};
  return { reason, status, detail, retryAfterMs, requestId, address: address ?? (await readSettings()).address };
}
