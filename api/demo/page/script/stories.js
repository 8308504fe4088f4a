/** The stories: one document asked as several personas, side by side, when it comes into view. */

import { readable } from "./answer.js";
import { ask, variablesOf } from "./ask.js";
import { both, el, named } from "./dom.js";
import { badge, nameOf } from "./personas.js";
import { pruned } from "./prune.js";
import { graphql } from "./syntax.js";
import { reasons, refusals, unknownFields } from "./withheld.js";

const COLUMNS = 3; // of a table in a column of the comparison

/** Draws all stories; `open(example, variables, persona)` shows one in the query box. */
export function stories(examples, personas, open) {
  const drawn = examples.map((story, index) => storyOf(story, index + 1, personas, open));
  document.getElementById("story-list").replaceChildren(...drawn.map((each) => each.element));
  whenSeen(drawn);
  return { alsoAs: (persona) => drawn.forEach((each) => each.alsoAs(persona)) };
}

function whenSeen(drawn) {
  const watcher = new IntersectionObserver(
    (entries) => {
      for (const entry of entries.filter((each) => each.isIntersecting)) {
        watcher.unobserve(entry.target);
        drawn.find((each) => each.element === entry.target).show();
      }
    },
    { rootMargin: "300px" },
  );
  drawn.forEach((each) => watcher.observe(each.element));
}

function storyOf(story, number, personas, open) {
  const known = story.personas.map((name) => personas.find((each) => each.persona === name)).filter(Boolean);
  const columns = el("div", { class: "columns", role: "group", tabindex: "0" });
  named(columns, `${story.zh}：各身份所见`, `${story.en}: what each one sees`);
  let extra = null;
  let seen = false;
  const show = () => {
    seen = true;
    const shown = extra && !known.includes(extra) ? [extra, ...known] : known;
    columns.dataset.count = shown.length;
    columns.replaceChildren(...shown.map((persona) => column(story, persona, persona === extra)));
  };
  const element = el(
    "article",
    { class: "story", id: `story-${story.name}` },
    el("header", {}, el("span", { class: "ordinal", "aria-hidden": "true" }, String(number)), el("div", {}, el("h3", {}, both(story.zh, story.en)), el("p", {}, both(story.zh_about, story.en_about)))),
    columns,
    source(story, open),
  );
  const alsoAs = (persona) => {
    extra = persona;
    if (seen) show();
  };
  return { element, show, alsoAs };
}

/** What one persona sees: a failing one is a column with a message, never a broken page. */
function column(story, persona, chosen) {
  const body = el("div", { class: "answer", "aria-busy": "true" }, el("div", { class: "waiting" }));
  const timing = el("small", { class: "timing" });
  const drawn = el("section", { class: chosen ? "column chosen" : "column" }, el("header", {}, badge(persona), el("h4", {}, nameOf(persona)), timing), body);
  fill(body, timing, story, persona).finally(() => body.removeAttribute("aria-busy"));
  return drawn;
}

async function fill(body, timing, story, persona) {
  try {
    const variables = await variablesOf(story);
    await answered(body, timing, story.document, variables, persona);
  } catch (error) {
    body.replaceChildren(broken(error, () => fill(body, timing, story, persona)));
  }
}

async function answered(body, timing, document, variables, persona) {
  const answer = await ask({ document, variables, persona: persona.persona });
  const rest = await answerToRest(answer, document, variables, persona);
  const shown = rest ?? answer;
  timing.textContent = `${Math.round(shown.milliseconds)} ms`;
  const parts = [refusals(answer.body), rest && refusals(rest.body)];
  if (shown.body.data) parts.push(readable(shown.body, { columns: COLUMNS }), reasons(shown.body));
  body.replaceChildren(...parts.filter(Boolean));
}

/** For callers that are refused over unknown fields: the same question without those, if any is left. */
function answerToRest({ body }, document, variables, persona) {
  const unknown = unknownFields(body);
  const rest = unknown.length ? pruned(document, unknown) : null;
  if (!rest) return null;
  const used = Object.fromEntries(Object.entries(variables).filter(([name]) => rest.includes(`$${name}`)));
  return ask({ document: rest, variables: used, persona: persona.persona });
}

function broken(error, again) {
  return el(
    "div",
    { class: "notice" },
    el("p", {}, both("这一栏没有得到回答，其他栏不受影响。", "This column got no answer; the others are unaffected.")),
    el("small", {}, String(error.message ?? error)),
    el("button", { type: "button", class: "quiet", onclick: again }, both("再试一次", "Try again")),
  );
}

function source(story, open) {
  const copy = el("button", { type: "button", class: "quiet", onclick: () => copied(copy, story.document) }, both("复制", "Copy"));
  const toBox = el("button", { type: "button", class: "quiet", onclick: () => open(story) }, both("在查询框中打开", "Open in the query box"));
  const text = el("pre", { class: "code", tabindex: "0" }, graphql(story.document));
  return el("details", { class: "source" }, el("summary", {}, both("查看这条查询", "See the query")), el("div", { class: "actions" }, copy, toBox), text);
}

async function copied(button, text) {
  await navigator.clipboard.writeText(text);
  const before = [...button.childNodes];
  button.replaceChildren(both("已复制", "Copied"));
  setTimeout(() => button.replaceChildren(...before), 1500);
}
