"""Labels coded prequentially: a martingale under the null, exactly; power where there is a difference."""

import itertools
import math

import numpy as np
import pytest

from codelength.core import DataError
from codelength.predictors.kt import KT
from codelength.tasks.distinguish import NOTHING, Distinction, distinguish, independence, paired
from codelength.tasks.distinguish.bets import Bets
from codelength.tasks.distinguish.bytes_coders import BitPlanes, ByteRates, MixedParts
from codelength.tasks.distinguish.coders import BinCoder, CodeCoder, Coder, LinearCoder
from codelength.tasks.distinguish.coding import code_labels
from codelength.tasks.distinguish.logistic import fit_softmax, softmax_bits

DOCUMENTS = [b"aaa", b"aab", b"bba", b"abc", b"ccc", b"cbc"]


def coders() -> list[Coder]:
    """Of every kind, over `DOCUMENTS`."""
    bins = np.array([[0, 1], [0, 0], [1, 1], [1, 2], [2, 0], [2, 2]])
    linear = np.column_stack((bins, np.ones(6))).astype(float)
    mixed = [MixedParts(parts, DOCUMENTS) for parts in (ByteRates(2), BitPlanes(2))]
    return [CodeCoder(KT(), DOCUMENTS, 2), BinCoder("bins", bins, 2), LinearCoder("linear", linear, 2), *mixed]


def test_the_mean_e_value_over_all_orders_of_the_labels_is_one() -> None:
    """The null itself, enumerated: 20 ways to give 3 + 3 labels; at the end and at every time before."""
    wealth = []
    for chosen in itertools.combinations(range(6), 3):
        labels = np.zeros(6, dtype=np.int64)
        labels[list(chosen)] = 1
        wealth.append(code_labels(labels, 2, coders(), seed=3).wealth)
    assert np.exp2(np.array(wealth)).mean(axis=0) == pytest.approx(np.ones(6), rel=1e-9)
    assert np.ptp(np.array(wealth)[:, -2]) > 0.01


def test_stopping_at_the_first_profit_gains_nothing_in_the_mean() -> None:
    stopped = []
    for chosen in itertools.combinations(range(6), 3):
        labels = np.zeros(6, dtype=np.int64)
        labels[list(chosen)] = 1
        path = code_labels(labels, 2, coders(), seed=5).wealth
        above = np.flatnonzero(path > 0.05)
        stopped.append(2.0 ** path[above[0] if above.size else -1])
    assert np.mean(stopped) == pytest.approx(1.0, rel=1e-9)


def test_labels_of_three_kinds_too() -> None:
    values = []
    for order in set(itertools.permutations([0, 0, 1, 1, 2])):
        bins = np.array([[0], [1], [0], [1], [1]])
        coded = code_labels(np.array(order), 3, [BinCoder("bins", bins, 3)], seed=0)
        values.append(2.0 ** coded.wealth[-1])
    assert np.mean(values) == pytest.approx(1.0, rel=1e-9)


def test_a_bet_knows_nothing_of_labels_to_come() -> None:
    labels = np.array([0, 1, 0, 1, 1, 0])
    first = code_labels(labels, 2, coders(), seed=1)
    swapped = labels.copy()
    a, b = first.order[-2:]
    swapped[a], swapped[b] = labels[b], labels[a]
    assert np.array_equal(code_labels(swapped, 2, coders(), seed=1).wealth[:4], first.wealth[:4])


def test_what_is_gained_is_chance_less_what_the_labels_cost() -> None:
    coded = code_labels(np.array([0, 1, 0, 1, 1, 1]), 2, coders(), seed=1)
    assert coded.wealth[-1] == pytest.approx(coded.chance_bits - coded.bits, abs=1e-9)
    assert coded.chance_bits == pytest.approx(math.log2(15))


def said_plainly(
    weights: list[float], left: list[int], scores: list[list[float]], label: int
) -> tuple[float, float, list[float]]:
    """The reference of one bet: cost, gain, new weights."""
    chance = [count / sum(left) for count in left]
    experts = [chance]
    for row in scores:
        odds = [p * 2.0 ** (min(row) - s) for p, s in zip(chance, row, strict=True)]
        experts.append([(1 - 2.0**-24) * o / sum(odds) + 2.0**-24 * p for o, p in zip(odds, chance, strict=True)])
    mixed = [sum(w * q[k] for w, q in zip(weights, experts, strict=True)) for k in range(len(left))]
    units = [max(1, int(q / sum(mixed) * 2**32)) if m else 0 for q, m in zip(mixed, left, strict=True)]
    units[mixed.index(max(mixed))] += 2**32 - sum(units)
    assert sum(units) == 2**32
    raised = [w * q[label] for w, q in zip(weights, experts, strict=True)]
    cost = 32 - math.log2(units[label])
    return cost, -math.log2(chance[label]) - cost, [w / sum(raised) for w in raised]


def test_the_bets_follow_their_reference() -> None:
    rng = np.random.default_rng(0)
    labels = rng.permutation([0] * 5 + [1] * 9 + [2] * 2).astype(np.int64)
    scores = rng.exponential(9.0, size=(16, 4, 3))
    bets = Bets(np.array([5, 9, 2]), 4)
    wealth = np.concatenate([bets.take(scores[:7], labels[:7]), bets.take(scores[7:], labels[7:])])
    weights, left, total = [0.5, *[0.125] * 4], [5, 9, 2], 0.0
    for t, label in enumerate(labels.tolist()):
        _, gained, weights = said_plainly(weights, left, scores[t].tolist(), label)
        left[label] -= 1
        total += gained
        assert wealth[t] == pytest.approx(total, abs=1e-8)
    assert bets.weights == pytest.approx(np.array(weights))
    assert bets.left.tolist() == [0, 0, 0]


def test_the_last_label_is_certain() -> None:
    bets = Bets(np.array([1, 2]), 1)
    wealth = bets.take(np.array([[[3.0, 0.0]], [[0.0, 50.0]], [[0.0, 50.0]]]), np.array([0, 1, 1]))
    assert wealth[0] < 0
    assert wealth[0] == wealth[1] == wealth[2]


def test_no_more_than_one_bit_is_ever_lost() -> None:
    """Against experts that are always wrong."""
    n = 200
    labels = np.arange(n) % 2
    wrong = np.where(np.arange(2) == labels[:, None], 9.0, 0.0)
    bets = Bets(np.array([n // 2, n // 2]), 2)
    wealth = bets.take(np.stack([wrong, wrong], axis=1), labels)
    assert wealth.min() >= -1.0 - n * 2.0**-30
    assert wealth[-1] < -0.9
    assert bets.weights[0] > 0.99


def test_bins_follow_their_formula() -> None:
    bins = np.array([[0, 1], [1, 1], [0, 0], [2, 1]])
    coder = BinCoder("bins", bins, 2)
    coder.learn(np.array([0, 1, 2]), np.array([0, 0, 1]))
    zero = -math.log2((0 + 0.5) / (2 + 1.5)) - math.log2((2 + 0.5) / (2 + 1.0))
    one = -math.log2((0 + 0.5) / (1 + 1.5)) - math.log2((0 + 0.5) / (1 + 1.0))
    assert coder.scores(np.array([3])) == pytest.approx(np.array([[zero, one]]))


def test_rates_of_bytes_follow_their_formula() -> None:
    rates = ByteRates(2)
    rates.count(b"aab", 0)
    rates.count(b"b", 1)
    bits = rates.bits([b"ab", b""])
    assert bits.shape == (2, 256, 2) and not bits[1].any()
    assert bits[0, ord("a")] == pytest.approx([-math.log2(2.5 / 4 * 1.5 / 4), -math.log2(0.5 / 2 * 1.5 / 2)])
    assert bits[0, ord("z")] == pytest.approx([-2 * math.log2(3.5 / 4), -2 * math.log2(1.5 / 2)])


def plane_bits_plainly(known: list[bytes], content: bytes, plane: int, order: int) -> float:
    """The reference of one plane, one class: Krichevsky-Trofimov after the `order` bits before."""
    counts: dict[tuple[int, ...], list[int]] = {}
    total = 0.0
    for text in [*known, content]:
        bits = [byte >> plane & 1 for byte in text]
        for at in range(order, len(bits)):
            seen = counts.setdefault(tuple(bits[at - order : at]), [0, 0])
            if text is content:
                total -= math.log2((seen[bits[at]] + 0.5) / (sum(seen) + 1))
            else:
                seen[bits[at]] += 1
    return total


def test_planes_of_bits_follow_their_reference() -> None:
    rng = np.random.default_rng(0)
    values = np.array([1, 2, 255], dtype=np.uint8)
    texts = [bytes(rng.choice(values, size)) for size in (40, 0, 25, 60, 5)]
    planes = BitPlanes(2)
    for text, label in zip(texts[:4], (0, 0, 1, 1), strict=True):
        planes.count(text, label)
    found = planes.bits([rest := bytes(rng.choice(values, 50)), texts[4]])
    assert found.shape == (2, 16, 2)
    for j, order in enumerate((2, 12)):
        for plane in range(8):
            for label, known in enumerate((texts[:2], texts[2:4])):
                assert found[0, 8 * j + plane, label] == pytest.approx(plane_bits_plainly(known, rest, plane, order))
    assert not found[1, 8:].any()


def test_the_part_that_knows_something_is_found() -> None:
    """Of 256 byte values one is never in the documents of one class, and often in those of the other."""
    rng = np.random.default_rng(1)
    labels = np.arange(40) % 2
    documents = [rng.bytes(200).replace(b"z", b"y") + b"z" * (9 * k) for k in labels.tolist()]
    coder = MixedParts(ByteRates(2), documents)
    assert coder.scores(np.arange(2)) == pytest.approx(np.ones((2, 2)))
    for at in range(0, 30, 5):
        coder.learn(np.arange(at, at + 5), labels[at : at + 5])
    scores = coder.scores(np.arange(30, 40))
    assert np.exp2(-scores).sum(axis=1) == pytest.approx(np.ones(10))
    assert (scores.argmin(axis=1) == labels[30:]).all()


def test_a_generator_with_a_flaw_is_told_from_a_sound_one() -> None:
    """One value twice as often; and a plane of bits that comes again after 512 bytes."""
    rng = np.random.default_rng(2)
    sound = [rng.bytes(256) for _ in range(300)]
    biased = rng.integers(0, 256, (300, 256), dtype=np.uint8)
    biased[rng.random(biased.shape) < 1 / 128] = 0
    assert distinguish(list(map(bytes, biased)), sound, []).p_value < 1e-3
    cycle = rng.integers(0, 2, 512, dtype=np.uint8)
    low = rng.integers(0, 128, (60, 64), dtype=np.uint8) * 2 + np.resize(cycle, (60, 64))
    assert distinguish(list(map(bytes, low)), [text[:64] for text in sound[:60]], []).p_value < 1e-3
    assert distinguish(sound[:150], sound[150:], []).needed(0.05) is None


def test_a_code_learns_in_rounds_what_it_learns_at_once() -> None:
    once, twice = CodeCoder(KT(), DOCUMENTS, 2), CodeCoder(KT(), DOCUMENTS, 2)
    labels = np.array([0, 1, 0, 1])
    once.learn(np.arange(4), labels)
    twice.learn(np.arange(1), labels[:1])
    twice.learn(np.arange(1, 4), labels[1:])
    assert np.array_equal(once.scores(np.array([4, 5])), twice.scores(np.array([4, 5])))
    direct = KT().given(b"aaa\nbba\n").bits(b"ccc\n").bits
    assert once.scores(np.array([4]))[0, 0] == direct


def test_softmax_regression_ends_where_the_gradient_vanishes() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 3))
    y = (x @ [1.0, -1.0, 0.0] + rng.normal(size=300) > 0).astype(np.int64)
    weights = np.zeros((3, 2))
    for _ in range(9):
        weights = fit_softmax(x, y, weights)
    gradient = x.T @ (np.eye(2)[y] - np.exp2(-softmax_bits(x, weights))) - 10.0 * weights
    assert np.abs(gradient).max() < 0.05
    assert np.exp2(-softmax_bits(x, weights)).sum(axis=1) == pytest.approx(np.ones(300))
    assert softmax_bits(x, weights)[np.arange(300), y].mean() < 0.7


def test_the_level_is_held_at_any_stopping_time() -> None:
    """By Ville's inequality at most 5 % of null draws ever reach 20; more than 10 of 60 have odds below 1 in 1000."""
    rng = np.random.default_rng(0)
    rejected = 0
    for seed in range(60):
        rows = rng.normal(size=(40, 1))
        rejected += distinguish(rows[:20], rows[20:], [], seed=seed).needed(0.05) is not None
    assert rejected <= 10


def test_two_languages_are_told_apart_and_one_language_is_not(data_dir) -> None:  # type: ignore[no-untyped-def]
    english = (data_dir / "languages" / "en.txt").read_bytes().splitlines()
    german = (data_dir / "languages" / "de.txt").read_bytes().splitlines()
    cut = [line[:150] for line in english]
    found = distinguish(cut[:40], [line[:150] for line in german[40:80]], [KT()])
    assert found.p_value < 1e-6
    assert found.needed(0.01) is not None
    assert found.saved.kind == "exact"
    order = np.random.default_rng(0).permutation(120)
    lines = [cut[k] for k in order.tolist()]
    assert distinguish(lines[:60], lines[60:], [KT()]).p_value > 0.01


@pytest.mark.parametrize(
    "changed",
    [
        lambda y: y + np.array([0.8, 0.0]),
        lambda y: 2 * y,
        lambda y: np.column_stack((y[:, 0], 0.9 * y[:, 0] + 0.4 * y[:, 1])),
    ],
    ids=["mean", "spread", "correlation"],
)
def test_numbers_that_differ_are_told_apart(changed) -> None:  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(200, 2)), rng.normal(size=(200, 2))
    assert distinguish(x, changed(y), []).p_value < 1e-4
    assert distinguish(x, y, []).p_value > 0.01


def test_labels_of_any_kind_that_depend_on_the_documents() -> None:
    rng = np.random.default_rng(2)
    documents = [b"good and fine" if k % 2 else b"bad or poor" for k in range(60)]
    dependent = [("yes" if k % 2 else None) for k in range(60)]
    assert independence(documents, dependent, [KT()]).p_value < 1e-4
    free = rng.permutation(np.array(dependent, dtype=object)).tolist()
    assert independence(documents, free, [KT()]).p_value > 0.01


def test_pairs_that_belong_together() -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(size=(300, 1))
    assert paired(x, x + rng.normal(size=(300, 1)), []).p_value < 1e-4
    assert paired(x, rng.normal(size=(300, 1)), []).p_value > 0.01
    z, noise = rng.normal(size=(2, 1000))
    assert paired(z, z**2 + 0.3 * noise, []).p_value < 1e-4  # no correlation, yet dependent
    words = [bytes([97 + k % 2]) * 5 for k in range(100)]
    assert paired(words, words, [KT()]).counts == (50, 50)


def test_the_same_seed_gives_the_same_bits() -> None:
    rng = np.random.default_rng(4)
    x, y = rng.normal(size=50), rng.normal(size=40) + 1
    assert np.array_equal(distinguish(x, y, [], seed=7).wealth, distinguish(x, y, [], seed=7).wealth)
    assert not np.array_equal(distinguish(x, y, [], seed=7).wealth, distinguish(x, y, [], seed=8).wealth)


def test_what_a_distinction_says_of_itself() -> None:
    found = distinguish([b"aaaa"] * 30, [b"bbbb"] * 20, [KT()])
    assert isinstance(found, Distinction)
    assert found.counts == (30, 20)
    assert found.chance.bits == pytest.approx(math.log2(math.comb(50, 20)))
    assert 0.5 < found.share <= 1
    assert found.p_value == 2.0 ** -found.wealth.max()
    first = found.needed(0.05)
    assert first is not None
    assert found.wealth[first - 1] >= math.log2(20) > found.wealth[: first - 1].max()
    assert found.needed(1e-300) is None
    assert found.coding.experts[0] == NOTHING
    assert found.coding.weights.shape == (found.coding.ends.size, len(found.coding.experts))


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: distinguish([], [b"x"], [KT()]), "a: is empty"),
        (lambda: distinguish(b"one", [b"x"], [KT()]), "met one bytes"),
        (lambda: distinguish(["text"], [b"x"], [KT()]), "must be bytes"),
        (lambda: distinguish([b"x", 3], [b"x"], [KT()]), "must be bytes"),
        (lambda: distinguish([[1.0], [math.nan]], [[1.0]], []), "a: row 1"),
        (lambda: distinguish([[1.0]], [[1.0, 2.0]], []), "rows of 1 and of 2"),
        (lambda: distinguish([[1.0]], [b"x"], [KT()]), "cannot be compared"),
        (lambda: distinguish(np.zeros((2, 2, 2)), [[1.0]], []), "shape"),
        (lambda: distinguish([object()], [[1.0]], []), "rows of numbers"),
        (lambda: independence([b"x", b"y"], [1], [KT()]), "2 documents and 1 labels"),
        (lambda: independence([b"x", b"y"], [1, 1], [KT()]), "nothing to test"),
        (lambda: paired([b"x"], [b"y"], [KT()]), "two at least"),
        (lambda: paired([b"x", b"y"], [b"y"], [KT()]), "as many"),
        (lambda: paired([b"x", b"y"], [1.0, 2.0], [KT()]), "both"),
    ],
)
def test_bad_input_is_refused_in_one_line(call, says: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(DataError, match=says) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_one_document_each_is_an_answer() -> None:
    found = distinguish([b""], [b"x"], [KT()])
    assert found.chance.bits == 1.0
    assert found.p_value > 0.4
