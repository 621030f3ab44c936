"""Claim: class codes alone classify text better than every compression peer, as well as bags of words, and 100 times
faster than gzip with nearest neighbours.

    python -m benchmarks.classify_text [--splits NAME,...] [--ways NAME,...] [--again]

Splits: `benchmarks.classify_text_splits`. Peers: `benchmarks.text_peers`, in the same run on the same documents. Ours:
`CodeClassifier(ClassNgrams())`, without unlabelled documents; with the rest of the pool; with useless ones instead
(random bytes; German), as many bytes as the training documents have, 1 MB for the full 20 Newsgroups. Seconds are
processor time for learning and answering all that is asked. npc_gzip is run on as many of the asked documents as fit
into `--pairs` pairs and 60 MB of them, spread evenly, and its seconds are scaled to all of them ("scaled" in the
record). Accuracy with a 95 % bootstrap interval over the documents asked; ours with the bits that the asked labels
cost. Rows that are in benchmarks/records/classify_text.json for today's sources stay.
"""

import argparse
import random
import time
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.classify_text_splits import Split, ag_news, newsgroups, r8
from benchmarks.real_data import DATA
from benchmarks.rows import SOURCE, Row, Rows
from benchmarks.text_peers import BAGS, COMPRESSORS, PEERS

RECORD = Path(__file__).resolve().parent / "records" / "classify_text.json"
SPLITS = {
    "AG 10": lambda: ag_news(10),
    "AG 100": lambda: ag_news(100),
    "AG 1000": lambda: ag_news(1000),
    "R8 100": lambda: r8(100),
    "20NG 20": lambda: newsgroups(20),
    "R8 full": lambda: r8(None, None),
    "20NG full": lambda: newsgroups(None, None),
}
ALONE = "ours"
WAYS = (ALONE, "ours, X = rest of pool", "ours, X = random bytes", "ours, X = German")
MIXING = {"ours, cm": "cm", "ours, cm fast": "cm:preset=fast"}
"""Ways with another code of the catalogue in place of n-grams."""
MIXED = {"AG 10": tuple(MIXING), "R8 100": ("ours, cm fast",)}
"""Splits that they are run on: each document is coded once for each class."""
USELESS = {"20NG full": 1_000_000}
"""Bytes of useless documents where there are not as many as the training documents have."""
DRAWS = 2000
MOST_BYTES = 60e6
"""Bytes of pairs that npc_gzip is run on."""
ENOUGH = 100
"""On fewer documents npc_gzip's seconds are told, and its accuracy is not compared."""


def ours_version() -> str:
    """A digest of the sources that our rows depend on."""
    digest = blake2b(digest_size=6)
    for room in ("predictors/ngrams", "tasks/classify"):
        for path in sorted((SOURCE / room).glob("*.py")):
            if not path.name.startswith(("semi_supervised", "low_regret", "label_mixture", "trusted", "__init__")):
                digest.update(path.read_bytes())
    return digest.hexdigest()


def interval(right: np.ndarray) -> tuple[float, float]:
    """95 % of the accuracies of documents drawn again with replacement."""
    draws = np.random.default_rng(1).binomial(right.size, right.mean(), DRAWS) / right.size
    low, high = np.quantile(draws, (0.025, 0.975))
    return round(float(low), 4), round(float(high), 4)


def useless(way: str, size: int) -> list[bytes]:
    """Documents of 240 bytes that say nothing about news in English, `size` bytes in all."""
    if way.endswith("random bytes"):
        text = random.Random(1).randbytes(size)
    else:
        german = (DATA / "languages" / "de.txt").read_bytes()
        text = (german * (size // len(german) + 1))[:size]
    return [text[at : at + 240] for at in range(0, size, 240)]


def ours(split: Split, way: str) -> Row:
    """Our classifier on a split."""
    from codelength.catalogue import make
    from codelength.predictors.ngrams import ClassNgrams
    from codelength.tasks.classify import CodeClassifier

    def code() -> Any:
        return make(MIXING[way]) if way in MIXING else ClassNgrams()

    size = USELESS.get(split.name, sum(map(len, split.train)))
    unlabelled = (
        [] if way == ALONE or way in MIXING else split.unlabelled if way.endswith("pool") else useless(way, size)
    )
    CodeClassifier(code()).fit([b"warm up", b"compile it"] * 2, [0, 1] * 2).predict([b"warm up"])
    start = time.process_time()
    model = CodeClassifier(code()).fit(split.train, split.labels, unlabelled=unlabelled)
    learnt = time.process_time()
    logs = model.predict_log_proba(split.asked)
    answered = time.process_time()
    places = np.searchsorted(model.classes_, split.answers)
    told = -logs[np.arange(len(places)), places] / np.log(2)
    bits = model.class_bits(split.asked)
    plain = bits - model.log_prior_ / np.log(2)
    return scored(logs.argmax(axis=1) == places, answered - start) | {
        "kind": "ours",
        "fit_s": round(learnt - start, 3),
        "label_bits": round(float(told.sum()), 1),
        "label_bits_trained": round(model.temperature_.label_bits, 4),
        "bayes_accuracy": round(float((plain.argmin(axis=1) == places).mean()), 4),
        "parts": [round(part, 5) for part in model.temperature_.parts],
        "power": model.temperature_.power,
    }


def row_of(split: Split, way: str, pairs: int) -> Row:
    """One way on a split."""
    return ours(split, way) if way in (*WAYS, *MIXING) else peer(split, way, pairs)


def peer(split: Split, way: str, pairs: int) -> Row:
    """A peer on a split; the slow one on a sample of what is asked."""
    asked, answers = split.asked, split.answers
    if way == "npc_gzip k=1":
        size = np.mean([len(text) for text in asked]) + np.mean([len(text) for text in split.train])
        step = max(1, int(np.ceil(len(asked) * len(split.train) / min(pairs, MOST_BYTES / size))))
        asked, answers = asked[::step], answers[::step]
    start = time.process_time()
    found = PEERS[way](split.train, split.labels, asked)
    seconds = (time.process_time() - start) * len(split.asked) / len(asked)
    row = scored(np.array([a == b for a, b in zip(found, answers, strict=True)]), seconds)
    return row | {"kind": "peer", "scaled": len(asked) < len(split.asked)}


def scored(right: np.ndarray, seconds: float) -> Row:
    """Accuracy with its interval, and seconds."""
    low, high = interval(right)
    return {
        "asked": int(right.size),
        "accuracy": round(float(right.mean()), 4),
        "low": low,
        "high": high,
        "seconds": round(seconds, 3),
    }


def shown(split: str, way: str, row: Row) -> str:
    """One line."""
    bits = f"{row['label_bits']:10.1f}" if "label_bits" in row else " " * 10
    scaled = " scaled" if row.get("scaled") else ""
    return (
        f"{split:10}{way:26}{row['accuracy']:8.4f}  [{row['low']:.3f}, {row['high']:.3f}]{row['asked']:6}"
        f"{row['seconds']:11.2f}{bits}{scaled}"
    )


def verdict(rows: dict[tuple[str, str], Row]) -> None:
    """Ours against the peers, split by split, where all of them were measured."""
    above = 0
    whole = [
        name for name in SPLITS if all((name, way) in rows for way in (ALONE, "npc_gzip k=1", "ftcc 1", *BAGS[:1]))
    ]
    for name in whole:
        mine = rows[name, ALONE]
        measured = [rows[name, way] for way in COMPRESSORS if (name, way) in rows]
        compressor = max((row["accuracy"] for row in measured if row["asked"] >= ENOUGH), default=float("nan"))
        bag = max(rows[name, way]["accuracy"] for way in BAGS if (name, way) in rows)
        above += mine["accuracy"] > bag
        times = rows[name, "npc_gzip k=1"]["seconds"] / mine["seconds"]
        print(
            f"{name:10} ours {mine['accuracy']:.4f}; best compressor {compressor:.4f}; best bag of words {bag:.4f}; "
            f"{times:,.0f} times npc_gzip's speed"
        )
    print(f"above the best bag of words on {above} of {len(whole)} splits")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--splits", default=",".join(SPLITS))
    parser.add_argument("--ways", default=";".join((*WAYS, *MIXING, *PEERS)), help="separated by ;")
    parser.add_argument("--pairs", type=int, default=80_000)
    parser.add_argument("--again", action="store_true")
    args = parser.parse_args()
    kept = Rows(RECORD, "python -m benchmarks.classify_text", args.again)
    rows: dict[tuple[str, str], Any] = {}
    for name in args.splits.split(","):
        split: Split | None = None
        for way in args.ways.split(";"):
            if way in MIXING and way not in MIXED.get(name, ()):
                continue
            version = (
                ours_version() if way in (*WAYS, *MIXING) else f"pairs {args.pairs}" if way == "npc_gzip k=1" else "1"
            )
            row = kept.get((name, way), version)
            if row is None:
                split = split or SPLITS[name]()
                if way.endswith("pool") and not split.unlabelled:
                    continue
                row = kept.put((name, way), version, row_of(split, way, args.pairs))
            rows[name, way] = row
            print(shown(name, way, row), flush=True)
    verdict(rows)


if __name__ == "__main__":
    main()
