/** Single values of an answer as people read them. */

import { both, el, lock } from "./dom.js";
import { meaning } from "./words.js";

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:\d{2})$/;

const has = (value, ...keys) => keys.every((key) => key in value);
export const isSensitive = (value) => "masked" in value || has(value, "accessible") || has(value, "classification");
export const isRate = (value) => has(value, "numerator", "denominator");
export const isProgress = (value) => has(value, "percent");
export const isMeasure = (value) => has(value, "comparator", "threshold");

export const isDated = (text) => DAY.test(text) || INSTANT.test(text);

/** A value that fits on one line of a table. */
export function leaf(value) {
  switch (typeof value) {
    case "boolean":
      return value ? both("是", "yes") : both("否", "no");
    case "number":
      return String(value);
    default:
      return written(value);
  }
}

function written(text) {
  const known = meaning(text);
  if (known) return known;
  if (DAY.test(text)) return el("time", { datetime: text }, text);
  if (!INSTANT.test(text)) return text;
  const when = new Date(text);
  const options = { dateStyle: "medium", timeStyle: "short", timeZone: "Asia/Shanghai" };
  const told = (language) => new Intl.DateTimeFormat(language, options).format(when);
  return el("time", { datetime: text }, both(told("zh-CN"), told("en-GB")));
}

/** Null that nobody withheld: there is nothing. */
export const nothing = () => el("span", { class: "nothing" }, both("无", "none"));

export function withheld(denial) {
  const chip = el("span", { class: "withheld" }, lock(), both("无权查看", "withheld"));
  chip.title = [denial.reason, denial.action].filter(Boolean).join(" · ");
  return chip;
}

/** A sealed value: its mask, or the plain text where a purpose opened it. */
export function sensitive(value, denialOf) {
  const parts = [];
  for (const key of Object.keys(value).filter((each) => each !== "__typename")) {
    const denial = value[key] === null && denialOf(key);
    if (denial) parts.push(withheld(denial));
    else if (key === "masked") parts.push(value.masked === null ? nothing() : masked(value.masked));
    else if (key === "classification") parts.push(el("span", { class: "class" }, value[key]));
    else if (key === "accessible") parts.push(value[key] ? both("可解密", "may be opened") : both("不可解密", "stays sealed"));
    else parts.push(value[key] === null ? nothing() : el("span", { class: "opened" }, value[key]));
  }
  return el("span", { class: "sensitive" }, parts);
}

const masked = (text) => el("span", { class: "masked" }, text);

/** A share with what it is a share of, and how sure one can be of it. */
export function rate(value) {
  const of = el("span", { class: "of" }, `${value.numerator} / ${value.denominator}`);
  if (!Number(value.denominator)) {
    return el("span", { class: "rate" }, el("span", { class: "nothing" }, both("没有分母，不算比率", "no denominator, no rate")), of);
  }
  const share = value.numerator / value.denominator;
  const percent = `${(share * 100).toFixed(share === 1 || share === 0 ? 0 : 1)} %`;
  return el("span", { class: "rate" }, el("b", {}, percent), of, bar(share, value.interval));
}

function bar(share, interval) {
  const drawn = el("span", { class: "bar-of", "aria-hidden": "true" }, el("span", { class: "filled" }));
  drawn.style.setProperty("--share", share);
  if (interval?.length === 2) {
    const unit = Number(interval[1]) > 1 ? 100 : 1;
    const [low, high] = interval.map((end) => Number(end) / unit);
    const range = el("span", { class: "interval" });
    range.style.setProperty("--low", low);
    range.style.setProperty("--high", high);
    drawn.append(range);
    const told = `${(low * 100).toFixed(0)}–${(high * 100).toFixed(0)} %`;
    drawn.title = told;
    return el("span", { class: "with-interval" }, drawn, el("small", {}, both(`区间 ${told}`, `interval ${told}`)));
  }
  return drawn;
}

export function progress(value) {
  const share = Number(value.percent) / 100;
  const shown = [el("b", {}, `${Math.round(share * 100)} %`)];
  if (typeof value.passed === "boolean") {
    shown.push(el("span", { class: value.passed ? "passed" : "open" }, value.passed ? both("已通过", "passed") : both("未通过", "not passed")));
  }
  if (value.bestScore !== undefined && value.bestScore !== null) {
    shown.push(el("small", {}, both(`最高 ${value.bestScore} 分`, `best ${value.bestScore}`)));
  }
  return el("span", { class: "rate" }, shown, bar(share));
}

/** What makes an indicator a number: at least 90 %. */
export function measure(value) {
  const told = el("span", { class: "measure" }, meaning(value.comparator) ?? value.comparator, ` ${value.threshold} ${value.unit ?? ""}`);
  if (value.evidence) told.append(" · ", meaning(value.evidence) ?? value.evidence);
  return told;
}
