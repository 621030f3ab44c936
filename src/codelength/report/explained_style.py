"""Style and script of the block `Explained`; a page without one carries neither.

Colours are level, not hue alone: costs go from the page's own ground to its opposite in one hue, so lightness tells
them apart; in the difference what x saves is blue and what it costs is orange and underlined.
"""

_COST_LIGHT = (
    ("transparent", "#1c2127"), ("#fdf3df", "#1c2127"), ("#fbe4bd", "#1c2127"), ("#f7cd8c", "#1c2127"),
    ("#f0b058", "#1c2127"), ("#e38b34", "#07090c"), ("#b3500f", "#ffffff"), ("#913b10", "#ffffff"),
    ("#5c1f0a", "#ffffff"),
)  # fmt: skip
_COST_DARK = (
    ("transparent", "#e5e9ed"), ("#2b251c", "#e5e9ed"), ("#3d301c", "#e5e9ed"), ("#553b1a", "#e5e9ed"),
    ("#704617", "#ffffff"), ("#8f5218", "#ffffff"), ("#c9772a", "#07090c"), ("#eda150", "#07090c"),
    ("#ffd9a3", "#07090c"),
)  # fmt: skip
_SAVED_LIGHT = (
    ("#913b10", "#ffffff"), ("#e38b34", "#07090c"), ("#f7cd8c", "#1c2127"), ("#fdf3df", "#1c2127"),
    ("transparent", "#1c2127"), ("#e6f0fa", "#1c2127"), ("#b9d5f0", "#1c2127"), ("#6ea6dc", "#07090c"),
    ("#1b538f", "#ffffff"),
)  # fmt: skip
_SAVED_DARK = (
    ("#ffc27d", "#07090c"), ("#c9772a", "#07090c"), ("#704617", "#ffffff"), ("#3d301c", "#e5e9ed"),
    ("transparent", "#e5e9ed"), ("#1b2d40", "#e5e9ed"), ("#1f456b", "#e5e9ed"), ("#2a68a6", "#ffffff"),
    ("#97c8fa", "#07090c"),
)  # fmt: skip


def _painted(cost: tuple[tuple[str, str], ...], saved: tuple[tuple[str, str], ...], indent: str) -> str:
    """Ground and ink of each level as variables."""
    rules = [f"--c{k}: {ground}; --ci{k}: {ink};" for k, (ground, ink) in enumerate(cost)]
    rules += [f"--d{k}: {ground}; --di{k}: {ink};" for k, (ground, ink) in enumerate(saved)]
    return "\n".join(indent + rule for rule in rules)


def _levels() -> str:
    """Which level is painted when: the legend's always, a cell's under the view that its letter belongs to."""
    rules = []
    for k in range(9):
        cost, saved = f"background: var(--c{k}); color: var(--ci{k});", f"background: var(--d{k}); color: var(--di{k});"
        views = f'[data-view="alone"] .map .a{k}, [data-view="given"] .map .g{k}'
        rules.append(f".legend .a{k}, {views} {{ {cost} }}")
        rules.append(f'.legend .d{k}, [data-view="difference"] .map .d{k} {{ {saved} }}')
    worse = ", ".join(f'.legend .d{k}, [data-view="difference"] .map .d{k}' for k in range(4))
    return "\n".join([*rules, f"{worse} {{ text-decoration: underline dotted; text-underline-offset: 3px; }}"])


EXPLAINED_STYLE = f"""
:root {{
{_painted(_COST_LIGHT, _SAVED_LIGHT, "  ")}
}}
@media screen and (prefers-color-scheme: dark) {{
  :root {{
{_painted(_COST_DARK, _SAVED_DARK, "    ")}
  }}
}}
.bytes {{ background: var(--surface); border: 1px solid var(--line); border-radius: 10px; }}
.bytes i {{ font-style: normal; }}
.bytes h3 {{ margin: 0; padding: 16px 18px 0; font-size: 15px; }}
.bar {{ position: sticky; top: 0; z-index: 2; background: var(--surface); border-bottom: 1px solid var(--line);
  border-radius: 10px 10px 0 0; padding: 12px 18px; display: flex; flex-wrap: wrap; gap: 10px 28px;
  align-items: center; }}
.bar fieldset {{ border: 0; margin: 0; padding: 0; min-width: 0; }}
.bar fieldset:not([hidden]) {{ display: flex; gap: 10px; align-items: center; flex-wrap: wrap; }}
.bar legend {{ float: left; padding: 0; color: var(--muted); font-size: 14px; }}
.choices {{ display: flex; border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }}
.choices input {{ position: absolute; opacity: 0; }}
.choices span {{ display: block; padding: 6px 13px; font-size: 14px; cursor: pointer; }}
.choices label + label span {{ border-left: 1px solid var(--line); }}
.choices input:checked + span {{ background: var(--accent); color: var(--on9); font-weight: 600; }}
.choices input:focus-visible + span {{ outline: 2px solid var(--ink); outline-offset: -4px; border-radius: 8px; }}
.legends p {{ margin: 0; display: flex; flex-wrap: wrap; gap: 4px 10px; align-items: center; }}
.legend > span:first-child {{ color: var(--muted); font-size: 14px; }}
.swatches {{ display: flex; border: 1px solid var(--line); border-radius: 4px; overflow: hidden; }}
.swatches i {{ min-width: 2.1em; padding: 2px 4px; font-size: 12px; text-align: center; white-space: nowrap; }}
.bytes:not([data-view="difference"]) .legend.saving, [data-view="difference"] .legend.cost {{ display: none; }}
.bar output {{ flex: 1 1 100%; font-size: 14px; color: var(--ink); font-variant-numeric: tabular-nums;
  min-height: 1.55em; }}
.map {{ padding: 10px 18px 14px; font: 13px/1.65 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono",
  monospace; color: var(--ink); overflow-y: auto; max-height: max(24rem, 72vh); overscroll-behavior: auto; }}
.map:focus-visible {{ outline: 2px solid var(--focus); outline-offset: -2px; border-radius: 8px; }}
.row {{ display: grid; grid-template-columns: var(--offset) minmax(0, 1fr); gap: 0 12px; }}
.row b {{ font-weight: 400; font-size: 12px; color: var(--muted); text-align: right; user-select: none;
  line-height: calc(13px * 1.65); }}
.cells {{ white-space: pre-wrap; tab-size: 4; overflow-wrap: anywhere; unicode-bidi: isolate; }}
.map i {{ padding: 1.5px 0; -webkit-box-decoration-break: clone; box-decoration-break: clone; }}
.map .s {{ font-size: 0.8em; opacity: 1; }}
.hex .row {{ grid-template-columns: var(--offset) minmax(0, max-content) 1fr; }}
.hex i {{ padding: 1.5px 3px; }}
.hex i:nth-child(8) {{ margin-right: 8px; }}
.ascii {{ color: var(--muted); white-space: pre; }}
.map i.here {{ outline: 2px solid var(--ink); outline-offset: 0; border-radius: 2px; }}
{_levels()}
@media (max-width: 640px) {{
  .bar {{ padding: 10px 12px; gap: 8px 16px; }}
  .bar legend {{ display: none; }}
  .swatches i {{ min-width: 0; padding: 2px 5px; font-size: 11px; }}
  .map {{ padding: 10px 10px 14px; font-size: 12px; }}
  .bytes h3 {{ padding: 14px 12px 0; }}
  .row, .hex .row {{ grid-template-columns: var(--offset) minmax(0, 1fr); gap: 0 8px; }}
  .row b {{ font-size: 11px; line-height: calc(12px * 1.65); }}
  .ascii {{ display: none; }}
  .hex i {{ padding: 1.5px 1.5px; }}
  .hex i:nth-child(8) {{ margin-right: 4px; }}
}}
@media print {{
  .bar {{ position: static; }}
  .bar output, .bar fieldset {{ display: none; }}
  .map {{ max-height: none; }}
  .map i, .swatches i {{ print-color-adjust: exact; -webkit-print-color-adjust: exact; }}
  .bytes h3, .row {{ break-inside: avoid; }}
}}
"""

EXPLAINED_SCRIPT = """
"use strict";
for (const box of document.querySelectorAll(".bytes")) {
  const said = box.querySelector("output");
  const chooser = box.querySelector("fieldset");
  if (chooser) {
    chooser.hidden = false;
    const shown = chooser.querySelector("input:checked");
    if (shown) box.dataset.view = shown.value;
    chooser.addEventListener("change", (event) => { box.dataset.view = event.target.value; });
  }
  const number = new Intl.NumberFormat("en", {minimumFractionDigits: 2, maximumFractionDigits: 2});
  const whole = new Intl.NumberFormat("en");
  const unpacked = (text) => {
    if (text === undefined) return null;
    const raw = atob(text);
    const units = (k) => raw.charCodeAt(2 * k) + 256 * raw.charCodeAt(2 * k + 1);
    return Array.from({length: raw.length / 2}, (_, k) => units(k) / 256);
  };
  const sum = (values, from, size) => values.slice(from, from + size).reduce((a, b) => a + b, 0);
  let here = null;
  for (const map of box.querySelectorAll(".map")) {
    const start = Number(map.dataset.start);
    let known = null;
    const learn = () => {
      if (known) return known;
      const cells = Array.from(map.querySelectorAll("i"));
      const places = new Map();
      let at = 0;
      cells.forEach((cell, k) => {
        const size = Number(cell.dataset.n || 1);
        places.set(cell, {k, at, size});
        at += size;
      });
      known = {cells, places, alone: unpacked(map.dataset.alone), given: unpacked(map.dataset.given)};
      return known;
    };
    const show = (cell) => {
      const {places, alone, given} = learn();
      const {at, size} = places.get(cell);
      if (here) here.classList.remove("here");
      here = cell;
      cell.classList.add("here");
      const end = size > 1 ? "\\u2013" + whole.format(start + at + size - 1) : "";
      const name = cell.textContent === " " ? "space" : cell.textContent === "\\t" ? "tab" : cell.textContent;
      const cost = sum(alone, at, size);
      let text = `byte ${whole.format(start + at)}${end}: ${name}, ${number.format(cost)} bits`;
      if (given) {
        const told = sum(given, at, size);
        const saved = cost - told;
        const word = saved < 0 ? "x costs" : "x saves";
        text += ` alone, ${number.format(told)} given x: ${word} ${number.format(Math.abs(saved))}`;
      }
      said.textContent = text;
    };
    map.addEventListener("pointerover", (event) => {
      said.setAttribute("aria-live", "off");
      if (event.target.tagName === "I") show(event.target);
    });
    map.addEventListener("click", (event) => { if (event.target.tagName === "I") show(event.target); });
    map.addEventListener("keydown", (event) => {
      const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
      if (!step) return;
      event.preventDefault();
      said.setAttribute("aria-live", "polite");
      const {cells, places} = learn();
      const from = here && places.has(here) ? places.get(here).k + step : 0;
      const cell = cells[Math.max(0, Math.min(cells.length - 1, from))];
      show(cell);
      cell.scrollIntoView({block: "nearest"});
    });
  }
}
"""
