"""Words as symbols: any text comes back, frequent words are one symbol each, and what is no word is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codelength.core import DataError
from codelength.models.words import BYTES, Words, frequent_words

TEXT = b"The cat sat on the mat; the cat's cat sat.\n" * 3
ALPHABET = frequent_words([TEXT], 50)


@settings(max_examples=200)
@given(st.lists(st.one_of(st.binary(max_size=8), st.sampled_from([*ALPHABET.words, b" ", b"  ", b"th"]))))
def test_any_text_comes_back(pieces: list[bytes]) -> None:
    text = b"".join(pieces)
    for alphabet in (ALPHABET, Words()):
        symbols = alphabet.symbols(text)
        assert alphabet.text(symbols) == text
        assert symbols.dtype == np.int64 and len(symbols) <= len(text)
        assert not len(symbols) or symbols.max() < alphabet.size


def test_without_words_symbols_are_bytes() -> None:
    assert Words().symbols(TEXT).tolist() == list(TEXT) and Words().size == BYTES


def test_what_saves_most_comes_first_and_what_is_met_once_is_none() -> None:
    texts = [b"aaaa bb bb bb ccc", b"aaaa ddddddddd"]
    assert frequent_words(texts, 9).words == (b"aaaa", b" bb")  # 2 x 3 and 3 x 2 symbols are saved
    assert frequent_words([*texts, b"bb bb"], 1).words == (b" bb",)
    assert len(ALPHABET.symbols(TEXT)) < len(TEXT) / 2


@pytest.mark.parametrize("words", [(b"a",), (b"two words",), (b"x1",), (b" ",), (b"cat", b"cat"), (b"",)])
def test_what_text_is_never_cut_into_is_no_word(words: tuple[bytes, ...]) -> None:
    with pytest.raises(DataError, match="words must differ"):
        Words(words)
