/** The picker: whom one is, for the query box and as an extra column of the stories. */

import { ask } from "./ask.js";
import { both, el, keep, kept } from "./dom.js";
import { meaning } from "./words.js";

const WHO = "{ viewer { denials tenant { name } person { displayName } } }";

/** The sign of a persona: its first character, in the colour of its kind. */
export function badge(persona) {
  const kind = { auditor: "auditor", vendor: "vendor", automation: "machine" }[persona.persona] ?? "person";
  return el("span", { class: `badge ${kind}`, "aria-hidden": "true" }, persona.name_zh.slice(0, 1));
}

export const nameOf = (persona) => both(persona.name_zh, persona.name_en);

/** Draws the picker and tells `onchoice` who was chosen, at once and on each change. */
export function picker(personas, onchoice) {
  const place = document.getElementById("personas");
  const remembered = kept("persona");
  const first = personas.find((each) => each.persona === remembered) ?? personas[0];
  const choose = (persona) => {
    keep("persona", persona.persona);
    introduce(persona);
    onchoice(persona);
  };
  place.replaceChildren(...personas.map((persona) => choice(persona, persona === first, choose)));
  choose(first);
}

function choice(persona, checked, choose) {
  const input = el("input", { type: "radio", name: "persona", value: persona.persona, onchange: () => choose(persona) });
  input.checked = checked;
  return el("label", { class: "persona" }, input, badge(persona), el("span", {}, nameOf(persona)));
}

/** Who that is: what the role is for, and what the API says about this very caller. */
async function introduce(persona) {
  const place = document.getElementById("chosen");
  const facts = el("p", { class: "facts" });
  place.replaceChildren(el("p", {}, both(persona.description_zh, persona.description_en)), facts);
  try {
    const { viewer } = (await ask({ document: WHO, persona: persona.persona })).body.data ?? {};
    if (viewer) facts.append(...factsOf(viewer));
  } catch {
    facts.remove(); // the stories say in words that the server does not answer
  }
}

function factsOf(viewer) {
  const fact = (zh, en, value) => value && el("span", {}, both(`${zh}：`, `${en}: `), el("b", {}, value));
  return [
    fact("姓名", "name", viewer.person?.displayName),
    fact("机构", "tenant", viewer.tenant?.name),
    fact("拒绝方式", "denials", meaning(viewer.denials) ?? viewer.denials),
  ].filter(Boolean);
}
