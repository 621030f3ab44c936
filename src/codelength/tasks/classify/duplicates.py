"""Documents that stand in training and in test: the leaks that spoilt published figures of compressors as classifiers.

Exact duplicates, and those that differ only in case and in what stands between words (Lee et al. 2022 on why they
matter; Opitz 2023 on ties and leaks in gzip + kNN). Each document is reduced to the bytes of its words and hashed:
linear in the bytes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

_BETWEEN = re.compile(rb"[^0-9a-z_\x80-\xff]+")


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A document that is asked and stands among those that were learnt.

    Parameters
    ----------
    asked, train
        Places of the two, from 0; of several in training the first.
    exact
        Whether they agree byte for byte; otherwise up to case and what stands between words.
    """

    asked: int
    train: int
    exact: bool


def duplicates(train: Sequence[bytes], asked: Sequence[bytes]) -> list[Duplicate]:
    """Every asked document that was there in training. Documents without a word are none.

    Examples
    --------
    >>> duplicates([b"One two.", b"three"], [b"four", b"one  TWO"])
    [Duplicate(asked=1, train=0, exact=False)]
    """
    first: dict[bytes, int] = {}
    for at, text in enumerate(train):
        first.setdefault(_digest(text), at)
    whole: dict[bytes, int] = {}
    for at, text in enumerate(train):
        whole.setdefault(text, at)
    found = []
    for at, text in enumerate(asked):
        if not _words(text):
            continue
        if text in whole:
            found.append(Duplicate(at, whole[text], True))
        elif (before := first.get(_digest(text))) is not None:
            found.append(Duplicate(at, before, False))
    return found


def _words(text: bytes) -> bytes:
    return _BETWEEN.sub(b" ", text.lower()).strip()


def _digest(text: bytes) -> bytes:
    return blake2b(_words(text), digest_size=16).digest()
