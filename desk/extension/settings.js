// Where the service is, and the key that it wants: kept in this browser alone, never synced.

/** @typedef {{ address: string, key: string }} Settings */

export const DEFAULT_ADDRESS = "http://127.0.0.1:8000";

/** @returns {Promise<Settings>} */
export async function readSettings() {
  const { address = DEFAULT_ADDRESS, key = "" } = await chrome.storage.local.get(["address", "key"]);
  return { address, key };
}

/** @param {Settings} settings */
export async function writeSettings({ address, key }) {
  await chrome.storage.local.set({ address, key });
}

/** The address as it is kept: without a slash at its end. Throws where it is none. @param {string} text */
export function addressOf(text) {
  const given = text.trim();
  const url = new URL(/^[a-z]+:\/\//i.test(given) ? given : `http://${given}`);
  if (!["http:", "https:"].includes(url.protocol)) throw new TypeError("not http or https");
  if (url.username || url.password || url.search || url.hash) throw new TypeError("more than an address");
  return url.href.replace(/\/+$/, "");
}

/** What Chromium grants access to an address by: ports do not count. @param {string} address */
export function hostPattern(address) {
  const { protocol, hostname } = new URL(address);
  return `${protocol}//${hostname}/*`;
}

/** Whether what is sent can be read on its way. @param {string} address */
export function isExposed(address) {
  const { protocol, hostname } = new URL(address);
  return protocol === "http:" && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}
