"""What neighbours and softer evidence gain with unlabelled documents, and what all labels would: draws inside the pool.

    python -m benchmarks.semi_supervised_pool [--draws 5] [--before RECORD]     about 3 minutes on a free core

AG News without the 500 documents that `benchmarks.semi_supervised` asks. Each draw asks 1,000 other documents, labels
10 or 100 of each class and leaves the rest without labels; accuracy is that of the 1,000, and of those without labels
too ("pool": they were seen while learning, their labels were not). Rows: words only with evidence 1, 2, 4, the default
before; the default; and what learns from the labels of the whole rest, the ceiling: class codes, multinomial naive
Bayes, TF-IDF + logistic regression, TF-IDF + linear SVM, and the mean of the first three's probabilities. Differences
are paired by draw and documents, with standard errors over draws. The defaults were chosen on draws 0 to 4, on 2 such
draws of R8 and 1 of 20 Newsgroups; the draws here are others. With --before, what "as it comes" had in an earlier
record of these draws is a row too, to see what a change of the defaults gains.
Writes benchmarks/records/semi_supervised_pool.json.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import VotingClassifier
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from benchmarks.classify_text_splits import ag_news
from codelength.predictors.ngrams import ClassNgrams
from codelength.tasks.classify import CodeClassifier, SemiSupervisedCodeClassifier

RECORD = Path(__file__).parent / "records" / "semi_supervised_pool.json"
FIRST_SEED = 100
ASKED = 1000
SEMI: dict[str, dict[str, Any]] = {
    "words only, evidence 1, 2, 4": {"neighbours": 0, "evidence": (1.0, 2.0, 4.0)},
    "as it comes": {},
}
CEILING = "all labels: "
CAME = "as it came before"


def all_labels() -> dict[str, Any]:
    words = {"decode_error": "replace"}
    single = {
        "class codes": CodeClassifier(ClassNgrams()),
        "naive Bayes": make_pipeline(CountVectorizer(**words), MultinomialNB(alpha=0.1)),
        "TF-IDF + LR": make_pipeline(
            TfidfVectorizer(sublinear_tf=True, **words), LogisticRegression(C=10.0, max_iter=1000)
        ),
        "TF-IDF + linear SVM": make_pipeline(TfidfVectorizer(sublinear_tf=True, **words), LinearSVC(random_state=0)),
    }
    voters = [(name, single[name]) for name in ("class codes", "naive Bayes", "TF-IDF + LR")]
    return single | {"the first three": VotingClassifier(voters, voting="soft")}


def drawn(labels: np.ndarray, per_class: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Numbers of the documents asked, with labels, and without."""
    order = np.random.default_rng(seed).permutation(labels.size)
    asked, rest = order[:ASKED], order[ASKED:]
    known = np.concatenate([rest[labels[rest] == c][:per_class] for c in np.unique(labels)])
    return asked, known, np.setdiff1d(rest, known)


def one_draw(texts: list[bytes], labels: np.ndarray, per_class: int, seed: int) -> dict[str, dict[str, float]]:
    """Row -> accuracies, bits of labels, seconds."""
    asked, known, others = drawn(labels, per_class, seed)
    some = {name: [texts[i] for i in which] for name, which in (("a", asked), ("k", known), ("o", others))}
    found: dict[str, dict[str, float]] = {}
    for name, options in SEMI.items():
        busy = time.process_time()
        model = SemiSupervisedCodeClassifier(**options).fit(some["k"], labels[known], unlabelled=some["o"])
        found[name] = {
            "asked": float(model.score(some["a"], labels[asked])),
            "pool": float(model.score(some["o"], labels[others])),
            "bits": model.mixture_.bits.bits,
            "processor_seconds": time.process_time() - busy,
        }
    return found


def ceiling(texts: list[bytes], labels: np.ndarray, seed: int) -> dict[str, dict[str, float]]:
    """Accuracy with the labels of all documents that are not asked."""
    asked, known, others = drawn(labels, 0, seed)
    rest = np.concatenate([known, others]).astype(int)
    found = {}
    for name, model in all_labels().items():
        model.fit([texts[i] for i in rest], labels[rest])
        found[CEILING + name] = {"asked": float(model.score([texts[i] for i in asked], labels[asked]))}
    return found


def mean(values: list[float]) -> str:
    """Mean and standard error over draws."""
    return f"{np.mean(values):.4f} +- {np.std(values, ddof=1) / len(values) ** 0.5:.4f}"


def show(name: str, draws: list[dict[str, dict[str, float]]]) -> None:
    """Each row: means, and differences to what came before, else to the first row."""
    first = CAME if CAME in draws[0] else next(iter(draws[0]))
    for row in draws[0]:
        line = f"{name:10} {row:32}"
        for kind in draws[0][row]:
            values = [draw[row][kind] for draw in draws]
            line += f"  {kind} {mean(values)}"
            if row != first and kind in ("asked", "pool", "bits") and kind in draws[0][first] and CEILING not in row:
                line += f" ({mean([draw[row][kind] - draw[first][kind] for draw in draws])})"
        print(line, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=5)
    parser.add_argument("--before", type=Path, help="an earlier record of the same draws")
    args = parser.parse_args()
    before = json.loads(args.before.read_text()) if args.before else {}
    whole = ag_news(10**6)
    texts, labels = whole.train, np.array(whole.labels)
    seeds = range(FIRST_SEED, FIRST_SEED + args.draws)
    record: dict[str, Any] = {"draws": args.draws, "asked": ASKED}
    for per_class in (10, 100):
        name = f"AG {per_class}"
        record[name] = [one_draw(texts, labels, per_class, seed) for seed in seeds]
        for draw, came in zip(record[name], before.get(name, ()), strict=bool(before)):
            draw[CAME] = came["as it comes"]
        show(name, record[name])
    record["AG all"] = [ceiling(texts, labels, seed) for seed in seeds]
    show("AG all", record["AG all"])
    RECORD.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
