"""Result records -> tables in the terminal, JSON, and one self-contained HTML page. Plots are in `report.plots`."""

from codelength.report.cells import excerpt, is_text
from codelength.report.content import (
    Block,
    Callout,
    Fact,
    Figure,
    Page,
    Section,
    Text,
)
from codelength.report.explained import Explained, Span
from codelength.report.html import render
from codelength.report.page import write
from codelength.report.provenance import Provenance, provenance
from codelength.report.record import to_json, to_record
from codelength.report.table import Align, Cell, Column, Interval, Measured, Table, Value
from codelength.report.terminal import print_table

__all__ = [
    "Align",
    "Block",
    "Callout",
    "Cell",
    "Column",
    "Explained",
    "Fact",
    "Figure",
    "Interval",
    "Measured",
    "Page",
    "Provenance",
    "Section",
    "Span",
    "Table",
    "Text",
    "Value",
    "excerpt",
    "is_text",
    "print_table",
    "provenance",
    "render",
    "to_json",
    "to_record",
    "write",
]
