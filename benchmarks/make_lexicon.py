"""Make the lexicon: the words that `prose` writes as codes. `python -m benchmarks.make_lexicon FOLDER`

FOLDER holds what a person fetches by name: Debian's `wordnet-base`, `r-cran-janeaustenr`, `fortunes` and `anarchism`,
unpacked (`dpkg-deb -x`). Of these texts only word counts and classes are taken: nothing of the data that benchmarks
measure is in them.

A word's weight is its share of each of the four texts, summed. The 40 heaviest are coded in one byte, the next 10,000
in two, 40,000 more in three. Classes are words that stand among the same words: each word's counts of the 1,500
commonest words at the distances -2, -1, 1 and 2, as positive pointwise mutual information (contexts smoothed by the
power 3/4: Levy, Goldberg, Dagan 2015), its 60 largest singular vectors, k-means; where a class is full a word goes to
the next best. Classes lie so that neighbours are alike. A quarter of a processor minute. Written: `lexicon.bin` (bz2).
The file that ships is part of the format: run this again only for a new code name.
"""

from __future__ import annotations

import bz2
import gzip
import re
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.linalg import svds
from sklearn.cluster import MiniBatchKMeans

from benchmarks.make_primer import austen, wordnet
from codelength.predictors.prose.words import FILE, FIRST

SINGLE, COMMON, RARE = 40, 10_000, 40_000
CLASSES, GROUPS, CLASSES_IN_GROUP = 80, 8, 48
DIMENSIONS = 60
CONTEXTS = 1500
DISTANCES = (-2, -1, 1, 2)

_LETTERS = re.compile(rb"[a-z]+")
_TOKEN = re.compile(rb"[a-z]+|[^a-z\s]")


def fortunes(folder: Path) -> bytes:
    """The sayings."""
    files = (path for path in sorted(folder.rglob("games/fortunes/*")) if path.is_file() and not path.suffix)
    return b"\n".join(path.read_bytes() for path in files)


def pages(folder: Path) -> bytes:
    """The text of HTML pages."""
    files = [path for path in sorted(folder.rglob("doc/anarchism/**/*.html*")) if path.is_file()]
    read = (gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes() for path in files)
    return b"".join(re.sub(rb"<[^>]*>|&[a-z]+;", b" ", page) for page in read)


def vocabulary(texts: Sequence[bytes]) -> list[bytes]:
    """Words of two letters and more, the heaviest first."""
    weights: Counter[bytes] = Counter()
    for text in texts:
        counts = Counter(_LETTERS.findall(text))
        total = counts.total()
        for word, count in counts.items():
            weights[word] += count / total  # type: ignore[assignment]
    words = sorted(weights, key=lambda word: (-weights[word], word))
    return [word for word in words if len(word) > 1][: SINGLE + COMMON + RARE]


def vectors(text: bytes, words: list[bytes]) -> NDArray[Any]:
    """One unit vector for each word: (words, DIMENSIONS)."""
    tokens = _TOKEN.findall(text)
    near = {word: k for k, (word, _) in enumerate(Counter(tokens).most_common(CONTEXTS))}
    number = {word: k for k, word in enumerate(words)}
    ids = np.array([number.get(token, -1) for token in tokens])
    contexts = np.array([near.get(token, -1) for token in tokens])
    counts = csr_matrix((len(words), len(DISTANCES) * CONTEXTS))
    for place, distance in enumerate(DISTANCES):
        here = ids[max(-distance, 0) : len(ids) - max(distance, 0)]
        there = contexts[max(distance, 0) : len(contexts) + min(distance, 0)]
        both = (here >= 0) & (there >= 0)
        at = (here[both], place * CONTEXTS + there[both])
        counts = counts + coo_matrix((np.ones(both.sum()), at), shape=counts.shape).tocsr()
    pairs = counts.tocoo()
    of_word, of_context = np.asarray(counts.sum(1)).ravel() + 1, np.asarray(counts.sum(0)).ravel() + 1
    smooth = of_context**0.75 * of_context.sum() ** 0.25
    values = np.log(pairs.data * of_context.sum() / of_word[pairs.row] / smooth[pairs.col])
    information = coo_matrix((np.maximum(values, 0), (pairs.row, pairs.col)), shape=pairs.shape).tocsr()
    left, values, _ = svds(information, k=DIMENSIONS, random_state=0)
    found = left * np.sqrt(values)
    return np.asarray(found / (np.linalg.norm(found, axis=1, keepdims=True) + 1e-9))


def classes(words: list[bytes], found: NDArray[Any], number: int) -> list[list[bytes]]:
    """The words in so many classes of at most 128, in an order in which neighbours are alike."""
    fit = MiniBatchKMeans(number, random_state=0, n_init=3, batch_size=4096).fit(found)
    centres = fit.cluster_centers_
    members: list[list[bytes]] = [[] for _ in range(number)]
    for word, vector in zip(words, found, strict=True):
        nearest = np.argsort(((centres - vector) ** 2).sum(1))
        members[next(k for k in nearest if len(members[k]) < FIRST)].append(word)
    order, left = [0], set(range(1, number))
    while left:
        order.append(min(left, key=lambda k: float(((centres[k] - centres[order[-1]]) ** 2).sum())))
        left.remove(order[-1])
    return [members[k] for k in order]


def written(words: list[bytes], found: NDArray[Any]) -> bytes:
    """The lexicon as `words.lexicon_of` reads it."""
    rare = SINGLE + COMMON
    common = classes(words[SINGLE:rare], found[SINGLE:rare], CLASSES)
    others = classes(words[rare:], found[rare:], GROUPS * CLASSES_IN_GROUP)
    groups = [others[k : k + CLASSES_IN_GROUP] for k in range(0, len(others), CLASSES_IN_GROUP)]
    blocks = [[words[:SINGLE]], common, *groups]
    return b"\n\n".join(b"\n".join(b" ".join(line) for line in block) for block in blocks)


def main(folder: Path) -> None:
    texts = [make(folder).lower() for make in (wordnet, austen, fortunes, pages)]
    words = vocabulary(texts)
    text = written(words, vectors(b"\n".join(texts), words))
    FILE.write_bytes(bz2.compress(text))
    print(f"{len(words):,} words, {len(text):,} bytes; {FILE.name} {FILE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
