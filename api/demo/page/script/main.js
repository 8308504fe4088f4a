/** Puts the page together. */

import { personas } from "./ask.js";
import { beside } from "./beside.js";
import { box } from "./box.js";
import { both, el, keep, language, speak } from "./dom.js";
import { picker } from "./personas.js";
import { stories } from "./stories.js";

const at = (id) => document.getElementById(id);

function switches() {
  const root = document.documentElement;
  speak(language());
  at("language").addEventListener("click", () => {
    speak(language() === "en" ? "zh-CN" : "en");
    keep("language", language());
  });
  at("theme").addEventListener("click", () => {
    root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
    keep("theme", root.dataset.theme);
  });
}

async function fill() {
  const [known, ready] = await Promise.all([personas(), fetch("/demo/examples").then((answer) => answer.json())]);
  if (!known.length) throw new Error("demo-tokens.json");
  const question = box(ready.examples, known);
  const comparison = stories(ready.stories, known, question.open);
  picker(known, (persona) => {
    question.as(persona);
    comparison.alsoAs(persona);
  });
}

function unavailable(error) {
  const words = both(
    "演示身份暂不可用：演示数据可能仍在载入，或本页不是从本机打开的。请稍后刷新，并使用 http://127.0.0.1 或 http://localhost 访问。",
    "The demo personas are not available: the demo data may still be loading, or this page was not opened on this machine. Reload in a moment, at http://127.0.0.1 or http://localhost.",
  );
  at("personas").replaceChildren(el("div", { class: "notice" }, el("p", {}, words), el("small", {}, String(error.message ?? error))));
}

switches();
beside();
fill().catch(unavailable);
