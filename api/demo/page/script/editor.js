/** A text area with line numbers and colours: the coloured copy lies under transparent text. */

import { el, named } from "./dom.js";

/** Makes an editor in `place`; `paint` gives the coloured lines of a text. */
export function editor(place, { zh, en, paint, onrun }) {
  const shown = el("pre", { class: "code", "aria-hidden": "true" });
  const field = el("textarea", { spellcheck: "false", autocapitalize: "off", autocomplete: "off", wrap: "off" });
  named(field, zh, en);
  const refresh = () => shown.replaceChildren(...paint(field.value));
  field.addEventListener("input", refresh);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    if (event.ctrlKey || event.metaKey) onrun();
    else breakLine(field);
  });
  place.replaceChildren(el("div", { class: "editor" }, shown, field));
  refresh();
  return {
    get text() {
      return field.value;
    },
    set text(text) {
      field.value = text;
      refresh();
    },
    focus: () => field.focus({ preventScroll: true }),
  };
}

/** A new line starts as far in as the last one; Tab is left to those who move with it. */
function breakLine(field) {
  const before = field.value.slice(0, field.selectionStart);
  const indent = before.match(/(?:^|\n)([ ]*)[^\n]*$/)[1];
  const deeper = /[{([]\s*$/.test(before) ? "  " : "";
  field.setRangeText(`\n${indent}${deeper}`, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input"));
}
