"""The compiled parts of document selection equal their plain-Python references."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codelength.tasks.belonging import Themes, _gather, _scores, belonging, count_words
from codelength.tasks.coverage import cover_target
from codelength.tasks.ngrams import count_ngrams

few_letters = st.lists(st.text("ab c", max_size=12).map(str.encode), min_size=1, max_size=6)


def grams(document: bytes, orders: tuple[int, ...]) -> Counter[bytes]:
    text = b"\n" + document
    return Counter(text[at : at + n] for n in orders for at in range(len(text) - n + 1))


@settings(max_examples=80, deadline=None)
@given(few_letters, st.sampled_from([(1,), (2, 3), (3, 4, 5), (7,)]))
def test_ngrams_are_counted_with_their_contexts(documents: list[bytes], orders: tuple[int, ...]) -> None:
    found = count_ngrams(documents, orders)
    expected = [grams(document, orders) for document in documents]
    for d, counts in enumerate(expected):
        row = slice(found.starts[d], found.starts[d + 1])
        assert sorted(found.counts[row].tolist()) == sorted(counts.values())
        assert len(set(found.ids[row].tolist())) == len(counts)
    everything = sum(expected, Counter[bytes]())
    assert found.context.size == len(everything)
    assert found.contexts == len({gram[:-1] + bytes([len(gram)]) for gram in everything})
    totals = found.total(np.ones(len(documents)))
    assert sorted(totals.tolist()) == sorted(everything.values())
    contexts = Counter[bytes]()
    for gram, count in everything.items():
        contexts[gram[:-1] + bytes([len(gram)])] += count
    assert sorted(found.by_context(totals).tolist()) == sorted(contexts.values())


def test_orders_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="from 1 to 7"):
        count_ngrams([b"abc"], (8,))


def plain_greedy(
    documents: list[bytes], target: Counter[bytes], known: Counter[bytes], budget: int, a: float
) -> tuple[list[int], list[float]]:
    """The definition: at each step every document's gain, from codelengths before and after."""
    orders = (2, 3)
    pool = sum((grams(document, orders) for document in documents), Counter[bytes]()) + known
    pool_c = by_context(pool)

    def codelength(counts: Counter[bytes]) -> float:
        counts_c = by_context(counts)
        bits = 0.0
        for gram, times in target.items():
            prior = a * pool[gram] / pool_c[context_of(gram)]
            bits -= times * math.log2((counts[gram] + prior) / (counts_c[context_of(gram)] + a))
        return bits

    taken: list[int] = []
    gains: list[float] = []
    while True:
        left = budget - sum(len(documents[d]) for d in taken)
        best: tuple[float, int] | None = None
        for d, document in enumerate(documents):
            if d in taken or len(document) > left:
                continue
            gain = codelength(known) - codelength(known + grams(document, orders))
            rate = gain / max(1, len(document))
            if best is None or rate > best[0] + 1e-12:
                best = rate, d
        if best is None or best[0] <= 0:
            return taken, gains
        taken.append(best[1])
        gains.append(best[0] * max(1, len(documents[best[1]])))
        known = known + grams(documents[best[1]], orders)


def context_of(gram: bytes) -> bytes:
    return gram[:-1] + bytes([len(gram)])


def by_context(counts: Counter[bytes]) -> Counter[bytes]:
    sums = Counter[bytes]()
    for gram, count in counts.items():
        sums[context_of(gram)] += count
    return sums


def test_the_first_document_taken_is_the_definitions_and_gains_are_codelengths() -> None:
    rng = np.random.default_rng(0)
    words = [rng.integers(97, 103, 4, dtype=np.uint8).tobytes() for _ in range(12)]
    documents = [b" ".join(words[i] for i in rng.integers(0, 12, 5)) for _ in range(14)]
    task = [b" ".join(words[i] for i in rng.integers(0, 6, 5)) for _ in range(6)]
    ngrams = count_ngrams(documents + task, (2, 3))
    known = ngrams.total(np.array([0.0] * 14 + [1.0] * 2 + [0.0] * 4))
    target = ngrams.total(np.array([0.0] * 14 + [1.0] * 6))
    # The pool's distribution counts every row of `ngrams`: hand both sides the same rows.
    rows = documents + task
    sizes = np.array([len(row) for row in rows], dtype=np.int64)
    covered = cover_target(ngrams, target, known, sizes, np.ones(20, dtype=np.bool_), 90, strength=0.5)
    plain_known = sum((grams(t, (2, 3)) for t in task[:2]), Counter[bytes]())
    plain_target = sum((grams(t, (2, 3)) for t in task), Counter[bytes]())
    taken, gains = plain_greedy(rows, plain_target, plain_known, 90, 0.5)
    assert covered.taken[0] == taken[0] and covered.gains[0] == pytest.approx(gains[0])
    assert sizes[covered.taken].sum() <= 90
    # Whatever order laziness takes, the gains sum to what the whole saves.
    again = plain_known.copy()
    for d, gain in zip(covered.taken.tolist(), covered.gains.tolist(), strict=True):
        alone, _ = plain_gain(rows, plain_target, plain_known, again, d, 0.5)
        assert gain == pytest.approx(alone)
        again += grams(rows[d], (2, 3))


def plain_gain(
    rows: list[bytes], target: Counter[bytes], start: Counter[bytes], known: Counter[bytes], d: int, a: float
) -> tuple[float, Counter[bytes]]:
    pool = sum((grams(row, (2, 3)) for row in rows), Counter[bytes]()) + start
    pool_c = by_context(pool)
    after = known + grams(rows[d], (2, 3))
    bits = 0.0
    for counts, sign in ((known, 1.0), (after, -1.0)):
        counts_c = by_context(counts)
        for gram, times in target.items():
            prior = a * pool[gram] / pool_c[context_of(gram)]
            bits -= sign * times * math.log2((counts[gram] + prior) / (counts_c[context_of(gram)] + a))
    return bits, after


def test_theme_kernels_are_matrix_products() -> None:
    documents = [b"a b b c", b"c c", b"", b"d a"]
    starts, ids, counts, size = count_words(documents)
    dense = np.zeros((4, size))
    for d in range(4):
        dense[d, ids[starts[d] : starts[d + 1]]] = counts[starts[d] : starts[d + 1]]
    rng = np.random.default_rng(1)
    weights, logs = rng.random((4, 3)), rng.random((size, 3))
    models = np.zeros((size, 3))
    _gather(starts, ids, counts, weights, models)
    assert np.allclose(models, dense.T @ weights)
    assert np.allclose(_scores(starts, ids, counts, logs), dense @ logs)


def test_words_of_scripts_without_spaces_are_cut() -> None:
    text = "統計學是研究資料的科學".encode()
    _, ids, _, _ = count_words([text])
    assert len(ids) == -(-len(text) // 6)
    assert count_words(["Größe, Maß, größe".encode()])[3] == 2


def test_documents_of_the_tasks_kind_belong_whatever_the_share_is_said_to_be() -> None:
    rng = np.random.default_rng(2)
    words = [[b"w%d" % (100 * k + i) for i in range(60)] for k in range(4)]
    docs = [[b" ".join(words[k][i] for i in rng.integers(0, 60, 20)) for _ in range(40)] for k in range(4)]
    pool = [document for group in docs for document in group[10:]]
    for share in (0.1, 0.25, 0.5):
        likely = belonging(docs[0][:10], pool, settings=Themes(share=share))
        assert likely[:30].min() > 0.9 and likely[30:].max() < 0.1
        assert likely.min() >= 0 and likely.max() <= 1
