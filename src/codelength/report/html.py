"""From a `Page` to HTML. Whatever was not written here is escaped; names are kept apart from the text around them."""

from __future__ import annotations

import base64
import hashlib
import html
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from codelength.core import Bits
from codelength.report.content import Block, Callout, Fact, Figure, Page, Section, Text
from codelength.report.explained import Explained, explained
from codelength.report.explained_style import EXPLAINED_SCRIPT, EXPLAINED_STYLE
from codelength.report.numbers import MEANINGS, Shown, decimals, show
from codelength.report.provenance import Provenance
from codelength.report.script import SCRIPT
from codelength.report.style import STYLE
from codelength.report.table import Cell, Column, Measured, Table, raw
from codelength.report.wording import visible

_LONGEST_NAME = 96


def render(page: Page) -> str:
    """The whole page as HTML; the same page gives the same text."""
    styles, scripts = [STYLE], [SCRIPT]
    if any(isinstance(block, Explained) for section in page.sections for block in section.blocks):
        styles.append(EXPLAINED_STYLE)
        scripts.append(EXPLAINED_SCRIPT)
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src {' '.join(map(_digest, scripts))}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    numbered = enumerate(page.sections, start=1)
    parts = [
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        '<meta name="referrer" content="no-referrer">',
        '<link rel="icon" href="data:,">',
        f"<title>{text(page.title)}</title>",
        *(f"<style>{style}</style>" for style in styles),
        "</head>",
        "<body>",
        "<main>",
        f'<header><h1>{text(page.title)}</h1><p class="lead">{text(page.lead)}</p></header>',
        _facts(page.facts),
        *(_section(k, section) for k, section in numbered),
        "</main>",
        _foot(page),
        *(f"<script>{script}</script>" for script in scripts),
        "</body>",
        "</html>",
        "",
    ]
    return "\n".join(part for part in parts if part or part is parts[-1])


def _digest(script: str) -> str:
    """What a page's policy calls a script that may run."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def text(raw_text: str) -> str:
    """Text that can stand in an element or in a quoted attribute."""
    return html.escape(visible(raw_text), quote=True)


def _facts(facts: Sequence[Fact]) -> str:
    if not facts:
        return ""
    items = []
    for fact in facts:
        shown = show(fact.value, decimals([fact.value]))
        unit = f' <span class="unit">{text(fact.unit)}</span>' if fact.unit else ""
        note = f'<dd class="note">{text(fact.note)}</dd>' if fact.note else ""
        value = _name(fact.value) + unit if isinstance(fact.value, str) else _number(shown, unit)
        items.append(f"<div><dt>{text(fact.label)}</dt><dd>{value}</dd>{note}</div>")
    return f'<dl class="facts">{"".join(items)}</dl>'


def _section(number: int, section: Section) -> str:
    name = f"section-{number}"
    heading = f'<h2 id="{name}">{text(section.title)}</h2>' if section.title else ""
    label = f' aria-labelledby="{name}"' if section.title else ""
    body = "\n".join(_blocks(section.blocks, name, section.title))
    return f"<section{label}>{heading}\n{body}\n</section>"


def _blocks(blocks: Sequence[Block], name: str, title: str) -> Iterator[str]:
    """The blocks as HTML, neighbouring figures in one grid."""
    at = 0
    for together, run in groupby(blocks, key=lambda block: isinstance(block, Figure)):
        group = list(run)
        if together:
            yield f'<div class="figures">{"".join(_figure(one) for one in group if isinstance(one, Figure))}</div>'
            continue
        for block in group:
            at += 1
            if isinstance(block, Table):
                yield _table(block, f"{name}-table-{at}", title)
            elif isinstance(block, Callout):
                yield _callout(block)
            elif isinstance(block, Text):
                yield _paragraphs(block.text)
            elif isinstance(block, Explained):
                yield explained(block)


def _paragraphs(plain: str) -> str:
    return "".join(f"<p>{text(' '.join(part.split()))}</p>" for part in re.split(r"\n\s*\n", plain) if part.strip())


def _callout(callout: Callout) -> str:
    title = callout.title or {"note": "Note", "warning": "Warning"}[callout.kind]
    return (
        f'<aside class="callout {text(callout.kind)}" role="note"><p class="callout-title">{text(title)}</p>'
        f"{_paragraphs(callout.text)}</aside>"
    )


def _figure(figure: Figure) -> str:
    caption = f"<figcaption>{text(figure.caption)}</figcaption>" if figure.caption else ""
    box = f'<div class="scroll" tabindex="0" role="group" aria-label="Figure">{figure.svg}</div>'
    return f"<figure>{box}{caption}</figure>"


def _table(table: Table, name: str, section: str) -> str:
    title = table.title or section
    heading = f"<h3>{text(table.title)}</h3>" if table.title and table.title != section else ""
    digits = {
        column.key: decimals(table.cells(column)) if column.digits is None else column.digits
        for column in table.columns
    }
    mixed = {column.key for column in table.columns if len(_kinds(table.cells(column))) > 1}
    head = "".join(_heading(table, column) for column in table.columns)
    rows = "\n".join(_row(table, row, digits, mixed) for row in table.rows)
    note = f'<p class="note">{text(table.note)}</p>' if table.note else ""
    return (
        f'{heading}<div class="scroll table" tabindex="0" role="region" aria-label="{text(title)}">'
        f'<table id="{name}"><thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></div>'
        f"{_legend(table)}{note}"
    )


def _heading(table: Table, column: Column) -> str:
    name, arrow = f'<span class="name">{text(column.title)}</span>', '<span class="arrow" aria-hidden="true"></span>'
    unit = f' <span class="unit">{text(column.unit)}</span>' if column.unit else ""
    right = table.on_the_right(column)
    side = ' class="num"' if right else ""
    # The arrow stands away from the edge that the cells are lined up at.
    order = arrow + name if right else name + arrow
    return f'<th scope="col"{side}><button type="button">{order}{unit}</button></th>'


def _row(table: Table, row: Mapping[str, Cell], digits: Mapping[str, int], mixed: set[str]) -> str:
    cells = []
    for k, column in enumerate(table.columns):
        cell = row.get(column.key)
        tag, scope = ("th", ' scope="row"') if k == 0 else ("td", "")
        side = f' class="num{" kinds" if column.key in mixed else ""}"' if table.on_the_right(column) else ""
        content = _name(cell) if isinstance(cell, str) else _number(show(cell, digits[column.key]))
        cells.append(f"<{tag}{scope}{side}{_sort_key(cell)}>{content}</{tag}>")
    return f"<tr>{''.join(cells)}</tr>"


def _name(cell: str) -> str:
    """A name, kept apart from the direction of the text around it; the middle of a very long one is in its title."""
    if len(cell) <= _LONGEST_NAME:
        return f"<bdi>{text(cell)}</bdi>"
    short = cell[: _LONGEST_NAME // 2] + "…" + cell[-_LONGEST_NAME // 2 :]
    return f'<bdi title="{text(cell)}">{text(short)}</bdi>'


def _sort_key(cell: Cell) -> str:
    number = raw(cell)
    if number is None:
        return ""
    value = repr(number) if math.isfinite(number) else ("Infinity" if number > 0 else "-Infinity")
    return f' data-v="{value}"'


def _number(shown: Shown, unit: str = "") -> str:
    kind = f' <span class="kind">{text(shown.kind)}</span>' if shown.kind else ""
    interval = f' <span class="interval">({text(shown.interval)})</span>' if shown.interval else ""
    tail = f'<span class="tail">{unit}{kind}</span>' if unit or kind else ""
    # A sign or a spread must not be parted from its number at the end of a line.
    whole = text(shown.text).replace(" ", "&nbsp;")
    return f"<span>{whole}</span>{tail}{interval}"


def _legend(table: Table) -> str:
    """What the columns mean, folded away, where they say so."""
    entries = [f"<dt>{text(column.title)}</dt><dd>{text(column.help)}</dd>" for column in table.columns if column.help]
    if not entries:
        return ""
    return f"<details><summary>What the columns mean</summary><dl>{''.join(entries)}</dl></details>"


def _foot(page: Page) -> str:
    made: Provenance = page.provenance
    entries = [("Made", text(made.date)), ("Command", f"<code>{text(made.command)}</code>")]
    if made.seeds:
        entries.append(("Seeds", _pairs(made.seeds)))
    if made.versions:
        entries.append(("Versions", _pairs(made.versions)))
    if made.machine:
        entries.append(("Machine", _pairs(made.machine)))
    tables = [block for section in page.sections for block in section.blocks if isinstance(block, Table)]
    cells = [cell for table in tables for row in table.rows for cell in row.values()]
    shown = _kinds([*cells, *(fact.value for fact in page.facts)])
    kinds = [kind for kind in MEANINGS if kind in shown]
    entries += [(f"“{kind}”", text(MEANINGS[kind])) for kind in kinds]
    rows = "".join(f"<dt>{term}</dt><dd>{meaning}</dd>" for term, meaning in entries)
    return f'<footer><h2>How this was made</h2><dl class="made">{rows}</dl></footer>'


def _pairs(pairs: Mapping[str, str] | Mapping[str, int]) -> str:
    return ", ".join(f"{text(str(key))}&nbsp;{text(str(value))}" for key, value in pairs.items())


def _kinds(cells: Iterable[Cell]) -> set[str]:
    """The kinds of number among the cells."""
    values = [cell.value if isinstance(cell, Measured) else cell for cell in cells]
    return {value.kind for value in values if isinstance(value, Bits)}
