"""Ciphers are solved, what is no cipher is left alone, and the bits add up."""

import csv
import math
import re
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from codelength.core import Bits, DataError
from codelength.predictors.letters import learn_letters
from codelength.tasks.match import FOUND_AT, cipher_search
from codelength.tasks.match.cipher import CipherMatch, Language, language, match_cipher
from codelength.tasks.match.cipher_anneal import Puzzle, anneal
from codelength.tasks.match.cipher_key import key_bits
from codelength.tasks.match.cipher_search import Effort
from codelength.tasks.match.cipher_text import read_ciphertext, read_language
from codelength.tasks.match.cipher_words import CUT, FREE, WITHIN

PLAIN = (
    "the president said on friday that the two companies had agreed to a new deal after months of talks in new york "
    "and that the government would make the terms public in the next few days"
)
match = partial(match_cipher, seconds=math.inf)


@pytest.fixture(scope="module")
def english(data_dir: Path) -> Language:
    with (data_dir / "ag_news" / "test.csv").open(encoding="utf-8", newline="") as file:
        texts = [re.sub("[^a-z]+", " ", f"{row[1]} {row[2]}".lower()) for row in csv.reader(file)]
    return language("\n".join(texts[:3000]).encode(), learn_letters)


def enciphered(text: str, seed: int = 0) -> bytes:
    key = np.random.default_rng(seed).permutation(26)
    return "".join(chr(97 + key[ord(c) - 97]) if c.isalpha() else c for c in text).encode()


@pytest.fixture(scope="module")
def solved(english: Language) -> CipherMatch:
    return match(enciphered(PLAIN.replace(" ", "")), english)


def test_a_cipher_without_spaces_is_read(solved: CipherMatch) -> None:
    assert solved.plaintext == PLAIN.replace(" ", "")
    assert solved.found
    assert solved.agreed >= 2
    assert solved.rival > 0


def test_the_key_deciphers(solved: CipherMatch) -> None:
    x = enciphered(PLAIN.replace(" ", "")).decode()
    assert "".join(solved.key[symbol] for symbol in x) == solved.plaintext
    assert len(set(solved.key.values())) == len(solved.key) == len(set(x))


def test_the_bits_are_of_their_kinds_and_the_key_is_paid_for(solved: CipherMatch) -> None:
    assert solved.map_bits.bits == pytest.approx(math.log2(math.factorial(len(solved.key))))
    assert (solved.unmatched.kind, solved.map_bits.kind, solved.matched.kind) == ("exact", "exact", "upper")
    assert solved.saved.kind == "lower"
    n = solved.symbols
    assert solved.unmatched.bits <= n * math.log2(len(solved.key)) + 16
    assert 1.5 < solved.matched.bits / n < 3


def test_what_is_found_is_in_the_record_and_what_is_not_is_not(solved: CipherMatch, english: Language) -> None:
    assert solved.as_dict()["plaintext"] == solved.plaintext
    short = match(b"xyzzy", english, effort=Effort(attempts=2)).as_dict()
    assert (short["found"], short["plaintext"], short["key"]) == (False, None, None)


def test_noise_is_left_alone(english: Language) -> None:
    for seed in range(3):
        noise = bytes(97 + k for k in np.random.default_rng(seed).integers(26, size=90))
        found = match(noise, english, effort=Effort(attempts=3))
        assert not found.found
        assert found.saved.bits < 0 < FOUND_AT


def test_where_spaces_stay_they_are_used(english: Language) -> None:
    plain = "the oil prices rose in new york on friday after the government said it would cut taxes"
    found = match(enciphered(plain, 3), english, spaces=True)
    assert found.plaintext == plain
    assert found.found


def test_homophones_are_told_apart(english: Language) -> None:
    text = (PLAIN + PLAIN[::-1][::-1].replace("friday", "monday")).replace(" ", "")
    chance = np.random.default_rng(5)
    symbols = [chr(0x100 + 2 * (ord(c) - 97) + int(chance.integers(2) if c in "etaoin" else 0)) for c in text]
    found = match("".join(symbols).encode(), english, reading="marks", homophonic=True, effort=Effort(attempts=5))
    assert np.mean([a != b for a, b in zip(found.plaintext, text, strict=True)]) < 0.03
    assert found.found
    key = np.array([ord(letter) for letter in found.key.values()])
    assert found.map_bits.bits == pytest.approx(key_bits(key))


def test_more_symbols_than_letters_can_only_be_homophones() -> None:
    found = match(b"abcdabcd", b"xy yx\nxx yx", learn=learn_letters, effort=Effort(attempts=2))
    assert set(found.key.values()) <= {"x", "y"}


def test_bytes_are_read_as_bytes() -> None:
    chance = np.random.default_rng(1)
    source = b"one two three, four five. " * 40
    letters = bytes(sorted(set(source)))
    code = bytes(chance.permutation(256)[: len(letters)].tolist())
    plain = b"two three, four five. one two three, four " * 3
    found = match(plain.translate(bytes.maketrans(letters, code)), source, learn=learn_letters, reading="bytes")
    assert found.plaintext == plain.decode()
    assert found.found


def test_the_same_seed_gives_the_same_answer(english: Language) -> None:
    x = enciphered("shares of the company fell sharply", 2)
    one, two = (match(x, english, effort=Effort(attempts=2), seed=4) for _ in range(2))
    assert (one.plaintext, one.matched, one.rival) == (two.plaintext, two.matched, two.rival)


def test_a_better_code_without_y_counts_against_the_match(english: Language) -> None:
    class Oracle:
        def bits(self, data: bytes, /) -> Bits:
            assert sorted(set(data)) == list(range(max(data) + 1))
            return Bits(50.0)

    x = enciphered(PLAIN.replace(" ", ""))
    found = match(x, english, Oracle(), effort=Effort(attempts=1))
    assert found.unmatched.bits == 50.0
    assert not found.found


def test_progress_is_told_and_the_time_is_kept(english: Language) -> None:
    told: list[tuple[str, int, int]] = []
    found = match_cipher(b"abcab", english, seconds=0, on_progress=lambda *news: told.append(news))
    assert found.attempts == 1
    assert told == [("keys", 1, Effort().attempts)]


def test_the_right_language_wins(data_dir: Path) -> None:
    bits = {}
    texts = {name: (data_dir / "languages" / f"{name}.txt").read_text("utf-8").split("\n") for name in ("de", "tr")}
    plain = re.sub(r"[^a-zäöüß]", "", "".join(texts["de"][200:202]).lower())[:160]
    other = dict(zip(sorted(set(plain)), np.random.default_rng(0).permutation(sorted(set(plain))), strict=True))
    x = "".join(other[c] for c in plain).encode()
    for name, lines in texts.items():
        known = language("\n".join(lines[:120]).encode(), learn_letters)
        found = match(x, known, effort=Effort(attempts=4))
        bits[name] = found.total.bits
    assert bits["de"] < bits["tr"]


def test_input_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(DataError, match="holds no letter"):
        match(b"123 456", b"some text", learn=learn_letters)
    with pytest.raises(DataError, match="not UTF-8 at byte 3"):
        match(b"ab\xff", b"some text", learn=learn_letters)
    with pytest.raises(DataError, match="fewer than two"):
        match(b"abc", b"aaa", learn=learn_letters)
    with pytest.raises(ValueError, match="learn"):
        match(b"abc", b"some text")


def test_reading() -> None:
    letters = read_ciphertext("Ünd, nv!".encode(), "letters", spaces=True)
    assert letters.names == ("d", "n", "v", "ü")
    assert letters.symbols.tolist() == [3, 1, 0, 1, 2]
    assert letters.edges.tolist() == [CUT, WITHIN, WITHIN, CUT, WITHIN]
    marks = read_ciphertext(b"%9 /%\n9", "marks", spaces=False)
    assert (marks.names, marks.symbols.tolist(), set(marks.edges.tolist())) == (
        ("%", "/", "9"),
        [0, 2, 1, 0, 2],
        {FREE},
    )
    raw = read_ciphertext(b"a\xffa", "bytes", spaces=True)
    assert (raw.names, raw.symbols.tolist(), raw.edges.tolist()) == (("61", "ff"), [0, 1, 0], [FREE] * 3)


def test_strangers_are_not_in_the_alphabet() -> None:
    text = read_language(b"ab ba " * 10_000 + "aéb".encode(), "letters")
    assert text.letters == ("a", "b")
    assert text.documents[0][-2:] == [(0,), (1,)]


def test_of_a_long_text_the_beginning_finds_the_key(english: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    """An attempt on all of 190,000 letters took minutes. Letters that only the rest has are found on the whole."""
    begins = "".join(PLAIN.split()).translate(str.maketrans("", "", "xv"))
    plain = begins + "nextsixtaxesofjacksonvilleveryvividvaluesavailableforexample" * 2
    annealed: list[tuple[int, int]] = []

    def counted(key: NDArray[np.int64], part: Puzzle, *rest: Any) -> float:
        annealed.append((part.symbols.size, rest[3]))
        return anneal(key, part, *rest)

    monkeypatch.setattr(cipher_search, "_LONG", len(begins))
    monkeypatch.setattr(cipher_search, "anneal", counted)
    found = match(enciphered(plain, 3), english)
    assert {size for size, steps in annealed if steps > 4 * 26 * 26} == {len(begins)}
    assert found.plaintext == plain
    assert found.matched.bits + found.map_bits.bits < found.unmatched.bits
