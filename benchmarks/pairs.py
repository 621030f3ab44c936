"""Pairs (x, y) of real data where x tells something about y: what `benchmarks.conditioning` measures.

Each pair is known x and one or more targets; several targets are coded one by one, each given x alone. Edits: so many
distinct positions drawn without replacement (PCG64, seed 1), each byte there replaced by another value drawn uniformly
among the other 255.
"""

import csv
import gzip
import sysconfig
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from numpy.random import PCG64, Generator

from benchmarks.real_data import DATA

BOOK = 300_000
"""At most this many bytes of a book."""

PACKAGES = Path(sysconfig.get_paths()["purelib"])
VERSIONS = [
    ("pip/_vendor/rich/console.py", "rich/console.py"),
    ("pip/_vendor/packaging/specifiers.py", "packaging/specifiers.py"),
    ("pip/_vendor/pygments/lexer.py", "pygments/lexer.py"),
    ("setuptools/_vendor/tomli/_parser.py", "pip/_vendor/tomli/_parser.py"),
    ("setuptools/_vendor/packaging/tags.py", "packaging/tags.py"),
    ("setuptools/_vendor/packaging/specifiers.py", "packaging/specifiers.py"),
    ("setuptools/_vendor/typing_extensions.py", "typing_extensions.py"),
    ("setuptools/_vendor/pyparsing/core.py", "pyparsing/core.py"),
]
"""A copy that pip or setuptools carry, and the package itself: pip's differs by a few lines, setuptools' by years."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Side information, and what is coded given it."""

    group: str
    name: str
    load: Callable[[], tuple[bytes, list[bytes]]]
    """x and the targets, each of which is coded given x alone."""


def edited(data: bytes, edits: int) -> bytes:
    """The data with so many bytes replaced."""
    numbers = Generator(PCG64(1))
    out = bytearray(data)
    for at in numbers.choice(len(data), size=edits, replace=False):
        out[at] = (out[at] + 1 + int(numbers.integers(255))) % 256
    return bytes(out)


def pairs() -> list[Pair]:
    """All of them; nothing is read before a pair is asked for."""
    return [*_edits(), *_logs(), *_books(), *_translations(), *_versions(), *_classes()]


def absent() -> list[str]:
    """Pairs of versions of which a file is not there, or that are the same."""
    return [f"{new} given {old}" for old, new in VERSIONS if not _differ(old, new)]


def _edits() -> Iterator[Pair]:
    def enwik6() -> bytes:
        return (DATA / "enwik" / "enwik6").read_bytes()

    yield Pair("edits", "enwik6, 200 edits | enwik6", lambda: (enwik6(), [edited(enwik6(), 200)]))
    yield Pair("edits", "enwik6 | enwik6", lambda: (enwik6(), [enwik6()]))
    yield Pair("edits", "dickens, 2,000 edits | dickens", lambda: (_dickens(), [edited(_dickens(), 2000)]))


def _logs() -> Iterator[Pair]:
    for path in sorted((DATA / "logs").glob("*.log")):
        name = path.name.removesuffix("_2k.log")

        def halves(path: Path = path) -> tuple[bytes, list[bytes]]:
            lines = path.read_bytes().splitlines(keepends=True)
            return b"".join(lines[: len(lines) // 2]), [b"".join(lines[len(lines) // 2 :])]

        yield Pair("log of today | yesterday", f"{name}, 2nd half | 1st", halves)


def _books() -> Iterator[Pair]:
    def work(title: bytes) -> bytes:
        text = _dickens()
        legal = text.index(b"*END*THE SMALL PRINT", text.index(b"Project Gutenberg Etext of " + title))
        start = text.index(b"\n", legal) + 1
        return text[start : start + BOOK]

    def shakespeare() -> tuple[bytes, list[bytes]]:
        plays = (DATA / "tinyshakespeare" / "input.txt").read_bytes()[:BOOK]
        return plays, [(DATA / "canterbury" / "asyoulik.txt").read_bytes()]

    group = "book | another by its author"
    yield Pair(group, "David Copperfield | Bleak House", lambda: (work(b"Bleak House"), [work(b"David Copperfield")]))
    yield Pair(group, "Dombey and Son | Barnaby Rudge", lambda: (work(b"Barnaby Rudge"), [work(b"Dombey and Son")]))
    yield Pair(group, "As You Like It | other plays of Shakespeare", shakespeare)


def _translations() -> Iterator[Pair]:
    def paragraphs(language: str) -> bytes:
        return (DATA / "languages" / f"{language}.txt").read_bytes()

    def captions(language: str) -> bytes:
        with gzip.open(DATA / "multi30k" / f"train.{language}.gz") as file:
            return b"".join(file.readline() for _ in range(4000))

    def genesis(version: str) -> bytes:
        with zipfile.ZipFile(DATA / "nltk" / "genesis.zip") as archive:
            return archive.read(f"genesis/{version}.txt")

    group = "translation | original"
    for language in ("de", "es", "ru", "zh"):
        yield Pair(group, f"paragraphs, {language} | en", lambda to=language: (paragraphs("en"), [paragraphs(to)]))
    yield Pair(group, "paragraphs, ro | es", lambda: (paragraphs("es"), [paragraphs("ro")]))
    for language in ("de", "fr"):
        yield Pair(group, f"captions, {language} | en", lambda to=language: (captions("en"), [captions(to)]))
    for version in ("english-web", "french", "german", "lolcat"):
        yield Pair(group, f"Genesis, {version} | KJV", lambda to=version: (genesis("english-kjv"), [genesis(to)]))
    yield Pair(group, "Genesis, portuguese | french", lambda: (genesis("french"), [genesis("portuguese")]))


def _versions() -> Iterator[Pair]:
    for old, new in VERSIONS:
        if _differ(old, new):

            def both(old: str = old, new: str = new) -> tuple[bytes, list[bytes]]:
                return (PACKAGES / old).read_bytes(), [(PACKAGES / new).read_bytes()]

            yield Pair("version n + 1 | version n", f"{new} | {old.partition('/')[0]}'s", both)


def _classes() -> Iterator[Pair]:
    group = "document of a class | others of it"
    for number, label in enumerate(("World", "Sports", "Business", "Sci/Tech"), start=1):
        yield Pair(group, f"AG News {label}, 20 | 400", lambda of=str(number): _split(ag_news(of), 400, 20))
    for label in ("earn", "crude"):
        yield Pair(group, f"R8 {label}, 20 | 200", lambda of=label: _split(r8(of), 200, 20))


def ag_news(label: str = "", skip: int = 0) -> list[bytes]:
    """Title and description of every document of a class ("1" to "4"; "" is all), in file order from a row on."""
    with (DATA / "ag_news" / "test.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[skip:]
    return [f"{title} {text}".encode() for of, title, text in rows if label in ("", of)]


def r8(label: str = "") -> list[bytes]:
    """Every training document of a class of Reuters R8 ("" is all)."""
    lines = (DATA / "r8" / "train.txt").read_bytes().splitlines()
    return [text for of, _, text in (line.partition(b"\t") for line in lines) if label in ("", of.decode())]


def _split(documents: list[bytes], known: int, targets: int) -> tuple[bytes, list[bytes]]:
    return b"\n".join(documents[:known]) + b"\n", documents[-targets:]


def _dickens() -> bytes:
    with zipfile.ZipFile(DATA / "silesia" / "dickens.zip") as archive:
        return archive.read(archive.namelist()[0])


def _differ(old: str, new: str) -> bool:
    files = [PACKAGES / old, PACKAGES / new]
    return all(file.exists() for file in files) and files[0].read_bytes() != files[1].read_bytes()
