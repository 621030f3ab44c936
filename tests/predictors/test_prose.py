"""English prose: words and lines are bijections on any bytes, breaks are told cheaply, and the code keeps its word."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import codelength as cl
from codelength.api import compress, decompress
from codelength.catalogue import choice, make
from codelength.coding import binary
from codelength.core import StreamError
from codelength.predictors.prose import Prose, breaks
from codelength.predictors.prose.detect import is_wrapped
from codelength.predictors.prose.lines import broken, joined, last_cut
from codelength.predictors.prose.words import CAPITAL, ESCAPE, from_words, lexicon, lexicon_of, to_words

SMALL = b"the of\n\nand not\nbark dog\n\nzebra\nyak\n\nxylem"
"""Words of one byte, two classes, two groups of rare classes."""

LETTERS = st.sampled_from([b"the", b"Dog", b"YAK", b"Zebra", b"xylem", b"a", b"I", b"McCoy", b"ar", "é".encode()])
OTHERS = st.sampled_from([b" ", b"\n", b"\r\n", b".", b"\x01", b"\x02", b"\x03", b"\x80", b"\xff", b"\0", b"7", b"  "])
TEXTS = st.lists(LETTERS | OTHERS | st.binary(max_size=3), max_size=40).map(b"".join)


def letters(byte: int) -> bool:
    return 65 <= byte <= 90 or 97 <= byte <= 122


def read_slowly(coded: bytes) -> Iterator[bytes]:
    """What `from_words` computes by a pattern, byte by byte, with the lexicon SMALL."""
    singles, doubles = [b"the", b"of"], [[b"and", b"not"], [b"bark", b"dog"]]
    triples = [[[b"zebra"], [b"yak"]], [[b"xylem"]]]
    at, mark = 0, 0
    while at < len(coded):
        byte = coded[at]
        word = b""
        if byte == 3:
            end = at + 2
            while coded[at + 1] > 3 and end < len(coded) and (letters(coded[end]) or coded[end] >= 128):
                end += 1
            yield coded[at + 1 : end]
            at = end
        elif byte in (1, 2):
            mark = byte
            at += 1
            continue
        elif letters(byte):
            end = at
            while end < len(coded) and letters(coded[end]):
                end += 1
            word, at = coded[at:end], end
        elif byte >= 132:
            word = triples[byte - 132][coded[at + 1] - 128][coded[at + 2] - 128]
            at += 3
        elif byte >= 130:
            word = doubles[byte - 130][coded[at + 1] - 128]
            at += 2
        elif byte >= 128:
            word = singles[byte - 128]
            at += 1
        else:
            yield bytes([byte])
            at += 1
        yield {0: word, 1: word[:1].upper() + word[1:], 2: word.upper()}[mark]
        mark = 0


@settings(deadline=None)
@given(TEXTS)
@example(b"The dog and the YAK did not bark at XYLEM")
@example(b"\x03\x80the \xc3\xa9the the\xc3\xa9 \x01the")
def test_words_come_back(text: bytes) -> None:
    for using in (lexicon_of(SMALL), None):
        coded = to_words(text, using)
        assert len(coded) <= 2 * len(text)
        assert from_words(coded, using) == text


@settings(deadline=None)
@given(TEXTS)
def test_words_are_read_as_the_format_says(text: bytes) -> None:
    assert b"".join(read_slowly(to_words(text, lexicon_of(SMALL)))) == text


def test_codes_are_what_the_format_says() -> None:
    small = lexicon_of(SMALL)
    assert to_words(b"of not Dog cat", small) == b"\x81 \x82\x81 \x01\x83\x81 cat"
    assert to_words(b"YAK xylem", small) == b"\x02\x84\x81\x80 \x85\x80\x80"
    assert to_words(b"\x01 \xc3\xa9t\xc3\xa9 \x80", small) == b"\x03\x01 \x03\xc3\xa9t\xc3\xa9 \x03\x80"
    assert to_words(b"McCoy I A", small) == b"McCoy \x01i \x01a"


def test_pieces_change_nothing(data_dir: Path) -> None:
    text = (data_dir / "calgary" / "book2").read_bytes()[:200_000]
    cuts = [text.index(b" ", at) + 1 for at in range(0, 190_000, 10_000)]
    parts = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert b"".join(map(to_words, parts)) == to_words(text)
    assert len(to_words(text)) < 0.72 * len(text)


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(coded: bytes) -> None:
    try:
        assert isinstance(from_words(coded), bytes)
    except StreamError as error:
        assert "damaged" in str(error)


def test_a_code_without_a_word_is_refused() -> None:
    with pytest.raises(StreamError, match="no word"):
        from_words(b"\x85\x90\x80", lexicon_of(SMALL))


def test_long_words_of_short_codes_are_bounded() -> None:
    """What a hostile stream spells is refused as soon as it is too long, with spaces in it or none."""
    word = max(lexicon().codes, key=len)
    coded = lexicon().codes[word]
    assert from_words(coded * 9, most=9 * len(word)) == word * 9
    for bomb in (coded * 100_000, (coded + b" ") * 100_000):
        with pytest.raises(StreamError, match="more than 1,000 bytes"):
            from_words(bomb, most=1000)
    with pytest.raises(StreamError, match="more than 2 bytes"):
        from_words(b"...", most=2)


def test_the_lexicon_is_what_it_was() -> None:
    """Its codes are part of the format."""
    found = lexicon()
    assert len(found.codes) == len(found.words) == 50_040
    assert all(word.islower() and word.isalpha() and len(word) > 1 for word in found.codes)
    assert (found.codes[b"the"], len(found.codes[b"house"]), len(found.codes[b"zoologist"])) == (b"\x80", 2, 3)
    assert CAPITAL + found.codes[b"the"] == to_words(b"The")
    assert to_words(ESCAPE) == 2 * ESCAPE


BROKEN = st.lists(st.sampled_from([b"ab", b"c", b" ", b"\n", b"\r\n", b"\r", b" \n", b"\t", b"  "]), max_size=40)


@settings(deadline=None)
@given(BROKEN.map(b"".join) | st.binary(max_size=40))
def test_lines_come_back(text: bytes) -> None:
    together, kinds = joined(text)
    assert broken(together, kinds) == text
    payload = breaks.encoded(breaks.fresh(), together, kinds)
    assert np.array_equal(breaks.decoded(breaks.fresh(), together, payload), kinds)
    if payload:
        with pytest.raises(StreamError):
            breaks.decoded(breaks.fresh(), together, payload + b"\1")


def test_only_breaks_between_words_are_joined() -> None:
    together, kinds = joined(b"a b\nc\r\nd \ne \r\nf\n\ng\n h  i\n")
    assert together == b"a b c d e f\n\ng\n h  i\n"
    assert kinds.tolist() == [0, 1, 3, 5, 7]


def test_breaks_of_wrapped_lines_cost_less_than_a_bit(data_dir: Path) -> None:
    wrapped = (data_dir / "canterbury" / "alice29.txt").read_bytes()
    verse = (data_dir / "canterbury" / "plrabn12.txt").read_bytes()
    assert is_wrapped(wrapped)
    assert not is_wrapped(verse)
    assert not is_wrapped((data_dir / "calgary" / "progc").read_bytes())
    together, kinds = joined(wrapped)
    decisions, probs = breaks.predicted(breaks.fresh(), together, kinds)
    assert binary.cost(decisions.tobytes(), probs) < 0.5 * np.count_nonzero(kinds)


def test_a_long_stream_of_breaks_that_is_cut_is_refused(data_dir: Path) -> None:
    together, kinds = joined((data_dir / "calgary" / "paper1").read_bytes())
    payload = breaks.encoded(breaks.fresh(), together, kinds)
    with pytest.raises(StreamError, match="too early"):
        breaks.decoded(breaks.fresh(), together, payload[: len(payload) // 2])


def test_counts_are_halved_and_go_on() -> None:
    """More spaces than a count holds."""
    text = b"a " * 40_000 + b"a"
    together, kinds = joined(text)
    payload = breaks.encoded(breaks.fresh(), together, kinds)
    assert len(payload) < 200
    assert broken(together, breaks.decoded(breaks.fresh(), together, payload)) == text


def test_prose_is_chosen_for_english_prose_and_nothing_else(data_dir: Path) -> None:
    fit, largest, fastest = choice("cm"), choice("cm:preset=max"), choice("cm:preset=fast")
    assert fit is not None
    assert largest is not None
    assert fastest is not None
    alice = (data_dir / "canterbury" / "alice29.txt").read_bytes()
    assert fit(alice, len(alice), False) == "prose:fine=1,primer=74,wrap=1"
    assert largest(alice, len(alice), False) == "prose:preset=max,primer=297,wrap=1"
    assert fastest(alice, len(alice), False) == "prose:preset=fast,wrap=1"
    assert fit(alice, len(alice), True) == "prose:fine=1,wrap=1"
    assert fit(alice[:50_000], 50_000, True) == "prose:wrap=1"
    assert fit(alice[20_000:23_000], 3000, True) == "prose"
    assert fit(alice[20_000:20_150], 150, True) == "prose"
    assert fit(alice[20_000:20_050], 50, True) == "cm"
    assert fit(alice[:1000], 1000, False).startswith("cm:primer=")
    for name in ("languages/de.txt", "calgary/progc", "calgary/obj2", "logs/Apache_2k.log"):
        data = (data_dir / name).read_bytes()
        assert not fit(data, len(data), False).startswith("prose"), name


@pytest.mark.parametrize(
    "spec", ["prose", "prose:wrap=1", "prose:fine=1,primer=4,wrap=1", "prose:preset=max", "prose:preset=fast"]
)
def test_text_gets_shorter_than_under_cm(data_dir: Path, spec: str) -> None:
    text = (data_dir / "canterbury" / "alice29.txt").read_bytes()[20_000:50_000]
    code = make(spec)
    stream = code.encode(text)
    assert code.decode(stream, max_size=len(text)) == text
    rival = spec.replace("prose", "cm").replace(",wrap=1", "").replace(":wrap=1", "")
    assert 8 * len(stream) < 0.95 * cl.bits(text, code=rival).bits


@given(
    st.lists(st.sampled_from([b"The", b"dog", b" ", b"\n", b"\r\n", b"\n\n", b".", b"\t"]), max_size=30),
    st.integers(0, 99),
)
@settings(deadline=None, max_examples=60)
def test_side_information_may_be_cut_anywhere(parts: list[bytes], cut: int) -> None:
    side = b"".join(parts)
    target = b"The dog did\nnot bark; the\ndog was not there."
    for spec in ("prose", "prose:wrap=1"):
        whole, halves = make(spec).given(side), make(spec).given(side[:cut]).given(side[cut:])
        assert whole.bits(target) == halves.bits(target)


def test_last_cuts_are_where_a_text_falls_into_parts() -> None:
    assert [last_cut(text, wrapped=False) for text in (b"", b"word", b"two words", b"end\n")] == [0, 0, 4, 4]
    assert [last_cut(text, wrapped=True) for text in (b"a\nb", b"a\n\nb\nc", b"a\n  b", b"a\n")] == [0, 2, 2, 0]


def test_a_chapter_is_shorter_given_another(data_dir: Path) -> None:
    alice = (data_dir / "canterbury" / "alice29.txt").read_bytes()
    known, asked = alice[:100_000], alice[100_000:130_000]
    code = make("prose:wrap=1")
    given_known = code.given(known)
    assert given_known.decode(given_known.encode(asked), max_size=30_000) == asked
    assert given_known.bits(asked).bits < 0.88 * code.bits(asked).bits
    assert given_known.bits(asked).bits < 0.95 * make("cm").given(known).bits(asked).bits
    frame = compress(asked, given=known)
    assert decompress(frame, given=known) == asked


def test_blocks_go_on_where_the_last_ended(data_dir: Path) -> None:
    text = (data_dir / "canterbury" / "alice29.txt").read_bytes()[:60_000]
    writer, reader = Prose(wrap=1).blocks(), Prose(wrap=1).blocks()
    sizes = []
    for at in range(0, 60_000, 20_000):
        payload = writer.encode(text[at : at + 20_000])
        sizes.append(len(payload))
        assert reader.decode(payload, 20_000) == text[at : at + 20_000]
    assert sizes[2] < 0.85 * sizes[0]
    with pytest.raises(StreamError, match="damaged"):
        Prose(wrap=1).blocks().decode(Prose(wrap=1).blocks().encode(text[:500]), 499)


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=80))
def test_frames_of_any_bytes_come_back(data: bytes) -> None:
    assert decompress(compress(data, code="prose:wrap=1")) == data


def test_parameters_out_of_range_are_refused() -> None:
    presets = ({"preset": "best"}, {"preset": "fast", "fine": 1}, {"preset": "max", "fine": 1})
    for parameters in (*presets, {"wrap": 2}, {"fine": -1}, {"primer": 9999}):
        with pytest.raises(ValueError, match=r"expected|leave it out"):
            Prose(**parameters)  # type: ignore[arg-type]
