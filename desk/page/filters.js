// The form's filters <-> the request's fields and the address.

import { $, bdi, h } from "./dom.js";
import { service } from "./api.js";
import { count, day } from "./words.js";

// A promise of the publishers, so that two lists that are opened at once send one request.
let publishers = null;
// Fields of the address that filters are kept in.
const FIELDS = ["as_of", "published_after", "language"];

export function mountFilters(form) {
  const place = $(".filters-here", form);
  const view = $("#filters").content.cloneNode(true).firstElementChild;
  if (!("compare" in place.dataset)) $(".compare", view).remove();
  place.replaceChildren(view);
  view.addEventListener("input", () => tellChosen(form));
  // Publishers are asked for when somebody looks at them, and anew after an upload.
  view.addEventListener("toggle", () => view.open && listPublishers(form));
  return view;
}

export const forgetPublishers = () => { publishers = null; };

async function listPublishers(form, chosen = checked(form)) {
  const list = $(".ticks", form);
  let found;
  try {
    found = await (publishers ??= service.publishers());
  } catch (error) {
    publishers = null;
    list.replaceChildren(h("p", {}, error.detail ?? "The publishers cannot be listed."));
    return;
  }
  const known = new Set(found.map(({ name }) => name));
  const all = [...found, ...chosen.filter((name) => !known.has(name)).map((name) => ({ name, documents: 0 }))];
  list.replaceChildren(...all.map(({ name, documents }) => h("label", { class: "tick" },
    h("input", { type: "checkbox", name: "publisher", value: name, checked: chosen.includes(name) }),
    " ", bdi(name), " ", h("span", { class: "number", title: count(documents, "article") }, documents))));
  if (!all.length) list.replaceChildren(h("p", {}, "No article names its publisher."));
  tellChosen(form);
}

const checked = (form) => [...form.querySelectorAll("[name=publisher]:checked")].map((box) => box.value);
const languages = (form) => form.elements.language.value.split(/[\s,;]+/).filter(Boolean);

function tellChosen(form) {
  const said = [];
  const fields = form.elements;
  const names = checked(form);
  if (names.length) said.push(names.length > 2 ? `${names.length} publishers` : names.join(", "));
  if (languages(form).length) said.push(languages(form).join(", "));
  if (fields.published_after.value) said.push(`from ${day(fields.published_after.value)}`);
  if (fields.as_of.value) said.push(`known by ${day(fields.as_of.value)}`);
  $(".filters .chosen", form).textContent = said.join(" · ");
}

// The fields of a request body.
export function filtersOf(form) {
  const filters = {};
  const names = checked(form);
  if (names.length) filters.publisher = names;
  if (languages(form).length) filters.language = languages(form);
  if (form.elements.published_after.value) filters.published_after = form.elements.published_after.value;
  return {
    ...(form.elements.as_of.value && { as_of: form.elements.as_of.value }),
    ...(Object.keys(filters).length && { filters }),
  };
}

export function writeAddress(form, address) {
  for (const name of FIELDS) if (form.elements[name].value) address.set(name, form.elements[name].value);
  for (const name of checked(form)) address.append("publisher", name);
  if (form.elements.compare?.checked) address.set("compare", "1");
}

export function readAddress(form, address) {
  for (const name of FIELDS) form.elements[name].value = address.get(name) ?? "";
  if (form.elements.compare) form.elements.compare.checked = address.has("compare");
  const names = address.getAll("publisher");
  $(".ticks", form).replaceChildren(...names.map((name) =>
    h("input", { type: "checkbox", name: "publisher", value: name, checked: true, hidden: true, "aria-label": name })));
  const narrowed = names.length || FIELDS.some((name) => address.has(name));
  $(".filters", form).open = Boolean(narrowed);
  if (narrowed) listPublishers(form, names);
  tellChosen(form);
}
