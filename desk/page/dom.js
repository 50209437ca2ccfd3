// Values -> elements. Text is always a text node: nothing that a document says becomes markup.

export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  append(element, children);
  return element;
}

export function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
  return element;
}

// A name or a title of any script, which must not turn the words around it.
export const bdi = (text) => h("bdi", {}, text);

// Words that only a screen reader says.
export const spoken = (text) => h("span", { class: "spoken" }, text);

export const $ = (selector, root = document) => root.querySelector(selector);

const SHAPES = {
  supports: "M3 9l4 4 8-9",
  refutes: "M4 4l10 10M14 4L4 14",
  conflict: "M2 6h11M10 3l3 3-3 3M16 12H5M8 9l-3 3 3 3",
  open: "M5.5 6a3.5 3.5 0 1 1 4.8 3.2c-1 .4-1.3 1-1.3 2M9 14.5v.6",
  none: "M4 9h10",
  cut: "M3.5 9h.1M9 9h.1M14.5 9h.1",
};

// A drawn sign of a verdict; the word stands beside it always.
export function icon(tone) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 18 18");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", SHAPES[tone]);
  svg.append(path);
  return svg;
}

// Offsets of the service count code points; those of a JavaScript string count UTF-16 units.
export const points = (text) => Array.from(text);

// The text with ranges of it wrapped, in layers: those of a later layer lie within the earlier ones.
// Each layer is {ranges: [{start, end, …}], wrap: (range, children) => element}.
export function marked(characters, layers, from = 0, to = characters.length) {
  if (!layers.length) return from < to ? [characters.slice(from, to).join("")] : [];
  const [{ ranges, wrap }, ...inner] = layers;
  const parts = [];
  let at = from;
  for (const range of [...ranges].sort((a, b) => a.start - b.start)) {
    const start = Math.max(range.start, at);
    const end = Math.min(range.end, to);
    if (start >= end) continue;
    parts.push(...marked(characters, inner, at, start));
    parts.push(wrap(range, marked(characters, inner, start, end)));
    at = end;
  }
  parts.push(...marked(characters, inner, at, to));
  return parts;
}

// A link that leaves the page: only where the address is one of the web.
export function webLink(url) {
  let address;
  try {
    address = new URL(url);
  } catch {
    return null;
  }
  if (!["http:", "https:"].includes(address.protocol)) return null;
  return h("a", { href: address.href, target: "_blank", rel: "noopener noreferrer", class: "out" },
    "Read at ", bdi(address.hostname.replace(/^www\./, "")), spoken(" (opens in a new tab)"));
}
