/** An answer as people read it: tables, cards and lists, whatever was asked. */

import { both, el } from "./dom.js";
import * as values from "./values.js";
import { label } from "./words.js";
import { denialsOf } from "./withheld.js";

const TITLES = ["title", "displayName", "name", "statement", "code", "number"];
const SILENT = new Set(["id", "__typename", "pageInfo", "cursor", "totalCountIsExact"]);
const SHOWN = 12; // rows; the query box shows the rest as JSON

/** Draws `data`; at most `columns` go side by side in a table. */
export function readable(body, { columns }) {
  const context = { denials: denialsOf(body), columns };
  return part(body.data, [], context);
}

function part(value, path, context) {
  if (value === null || value === undefined) return absent(path, context);
  if (typeof value !== "object") return values.leaf(value);
  if (Array.isArray(value)) return list(value, path, context);
  const rows = value.nodes ?? value.edges?.map((edge) => edge.node);
  if (rows) return connection(value, rows, path, context);
  return special(value, path, context) ?? record(value, path, context);
}

function absent(path, { denials }) {
  const denial = denials.get(path.join("."));
  return denial ? values.withheld(denial) : values.nothing();
}

/** Types with a look of their own, and things that are only named. */
function special(value, path, context) {
  const denialOf = (key) => context.denials.get([...path, key].join("."));
  if (values.isSensitive(value)) return values.sensitive(value, denialOf);
  if (values.isRate(value)) return values.rate(value);
  if (values.isProgress(value)) return values.progress(value);
  if (values.isMeasure(value)) return values.measure(value);
  const keys = told(value);
  if (keys.length === 1 && TITLES.includes(keys[0])) return part(value[keys[0]], [...path, keys[0]], context);
  return null;
}

function connection(value, rows, path, context) {
  const inner = [...path, value.nodes ? "nodes" : "edges.node"];
  const shown = list(rows, inner, context);
  if (value.totalCount === undefined) return shown;
  const total = part(value.totalCount, [...path, "totalCount"], context);
  const unit = both("共 ", "");
  return el("div", { class: "counted" }, el("p", { class: "total" }, unit, el("b", {}, total), both(" 条", " in total")), shown);
}

function list(rows, path, context) {
  if (!rows.length) return el("p", { class: "empty" }, both("一条也没有", "nothing at all"));
  if (typeof rows[0] !== "object") return el("span", {}, rows.join("、"));
  const shown = rows.slice(0, SHOWN);
  const drawn = fits(shown, context) ? table(shown, path, context) : stack(shown, path, context);
  if (rows.length === shown.length) return drawn;
  const more = rows.length - shown.length;
  return el("div", {}, drawn, el("p", { class: "more" }, both(`另有 ${more} 条`, `and ${more} more`)));
}

const told = (value) => Object.keys(value).filter((key) => !SILENT.has(key));
const inline = (value) => {
  if (value === null || typeof value !== "object") return true;
  if (Array.isArray(value) || value.nodes || value.edges) return false;
  return values.isSensitive(value) || values.isRate(value) || values.isProgress(value) || values.isMeasure(value) || told(value).length === 1;
};

function fits(rows, { columns }) {
  const keys = told(rows[0] ?? {});
  return rows.every((row) => row && keys.every((key) => inline(row[key]) && !long(row[key])) && width(row, keys) <= columns);
}

/** How many columns a row would need: a bar, a measure or a phrase needs the room of two. */
const width = (row, keys) => keys.reduce((sum, key) => sum + (broad(row[key]) ? 2 : 1), 0);
const broad = (value) => {
  if (typeof value === "string") return value.length > 14 && !values.isDated(value);
  return value !== null && typeof value === "object" && (values.isRate(value) || values.isMeasure(value));
};

const long = (value) => typeof value === "string" && value.length > 40;

function table(rows, path, context) {
  const keys = told(rows[0]);
  const cell = (row, key) => el("td", {}, part(row[key], [...path, key], context));
  return el(
    "table",
    {},
    el("thead", {}, el("tr", {}, keys.map((key) => el("th", { scope: "col" }, label(key))))),
    el("tbody", {}, rows.map((row) => el("tr", {}, keys.map((key) => cell(row, key))))),
  );
}

const stack = (rows, path, context) =>
  el("ol", { class: "stack" }, rows.map((row) => el("li", {}, row === null ? absent(path, context) : record(row, path, context))));

/** One thing with its fields: its name as a heading, short facts beside, nested things below. */
function record(value, path, context) {
  const keys = told(value).filter((key) => key !== "userErrors");
  const title = path.length ? keys.find((key) => TITLES.includes(key) && value[key] !== null) : undefined;
  const facts = keys.filter((key) => key !== title);
  const drawn = el("div", { class: "record" }, objections(value.userErrors));
  if (title) drawn.append(el("p", { class: "title" }, title === "number" ? `v${value.number}` : part(value[title], [...path, title], context)));
  const rows = facts.map((key) => fact(key, value[key], [...path, key], context));
  if (rows.length) drawn.append(el("dl", {}, rows));
  return drawn;
}

function fact(key, value, path, context) {
  const wide = !inline(value) || long(value);
  return el("div", { class: wide ? "fact deep" : "fact" }, el("dt", {}, label(key)), el("dd", {}, part(value, path, context)));
}

/** What a use case refused, in its own words. */
function objections(errors) {
  if (!errors?.length) return null;
  return errors.map((error) =>
    el("div", { class: "notice" }, el("code", {}, error.code ?? ""), el("p", {}, error.message ?? ""), error.path && el("small", {}, error.path.join("."))),
  );
}
