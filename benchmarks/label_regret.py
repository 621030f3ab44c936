"""What following all experts on labels costs, when some of them, or all, are of no use.

    python -m benchmarks.label_regret [--only AG] [--ways NAME;...]        about 10 minutes on a free core

`LowRegretClassifier` over class codes without and with X, multinomial naive Bayes and TF-IDF + logistic regression, on
splits of `benchmarks.classify_text_splits`; the labels of its training documents are coded in a seeded order. X is
1,000 documents: of the rest of the pool, or of no use (random bytes; French image captions). Noise: logistic regression
on 50 numbers drawn for each document, as features of no use are. Each row has the codelength of the labels, that of the
best expert in hindsight, the regret, and the certificate that the regret cannot exceed; the program stops if it does.
Accuracies are of the documents that are asked, with 95 % bootstrap intervals. "switching" follows the best sequence of
experts, changing every 64 labels in the mean. On the full training sets a linear support vector machine is an expert
too, and each expert is also asked alone, fitted on all labels, as `benchmarks.classify_text` asks its peers; X are the
useless ones only. Writes benchmarks/records/label_regret.json.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import LinearSVC

from benchmarks.classify_text_splits import Split, ag_news, newsgroups, r8
from benchmarks.semi_supervised import captions, interval
from codelength.predictors.ngrams import ClassNgrams
from codelength.tasks.classify import CodeClassifier, LowRegretClassifier

RECORD = Path(__file__).parent / "records" / "label_regret.json"
SPLITS: dict[str, Callable[[], Split]] = {
    "AG 100/class": lambda: ag_news(100),
    "R8 100/class": lambda: r8(100),
    "R8 full": lambda: r8(None, None),
    "20NG full": lambda: newsgroups(None, None),
}
SIDE = 1000
PERIOD = 64
NOISES = 8


def noise(texts: Sequence[bytes], seed: int) -> np.ndarray:
    """50 numbers for each document, the same whenever it is asked, and nothing to do with it."""
    drawn = []
    for text in texts:
        digest = blake2b(text, digest_size=8, salt=seed.to_bytes(2)).digest()
        drawn.append(np.random.default_rng(int.from_bytes(digest)).normal(size=50))
    return np.array(drawn)


def regression() -> Any:
    return OneVsRestClassifier(LogisticRegression(C=10.0, solver="liblinear"))


def useful() -> list[tuple[str, Any]]:
    """Experts without X. A pipeline hands no unlabelled documents on."""
    words = {"decode_error": "replace"}
    return [
        ("class codes", make_pipeline("passthrough", CodeClassifier(ClassNgrams()))),
        ("naive Bayes", make_pipeline(CountVectorizer(**words), MultinomialNB(alpha=0.1))),
        ("TF-IDF + regression", make_pipeline(TfidfVectorizer(sublinear_tf=True, **words), regression())),
    ]


def noises() -> list[tuple[str, Any]]:
    """Experts on features of noise."""
    return [
        (f"noise {seed}", make_pipeline(FunctionTransformer(noise, kw_args={"seed": seed}), regression()))
        for seed in range(NOISES)
    ]


def ways(split: Split) -> dict[str, tuple[list[tuple[str, Any]], list[bytes], int | None]]:
    """Name of a row -> experts, X, and the period of switches."""
    chance = np.random.default_rng(0)
    given_x = [*useful(), ("class codes given X", CodeClassifier(ClassNgrams()))]
    noise_bytes = [chance.bytes(200) for _ in range(SIDE)]
    if not split.unlabelled:
        words = TfidfVectorizer(sublinear_tf=True, decode_error="replace")
        margins = ("TF-IDF + SVM", make_pipeline(words, LinearSVC(random_state=0)))
        return {
            "without X": ([*useful(), margins], [], None),
            "X = random bytes": ([*given_x, margins], noise_bytes, None),
            "X = French captions": ([*given_x, margins], captions()[:SIDE], None),
        }
    pool = [split.unlabelled[i] for i in np.linspace(0, len(split.unlabelled) - 1, SIDE).astype(int)]
    return {
        "without X": (useful(), [], None),
        "without X, switching": (useful(), [], PERIOD),
        "X = the pool": (given_x, pool, None),
        "X = random bytes": (given_x, noise_bytes, None),
        "X = French captions": (given_x, captions()[:SIDE], None),
        f"without X, and {NOISES} of noise": ([*useful(), *noises()], [], None),
        f"{NOISES} of noise only": (noises(), [], None),
        f"{NOISES} of noise only, switching": (noises(), [], PERIOD),
    }


def measure(split: Split, only: Sequence[str]) -> list[dict[str, Any]]:
    """The rows of one split; all of them where none are named."""
    rows = []
    for name, (experts, side, period) in ways(split).items():
        if only and name not in only:
            continue
        busy = time.process_time()
        model = LowRegretClassifier(experts, period=period).fit(split.train, split.labels, unlabelled=side)
        said, answers = model.predict_proba(split.asked), np.array(split.answers)
        right = model.classes_[said.argmax(axis=1)] == answers
        mixed = model.mixture_
        if mixed.regret.bits > mixed.certificate.bits:
            raise SystemExit(f"{split.name}, {name}: {mixed.regret} above {mixed.certificate}")
        final = mixed.weights[-1].argsort()[::-1][:3]
        bits = list(zip(mixed.names, mixed.expert_bits.tolist(), strict=True))
        each = {of: min(cost for name, cost in bits if name.startswith(f"{of} ^")) for of, _ in experts}
        rows.append(
            {
                "experts": name,
                "mixed": len(mixed.names),
                "labels": len(split.labels),
                "label_bits": mixed.bits.bits,
                "labels_alone": float(mixed.expert_bits[0]),
                "best": mixed.best,
                "best_bits": float(mixed.expert_bits.min()),
                "each_at_its_best_power": each,
                "regret": mixed.regret.bits,
                "certificate": mixed.certificate.bits,
                "accuracy": float(right.mean()),
                "interval": interval(right.astype(float)),
                "alone": {
                    of: float((expert.predict(split.asked) == answers).mean()) for of, expert in model.experts_.items()
                }
                if not split.unlabelled
                else {},
                "final_weights": {mixed.names[i]: float(mixed.weights[-1, i]) for i in final},
                "processor_seconds": time.process_time() - busy,
            }
        )
    return rows


def show(name: str, rows: list[dict[str, Any]]) -> None:
    """One table."""
    table = Table(title=f"{name}: {rows[0]['labels']} labels, {rows[0]['labels_alone']:.0f} bits alone")
    table.add_column("experts")
    for column in (
        "mixed",
        "label bits",
        "best",
        "regret",
        "at most",
        "accuracy",
        "95 %",
        "cpu s",
        "best in hindsight",
    ):
        table.add_column(column, justify="right")
    for one in rows:
        numbers = [f"{one[key]:.1f}" for key in ("label_bits", "best_bits", "regret", "certificate")]
        low, high = one["interval"]
        scored = [f"{one['accuracy']:.3f}", f"{low:.3f} to {high:.3f}", f"{one['processor_seconds']:.1f}"]
        table.add_row(one["experts"], str(one["mixed"]), *numbers, *scored, one["best"])
    Console(width=180).print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="splits whose name has this in it")
    parser.add_argument("--ways", default="", help="rows, separated by ;; the record keeps the others")
    args = parser.parse_args()
    record = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    for name, make in SPLITS.items():
        if args.only in name:
            only = args.ways.split(";") if args.ways else []
            kept = [row for row in record.get(name, []) if only and row["experts"] not in only]
            record[name] = kept + measure(make(), only)
            show(name, record[name])
            RECORD.parent.mkdir(exist_ok=True)
            RECORD.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
