/** Starts GraphiQL, asking as the chosen persona; another persona sees another schema. */

import { personas } from "./ask.js";
import { el, keep, kept, language, named, speak } from "./dom.js";

const { GraphiQL, React, ReactDOM } = window;
const FIRST = "# Ctrl-Enter\n{\n  viewer {\n    denials\n    tenant {\n      name\n    }\n  }\n}\n";
const who = document.getElementById("asked-as");
const root = ReactDOM.createRoot(document.getElementById("graphiql"));

function show(token) {
  const headers = { Authorization: `Bearer ${token}`, "Accept-Language": language() };
  const fetcher = GraphiQL.createFetcher({ url: "/graphql", headers });
  const forcedTheme = document.documentElement.dataset.theme;
  root.render(React.createElement(GraphiQL, { key: token, fetcher, defaultQuery: FIRST, forcedTheme }));
}

speak(language());
const known = await personas();
who.replaceChildren(...known.map(({ token, name_zh, name_en }) => named(el("option", { value: token }), name_zh, name_en)));
who.value = (known.find(({ persona }) => persona === kept("persona")) ?? known[0]).token;
who.addEventListener("change", () => {
  keep("persona", known.find(({ token }) => token === who.value).persona);
  show(who.value);
});
show(who.value);
