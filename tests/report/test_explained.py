"""Bytes as cells, and cells in their colours: nothing lost, nothing invisible, every level where it belongs."""

import base64
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codelength.report import Explained, Page, Provenance, Section, Span, excerpt, is_text, render
from codelength.report.cells import hex_rows, text_rows
from codelength.report.explained import COSTS, SAVINGS, explained
from codelength.report.explained_style import EXPLAINED_SCRIPT, EXPLAINED_STYLE
from codelength.report.wording import visible

MIXED = "naïve €\t\x00\x1b[31m\u202e𝔘\r\n ".encode() + b"\xff\xc3 end\n\n"


@given(st.one_of(st.binary(max_size=900), st.text(max_size=300).map(lambda t: t.encode("utf-8", "surrogatepass"))))
def test_cells_cover_all_bytes_and_hide_none(data: bytes) -> None:
    for rows in (list(text_rows(data)), list(hex_rows(data))):
        assert sum(cell.size for row in rows for cell in row) == len(data)
        assert all(row for row in rows)
        for cell in (cell for row in rows for cell in row):
            assert cell.sign == "\t" or (cell.sign and visible(cell.sign) == cell.sign)


def test_signs() -> None:
    signs = [(cell.sign, cell.size, cell.plain) for row in text_rows(MIXED) for cell in row]
    assert ("ï", 2, True) in signs
    assert ("€", 3, True) in signs
    assert ("\t", 1, True) in signs
    assert ("^@", 1, False) in signs
    assert ("U+202E", 3, False) in signs
    assert ("ff", 1, False) in signs
    assert ("^M", 1, False) in signs
    assert ("⏎", 1, False) in signs
    assert [cell.sign for row in hex_rows(b"\x00\xffa") for cell in row] == ["00", "ff", "61"]


def test_rows_are_lines_and_long_lines_are_broken() -> None:
    assert [len(row) for row in text_rows(b"one\n\ntwo")] == [4, 1, 3]
    assert max(len(row) for row in text_rows(b"word " * 1000)) <= 401
    assert max(len(row) for row in text_rows(b"x" * 5000)) <= 480


def test_what_is_text() -> None:
    assert is_text(b"plain\ttext\r\n")
    assert is_text("сто лет".encode())
    assert is_text(b"latin \xe9 with a few bytes that are not UTF-8")
    assert is_text(b"")
    assert not is_text(bytes(100))
    assert not is_text(np.random.default_rng(0).bytes(500))


def test_excerpts_are_one_short_line() -> None:
    assert excerpt(b"a\nb", 9, text=True) == "a⏎b"
    assert excerpt(b"x" * 99, 5, text=True) == "xxxxx…"
    assert excerpt(bytes(99), 6, text=False) == "00 00…"


def block(data: bytes, *, conditional: bool = True, text: bool = True) -> tuple[Explained, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    alone, told = rng.gamma(0.7, 3, len(data)), rng.gamma(0.7, 2, len(data))
    return Explained([Span("", 500, data, alone, told if conditional else None)], text), alone, told


def level(value: float, edges: tuple[float, ...]) -> int:
    return sum(value >= edge for edge in edges)


@pytest.mark.parametrize("text", [True, False])
def test_every_cell_bears_the_level_of_its_mean(text: bool) -> None:
    one, alone, told = block(MIXED * 3, text=text)
    page = explained(one)
    body = page[page.index('class="map') :]
    cells = re.findall(r'<i class="a(\d) g(\d) d(\d)(?: s)?"(?: data-n="(\d)")?>', body)
    at = 0
    for a, g, d, n in cells:
        size = int(n or 1)
        mean, other = alone[at : at + size].mean(), told[at : at + size].mean()
        assert (int(a), int(g), int(d)) == (level(mean, COSTS), level(other, COSTS), level(mean - other, SAVINGS))
        at += size
    assert at == len(MIXED) * 3
    assert 'data-view="given"' in page


def test_the_numbers_beside_the_cells_are_the_costs() -> None:
    one, alone, told = block(MIXED)
    page = explained(one)
    for name, costs in (("alone", alone), ("given", told)):
        (packed,) = re.findall(f'data-{name}="([^"]*)"', page)
        units = np.frombuffer(base64.b64decode(packed), dtype="<u2") / 256
        assert np.abs(units - costs).max() <= 1 / 512
    assert 'data-start="500"' in page
    huge = explained(Explained([Span("", 0, b"a", np.array([1e9]))], text=True))
    assert base64.b64encode(b"\xff\xff").decode() in huge


def test_without_side_information_there_is_one_view() -> None:
    page = explained(block(b"text", conditional=False)[0])
    assert 'data-view="alone"' in page
    assert "fieldset" not in page
    assert "data-given" not in page
    assert 'class="d' not in page


def test_costs_must_fit_the_bytes() -> None:
    with pytest.raises(ValueError, match="expected one for each"):
        Span("", 0, b"abc", np.zeros(2))


def test_only_a_page_that_needs_them_carries_style_and_script() -> None:
    made = Provenance("codelength explain", "today")
    plain = render(Page("t", "l", [Section("s", [])], made))
    coloured = render(Page("t", "l", [Section("s", [block(b"<b>&amp;</b>")[0]])], made))
    for extra in (EXPLAINED_STYLE, EXPLAINED_SCRIPT):
        assert extra in coloured
        assert extra not in plain
    assert coloured.count("'sha256-") == 2
    assert ">&lt;</i>" in coloured
    assert "<b>&amp;" not in coloured


def test_a_page_of_48_kib_stays_small() -> None:
    assert len(explained(block(b"0123456789abcde\n" * 3072)[0])) < 2_000_000
