"""A substitution cipher in an unknown language: the same ciphertext against texts in ten languages; the bits decide.

    python -m benchmarks.ciphers_languages                    some minutes; measured rows are kept, --again measures
    anew

y: the first 200 of 240 paragraphs in each language (XQuAD; the same paragraphs, translated), its own letters as
alphabet. x: 240 letters from the paragraphs from 201 on, under a random one-to-one key, without spaces and with them.
The language with the fewest bits wins; choosing one of ten costs log2 10 bits. Languages with fewer letters than x has
symbols are tried with homophones. Writes benchmarks/records/ciphers_languages.json.
"""

import argparse
import json
import math
import time
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.ciphers import version
from benchmarks.real_data import DATA
from benchmarks.rows import Row, Rows
from codelength.predictors.letters import learn_letters
from codelength.tasks.match.cipher import Language, language, match_cipher
from codelength.tasks.match.cipher_search import Effort
from codelength.tasks.match.cipher_text import read_language

RECORD = Path(__file__).parent / "records" / "ciphers_languages.json"
LANGUAGES = ["ar", "de", "el", "en", "es", "hi", "ro", "ru", "tr", "vi"]
"""Of the twelve: without Chinese, whose letters are too many, and Thai, which sets no spaces."""
LEARNT = 200
LETTERS = 240
FIRST_SYMBOL = 0x4E00
"""Ciphertexts are written in characters that are letters in no language of the ten."""
EFFORT = Effort(attempts=8)


def paragraphs(name: str) -> list[str]:
    """The paragraphs of a language."""
    return (DATA / "languages" / f"{name}.txt").read_text(encoding="utf-8-sig").splitlines()


def enciphered(name: str, number: int) -> tuple[str, str]:
    """Words of held-out paragraphs of together `LETTERS` letters, and the same under a random key; with spaces."""
    chance = np.random.default_rng([LANGUAGES.index(name), number])
    held_out = paragraphs(name)[LEARNT:]
    start = int(chance.integers(len(held_out) - 4))
    text = read_language("\n".join(held_out[start : start + 4]).encode(), "letters")
    words: list[str] = []
    for word in (word for document in text.documents for word in document):
        words.append("".join(text.letters[letter] for letter in word))
        if sum(map(len, words)) >= LETTERS:
            break
    plain = " ".join(words)
    symbols = sorted(set(plain) - {" "})
    key = dict(zip(symbols, map(int, chance.permutation(len(symbols))), strict=True))
    return plain, "".join(" " if letter == " " else chr(FIRST_SYMBOL + key[letter]) for letter in plain)


def measured(plain: str, x: str, known: Language, *, spaces: bool) -> Row:
    """One search in one language."""
    began = time.process_time()
    found = match_cipher(x.encode(), known, reading="letters", spaces=spaces, effort=EFFORT, seconds=math.inf)
    truth = plain if spaces else plain.replace(" ", "")
    return {
        "seconds": round(time.process_time() - began, 2),
        "bits": found.total.bits,
        "saved": found.saved.bits,
        "found": found.found,
        "error": float(np.mean([a != b for a, b in zip(found.plaintext, truth, strict=True)])),
    }


def show(rows: dict[tuple[str, ...], Row]) -> None:
    table = Table(title="The same ciphertext against ten languages: bits saved; the shortest code wins")
    for column in ("x", "spaces", "n", *LANGUAGES, "right", "error", "ahead by"):
        table.add_column(column, justify="right")
    for key in sorted({key[:3] for key in rows}):
        some = {name: rows[*key, name] for name in LANGUAGES if (*key, name) in rows}
        if len(some) < len(LANGUAGES):
            continue
        ranked = sorted(some, key=lambda name: some[name]["bits"])
        saved = [f"{some[name]['saved']:.0f}" for name in LANGUAGES]
        ahead = some[ranked[1]]["bits"] - some[ranked[0]]["bits"]
        right = "yes" if ranked[0] == key[0] else f"no: {ranked[0]}"
        table.add_row(key[0], key[1], key[2], *saved, right, f"{some[key[0]]['error']:.2f}", f"{ahead:.0f}")
    Console(width=170).print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--languages", nargs="*", default=LANGUAGES, help="of the ciphertexts")
    parser.add_argument("--ciphers", type=int, default=1, help="for each language")
    parser.add_argument("--again", action="store_true")
    args = parser.parse_args()
    rows, now = Rows(RECORD, "python -m benchmarks.ciphers_languages", args.again), version()

    @cache
    def known(name: str) -> Language:
        return language("\n".join(paragraphs(name)[:LEARNT]).encode(), learn_letters)

    for number, spaces, of_x in product(range(args.ciphers), (False, True), args.languages):
        plain, x = enciphered(of_x, number)
        for name in LANGUAGES:
            key = (of_x, "kept" if spaces else "none", str(number), name)
            if rows.get(key, now) is None:
                row = rows.put(key, now, measured(plain, x, known(name), spaces=spaces))
                print(key, json.dumps(row), flush=True)
    show({key: row for key, row in rows.rows.items() if row["version"] == now})


if __name__ == "__main__":
    main()
