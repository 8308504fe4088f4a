/** Asks the API as one persona, and looks up the ids that ready-made documents need. */

import { language } from "./dom.js";

const PATIENCE = 20_000; // milliseconds
const tokens = new Map();
const looked = new Map();

/** Learns whom one may be: the personas with their tokens, which stay in this page's memory. */
export async function personas() {
  const answer = await fetch("/demo/personas", { cache: "no-store" });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  const known = await answer.json();
  known.forEach((each) => tokens.set(each.persona, each.token));
  return known;
}

/** Sends one document; what comes back says how it went, and is thrown only if nothing did. */
export async function ask({ document, variables = {}, persona }) {
  const started = performance.now();
  const response = await fetch("/graphql", {
    method: "POST",
    signal: AbortSignal.timeout(PATIENCE),
    headers: {
      Accept: "application/graphql-response+json, application/json;q=0.9",
      "Accept-Language": language(),
      "Content-Type": "application/json",
      ...(tokens.has(persona) && { Authorization: `Bearer ${tokens.get(persona)}` }),
    },
    body: JSON.stringify({ query: document, variables }),
  });
  const text = await response.text();
  return {
    status: response.status,
    milliseconds: performance.now() - started,
    bytes: text.length,
    requestId: response.headers.get("X-Request-Id"),
    body: parsed(text),
  };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return { errors: [{ message: text.slice(0, 200) || "(empty)" }] };
  }
}

/** The variables of a ready-made document: fixed ones, days ago, and ids that are looked up. */
export async function variablesOf(example) {
  const variables = { ...example.variables };
  for (const [name, days] of Object.entries(example.ago)) variables[name] = daysAgo(days);
  for (const take of example.takes) variables[take.variable] = await lookUp(take);
  return variables;
}

function daysAgo(days) {
  const day = new Date(Date.now() - days * 86_400_000);
  return `${day.toISOString().slice(0, 10)}T00:00:00Z`;
}

function lookUp(take) {
  const key = `${take.persona} ${take.document}`;
  if (!looked.has(key)) {
    const asking = ask(take).then((answer) => {
      const found = take.path.reduce((value, step) => value?.[step], answer.body.data);
      if (found === undefined || found === null) throw new Error(`${take.document}: nothing found`);
      return found;
    });
    asking.catch(() => looked.delete(key)); // the next one tries again
    looked.set(key, asking);
  }
  return looked.get(key);
}
