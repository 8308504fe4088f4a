/** The query box: a document, variables, a persona, and the answer with what it took. */

import { readable } from "./answer.js";
import { ask, variablesOf } from "./ask.js";
import { both, el, named, relabel } from "./dom.js";
import { editor } from "./editor.js";
import { graphql, json } from "./syntax.js";
import { reasons, refusals } from "./withheld.js";

const COLUMNS = 6; // of a table in the answer
const at = (id) => document.getElementById(id);

/** Draws the box; the result can be told who asks, and can be given an example. */
export function box(examples, personas) {
  const text = editor(at("document"), { zh: "查询", en: "Query", paint: graphql, onrun: run });
  const values = editor(at("variables"), { zh: "变量", en: "Variables", paint: json, onrun: run });
  const who = at("asked-as");
  who.replaceChildren(...personas.map(({ persona, name_zh, name_en }) => named(el("option", { value: persona }), name_zh, name_en)));
  at("run").addEventListener("click", run);
  tabs();

  async function run() {
    const variables = parsed(values.text);
    if (variables === null) return;
    at("run").disabled = true;
    try {
      show(await ask({ document: text.text, variables, persona: who.value }));
    } catch (error) {
      at("status").replaceChildren(both("没有得到回答：", "No answer: "), String(error.message ?? error));
    } finally {
      at("run").disabled = false;
    }
  }

  async function take(example, persona = example.personas[0]) {
    at("about-example").replaceChildren(both(example.zh_about, example.en_about));
    who.value = persona;
    text.text = example.document.trimEnd();
    values.text = "{}";
    try {
      const variables = await variablesOf(example);
      values.text = JSON.stringify(variables, null, 2);
      at("with-variables").open = Object.keys(variables).length > 0;
    } catch (error) {
      at("status").replaceChildren(String(error.message ?? error));
    }
  }

  list(examples, take, run);
  return {
    as: (persona) => (who.value = persona.persona),
    open: async (example) => {
      await take(example);
      at("box").scrollIntoView();
      text.focus();
      await run();
    },
  };
}

function parsed(text) {
  try {
    return JSON.parse(text.trim() || "{}");
  } catch (error) {
    at("with-variables").open = true;
    at("status").replaceChildren(both("变量不是有效的 JSON：", "The variables are not JSON: "), error.message);
    return null;
  }
}

function list(examples, take, run) {
  const button = (example) =>
    el("button", { type: "button", onclick: (event) => choose(event.currentTarget, example) }, el("span", { class: `mark ${example.answers.split(" ")[0]}`, "aria-hidden": "true" }), el("span", {}, both(example.zh, example.en)));
  const choose = async (chosen, example) => {
    for (const each of at("examples").querySelectorAll("button")) each.removeAttribute("aria-current");
    chosen.setAttribute("aria-current", "true");
    await take(example);
    await run();
  };
  at("examples").replaceChildren(...examples.map(button));
  relabel(at("examples"));
  if (examples.length) {
    at("examples").firstElementChild.setAttribute("aria-current", "true");
    take(examples[0]);
  }
}

/** Shows an answer in words and as it came, with what a support desk would ask for. */
function show(answer) {
  const { body } = answer;
  const parts = [refusals(body)];
  if (body.data) parts.push(readable(body, { columns: COLUMNS }), reasons(body));
  at("readable").replaceChildren(...parts.filter(Boolean));
  at("json").replaceChildren(...json(JSON.stringify(body, null, 2)));
  const facts = [`HTTP ${answer.status}`, `${Math.round(answer.milliseconds)} ms`, `${(answer.bytes / 1024).toFixed(1)} kB`];
  const told = [el("b", { class: answer.status < 400 ? "fine" : "refused" }, facts[0]), ...facts.slice(1).map((each) => el("span", {}, each))];
  if (answer.requestId) told.push(el("span", {}, "X-Request-Id ", el("code", {}, answer.requestId)));
  at("status").replaceChildren(...told);
}

function tabs() {
  const all = [at("tab-readable"), at("tab-json")];
  const choose = (chosen) => {
    for (const tab of all) {
      tab.setAttribute("aria-selected", String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
      at(tab.getAttribute("aria-controls")).hidden = tab !== chosen;
    }
  };
  for (const tab of all) {
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("keydown", (event) => {
      if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
      const other = all[1 - all.indexOf(tab)];
      choose(other);
      other.focus();
    });
  }
}
