/** Says whether GraphiQL can be opened on this machine. */

import { both, el } from "./dom.js";

const AGAIN = 3_000; // milliseconds

export async function beside() {
  const place = document.getElementById("graphiql-state");
  try {
    const { state, reason } = await (await fetch("/graphiql/state")).json();
    place.replaceChildren(...words[state](reason));
    if (state === "fetching") setTimeout(beside, AGAIN);
  } catch {
    place.replaceChildren(...words.absent(null));
  }
}

const words = {
  ready: () => [
    el("p", {}, both("带自动补全和模式文档的完整查询工具，已取到本机。", "The full query tool with completion and schema documentation is on this machine.")),
    el("a", { class: "button", href: "/graphiql/" }, both("打开 GraphiQL", "Open GraphiQL")),
  ],
  fetching: () => [el("p", {}, both("正在由 npm 取到本机，并核对哈希……不影响本页其他部分。", "Being fetched by npm and held against its hash… everything else works meanwhile."))],
  absent: (reason) => [
    el("p", {}, both("GraphiQL 不在本机；上面的查询框不依赖它，可照常使用。", "GraphiQL is not on this machine. The query box above does not need it.")),
    reason && el("p", { class: "hint" }, both("原因：", "Reason: "), reason, both("。装好 npm 并联网后重启即可。", ". With npm and a network, it comes at the next start.")),
  ].filter(Boolean),
};
