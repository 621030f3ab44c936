"""Which further pile of text helps to label AG News, by how many bits: words placed by the company they keep in it.

    python -m benchmarks.semi_supervised_piles                          about 2 minutes on a free core

A word's vector is its row of the first 150 singular vectors, times the roots of the singular values, of the positive
pointwise mutual information of words in a window (Levy & Goldberg 2014): whole documents of AG News' pool, 20 words of
further piles. A document is the tf-idf sum of its words' vectors at length 1, less its part along the direction common
to all. The labels are coded by `LowRegretClassifier` with logistic regression on tf-idf words and on those documents;
a pile is worth the bits that it saves on labels, whatever it is.

1,000 documents of the pool are set aside (none of the 500 that other benchmarks ask); 5 draws of 10 or 100 labelled
documents a class from the rest, accuracy on all others of the rest. Rows: words alone; vectors from the pool; from the
pool and one more pile; from the pool and the four English ones of many subjects. Differences are paired by draw, with
standard errors. `SemiSupervisedCodeClassifier` has .86 and .88 on such documents with the pool alone.
Writes benchmarks/records/semi_supervised_piles.json.
"""

from __future__ import annotations

import gzip
import json
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.preprocessing import normalize
from sklearn.utils.extmath import randomized_svd

from benchmarks.classify_text_splits import ag_news, newsgroups, r8
from benchmarks.real_data import DATA
from benchmarks.semi_supervised import letters
from benchmarks.semi_supervised_pool import mean
from codelength.predictors.mixing.primer import KILOBYTES, primer_text
from codelength.tasks.classify import LowRegretClassifier, OnColumns

RECORD = Path(__file__).parent / "records" / "semi_supervised_piles.json"
DRAWS = 5
FIRST_SEED = 100
ASIDE = 1000
WINDOW = 20
DIRECTIONS = 150
WORD = re.compile(r"\b\w+\b")
MARKUP = re.compile(r"<[^>]*>|&\w+;|\{\{[^}]*\}\}|\[\[(?:[^|\]]*\|)?|https?://\S+")

Floats = NDArray[np.float64]


def captions(language: str) -> list[str]:
    """Image captions, one sentence each."""
    with gzip.open(DATA / "multi30k" / f"train.{language}.gz", "rt", encoding="utf-8") as file:
        return file.read().splitlines()


def wikipedia() -> list[str]:
    """The first 4 MB of enwik8, without markup."""
    text = (DATA / "enwik" / "enwik8_first4M").read_text(encoding="utf-8", errors="ignore")
    return MARKUP.sub(" ", text).splitlines()


def mails() -> list[str]:
    """Training mails of 20 Newsgroups, without headers."""
    return [text.partition(b"\n\n")[2].decode("latin-1") for text in newsgroups(None).train]


PILES: dict[str, Callable[[], Sequence[str]]] = {
    "Wikipedia, 4 MB": wikipedia,
    "20 Newsgroups, training mails": mails,
    "Reuters R8, training news": lambda: [text.decode() for text in r8(None).train],
    "the package's primer, 3 MB": lambda: bytes(primer_text(KILOBYTES)).decode(errors="ignore").split(". "),
    "English captions": lambda: captions("en"),
    "German captions": lambda: captions("de"),
    "random letters": lambda: [text.decode() for text in letters([one.encode() for one in captions("de")])],
}
MANY = tuple(PILES)[:4]


def together(documents: Sequence[str], vocabulary: dict[str, int], window: int | None) -> csr_matrix:
    """In how many windows (None: documents) each pair of words stands, (V, V)."""
    words: list[int] = []
    ends = [0]
    for text in documents:
        found = [vocabulary.get(word, -1) for word in WORD.findall(text.lower())]
        step = window or max(1, len(found))
        for start in range(0, len(found), step):
            words += {at for at in found[start : start + step] if at >= 0}
            ends.append(len(words))
    has = csr_matrix((np.ones(len(words), dtype=np.float32), words, ends), shape=(len(ends) - 1, len(vocabulary)))
    pairs = csr_matrix(has.T @ has)
    pairs.setdiag(0)
    pairs.eliminate_zeros()
    return pairs


def vectors(pairs: csr_matrix) -> Floats:
    """Of words, (V, 150), rows of length 1."""
    each = np.maximum(np.asarray(pairs.sum(axis=1)).ravel().astype(np.float64), 1.0)
    cells = pairs.tocoo()
    information = np.log(cells.data * (each.sum() / (each[cells.row] * each[cells.col])))
    kept = information > 0
    positive = csr_matrix((information[kept], (cells.row[kept], cells.col[kept])), shape=pairs.shape)
    left, values, _ = randomized_svd(positive, DIRECTIONS, n_iter=2, random_state=0)
    return np.asarray(normalize(left * values**0.5))


def placed(rows: csr_matrix, words: Floats) -> csr_matrix:
    """Documents among the words, (n, 150)."""
    sums = rows @ words
    common = np.linalg.eigh(sums.T @ sums)[1][:, -1]
    return csr_matrix(normalize(sums - np.outer(sums @ common, common)))


def coded(rows: csr_matrix, ends: Sequence[int], labels: NDArray[Any], per_class: int) -> list[dict[str, float]]:
    """Bits of the labels, and accuracy on the documents that have none, for each draw; an expert for each group of
    columns, whose ends these are.
    """
    found = []
    for seed in range(FIRST_SEED, FIRST_SEED + DRAWS):
        order = np.random.default_rng(seed).permutation(labels.size)
        known = np.concatenate([order[labels[order] == c][:per_class] for c in np.unique(labels)])
        others = np.setdiff1d(order, known)
        experts = []
        for number, (start, end) in enumerate(zip((0, *ends), ends, strict=False)):
            one = OneVsRestClassifier(LogisticRegression(C=10.0, solver="liblinear"))
            experts.append((f"group {number}", OnColumns(one, start, end)))
        model = LowRegretClassifier(experts).fit(rows[known], labels[known])
        mixed = model.mixture_
        found.append(
            {
                "label_bits": mixed.bits.bits,
                "certificate": mixed.certificate.bits,
                "accuracy": float((model.predict(rows[others]) == labels[others]).mean()),
            }
        )
    return found


def measure() -> dict[str, Any]:
    """All rows."""
    whole = ag_news(10**6)
    rest = np.sort(np.random.default_rng(FIRST_SEED).permutation(len(whole.train))[ASIDE:])
    texts, labels = [whole.train[i].decode() for i in rest], np.array(whole.labels)[rest]
    counter = CountVectorizer(token_pattern=WORD.pattern, min_df=2, dtype=np.float64)
    rows = csr_matrix(TfidfTransformer(sublinear_tf=True).fit_transform(counter.fit_transform(texts)))
    pool = together(texts, counter.vocabulary_, None)
    pairs = {name: together(pile(), counter.vocabulary_, WINDOW) for name, pile in PILES.items()}
    sets: dict[str, tuple[str, ...]] = {"pool": ()}
    sets |= {f"pool, {name}": (name,) for name in PILES} | {"pool, and the first four": MANY}
    record: dict[str, Any] = {"labelled of": len(texts), "words": rows.shape[1], "rows": {}}
    for name, piles in {"words alone": None, **sets}.items():
        busy, seen = time.process_time(), rows
        ends = [rows.shape[1]]
        if piles is not None:
            counted = pool
            for pile in piles:
                counted = counted + pairs[pile]
            seen = csr_matrix(hstack([rows, placed(rows, vectors(csr_matrix(counted)))]))
            ends.append(seen.shape[1])
        row: dict[str, Any] = {str(each): coded(seen, ends, labels, each) for each in (10, 100)}
        row["words_seen"] = (
            int(sum((np.diff(pairs[pile].indptr) > 0) for pile in piles).astype(bool).sum()) if piles else 0
        )
        row["processor_seconds"] = time.process_time() - busy
        record["rows"][name] = row
        print(f"{name}: {row['processor_seconds']:.0f} s", flush=True)
    return record


def show(record: dict[str, Any]) -> None:
    """One table; differences to the vectors of the pool alone."""
    table = Table(title=f"AG News, {record['labelled of']} documents of the pool, {record['words']} words")
    columns = (
        "vectors from",
        "words in the pile",
        "bits, 10 a class",
        "saved",
        "accuracy",
        "bits, 100",
        "saved",
        "accuracy",
    )
    for column in columns:
        table.add_column(column, justify="left" if column == columns[0] else "right")
    for name, row in record["rows"].items():
        cells = [f"{row['words_seen']:,}"]
        for each in ("10", "100"):
            bits = [draw["label_bits"] for draw in row[each]]
            before = [draw["label_bits"] for draw in record["rows"]["pool"][each]]
            saved = mean([a - b for a, b in zip(before, bits, strict=True)])
            right = mean([draw["accuracy"] for draw in row[each]])
            cells += [f"{np.mean(bits):.1f}", saved if name != "pool" else "", right]
        table.add_row(name, *cells)
    Console(width=180).print(table)


def main() -> None:
    record = measure()
    show(record)
    RECORD.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
