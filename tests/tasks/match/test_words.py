"""Words of two languages: a made language is found again, real ones are, and nothing is matched to noise."""

import gzip
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from codelength.core.errors import DataError
from codelength.tasks.match.words import WordMatch, match_words

WORDS = 80


def made(seed: int, name: str, lines: int = 2000) -> list[str]:
    """Lines of a made language: every word has words that like to follow it and a frequency of its own; the seed only
    draws the text, so that two seeds give two texts of one language, `name` its spelling.
    """
    grammar = random.Random(7)
    likes = [grammar.sample(range(WORDS), 6) for _ in range(WORDS)]
    shares = [1 / (rank + 3) for rank in range(WORDS)]
    chance = random.Random(seed)
    out = []
    for _ in range(lines):
        words = [chance.choices(range(WORDS), shares)[0]]
        while len(words) < 10:
            near = likes[words[-1]] if chance.random() < 0.7 else range(WORDS)
            words.append(chance.choices(near, [shares[word] for word in near])[0])
        out.append(" ".join(f"{name}{word}" for word in words))
    return out


def shuffled(lines: list[str]) -> list[str]:
    """The same words, every order lost."""
    words = [word for line in lines for word in line.split()]
    random.Random(0).shuffle(words)
    rest = iter(words)
    return [" ".join(next(rest) for _ in line.split()) for line in lines]


def right(match: WordMatch) -> float:
    """Share of words whose partner has the same number."""
    return sum(pair.word[1:] == pair.partner[1:] for pair in match.pairs) / len(match.pairs)


@pytest.fixture(scope="module")
def match() -> WordMatch:
    return match_words(made(1, "x"), made(2, "y"), vocabulary=WORDS, spelling=False, restarts=3)


def test_a_language_in_other_words_is_found_again(match: WordMatch) -> None:
    assert match.found
    assert len(match.pairs) == WORDS
    assert right(match) > 0.9


def test_the_bits_add_up(match: WordMatch) -> None:
    whole = match.unmatched.bits - match.map_bits.bits - match.matched.bits
    assert match.saved.bits == pytest.approx(whole)
    assert match.saved.kind == "estimate"
    assert match.unmatched.bits > match.matched.bits > 0
    if match.size == len(match.pairs):
        # The pairs' own bits and what is said once, sizes and parameters, are the whole.
        assert sum(pair.bits for pair in match.pairs) - match.saved.bits == pytest.approx(42, abs=10)


def test_most_partners_of_frequent_words_pay_for_themselves(match: WordMatch) -> None:
    frequent = match.pairs[: WORDS // 2]
    assert sum(pair.bits > 0 for pair in frequent) > len(frequent) / 2
    assert min(match.restarts) < max(match.restarts)


@pytest.mark.parametrize("spoil", [lambda x, y: (x, shuffled(y)), lambda x, y: (shuffled(x), y)])
def test_nothing_is_matched_where_no_order_is_left(
    spoil: Callable[[list[str], list[str]], tuple[list[str], list[str]]],
) -> None:
    x, y = spoil(made(1, "x"), made(2, "y"))
    found = match_words(x, y, vocabulary=WORDS, restarts=2)
    assert not found.found
    assert "no match found" in found.claim


def test_the_same_seed_gives_the_same_map_and_the_order_of_lines_is_nothing(match: WordMatch) -> None:
    x, y = made(1, "x"), made(2, "y")
    random.Random(1).shuffle(y)
    again = match_words(x, y, vocabulary=WORDS, spelling=False, restarts=3)
    assert again.pairs == match.pairs
    assert again.saved == match.saved and again.complete


def test_time_that_is_over_ends_the_search_with_what_there_is() -> None:
    seen: list[tuple[str, int, int]] = []
    found = match_words(
        made(1, "x", 300), made(2, "y", 300), vocabulary=WORDS, seconds=0.0, on_progress=lambda *at: seen.append(at)
    )
    assert len(found.restarts) == 1 and not found.complete
    assert seen[0] == ("starting from frequencies", 1, 6)
    assert len(found.pairs) >= 50


def test_captions_of_two_languages(data_dir: Path) -> None:
    def lines(language: str) -> list[str]:
        return gzip.decompress((data_dir / "multi30k" / f"train.{language}.gz").read_bytes()).decode().splitlines()

    found = match_words(lines("en")[:14500], lines("fr")[14500:], vocabulary=200, spelling=False, restarts=3)
    partners = {pair.word: pair.partner for pair in found.pairs}
    known = {"man": "homme", "woman": "femme", "two": "deux", "dog": "chien", "three": "trois", "girl": "fille"}
    known |= {"beach": "plage", "street": "rue", "with": "avec", "and": "et", "water": "eau", "children": "enfants"}
    assert found.found
    assert sum(partners[word] == partner for word, partner in known.items()) >= 9


def test_a_translation_keeps_words_without_a_partner(match: WordMatch) -> None:
    said = match.translate("X0 unheard x1!")
    assert said.split()[1] == "unheard"
    assert said.split()[0].startswith("y")


@pytest.mark.parametrize(("lines", "vocabulary"), [(["too few words"], 100), (made(1, "x", 50), 49)])
def test_too_little_is_refused_in_one_line(lines: list[str], vocabulary: int) -> None:
    with pytest.raises(DataError, match="at least 50") as refused:
        match_words(lines, made(2, "y", 50), vocabulary=vocabulary)
    assert "\n" not in str(refused.value)
