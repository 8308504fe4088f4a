/** Elements in one expression, and every text in two languages at once. */

const SVG = "http://www.w3.org/2000/svg";

/** Makes an element; `on*` are listeners, `data` a dataset, the rest attributes or properties. */
export function el(name, options = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(options ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key === "data") Object.assign(made.dataset, value);
    else if (value === true) made.setAttribute(key, "");
    else made.setAttribute(key, value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

/** A text in both languages; the language of the page decides which one shows. */
export function both(zh, en) {
  const pair = document.createDocumentFragment();
  pair.append(el("span", { class: "t", lang: "zh-CN" }, zh), el("span", { class: "t", lang: "en" }, en));
  return pair;
}

/** A label that only assistive technology and hovering show, in both languages. */
export function named(element, zh, en) {
  element.dataset.labelZh = zh;
  element.dataset.labelEn = en;
  return relabel(element);
}

/** Writes the labels and option texts that cannot hold two languages at once. */
export function relabel(element) {
  const text = language() === "en" ? element.dataset.labelEn : element.dataset.labelZh;
  if (element.tagName === "OPTION") element.textContent = text;
  else {
    element.setAttribute("aria-label", text);
    if (element.tagName === "BUTTON") element.title = text;
  }
  return element;
}

export const language = () => document.documentElement.lang;

/** Turns the whole page to a language and remembers it. */
export function speak(chosen) {
  document.documentElement.lang = chosen;
  document.querySelectorAll("[data-label-zh]").forEach(relabel);
}

export function keep(key, value) {
  try {
    localStorage.setItem(`peiyuan.${key}`, value);
  } catch {
    // private windows may refuse; the choice then lasts as long as the page
  }
}

export function kept(key) {
  try {
    return localStorage.getItem(`peiyuan.${key}`);
  } catch {
    return null;
  }
}

export function lock() {
  const icon = document.createElementNS(SVG, "svg");
  icon.setAttribute("viewBox", "0 0 16 16");
  icon.setAttribute("class", "lock");
  icon.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", "M4 7V5a4 4 0 0 1 8 0v2h1v7H3V7zm2 0h4V5a2 2 0 0 0-4 0z");
  icon.append(path);
  return icon;
}
