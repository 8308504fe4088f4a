/** A document without the fields that do not exist for its caller. */

const EMPTY = /(?:\w+\s*:\s*)?\b\w+\s*(?:\([^()]*\))?\s*\{\s*\}/g;
const FRAGMENT = /\.\.\.\s*(?:on\s+\w+)?\s*\{\s*\}/g;

/** Cuts fields out, then what became empty around them; null when nothing is left to ask. */
export function pruned(document, unknown) {
  const starts = unknown.filter((each) => each.at).map(({ at }) => offset(document, at));
  const kept = starts.sort((one, other) => other - one).reduce(cutField, document);
  const filled = withoutEmpty(kept);
  return /\{\s*\}\s*$/.test(filled) || !filled.includes("{") ? null : withoutUnused(filled);
}

const offset = (text, { line, column }) =>
  text.split("\n").slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, column - 1);

function cutField(text, start) {
  let end = start + /^(?:\w+\s*:\s*)?\w+/.exec(text.slice(start))[0].length;
  end = skip(text, end, "(", ")");
  end = skip(text, end, "{", "}");
  return text.slice(0, start) + text.slice(end);
}

function skip(text, from, open, close) {
  const next = from + /^\s*/.exec(text.slice(from))[0].length;
  if (text[next] !== open) return from;
  let depth = 0;
  for (let at = next; at < text.length; at += 1) {
    if (text[at] === open) depth += 1;
    if (text[at] === close && --depth === 0) return at + 1;
  }
  return text.length;
}

function withoutEmpty(text) {
  const [head, ...rest] = text.split("{"); // the operation itself may not be cut away
  let inner = rest.join("{");
  for (let before = null; before !== inner; ) {
    before = inner;
    inner = inner.replace(FRAGMENT, "").replace(EMPTY, "");
  }
  return `${head}{${inner}`.replace(/\n(?:[ \t]*\n)+/g, "\n");
}

/** A variable that nobody uses any more would be refused. */
function withoutUnused(text) {
  const unused = [...text.matchAll(/\$(\w+)\s*:\s*[\w[\]!]+(?:\s*=\s*[^,)]+)?\s*,?\s*/g)].filter(
    ([, name]) => text.split(new RegExp(`\\$${name}\\b`)).length === 2,
  );
  return unused.reduce((kept, [whole]) => kept.replace(whole, ""), text).replace(/(\w)\s*\(\s*\)/, "$1");
}
