/** Colours for GraphQL and JSON: one pass of one expression, no grammar. */

import { el } from "./dom.js";

const GRAPHQL =
  /(?<comment>#[^\n]*)|(?<string>"""[\s\S]*?"""|"(?:\\.|[^"\\\n])*"?)|(?<variable>\$\w+)|(?<directive>@\w+)|(?<number>-?\b\d[\d.eE+-]*)|(?<word>\b(?:query|mutation|subscription|fragment|on|true|false|null)\b)|(?<argument>\b\w+(?=\s*:))|(?<type>\b[A-Z]\w*)/g;
const JSON_TEXT =
  /(?<argument>"(?:\\.|[^"\\])*"(?=\s*:))|(?<string>"(?:\\.|[^"\\\n])*"?)|(?<number>-?\b\d[\d.eE+-]*)|(?<word>\b(?:true|false|null)\b)/g;

export const graphql = (text) => lines(text, GRAPHQL);
export const json = (text) => lines(text, JSON_TEXT);

/** The text as one element a line, so that a line can carry its number. */
function lines(text, grammar) {
  const all = [line()];
  for (const [kind, piece] of pieces(text, grammar)) {
    piece.split("\n").forEach((part, index) => {
      if (index) all.push(line());
      if (part) all.at(-1).append(kind ? el("i", { class: kind }, part) : part);
    });
  }
  return all;
}

const line = () => el("span", { class: "line" });

function* pieces(text, grammar) {
  let at = 0;
  for (const found of text.matchAll(grammar)) {
    if (found.index > at) yield [null, text.slice(at, found.index)];
    const [kind] = Object.entries(found.groups).find(([, piece]) => piece !== undefined);
    yield [kind, found[0]];
    at = found.index + found[0].length;
  }
  yield [null, text.slice(at)];
}
