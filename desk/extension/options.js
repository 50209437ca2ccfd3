// Address and key -> stored, with the permission to call that address; and whether the service answers.

import { addressOf, hostPattern, isExposed, readSettings, writeSettings } from "./settings.js";

const sheet = new CSSStyleSheet();
sheet.replaceSync(globalThis.claimdesk.style);
document.adoptedStyleSheets = [sheet];
const { explain } = globalThis.claimdesk;

const element = (id) => document.getElementById(id);
const [address, key, result] = ["address", "key", "result"].map(element);

function tell(tone, title, text) {
  const [strong, more] = [document.createElement("b"), document.createElement("p")];
  strong.textContent = title;
  more.textContent = text;
  result.dataset.tone = tone;
  result.replaceChildren(strong, ...(text ? [more] : []));
}

/** The form's settings; null, after saying why, where the address is none. */
function entered() {
  try {
    const settings = { address: addressOf(address.value), key: key.value.trim() };
    address.removeAttribute("aria-invalid");
    address.value = settings.address;
    return settings;
  } catch {
    address.setAttribute("aria-invalid", "true");
    address.focus();
    tell("refutes", "This is no address", "Write one such as http://127.0.0.1:8000 or https://claimdesk.example.org.");
    return null;
  }
}

// Requested before anything is awaited, because a click allows it for a moment only. Without it
// CLAIMDESK_CORS_ORIGINS is enough, if the browser lets an extension reach a private network.
const mayAsk = ({ address: origin }) => chrome.permissions.request({ origins: [hostPattern(origin)] });

element("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const settings = entered();
  if (!settings) return;
  const granted = await mayAsk(settings);
  const { address: before } = await readSettings();
  if (hostPattern(before) !== hostPattern(settings.address)) {
    await chrome.permissions.remove({ origins: [hostPattern(before)] });
  }
  await writeSettings(settings);
  tell("supports", "Saved", granted ? "" : "Without permission for that address, the service must allow this extension's origin.");
});

element("test").addEventListener("click", async () => {
  const settings = entered();
  if (!settings) return;
  tell("none", "Asking…", "");
  const { failure, documents, version } = await chrome.runtime.sendMessage({ test: settings });
  if (failure) {
    const [title, advice] = explain(failure);
    tell("refutes", title, advice);
  } else if (documents === 0) tell("conflict", "It answers, and its archive is empty", `claimdesk ${version}. Add documents, or every verdict is “not enough evidence”.`);
  else tell("supports", "It answers", `claimdesk ${version}, ${documents.toLocaleString("en")} ${documents === 1 ? "document" : "documents"} in its archive.`);
});

address.addEventListener("input", () => {
  try {
    element("exposed").hidden = !isExposed(addressOf(address.value));
  } catch {
    element("exposed").hidden = true;
  }
});

element("allow").textContent = `CLAIMDESK_CORS_ORIGINS=chrome-extension://${chrome.runtime.id}`;
({ address: address.value, key: key.value } = await readSettings());
address.dispatchEvent(new Event("input"));
