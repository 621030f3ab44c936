"""What a page consists of, as plain values: the answer first, then sections of text, tables, pictures and warnings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from codelength.report.explained import Explained
from codelength.report.provenance import Provenance
from codelength.report.table import Cell, Table


@dataclass(frozen=True, slots=True)
class Text:
    """Plain text; a blank line begins a new paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture, as SVG from `report.plots`, and a line under it. Neighbours stand side by side where there is room."""

    svg: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Callout:
    """Something that must not be overlooked."""

    kind: Literal["note", "warning"]
    text: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One of the few numbers that stand large under the lead."""

    label: str
    value: Cell
    unit: str = ""
    note: str = ""


Block = Text | Table | Figure | Callout | Explained


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it."""

    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True, slots=True)
class Page:
    """A whole page.

    Parameters
    ----------
    title
        What this is about, for the head of the page and the browser's tab.
    lead
        The answer, in one sentence.
    sections
        From top to bottom.
    provenance
        How it was made.
    facts
        Two to four numbers that the answer rests on.
    """

    title: str
    lead: str
    sections: Sequence[Section]
    provenance: Provenance
    facts: Sequence[Fact] = ()
