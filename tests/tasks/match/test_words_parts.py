"""Counts, likeness, spelling and the table's code, each against what it says in plain Python."""

import itertools
import math
import random
import tracemalloc
import unicodedata
from collections.abc import Callable

import numpy as np
import pytest

from codelength.tasks.match import words_kin, words_rows
from codelength.tasks.match.words_agreed import DOUBT, WEIGHT, agreed
from codelength.tasks.match.words_code import CLASSES, POWERS, SHAPES, SHRINKS, coded, neighbours, partner_bits
from codelength.tasks.match.words_compounds import BINS as OF_COMPOUNDS
from codelength.tasks.match.words_compounds import compounded, compounds_of
from codelength.tasks.match.words_counts import REACH, Language, beside, language, near, split_words
from codelength.tasks.match.words_grow import Letters
from codelength.tasks.match.words_kin import kin_among, kin_of, kinship
from codelength.tasks.match.words_learned import learned
from codelength.tasks.match.words_likeness import balanced, likeness, returned, weighed
from codelength.tasks.match.words_spelling import BINS, alike_by_rows, spelt_alike
from codelength.tasks.match.words_witnesses import reliability


def test_counts_are_those_of_a_plain_loop() -> None:
    chance = random.Random(0)
    tokens = np.array([chance.choice([-1, *range(9)]) for _ in range(400)], dtype=np.int32)
    slow = np.zeros((3, 7, 4), dtype=np.float32)
    for here, word in enumerate(tokens):
        for there in range(max(0, here - REACH), min(tokens.size, here + REACH + 1)):
            apart = abs(here - there)
            between = tokens[min(here, there) : max(here, there) + 1]
            if apart == 0 or between.min() < 0 or word >= 7 or tokens[there] >= 4:
                continue
            slow[2, word, tokens[there]] += 1
            if apart <= 4:
                slow[0 if apart <= 2 else 1, word, tokens[there]] += 1
    assert np.array_equal(near(tokens, 7, 4), slow)
    right_beside = np.zeros((2, 7, 4), dtype=np.float32)
    for word, other in itertools.pairwise(tokens):
        if 0 <= word < 7 and 0 <= other < 4:
            right_beside[1, word, other] += 1
        if 0 <= other < 7 and 0 <= word < 4:
            right_beside[0, other, word] += 1
    assert np.array_equal(beside(tokens, 7, 4), right_beside)


def test_a_language_knows_its_words() -> None:
    lines = ["b a a", *(f"w{number}" for number in range(50))]
    known = language(lines)
    assert known.words[:2] == ("a", "b")
    assert int(known.counts.sum()) == sum(len(split_words(line)) for line in lines)
    again = [known.words[token] for token in known.tokens if token >= 0]
    assert again == [word for line in lines for word in split_words(line)]
    assert (known.tokens == -1).sum() == len(lines)


def test_words_and_signs() -> None:
    assert split_words("Don't, über_all") == ["don'", "t", "über", "all"]
    assert split_words("東京 is かな") == ["東", "京", "is", "か", "な"]
    assert split_words(" .,! ") == []


def test_what_is_as_often_as_chance_says_weighs_nothing() -> None:
    rows, columns = np.array([10.0, 20.0, 30.0]), np.array([0.2, 0.3, 0.5])
    independent = np.outer(rows, columns).astype(np.float32)
    assert weighed(independent).max() < 0.01
    independent[0, 0] += 40
    assert weighed(independent).argmax() == 0


def test_under_the_true_map_a_word_is_most_like_its_partner() -> None:
    chance = np.random.default_rng(0)
    counts = chance.poisson(chance.gamma(0.3, 10.0, (3, 40, 40))).astype(np.float32)
    order = chance.permutation(40)
    other = counts[:, order][:, :, order]
    true = np.zeros((40, 40), dtype=np.float32)
    true[order, np.arange(40)] = 1
    alike = likeness(counts, other, true)
    assert np.array_equal(alike.argmax(axis=1), np.argsort(order))
    sides = (counts[:2, :, :20], other[:2])
    assert np.array_equal(likeness(counts, other, true, sides).argmax(axis=1), np.argsort(order))
    assert not np.array_equal(likeness(counts, other, true, sides), alike)
    assert np.abs(alike.mean(axis=0)).max() < 1e-5
    assert np.abs(alike.mean(axis=1)).max() < 1e-5


def test_balance_is_between_each_alone_and_one_to_one() -> None:
    scores = np.random.default_rng(1).normal(0, 1, (30, 40)).astype(np.float32)
    spreads = []
    for power in (0.0, 0.5, 1.0):
        shares = balanced(scores, power)
        assert shares.sum(axis=1) == pytest.approx(np.ones(30), abs=1e-5)
        spreads.append(float(shares.sum(axis=0).std()))
    assert spreads[0] > spreads[1] > spreads[2]
    alone = np.exp(scores - scores.max(axis=1, keepdims=True))
    assert balanced(scores, 0.0) == pytest.approx(alone / alone.sum(axis=1, keepdims=True), abs=1e-6)


def test_spelling_counts_where_partners_are_spelt_alike() -> None:
    chance = random.Random(2)
    x = ["".join(chance.choice("abcdefghiklmnoprst") for _ in range(7)) for _ in range(60)]
    alike = spelt_alike(x, [word[:-1] + "e" for word in x])
    known = np.eye(60, dtype=np.float32)
    evidence = learned(alike, known, BINS)
    assert np.array_equal(evidence.argmax(axis=1), np.arange(60))
    assert np.diag(evidence).mean() > 2
    wrong = learned(alike, np.roll(known, 1, axis=1), BINS)
    assert wrong.max() < 0.3


def test_spelling_says_nothing_between_scripts() -> None:
    alike = spelt_alike(["house", "dog", "cat"], ["дом", "собака", "кошка"])
    assert alike.max() == 0
    assert np.ptp(learned(alike, np.eye(3, dtype=np.float32), BINS)) == 0


STEMS = ["balk", "cirn", "dofeg", "fumip", "gasto", "hilbe", "jokru", "kelma", "lorps", "muvin", "nerto", "prista"]


def test_forms_of_a_word_have_forms_of_its_partner_for_partners() -> None:
    """Between scripts: only how words look within one language is used. The last form's partner is not known."""
    x = [stem + end for end in ("a", "on") for stem in STEMS]
    greek = str.maketrans("abcdefghijklmnoprstuv", "αβψδεφγηιξκλμνοπρστθω")
    y = [stem[::-1].translate(greek) + end for end in ("ζ", "ζω") for stem in STEMS]
    rare = Language(tuple(x), np.ones(len(x), dtype=np.int64), np.arange(len(x), dtype=np.int32))
    letters = Letters.of(rare, len(x), y)
    assert letters.alike.max() == 0
    known = np.eye(len(x), dtype=np.float32)[:-1]
    evidence = letters.evidence(known, len(x), len(y))
    assert evidence[-1].argmax() == len(x) - 1
    assert letters.evidence(np.roll(known, 1, axis=1), len(x), len(y))[-1, -1] < evidence[-1, -1]


def test_what_stands_beside_a_word_names_a_part_of_its_partner() -> None:
    """Ten words stand before "jacket", whose partner is known; those of the first nine are known and teach."""
    first = ["leather", "denim", "rubber", "winter", "rain", "summer", "satin", "velvet", "wool", "nylon"]
    second = ["tur", "kohl", "tisch", "mauer", "gras", "schirm", "lampe", "brot", "fisch", "stein"]
    lines = [f"{word} jacket" for word in first for _ in range(5)] + [f"once{k}" for k in range(50)]
    x = language([*lines, "once0 jacket"])
    n = x.words.index("once0") + 1
    y_words = ["jacke", *(f"{word}jacke" for word in second), *(f"klang{word}" for word in second)]
    partners = {"jacket": 0, **{word: place for place, word in enumerate(sorted(first), start=1)}}
    known = np.zeros((n - 2, len(y_words)), dtype=np.float32)
    for place, word in enumerate(x.words[: n - 2]):
        known[place, partners[word]] = 1
    compounds = compounds_of(x, n, y_words)
    found = compounded(compounds, known, n, len(y_words))
    last = x.words.index(sorted(first)[-1])
    assert found[last, 1:11] == pytest.approx(4 / 5)
    assert found[last, 0] == found[last, 11:].max() == 0
    assert found[n - 1].max() == 0  # beside it once only
    evidence = learned(found, known, OF_COMPOUNDS)
    assert evidence[last, 1:11].min() > evidence[last, 11:].max() + 1
    assert np.array_equal(compounded(compounds, known, n, 5), found[:, :5])


def test_both_ends_of_a_compound_count_and_each_on_its_side() -> None:
    lines = ["tennis racket"] * 3 + [f"once{k}" for k in range(50)]
    x = language(lines)
    racket, tennis = x.words.index("racket"), x.words.index("tennis")
    y_words = ["tennis", "tennisschlager", "tischtennis"]
    known = np.zeros((2, 3), dtype=np.float32)
    known[tennis, 0], known[racket, 2] = 1, 1
    found = compounded(compounds_of(x, 2, y_words), known, 2, 3)
    assert found[racket].tolist() == pytest.approx([0, 2 / 3, 0])
    assert found[tennis].max() == 0


def test_a_pair_that_both_maps_find_is_surer() -> None:
    chance = np.random.default_rng(4)
    known, back = (chance.dirichlet(np.full(size, 0.3), size=30).astype(np.float32) for size in (40, 20))
    both = agreed(known, back)
    assert both.sum(axis=1) == pytest.approx(np.ones(30), abs=1e-5)
    for i, j in ((3, 5), (19, 29), (3, 35), (25, 5)):
        weights = [(DOUBT + (back[k, i] if k < 30 and i < 20 else 0.0)) ** WEIGHT for k in range(40)]
        product = known[i] * np.array(weights)
        assert both[i, j] == pytest.approx(product[j] / product.sum(), rel=1e-4)


def test_the_way_back_of_a_map_is_its_columns() -> None:
    known = np.random.default_rng(6).dirichlet(np.full(9, 0.2), size=12).astype(np.float32)
    back = returned(known)
    often = known.sum(axis=0) > 0.05
    assert back[often].sum(axis=1) == pytest.approx(np.ones(often.sum()), abs=1e-5)
    assert back.sum(axis=1).max() <= 1 + 1e-5
    assert np.array_equal(back.argmax(axis=1), known.argmax(axis=0))


def test_kinship_is_the_best_way_over_kin_and_never_uses_the_words_own_partner() -> None:
    chance = np.random.default_rng(5)
    halves = [chance.random((12, 12)).astype(np.float32) ** 2 for _ in range(2)]
    alike_x, alike_y = ((half + half.T) / 2 for half in halves)
    known = chance.dirichlet(np.full(9, 0.2), size=8).astype(np.float32)
    expected = np.zeros((12, 12))
    for i in range(12):
        for j in range(12):
            for kin in range(8):
                partner = int(known[kin].argmax())
                near_x, near_y = alike_x[i, kin], alike_y[partner, j]
                if kin != i and partner != j and min(near_x, near_y) > 0.3:
                    expected[i, j] = max(expected[i, j], near_x * known[kin].max() * near_y)
    found = kinship(kin_of(alike_x), kin_of(alike_y), known, 12, 12)
    assert found == pytest.approx(expected, abs=1e-6)
    assert found.max() > 0


def test_accents_do_not_part_words() -> None:
    assert spelt_alike(["élève", "chien"], ["eleve", "rue"])[0, 0] == pytest.approx(1)


def negative_binomial(count: float, mean: float, shape: float) -> float:
    """Bits of a count."""
    logs = math.lgamma(count + shape) - math.lgamma(shape) - math.lgamma(count + 1)
    logs += shape * math.log(shape / (shape + mean)) + count * math.log(mean / (shape + mean))
    return -logs / math.log(2)


def tables() -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(3)
    rates = chance.gamma(0.4, 2.0, (24, 24))
    made = []
    for scale in (2, 3):
        upper = np.triu(chance.poisson(scale * rates), 1).astype(np.float32)
        made.append(upper + upper.T)
    return made[0], made[1]


def test_the_code_of_a_table_is_the_best_of_all_settings() -> None:
    x, y = tables()
    partners = np.arange(24)
    rows_x, rows_y = x.sum(axis=1) + 0.5, y.sum(axis=1) + 0.5
    cells = [(i, j) for i in range(24) for j in range(i)]
    alone = np.zeros((CLASSES, len(SHAPES)))
    given = np.zeros((len(SHRINKS), CLASSES, len(POWERS), len(SHAPES)))
    for i, j in cells:
        expected = rows_x[i] * rows_x[j] / rows_x.sum()
        kind = min(max(math.floor(math.log2(expected)) + 10, 0), CLASSES - 1)
        for k, shape in enumerate(SHAPES):
            alone[kind, k] += negative_binomial(float(x[i, j]), expected, shape)
            for t, shrink in enumerate(SHRINKS):
                lift = (y[i, j] + shrink) / (rows_y[i] * rows_y[j] / rows_y.sum() + shrink)
                for g, power in enumerate(POWERS):
                    given[t, kind, g, k] += negative_binomial(float(x[i, j]), expected * lift**power, shape)
    code = coded(x, y, partners)
    price = CLASSES * math.log2(len(SHAPES))
    assert code.alone == pytest.approx(alone.min(axis=1).sum() + price, rel=1e-5)
    assert code.given == pytest.approx(given.min(axis=(2, 3)).sum(axis=1).min() + price + code.parameters, rel=1e-5)
    assert code.saved.sum() == pytest.approx(code.alone - code.given + code.parameters, rel=1e-5)
    assert code.shared.sum() == pytest.approx(code.saved.sum(), rel=1e-5)


def test_every_count_has_its_probability() -> None:
    for mean, shape in ((0.1, 0.05), (3.0, 2.0), (20.0, 300.0)):
        total = sum(2 ** -negative_binomial(float(count), mean, shape) for count in range(2000))
        assert total == pytest.approx(1, abs=1e-4)


def test_without_order_y_is_worth_only_its_parameters() -> None:
    x, y = tables()
    flat = np.outer(y.sum(axis=1), y.sum(axis=1)) / y.sum()
    code = coded(x, flat.astype(np.float32), np.arange(24))
    assert 0 <= code.given - code.alone + 5 <= code.parameters + 5


def test_cells_that_were_not_counted_cost_the_same_with_and_without_y() -> None:
    x, y = tables()
    narrow = coded(x[:, :10].copy(), y[:, :10].copy(), np.arange(24))
    assert narrow.saved.shape == (24,)
    far = coded(x[:, :10].copy(), y[:, :2].copy(), np.full(24, 23))
    assert abs(far.given - far.alone - far.parameters) < 1e-6 * far.alone


def test_the_table_is_of_the_two_close_windows() -> None:
    counts = np.arange(3 * 5 * 4, dtype=np.float32).reshape(3, 5, 4)
    assert np.array_equal(neighbours(counts), counts[0] + counts[1])


def test_the_bits_of_partners_are_those_of_probabilities() -> None:
    for rank, choices in ((0, 7), (4, 7), (9, 7)):
        bits = [float(partner_bits(np.full(rank + 1, partner), choices)[rank]) for partner in range(choices)]
        assert sum(2**-length for length in bits) == pytest.approx(1)
        assert bits[min(rank, choices - 1)] <= bits[0]


def test_what_is_worked_out_by_the_block_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(5)
    x, y = (["".join(chance.choices("abcd", k=5)) for _ in range(n)] for n in (40, 30))
    alike = spelt_alike(x, y)
    assert np.array_equal(np.concatenate(list(alike_by_rows(x, y, 7))), alike)
    known = balanced(np.random.default_rng(0).normal(size=(25, 20)).astype(np.float32), 0.5)
    evidence, kin = learned(alike, known, BINS), kin_of(spelt_alike(x, x))
    profiles = np.random.default_rng(1).gamma(0.3, size=(50, 33)).astype(np.float32)
    sure = (np.arange(30), np.arange(30)[::-1].copy())
    weights = reliability(profiles, profiles[::-1], sure)
    monkeypatch.setattr(words_rows, "CELLS", 100)
    monkeypatch.setattr(words_kin, "CELLS", 100)
    assert len(list(words_rows.row_blocks(40, 30))) == 14
    assert np.array_equal(learned(alike, known, BINS), evidence)
    assert np.array_equal(reliability(profiles, profiles[::-1], sure), weights)
    assert all(np.array_equal(*both) for both in zip(kin_among(x), kin, strict=True))


def test_no_more_room_than_for_what_is_kept() -> None:
    """All pairs of n words of y are 36 MB here; forms of words need 30 for each."""
    chance = random.Random(6)
    words = ["".join(chance.choices("abcdefghijklmnop", k=7)) for _ in range(3000)]

    def most(work: Callable[[], object]) -> float:
        tracemalloc.start()
        work()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak / 1e6

    everything = 4 * len(words) ** 2 / 1e6
    assert most(lambda: kin_among(words)) < 1.5 * everything
    counts = np.random.default_rng(0).poisson(0.2, (3, 3000, 600)).astype(np.float32)
    known = np.full((600, 600), 1 / 600, dtype=np.float32) + np.eye(600, dtype=np.float32)
    assert most(lambda: likeness(counts[:, :200, :], counts, known)) < 2.2 * counts.nbytes / 1e6


def test_marks_belong_to_the_words_they_stand_on() -> None:
    """They are no letters to a regular expression: each ended a word of Hindi, and of any text not composed."""
    accented = "élève Señor über"
    for form in ("NFC", "NFD"):
        assert split_words(unicodedata.normalize(form, accented)) == ["élève", "señor", "über"]
    assert split_words("हिन्दी में") == ["हिन्दी", "में"]
    assert split_words("مِن الكِتاب") == ["مِن", "الكِتاب"]
    assert split_words("İyi iyi IŞIK") == ["iyi", "iyi", "işik"]
    assert split_words("می\u200cخواهم Donau\u00addampf") == ["می\u200cخواهم", "donaudampf"]
    assert split_words("\u0301 a_b 'c'") == ["a", "b", "c'"]
