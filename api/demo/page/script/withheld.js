/** What an answer leaves out, and why: withheld fields, unknown fields, refusals. */

import { both, el, lock } from "./dom.js";
import { label } from "./words.js";

const WHY = {
  ROLE: ["没有一个角色开放此字段", "no role of this caller opens the field"],
  ROW: ["只在部分行上开放此字段", "the field is open on some rows only"],
};
const UNKNOWN = /^Cannot query field ['"](\w+)['"] on type ['"](\w+)['"]/;

/** Withheld fields by path; a position in a list is no part of a path. */
export function denialsOf(body) {
  const denied = body.extensions?.denied ?? [];
  return new Map(denied.map((denial) => [pathOf(denial), denial]));
}

function pathOf({ path }) {
  const steps = Array.isArray(path) ? path : String(path).split(".");
  return steps.filter((step) => !/^\d+$/.test(step)).join(".");
}

/** The fields that do not exist for this caller, with where they stand in the document. */
export function unknownFields(body) {
  return (body.errors ?? []).flatMap((error) => {
    const found = UNKNOWN.exec(error.message ?? "");
    return found ? [{ field: found[1], type: found[2], at: error.locations?.[0] }] : [];
  });
}

/** Says below an answer what was withheld and by what rule. */
export function reasons(body) {
  const denials = [...denialsOf(body)];
  if (!denials.length) return null;
  return el(
    "details",
    { class: "reasons" },
    el("summary", {}, lock(), both(`${denials.length} 处无权查看`, `${denials.length} withheld`)),
    el("ul", {}, denials.map(([path, denial]) => el("li", {}, reason(path, denial)))),
  );
}

function reason(path, denial) {
  const field = path.split(".").at(-1);
  const said = [el("b", {}, label(field)), " ", el("code", {}, denial.field ?? path)];
  if (denial.reason) said.push(el("p", {}, WHY[denial.reason] ? both(...WHY[denial.reason]) : denial.reason));
  const facts = [];
  if (denial.action) facts.push(both(`需要权限：${denial.action}`, `needs: ${denial.action}`));
  if (denial.count > 1) facts.push(both(`${denial.count} 处`, `${denial.count} places`));
  if (denial.grantedBy?.length) {
    const who = [denial.grantedBy].flat().join("、");
    facts.push(both(`可由 ${who} 授予`, `granted by ${who}`));
  }
  return [...said, ...facts.map((each) => el("small", {}, each))];
}

/** Errors of the whole request: unknown fields as a list, the others in their own words. */
export function refusals(body) {
  const errors = body.errors ?? [];
  if (!errors.length) return null;
  const unknown = unknownFields(body);
  const others = errors.filter((error) => !UNKNOWN.test(error.message ?? ""));
  return el("div", { class: "refusals" }, unknown.length ? nonexistent(unknown, errors) : null, others.map(refusal));
}

function nonexistent(unknown, errors) {
  const names = [...new Set(unknown.map(({ type, field }) => `${type}.${field}`))];
  const first = errors.find((error) => UNKNOWN.test(error.message));
  return el(
    "div",
    { class: "notice quiet" },
    el("p", {}, both("对这个身份来说，下列字段不存在：", "For this caller these fields do not exist:")),
    el("ul", { class: "names" }, names.map((name) => el("li", { class: "unknown" }, name))),
    el("p", { class: "verbatim" }, el("code", {}, first.message)),
  );
}

function refusal(error) {
  const code = error.extensions?.code;
  const where = error.locations?.[0];
  return el(
    "div",
    { class: "notice" },
    code && el("code", {}, code),
    el("p", {}, error.message),
    where && el("small", {}, both(`第 ${where.line} 行第 ${where.column} 列`, `line ${where.line}, column ${where.column}`)),
  );
}
