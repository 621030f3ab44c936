"""Names that others chose: nothing invisible gets through, and shortened names fit."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from codelength.report.wording import extent, shorten, visible

ANY = st.text(st.characters())


@given(ANY)
def test_everything_is_visible_and_encodes(text: str) -> None:
    seen = visible(text)
    seen.encode("utf-8")
    assert not [c for c in seen if unicodedata.category(c) in ("Cc", "Cs") or unicodedata.bidirectional(c) in _FORCED]
    assert visible(seen) == seen


_FORCED = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def test_other_scripts_and_emoji_stay() -> None:
    assert visible("ملف 🙂 数据 👩‍👩‍👧 é") == "ملف 🙂 数据 👩‍👩‍👧 é"
    assert visible("a\x1b[31m\udcff\x00\u202eb") == "a\\x1b[31m\\udcff\\x00\ufffdb"


@given(ANY, st.floats(30, 300))
def test_shortened_text_fits_and_keeps_both_ends(text: str, room: float) -> None:
    short = shorten(text, 12.0, room)
    assert extent(short, 12.0) <= room or len(short) <= 2
    if short != text:
        head, _, tail = short.partition("…")
        assert text.startswith(head)
        assert text.endswith(tail) or "…" in text
