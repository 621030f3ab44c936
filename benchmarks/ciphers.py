"""Substitution ciphers without spaces: how many are solved, how often no match is found, how often one is wrong.

    python -m benchmarks.ciphers                              rows that were measured are kept; --again measures anew
    python -m benchmarks.ciphers --lengths 48 64 --ciphers 10
    python -m benchmarks.ciphers --peer 8                     also subbreaker, on the first 8 ciphers of each length

y: the letters a-z of the first 7,100 documents of AG News' test.csv. Ciphers: random one-to-one keys on random
stretches of the letters of the documents from 7,200 on, run together. Nothing was tuned on these: the search's
temperatures and steps were tried out on documents 7,100 to 7,199. `noise`: random letters, where any match is a false
one. Zodiac-408 against its solution. Errors are shares of symbols; solved is 5 % or less; intervals are Wilson's, 95 %.
The search is limited by its attempts, not by the clock; seconds are processor seconds of one core. Writes
records/ciphers.json.

subbreaker (Guballa; PyPI), which is no dependency and has to be importable for `--peer`, climbs by quadgrams that its
own `generate_quadgrams` makes of the same documents, with its own defaults but for one: its rounds end with the round
that would pass 10 processor seconds (its 10,000 rounds take minutes). It always answers, so it has no second column.
"""

import argparse
import csv
import io
import json
import math
import random
import re
import time
from functools import cache
from hashlib import blake2b
from importlib import metadata
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.real_data import DATA
from benchmarks.rows import SOURCE, Row, Rows
from codelength.catalogue import make
from codelength.measures import wilson
from codelength.predictors.letters import learn_letters
from codelength.tasks.match.cipher import CipherMatch, Language, language, match_cipher

RECORD = Path(__file__).parent / "records" / "ciphers.json"
TRAINED, HELD_OUT = 7100, 7200
LENGTHS = [32, 48, 64, 96, 128, 256]
NOISE = 64
SOLVED = 0.05
PEER = "subbreaker"
PEER_SECONDS = 10.0
WITHOUT = make("cm")
"""What codes x without y, beside a code of order 0."""


def documents() -> list[str]:
    """AG News: title and description, words of the letters a-z."""
    with (DATA / "ag_news" / "test.csv").open(encoding="utf-8", newline="") as file:
        return [" ".join(re.findall("[a-z]+", f"{row[1]} {row[2]}".lower())) for row in csv.reader(file)]


def version() -> str:
    """A digest of the search and of the model: rows of another version are measured anew."""
    files = sorted(
        [*(SOURCE / "tasks" / "match").glob("cipher*.py"), *(SOURCE / "predictors" / "letters").glob("*.py")]
    )
    return blake2b(b"".join(file.read_bytes() for file in files), digest_size=8).hexdigest()


def enciphered(letters: str, length: int, number: int) -> tuple[str, bytes]:
    """A random stretch of a text, and the stretch under a random key."""
    chance = np.random.default_rng([length, number])
    start = int(chance.integers(len(letters) - length))
    plain = letters[start : start + length]
    key = chance.permutation(26)
    return plain, bytes(97 + int(key[ord(letter) - 97]) for letter in plain)


def measured(x: bytes, plain: str, known: Language, seed: int, **how: object) -> Row:
    """One search, and what came of it."""
    began = time.process_time()
    found: CipherMatch = match_cipher(x, known, WITHOUT, seed=seed, seconds=math.inf, **how)  # type: ignore[arg-type]
    return {
        "seconds": round(time.process_time() - began, 2),
        "error": float(np.mean([a != b for a, b in zip(found.plaintext, plain, strict=True)])) if plain else None,
        "unmatched": found.unmatched.bits,
        "map": found.map_bits.bits,
        "matched": found.matched.bits,
        "saved": found.saved.bits,
        "found": found.found,
        "rival": None if math.isinf(found.rival) else found.rival,
        "attempts": found.attempts,
        "agreed": found.agreed,
        "plain": plain,
        "said": found.plaintext,
    }


def quadgrams(text: str) -> io.StringIO:
    """The peer's table of a text."""
    from subbreaker.breaker import Breaker

    table = io.StringIO()
    Breaker.generate_quadgrams(io.StringIO(text), table)
    return table


def by_peer(x: bytes, plain: str, table: io.StringIO, seed: int) -> Row:
    """The peer's answer, within `PEER_SECONDS`."""
    from subbreaker.breaker import Breaker

    table.seek(0)
    breaker = Breaker(table)
    random.seed(seed)
    began = time.process_time()
    # A few rounds tell what one takes; 30 hits of the best are never asked for in so few.
    breaker.break_cipher(x.decode(), max_rounds=3, consolidate=30)
    rounds = max(1, int(PEER_SECONDS * 3 / (time.process_time() - began)))
    began = time.process_time()
    said = breaker.break_cipher(x.decode(), max_rounds=min(rounds, 10_000))
    return {
        "seconds": round(time.process_time() - began, 2),
        "error": float(np.mean([a != b for a, b in zip(said.plaintext, plain, strict=True)])),
        "rounds": said.nbr_rounds,
        "said": said.plaintext,
    }


def zodiac() -> tuple[bytes, str]:
    """Zodiac-408 as symbols, and its solution."""
    folder = DATA / "ciphers" / "zodiac"
    cipher = "".join((folder / "Zodiac 408.txt").read_text(encoding="utf-8").split())
    solution = "".join((folder / "Zodiac 408 solved.txt").read_text(encoding="utf-8").split()).lower()
    return cipher.encode(), solution


def share(hits: int, n: int) -> str:
    """A share with its interval."""
    if not n:
        return "-"
    low, high = wilson(hits / n, n)
    return f"{hits}/{n} = {hits / n:.2f} ({low:.2f} to {high:.2f})"


def show(rows: dict[tuple[str, ...], Row]) -> None:
    table = Table(title="Ciphers of a-z without spaces")
    for column in ("letters", "solved", "match reported", "of these wrong", "saved, mean", "attempts", "s", "s, most"):
        table.add_column(column, justify="right")
    for length in sorted({int(key[1]) for key in rows if key[0] == "cipher"}):
        some = [row for key, row in rows.items() if key[:2] == ("cipher", str(length))]
        reported = [row for row in some if row["found"]]
        table.add_row(
            str(length),
            share(sum(row["error"] <= SOLVED for row in some), len(some)),
            share(len(reported), len(some)),
            share(sum(row["error"] > SOLVED for row in reported), len(reported)),
            f"{np.mean([row['saved'] for row in some]):.0f}",
            f"{np.mean([row['attempts'] for row in some]):.0f}",
            f"{np.mean([row['seconds'] for row in some]):.1f}",
            f"{max(row['seconds'] for row in some):.1f}",
        )
    Console(width=160).print(table)
    show_peer(rows)
    for length in sorted({int(key[1]) for key in rows if key[0] == "noise"}):
        some = [row for key, row in rows.items() if key[:2] == ("noise", str(length))]
        best = max(row["saved"] for row in some)
        print(
            f"{length} random letters: matches {share(sum(r['found'] for r in some), len(some))}; best {best:.0f} bits"
        )
    for key, row in rows.items():
        if key[0] == "zodiac-408":
            print(f"Zodiac-408, seed {key[2]}: error {row['error']:.3f}, saved {row['saved']:.0f}, {row['seconds']} s")
            print(row["said"])


def show_peer(rows: dict[tuple[str, ...], Row]) -> None:
    """The peer beside this search on the ciphers that both had."""
    both = [key for key in rows if key[0] == PEER and ("cipher", *key[1:]) in rows]
    if not both:
        return
    table = Table(title=f"{PEER}, quadgrams of the same text, {PEER_SECONDS:.0f} s at most; the same ciphers")
    for column in ("letters", f"{PEER}: solved", "mean error", "s", "here: solved", "mean error", "s"):
        table.add_column(column, justify="right")
    for length in sorted({int(key[1]) for key in both}):
        keys = [key for key in both if key[1] == str(length)]
        cells = [str(length)]
        for some in ([rows[key] for key in keys], [rows["cipher", *key[1:]] for key in keys]):
            solved = sum(row["error"] <= SOLVED for row in some)
            cells += [share(solved, len(some)), f"{np.mean([row['error'] for row in some]):.3f}"]
            cells.append(f"{np.mean([row['seconds'] for row in some]):.2f}")
        table.add_row(*cells)
    Console(width=160).print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lengths", type=int, nargs="*", default=LENGTHS)
    parser.add_argument("--ciphers", type=int, default=40, help="for each length")
    parser.add_argument("--noise", type=int, default=10, help="strings of random letters")
    parser.add_argument("--zodiac", type=int, default=3, help="seeds")
    parser.add_argument("--peer", type=int, default=0, metavar="N", help="ciphers of each length for subbreaker")
    parser.add_argument("--again", action="store_true")
    args = parser.parse_args()
    texts = documents()
    held_out = "".join(texts[HELD_OUT:]).replace(" ", "")
    rows, now = Rows(RECORD, "python -m benchmarks.ciphers", args.again), version()

    @cache
    def known() -> Language:
        """The language, once there is anything to measure; the kernels compiled."""
        learnt = language("\n".join(texts[:TRAINED]).encode(), learn_letters)
        match_cipher(b"warm up", learnt, WITHOUT)
        return learnt

    def take(key: tuple[str, str, str], x: bytes, plain: str, **how: object) -> None:
        if rows.get(key, now) is None:
            print(key, json.dumps(rows.put(key, now, measured(x, plain, known(), int(key[2]), **how))), flush=True)

    cipher, solution = zodiac()
    for seed in range(args.zodiac):
        take(("zodiac-408", "408", str(seed)), cipher, solution, reading="marks", homophonic=True)
    for number in range(args.ciphers):
        for length in args.lengths:
            plain, x = enciphered(held_out, length, number)
            take(("cipher", str(length), str(number)), x, plain)
        if number < args.noise:
            chance = np.random.default_rng([NOISE, number, 1])
            take(("noise", str(NOISE), str(number)), bytes(97 + k for k in chance.integers(26, size=NOISE)), "")
    versions = {now}
    if args.peer:
        versions.add(peer := metadata.version(PEER))
        table = quadgrams("\n".join(texts[:TRAINED]))
        for number in range(args.peer):
            for length in args.lengths:
                key = (PEER, str(length), str(number))
                if rows.get(key, peer) is None:
                    plain, x = enciphered(held_out, length, number)
                    row = rows.put(key, peer, by_peer(x, plain, table, number))
                    print(key, json.dumps(row), flush=True)
    show({key: row for key, row in rows.rows.items() if row["version"] in versions})


if __name__ == "__main__":
    main()
