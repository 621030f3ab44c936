"""The page's one script: a click on a heading, or Enter or Space on it, sorts the table by that column.

First, numbers go down and text goes up; then the other way round. Empty cells stay last, equal rows in their order.
"""

SCRIPT = """
"use strict";
for (const table of document.querySelectorAll("table")) {
  const heads = Array.from(table.tHead.rows[0].cells);
  const body = table.tBodies[0];
  const words = new Intl.Collator("en", {numeric: true, sensitivity: "base"});
  const key = (row, at) => {
    const cell = row.cells[at];
    return cell.dataset.v === undefined ? cell.textContent.trim() : Number(cell.dataset.v);
  };
  const compare = (a, b) => {
    if (typeof a === "number" && typeof b === "number") return a < b ? -1 : a > b ? 1 : 0;
    if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
    return words.compare(a, b);
  };
  heads.forEach((head, at) => {
    head.querySelector("button").addEventListener("click", () => {
      const rows = Array.from(body.rows);
      const filled = rows.filter((row) => key(row, at) !== "");
      const empty = rows.filter((row) => key(row, at) === "");
      const numbers = filled.some((row) => typeof key(row, at) === "number");
      const before = head.getAttribute("aria-sort");
      const first = numbers ? "descending" : "ascending";
      const other = numbers ? "ascending" : "descending";
      const now = before === first ? other : first;
      const sign = now === "ascending" ? 1 : -1;
      filled.sort((a, b) => sign * compare(key(a, at), key(b, at)));
      heads.forEach((one) => one.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", now);
      body.append(...filled, ...empty);
    });
  });
}
"""
