"""Labels written behind documents by a transformer, with and without the unlabelled documents.

    python -m benchmarks.label_in_text [--passes 10] [--words 8192] [--steps 80 150] [--keep FOLDER] [--experts]
    python -m benchmarks.label_in_text --device cuda --layers 8 --heads 6 --width 384 --batch 64 --passes 40

AG News, 10 and 100 labelled documents of each of 4 classes (splits of `benchmarks.classify_text_splits`), 500 asked.
The network is `LabelledText` in a `CodeClassifier`: the class of a document is the one whose label is shortest behind
it. Its symbols are bytes and the words that save most in the unlabelled documents, with and without them alike, so that
the difference is what is learnt from them (`--words 0`: bytes). "unlabelled" trains it first on the pool's other
documents, without their labels; with or without, it then learns from the labels for as many steps. `--keep` stores
what was learnt from them, and takes it from there again. Beside it multinomial naive Bayes on counts, and the house's
class codes of words, without and with the same unlabelled documents. Accuracies have Wilson's 95 % interval, the
difference that the unlabelled documents make a paired bootstrap over the asked documents (2,000 draws). Bits per label
are the network's own, -log2 P(label | document), for the others those of their calibrated probabilities. `--experts`
mixes naive Bayes and the network by `LowRegretClassifier` at 10 a class. `--seed 1 --draw 1`: another training, and
other labelled documents, drawn from the pool; each such pair is a row of its own in the record.

Settings were tried inside the pool (other labelled documents, 600 others asked): behind the unlabelled documents the
lower rate was the better of two. The network that begins from nothing has the text's cost beside the label's. Writes
benchmarks/records/label_in_text.json.
"""

import argparse
import json
import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline

from benchmarks.classify_text_splits import Split, ag_news
from benchmarks.devices import add_device
from benchmarks.semi_supervised import pool_labels, redrawn
from codelength.measures import wilson
from codelength.models import checkpoint
from codelength.models.labelled_text import LabelledText
from codelength.models.transformer import Transformer
from codelength.models.words import Words, frequent_words
from codelength.predictors.ngrams import ClassNgrams
from codelength.tasks.classify import CodeClassifier, LowRegretClassifier

RECORD = Path(__file__).parent / "records" / "label_in_text.json"
PER_CLASS = (10, 100)
DRAWS = 2000
SHAPE = ("layers", "heads", "width", "context", "passes", "batch", "rate", "places", "seed", "precision")
WITHOUT, WITH = "transformer", "transformer, unlabelled documents first"

Row = dict[str, Any]


def row(name: str, split: Split, model: Any, **fitted: Any) -> Row:
    """Fit, ask, count. `right` says of each document whether its answer was."""
    began = time.process_time()
    model.fit(split.train, split.labels, **fitted)
    said, answers = model.predict_proba(split.asked), np.array(split.answers)
    right = model.classes_[said.argmax(axis=1)] == answers
    truth = said[np.arange(answers.size), np.searchsorted(model.classes_, answers)]
    if isinstance(model, CodeClassifier) and isinstance(model.code, LabelledText):
        truth = 2.0 ** -model.class_bits(split.asked)[np.arange(answers.size), np.searchsorted(model.classes_, answers)]
    return {
        "method": name,
        "accuracy": float(right.mean()),
        "interval": wilson(float(right.mean()), right.size),
        "bits_per_label": float(-np.log2(np.maximum(truth, 1e-12)).mean()),
        "cpu_seconds": time.process_time() - began,
        "right": right.tolist(),
    }


def difference(rows: list[Row]) -> tuple[float, float, float]:
    """What the unlabelled documents add to accuracy, with its 95 % interval over the asked documents."""
    by = {one["method"]: np.array(one["right"], dtype=float) for one in rows}
    gained: NDArray[np.float64] = by[WITH] - by[WITHOUT]
    drawn = np.random.default_rng(0).choice(gained, (DRAWS, gained.size)).mean(axis=1)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(gained.mean()), float(low), float(high)


def bayes() -> Any:
    """Multinomial naive Bayes on counts of words."""
    return make_pipeline(CountVectorizer(), MultinomialNB())


def measure(split: Split, empty: LabelledText, primed: LabelledText, *, experts: bool) -> Row:
    """All rows of one split."""
    rows = [
        row("naive Bayes", split, bayes()),
        row("class codes of words", split, CodeClassifier(ClassNgrams())),
        row("the same, unlabelled documents", split, CodeClassifier(ClassNgrams()), unlabelled=split.unlabelled),
        row(WITHOUT, split, CodeClassifier(empty, folds=1)),
        row(WITH, split, CodeClassifier(primed, folds=1)),
    ]
    if experts:
        both = [("bayes", bayes()), ("transformer", CodeClassifier(primed, folds=1))]
        follow = LowRegretClassifier(both)
        mixed = row("naive Bayes and the transformer, mixed", split, follow)
        found = follow.mixture_
        rows.append(mixed | {"regret": found.regret.bits, "certificate": found.certificate.bits, "best": found.best})
    return {"labelled": len(split.train), "rows": rows, "unlabelled_adds": difference(rows)}


def learnt(empty: LabelledText, pile: bytes, folder: Path | None) -> tuple[LabelledText, float]:
    """The network after the unlabelled documents, and the processor seconds that it took; kept, and taken again."""
    about = {"learner": repr(empty), "bytes": len(pile)}
    if folder is not None and checkpoint.written(folder):
        found = checkpoint.read(folder)
        if not isinstance(found.model, Transformer) or {**found.about, "seconds": 0} != {**about, "seconds": 0}:
            raise SystemExit(f"{folder} holds what was learnt otherwise: name another folder")
        return replace(empty, learnt=found.model.to(empty.device)), float(found.about["seconds"])
    began = time.process_time()
    primed = empty.given(pile)
    spent = time.process_time() - began
    if folder is not None and primed.learnt is not None:
        folder.mkdir(parents=True, exist_ok=True)
        checkpoint.write(folder, 1, primed.learnt, {}, about | {"seconds": spent})
    return primed, spent


def show(name: str, found: Row, console: Console) -> None:
    table = Table(title=name)
    table.add_column("")
    for column in ("accuracy", "95 %", "bits per label", "CPU s"):
        table.add_column(column, justify="right")
    for one in found["rows"]:
        low, high = one["interval"]
        table.add_row(
            one["method"],
            f"{one['accuracy']:.3f}",
            f"{low:.3f} to {high:.3f}",
            f"{one['bits_per_label']:.3f}",
            f"{one['cpu_seconds']:.1f}",
        )
    console.print(table)
    gain, low, high = found["unlabelled_adds"]
    print(f"the unlabelled documents add {gain:+.3f} ({low:+.3f} to {high:+.3f}) to the transformer's accuracy")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passes", type=float, default=10.0)
    parser.add_argument("--words", type=int, default=8192, help="symbols beside the bytes")
    parser.add_argument("--places", type=float, default=0.2, help="share of places whose next symbol is asked")
    parser.add_argument("--rate", type=float, default=3e-3, help="for the unlabelled documents")
    parser.add_argument("--steps", type=int, nargs=2, default=(80, 150), help="for 10 and 100 labels a class")
    parser.add_argument("--label-rates", type=float, nargs=2, default=(2e-3, 5e-4), help="without and with them")
    parser.add_argument("--text-weights", type=float, nargs=2, default=(0.5, 0.0), help="of symbols beside labels")
    parser.add_argument("--precision", default="bfloat16", choices=("float32", "bfloat16"))
    parser.add_argument("--keep", type=Path, metavar="FOLDER")
    parser.add_argument("--layers", type=int, default=2)
    parser.add_argument("--heads", type=int, default=4)
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--context", type=int, default=160)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--seed", type=int, default=0)
    add_device(parser)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--experts", action="store_true")
    parser.add_argument("--draw", type=int, default=0, help="0: labelled in file order; else a seed of others")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    shape = {name: getattr(options, name) for name in SHAPE}
    unlabelled = ag_news(max(PER_CLASS)).unlabelled
    words = frequent_words(unlabelled, options.words) if options.words else Words()
    empty = LabelledText(**shape, text_weight=options.text_weights[1], words=words, device=options.device)
    pile = b"\n".join(unlabelled)
    primed, spent = learnt(empty, pile, options.keep)
    print(f"{len(pile):,} bytes without labels, {options.passes:g} passes: {spent:.0f} CPU s", flush=True)
    rows: dict[str, Row] = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    record: Row = {
        "setting": shape
        | {
            name: getattr(options, name)
            for name in ("words", "steps", "label_rates", "text_weights", "device", "threads")
        },
        "unlabelled_bytes": len(pile),
        "given_cpu_seconds": spent,
        "load": os.getloadavg(),
    }
    for per_class, steps in zip(PER_CLASS, options.steps, strict=True):
        split, few = ag_news(per_class), per_class == min(PER_CLASS)
        if options.draw:
            split = redrawn(split, pool_labels("AG", split), options.draw)
        how = zip((empty, primed), options.label_rates, options.text_weights, strict=True)
        networks = [replace(one, steps=steps, label_rate=rate, text_weight=weight) for one, rate, weight in how]
        record[split.name] = measure(split, *networks, experts=options.experts and few)
        show(split.name, record[split.name], Console(width=120))
        rows[f"seed {options.seed}, draw {options.draw}"] = record
        RECORD.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
