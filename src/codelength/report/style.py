"""The page's style: one column of calm text, tables and pictures in boxes that scroll by themselves, light and dark.

The colours of the plots are variables here (`plots.canvas` names them), each against both backgrounds.
"""

STYLE = """
:root {
  color-scheme: light dark;
  --page: #f6f7f8; --surface: #ffffff; --ink: #1c2127; --muted: #59636e; --line: #d9dee3; --faint: #eef1f4;
  --accent: #1f5fa8; --loss: #a8324a; --warn: #8a4b00; --warn-back: #fff6e5; --warn-line: #e0a648;
  --note-back: #eef4fb; --focus: #1f5fa8;
  --s0: #1f5fa8; --s1: #b8500f; --s2: #2b7a4b; --s3: #84479c;
  --s4: #0b7684; --s5: #a8324a; --s6: #6a6400; --s7: #5b5f97;
  --on9: #ffffff; --on10: #ffffff;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --page: #13161a; --surface: #1b1f24; --ink: #e5e9ed; --muted: #a0aab4; --line: #363d45; --faint: #242a30;
    --accent: #79b0ee; --loss: #f08a9b; --warn: #f3c06b; --warn-back: #2d2415; --warn-line: #8f6a24;
    --note-back: #18263a; --focus: #79b0ee;
    --s0: #79b0ee; --s1: #f0a06a; --s2: #74c795; --s3: #c99ae0;
    --s4: #5fc3cf; --s5: #f08a9b; --s6: #cfc65c; --s7: #a9aee6;
    --on0: #ffffff; --on1: #ffffff; --on2: #ffffff; --on3: #ffffff; --on4: #ffffff; --on5: #ffffff; --on6: #ffffff;
    --on7: #07090c; --on8: #07090c; --on9: #07090c; --on10: #07090c;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; background: var(--page); color: var(--ink); overflow-wrap: anywhere;
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif;
}
main, footer { max-width: 1120px; margin: 0 auto; padding: 0 24px; }
header { padding: 44px 0 8px; max-width: 52rem; }
h1 { margin: 0 0 10px; font-size: 15px; font-weight: 600; color: var(--muted); }
.lead { margin: 0; font-size: 27px; line-height: 1.32; font-weight: 600; letter-spacing: -0.01em; text-wrap: pretty; }
section { margin: 40px 0 0; }
h2 { margin: 0 0 12px; font-size: 20px; line-height: 1.3; letter-spacing: -0.005em; }
h3 { margin: 24px 0 8px; font-size: 16px; }
p { margin: 0 0 12px; max-width: 46rem; }
code { font: 14px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.note, figcaption { color: var(--muted); font-size: 14px; line-height: 1.5; }
.note { margin: 8px 0 0; }
.unit { font-weight: 400; color: var(--muted); }
.kind { color: var(--muted); font-size: 0.8em; font-weight: 400; }
.interval { color: var(--muted); }
.tail { white-space: nowrap; }

.facts { display: flex; flex-wrap: wrap; gap: 1px; margin: 28px 0 0;
  background: var(--line); border: 1px solid var(--line); border-radius: 10px; overflow: hidden; }
.facts > div { flex: 1 1 200px; background: var(--surface); padding: 14px 18px 16px; }
.facts dt { color: var(--muted); font-size: 14px; }
.facts dd { margin: 2px 0 0; font-size: 24px; line-height: 1.3; font-weight: 600; font-variant-numeric: tabular-nums; }
.facts dd .tail, .facts dd .interval { font-size: 14px; font-weight: 400; }
.facts .kind { font-size: inherit; }
.facts dd.note { font-size: 14px; font-weight: 400; line-height: 1.45; }

.scroll { overflow-x: auto; max-width: 100%; position: relative; }
.scroll:focus-visible, button:focus-visible, summary:focus-visible {
  outline: 2px solid var(--focus); outline-offset: 2px; }
.scroll.table { background: var(--surface); border: 1px solid var(--line); border-radius: 10px; }
table {
  border-collapse: separate; border-spacing: 0; width: 100%; font-size: 15px; font-variant-numeric: tabular-nums; }
th, td { padding: 8px 16px; text-align: left; vertical-align: baseline; border-bottom: 1px solid var(--faint); }
tbody tr:last-child > * { border-bottom: 0; }
thead th { padding: 0; border-bottom: 1px solid var(--line); vertical-align: bottom; }
tbody th { font-weight: 500; min-width: 9rem; max-width: 22rem; }
tbody th.num { min-width: 0; }
td { min-width: 3rem; }
td:not(.num) { min-width: 9rem; }
.num { text-align: right; white-space: nowrap; }
.kinds .kind { display: inline-block; min-width: 4.6em; text-align: left; padding-left: 2px; }
tr > :first-child { position: sticky; left: 0; background: var(--surface); z-index: 1; }
tbody tr:hover > * { background: var(--faint); }
thead button { all: unset; box-sizing: border-box; cursor: pointer; width: 100%; padding: 10px 16px; font-size: 14px;
  font-weight: 600; line-height: 1.35; white-space: normal; overflow-wrap: normal; }
thead button:hover .name { text-decoration: underline; text-underline-offset: 3px; }
thead button:focus-visible { outline-offset: -3px; border-radius: 8px; }
.arrow::after { content: "\\2195"; color: var(--muted); opacity: 0.55; padding: 0 5px; font-weight: 400; }
thead .unit { display: block; }
[aria-sort="ascending"] .arrow::after { content: "\\2191"; color: var(--accent); opacity: 1; }
[aria-sort="descending"] .arrow::after { content: "\\2193"; color: var(--accent); opacity: 1; }

details { margin: 8px 0 0; font-size: 14px; }
summary { cursor: pointer; color: var(--muted); width: fit-content; }
details dl { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: 4px 18px; margin: 8px 0 0; }
dt { font-weight: 500; }
dd { margin: 0; }
details dd { color: var(--muted); max-width: 46rem; }

.figures {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); gap: 20px;
  margin: 16px 0 0; }
figure { margin: 0; padding: 16px 18px; background: var(--surface); border: 1px solid var(--line); border-radius: 10px;
  min-width: 0; display: flex; flex-direction: column; gap: 10px; }
figure .scroll { margin: auto 0; }
figure svg { display: block; width: 100%; height: auto; max-width: 500px; min-width: 300px; margin: 0 auto; }

.callout { margin: 14px 0; padding: 12px 18px; border: 1px solid var(--line); border-left: 4px solid var(--accent);
  border-radius: 8px; background: var(--note-back); }
.callout.warning { border-color: var(--warn-line); background: var(--warn-back); }
.callout p { margin: 0; max-width: none; }
.callout p + p { margin-top: 6px; }
.callout .callout-title { font-weight: 600; }
.callout.warning .callout-title { color: var(--warn); }

footer { margin-top: 56px; padding-top: 20px; padding-bottom: 48px; color: var(--muted); font-size: 14px; }
footer h2 { font-size: 15px; color: var(--ink); border-top: 1px solid var(--line); padding-top: 20px; }
.made { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 6px 20px; margin: 0; }
.made code { color: var(--ink); white-space: pre-wrap; }

@media (max-width: 640px) {
  main, footer { padding-left: 16px; padding-right: 16px; }
  header { padding-top: 26px; }
  .lead { font-size: 21px; }
  section { margin-top: 32px; }
  th, td { padding: 8px 11px; }
  thead button { padding: 9px 11px; }
  tbody th { min-width: 7rem; max-width: 9.5rem; }
  tr > :first-child { border-right: 1px solid var(--line); }
  .facts > div { flex-basis: 40%; padding: 12px 14px; }
  .facts dd { font-size: 20px; }
  table { min-width: max-content; }
  td:not(.num) { max-width: 15rem; }
  figure { padding: 12px 10px; }
  .made, details dl { grid-template-columns: 1fr; gap: 0; }
  .made dd, details dd { margin-bottom: 10px; }
}
@media print {
  :root { color-scheme: light; --page: #ffffff; }
  body { font-size: 10pt; }
  main, footer { max-width: none; padding-left: 0; padding-right: 0; }
  table { font-size: 8.5pt; min-width: 0; }
  th, td { padding: 4px 6px; }
  thead button { padding: 4px 6px; font-size: 8.5pt; }
  tbody th, td, td:not(.num) { min-width: 0; }
  .num { white-space: normal; }
  .kinds .kind { min-width: 0; }
  .scroll { overflow: visible; }
  tr > :first-child { position: static; }
  .arrow, summary { display: none; }
  figure, .callout, .facts, tr { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
}
"""
