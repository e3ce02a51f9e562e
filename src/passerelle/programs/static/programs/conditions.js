/* Shows and hides questions as answers change. Reads the conditions the server uses; without it the server alone decides. */
(function () {
  "use strict";

  const blank = (value) => value === undefined || value === null || value === "" || (Array.isArray(value) && !value.length);
  const same = (value, wanted) => {
    if (Array.isArray(value)) return value.some((one) => same(one, wanted));
    if (typeof wanted === "boolean") return value === wanted || value === (wanted ? "yes" : "no") || (wanted && value === "on");
    return String(value) === String(wanted);
  };

  /* Numbers compare as numbers, days (2026-03-09) as text; the two never mix. */
  function compares(value, word, limit) {
    if (word === "answered") return blank(value) !== Boolean(limit);
    if (word === "is_not") return !blank(value) && !same(value, limit);
    if (word === "is" || word === "in") return matches(value, limit);
    if (blank(value)) return false;
    const plain = (one) => (/^-?\d+([.,]\d+)?$/.test(String(one)) ? Number(String(one).replace(",", ".")) : String(one));
    const left = plain(value), right = plain(limit);
    if (typeof left !== typeof right) return false;
    return { at_least: left >= right, at_most: left <= right, more_than: left > right, less_than: left < right }[word];
  }
  function matches(value, wanted) {
    if (Array.isArray(wanted)) return !blank(value) && wanted.some((one) => same(value, one));
    if (wanted !== null && typeof wanted === "object") return Object.keys(wanted).every((word) => compares(value, word, wanted[word]));
    return !blank(value) && same(value, wanted);
  }
  function holds(condition, value) {
    return Object.keys(condition || {}).every((key) => {
      const wanted = condition[key];
      if (key === "all") return wanted.every((one) => holds(one, value));
      if (key === "any") return wanted.some((one) => holds(one, value));
      if (key === "not") return !holds(wanted, value);
      return matches(value(key), wanted);
    });
  }

  function answersOf(area) {
    const form = area.closest("form");
    const typed = new FormData(form);
    const given = JSON.parse(area.dataset.given || "{}");
    return (prefix) => (key) => {
      for (const name of [prefix + key, key]) {
        const found = typed.getAll(name);
        if (found.length || form.elements[name]) return found.length > 1 ? found : found[0];
        const parts = ["_year", "_month", "_day"].map((part) => typed.get(name + part));
        if (parts.every(Boolean)) return parts.map((part, index) => part.padStart(index ? 2 : 4, "0")).join("-");
      }
      return given[key];
    };
  }
  function refresh(area) {
    const values = answersOf(area);
    area.querySelectorAll("[data-show-if]").forEach((group) => {
      group.hidden = !holds(JSON.parse(group.dataset.showIf), values(group.dataset.prefix || ""));
    });
  }
  function start(root) {
    (root || document).querySelectorAll("[data-conditions]").forEach((area) => {
      if (area.dataset.live) return;
      area.dataset.live = "1";
      refresh(area);
      area.addEventListener("input", () => refresh(area));
      area.addEventListener("change", () => refresh(area));
    });
  }

  document.addEventListener("DOMContentLoaded", () => start());
  document.addEventListener("htmx:afterSwap", (event) => start(event.target));
  if (document.readyState !== "loading") start();
}());
