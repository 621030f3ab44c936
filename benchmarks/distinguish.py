"""Two samples told apart by coding their labels: does the level hold, and what is found?

    python -m benchmarks.distinguish [--draws 2000] [--row-draws 300] [--cm-draws 30] [--only level|power]

1. Level: null draws. 20 + 20 lines drawn at random from a shuffled real log (nothing tells which half a line is of),
   and 20 + 20 rows of normal numbers. A draw counts as a false alarm when the e-value ever reaches 1/alpha, the worst
   that optional stopping can do. Beside it the mean final e-value: 1 in theory (a test enumerates it), less in a
   sample, since much of it sits in events too rare to be drawn. Most draws use KT alone for speed, some all codes.
2. Power: languages, log systems, halves of a shuffled file, generators of random bytes with and without flaw against
   PCG64. Peer, on the same documents: the classifier two-sample test (Lopez-Paz & Oquab 2017) with TF-IDF of byte
   1- to 3-grams and logistic regression, trained on half of the documents, an exact binomial p-value on the other half.
   Its p-value holds for one look at a size fixed beforehand, ours at any time.

Writes benchmarks/records/distinguish.json.
"""

import argparse
import json
import math
import time
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy.stats import beta, binomtest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from benchmarks.real_data import DATA
from codelength.api.distinguish import CODES, distinguish

RECORD = Path(__file__).parent / "records" / "distinguish.json"
LOG = "Apache_2k.log"
SIZE = 20
ALPHAS = (0.05, 0.01)
Documents = list[bytes]


def lines_of(path: str) -> Documents:
    return (DATA / path).read_bytes().splitlines()


def clopper_pearson(k: int, n: int) -> tuple[float, float]:
    """The exact 95 % interval of a share."""
    low = float(beta.ppf(0.025, k, n - k + 1)) if k else 0.0
    high = float(beta.ppf(0.975, k + 1, n - k)) if k < n else 1.0
    return low, high


def level(name: str, draws: int, codes: tuple[str, ...], rows: bool) -> dict[str, Any]:
    """False alarms in `draws` null draws."""
    chance = np.random.default_rng(len(name))
    pool = lines_of(f"logs/{LOG}")
    highest, last = [], []
    begun = time.process_time()
    for draw in range(draws):
        if rows:
            both = chance.normal(size=(2 * SIZE, 1))
            found = distinguish(both[:SIZE], both[SIZE:], seed=draw)
        else:
            taken = [pool[k] for k in chance.choice(len(pool), 2 * SIZE, replace=False).tolist()]
            found = distinguish(taken[:SIZE], taken[SIZE:], codes, seed=draw)
        highest.append(float(found.wealth.max()))
        last.append(2.0**found.saved.bits)
    out: dict[str, Any] = {"null": name, "draws": draws, "cpu_seconds": time.process_time() - begun}
    for alpha in ALPHAS:
        alarms = sum(wealth >= -math.log2(alpha) for wealth in highest)
        out[f"alarms at {alpha}"] = alarms
        out[f"interval at {alpha}"] = clopper_pearson(alarms, draws)
    out["mean e-value"] = float(np.mean(last))
    out["its standard error"] = float(np.std(last) / math.sqrt(draws))
    return out


def lcg_bytes(n: int, shift: int, seed: int) -> bytes:
    """Byte `shift` / 8 of x <- 1664525 x + 1013904223 mod 2**32 (Numerical Recipes)."""
    out, x = bytearray(), seed
    for _ in range(n):
        x = (1664525 * x + 1013904223) % (1 << 32)
        out.append(x >> shift & 255)
    return bytes(out)


def biased_bytes(n: int, seed: int) -> bytes:
    """PCG64's, but 0 twice as often as it should be, as the second byte of RC4 is (Mantin & Shamir 2001)."""
    chance = np.random.Generator(np.random.PCG64(seed))
    out = chance.integers(0, 256, n, dtype=np.uint8)
    out[chance.random(n) < 1 / 256] = 0
    return out.tobytes()


def pcg_bytes(n: int, seed: int) -> bytes:
    return np.random.Generator(np.random.PCG64(seed)).bytes(n)


def blocks(data: bytes, size: int = 64) -> Documents:
    return [data[k : k + size] for k in range(0, len(data), size)]


def cases(count: int) -> dict[str, tuple[Documents, Documents]]:
    """Name -> two samples of at most `count` documents."""
    chance = np.random.default_rng(0)

    def some(documents: Documents, k: int = count) -> Documents:
        return [documents[i] for i in chance.permutation(len(documents))[:k].tolist()]

    def text(language: str) -> Documents:
        return [line[:200] for line in lines_of(f"languages/{language}.txt")]

    apache = some(lines_of(f"logs/{LOG}"), 2 * count)
    english = some(text("en"), 240)
    size = 64 * count
    return {
        "English, German": (some(english[:120]), some(text("de")[120:])),
        "Spanish, Romanian": (some(text("es")[:120]), some(text("ro")[120:])),
        "Linux, OpenSSH logs": (some(lines_of("logs/Linux_2k.log")), some(lines_of("logs/OpenSSH_2k.log"))),
        "Hadoop, Spark logs": (some(lines_of("logs/Hadoop_2k.log")), some(lines_of("logs/Spark_2k.log"))),
        "null: shuffled English, halves": (english[:120], english[120:]),
        "null: shuffled Apache log, halves": (apache[:count], apache[count:]),
        "LCG low byte, PCG64": (blocks(lcg_bytes(size, 0, 1)), blocks(pcg_bytes(size, 1))),
        "LCG byte 1, PCG64": (blocks(lcg_bytes(size, 8, 1)), blocks(pcg_bytes(size, 2))),
        "LCG high byte, PCG64": (blocks(lcg_bytes(size, 24, 1)), blocks(pcg_bytes(size, 3))),
        "0 twice as often, PCG64": (blocks(biased_bytes(102_400, 4), 256), blocks(pcg_bytes(102_400, 5), 256)),
        "null: PCG64, PCG64": (blocks(pcg_bytes(size, 6)), blocks(pcg_bytes(size, 7))),
    }


def classifier_test(a: Documents, b: Documents) -> float:
    """The peer's p-value."""
    texts = [document.decode("latin-1") for document in [*a, *b]]
    labels = np.repeat([0, 1], [len(a), len(b)])
    order = np.random.default_rng(0).permutation(len(texts))
    half = len(texts) // 2
    learn, judge = order[:half], order[half:]
    vectors = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), lowercase=False, max_features=20_000)
    seen = vectors.fit_transform([texts[k] for k in learn])
    model = LogisticRegression(C=10, max_iter=200).fit(seen, labels[learn])
    right = int((model.predict(vectors.transform([texts[k] for k in judge])) == labels[judge]).sum())
    share = max(labels[judge].mean(), 1 - labels[judge].mean())
    return float(binomtest(right, judge.size, share, alternative="greater").pvalue)


def power(name: str, a: Documents, b: Documents) -> dict[str, Any]:
    begun = time.process_time()
    found = distinguish(a, b, seed=0)
    taken = time.process_time() - begun
    return {
        "samples": name,
        "documents": [len(a), len(b)],
        "chance_bits": found.chance.bits,
        "saved": found.saved.bits,
        "log2_p": found.log2_p,
        "needed at 0.05": found.needed(0.05),
        "needed at 0.001": found.needed(0.001),
        "expert": found.coding.experts[int(found.coding.weights[-1].argmax())],
        "cpu_seconds": taken,
        "classifier_test_p": classifier_test(a, b),
    }


def show(title: str, rows: list[dict[str, Any]]) -> None:
    table = Table(title=title)
    for key in rows[0]:
        table.add_column(key, justify="left" if isinstance(rows[0][key], str) else "right")
    for row in rows:
        table.add_row(*(f"{value:.4g}" if isinstance(value, float) else str(value) for value in row.values()))
    Console(width=200).print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=2000)
    parser.add_argument("--row-draws", type=int, default=300)
    parser.add_argument("--cm-draws", type=int, default=30)
    parser.add_argument("--count", type=int, default=150, help="documents of each side at most")
    parser.add_argument("--only", choices=["level", "power"])
    args = parser.parse_args()
    record = json.loads(RECORD.read_text()) if args.only and RECORD.exists() else {"level": [], "power": []}
    if args.only != "power":
        record["level"] = [
            level("halves of a shuffled log, KT", args.draws, ("kt",), rows=False),
            level("normal rows", args.row_draws, (), rows=True),
            level("halves of a shuffled log, default codes", args.cm_draws, CODES, rows=False),
        ]
        show("Null draws", record["level"])
    if args.only != "level":
        record["power"] = [power(name, a, b) for name, (a, b) in cases(args.count).items()]
        show("Power", record["power"])
    RECORD.write_text(json.dumps(record, indent=1) + "\n")
    for row in record["level"]:
        for alpha in ALPHAS:
            assert row[f"interval at {alpha}"][0] <= alpha, row
    for row in record["power"]:
        if row["samples"].startswith("null"):
            assert row["needed at 0.001"] is None, row


if __name__ == "__main__":
    main()
