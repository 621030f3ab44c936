"""The splits of labelled text that the benchmarks of classification share: which documents are known with their labels,
which are known without, and which are asked.

AG News: the pool is all rows of test.csv but the last 500, which are asked; the first N of each class in file order are
labelled; a text is its title, a space and its description. Reuters R8: the first 100 of each class (or all), and of
the official test set the first 500 lines (or all). 20 Newsgroups by date: with headers, by numeric file name the first
20 of each class, asked are the first 25 of each (or all of both). What is left of a pool is the unlabelled part.
"""

from __future__ import annotations

import csv
import tarfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.real_data import DATA

ASKED = 500


@dataclass(frozen=True, slots=True)
class Split:
    """Documents with labels, documents without, and documents that are asked, with the answers."""

    name: str
    train: list[bytes]
    labels: list[str]
    unlabelled: list[bytes]
    asked: list[bytes]
    answers: list[str]


def ag_news(per_class: int) -> Split:
    """AG News: so many of each of 4 classes."""
    with (DATA / "ag_news" / "test.csv").open(encoding="utf-8", newline="") as file:
        rows = [(label, f"{title} {text}".encode()) for label, title, text in csv.reader(file)]
    return _first(f"AG {per_class}/class", rows[:-ASKED], rows[-ASKED:], per_class)


def r8(per_class: int | None, asked: int | None = ASKED) -> Split:
    """Reuters R8: so many of each of 8 classes (None: all), and so many asked."""
    train, test = (_labelled_lines(name) for name in ("train.txt", "test.txt"))
    name = "R8 full" if per_class is None else f"R8 {per_class}/class"
    return _first(name, train, test[:asked], per_class)


def newsgroups(per_class: int | None, asked: int | None = 25) -> Split:
    """20 Newsgroups by date: so many of each of 20 classes (None: all), and so many of each asked."""
    known: list[tuple[str, bytes]] = []
    tests: list[tuple[str, bytes]] = []
    with tarfile.open(DATA / "20newsgroups" / "20news-bydate.tar.xz") as archive:
        for member in archive:
            if member.isfile():
                part, label, number = member.name.split("/")[-3:]
                file = archive.extractfile(member)
                assert file is not None
                row = (f"{label}\t{int(number):09d}", file.read())
                (known if part.endswith("train") else tests).append(row)
    ordered = [[(key.partition("\t")[0], text) for key, text in sorted(rows)] for rows in (known, tests)]
    if asked is not None:
        ordered[1] = _first_each(ordered[1], asked)[0]
    name = "20NG full" if per_class is None else f"20NG {per_class}/class"
    return _first(name, ordered[0], ordered[1], per_class)


def _labelled_lines(name: str) -> list[tuple[str, bytes]]:
    lines = (DATA / "r8" / name).read_bytes().splitlines()
    return [(label.decode(), text) for label, _, text in (line.partition(b"\t") for line in lines)]


def _first(
    name: str, pool: Sequence[tuple[str, bytes]], asked: Sequence[tuple[str, bytes]], per_class: int | None
) -> Split:
    train, left = (list(pool), []) if per_class is None else _first_each(pool, per_class)
    return Split(
        name,
        [text for _, text in train],
        [label for label, _ in train],
        [text for _, text in left],
        [text for _, text in asked],
        [label for label, _ in asked],
    )


def _first_each(
    rows: Sequence[tuple[str, bytes]], per_class: int
) -> tuple[list[tuple[str, bytes]], list[tuple[str, bytes]]]:
    """The first so many of each class, and the others, both in their order."""
    seen: Counter[str] = Counter()
    taken: list[tuple[str, bytes]] = []
    left: list[tuple[str, bytes]] = []
    for label, text in rows:
        seen[label] += 1
        (taken if seen[label] <= per_class else left).append((label, text))
    return taken, left
