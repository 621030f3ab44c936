"""What word matches are held against: partners by aligned lines, dictionaries, and captions translated word by word.

The gold partner of a word is the word of the other language with the highest Dice coefficient over aligned lines,
2 |both| / (|x| + |y|), if that is over .4. The lines are aligned for this only: the matching is given other halves.
"""

import gzip
import math
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import scipy.sparse

from benchmarks.real_data import DATA
from codelength.tasks.match.words import WordPair
from codelength.tasks.match.words_counts import split_words

DICE = 0.4


def captions(language: str, part: str = "train") -> list[str]:
    """Captions of multi30k, aligned by line."""
    return gzip.decompress((DATA / "multi30k" / f"{part}.{language}.gz").read_bytes()).decode().splitlines()


def paragraphs(language: str) -> list[str]:
    """The same 240 paragraphs in each language."""
    return (DATA / "languages" / f"{language}.txt").read_text(encoding="utf-8").splitlines()


def gold(x_lines: Sequence[str], y_lines: Sequence[str], least: float = DICE) -> dict[str, str]:
    """Word of x -> its best Dice partner, where there is one over `least`."""
    (of_x, x_words), (of_y, y_words) = (_occurrence(lines) for lines in (x_lines, y_lines))
    both = (of_x.T @ of_y).tocoo()
    both_once = both.data >= 2
    rows, columns, counts = both.row[both_once], both.col[both_once], both.data[both_once]
    in_x, in_y = (np.asarray(matrix.sum(axis=0)).ravel() for matrix in (of_x, of_y))
    dice = 2 * counts / (in_x[rows] + in_y[columns])
    order = np.lexsort((columns, dice))
    return {x_words[rows[k]]: y_words[columns[k]] for k in order if dice[k] > least}


def _occurrence(lines: Sequence[str]) -> tuple[scipy.sparse.csr_matrix, list[str]]:
    """Which line has which word, (lines, words) of 0 and 1."""
    split = [sorted(set(split_words(line))) for line in lines]
    words = sorted({word for line in split for word in line})
    place = {word: k for k, word in enumerate(words)}
    columns = [place[word] for line in split for word in line]
    starts = np.cumsum([0, *(len(line) for line in split)])
    return scipy.sparse.csr_matrix((np.ones(len(columns)), columns, starts), shape=(len(split), len(words))), words


def dictionary(pair: str) -> dict[str, set[str]]:
    """Word of x -> all its translations in the lists of this pair ("en-fr")."""
    x, y = pair.split("-")
    out: dict[str, set[str]] = {}
    for name in ("train.freq.5k", "test.freq.2k"):
        for line in (DATA / "dictionaries" / pair / f"yacle.{name}.{x}-{y}.tsv").read_text("utf-8").splitlines():
            word, partner = line.lower().split("\t")[:2]
            out.setdefault(word, set()).add(partner)
    return out


def precision(pairs: Sequence[WordPair], right: Mapping[str, set[str]], n: int) -> tuple[int, int]:
    """How many of the first n words that the gold knows have a right partner, and how many it knows."""
    known = [pair for pair in pairs[:n] if pair.word in right]
    return sum(pair.partner in right[pair.word] for pair in known), len(known)


def bleu1(said: Sequence[Sequence[str]], true: Sequence[Sequence[str]]) -> float:
    """Corpus BLEU of order 1: clipped share of right words times the brevity penalty (Papineni et al. 2002)."""
    right = sum((Counter(words) & Counter(other)).total() for words, other in zip(said, true, strict=True))
    size, of_true = (sum(len(words) for words in lines) for lines in (said, true))
    return right / size * min(1.0, math.exp(1 - of_true / size))
