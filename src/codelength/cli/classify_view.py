"""What `classify` and `neighbours` show: accuracy and bits of the labels, confusion, reliability, learning curve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codelength.cli.page import write_page
from codelength.report import Block, Callout, Cell, Column, Fact, Figure, Interval, Measured, Section, Table, Text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from codelength.cli.screen import Screen
    from codelength.tasks.classify import CurvePoint, Evaluation, LabelMixture, PileMixture

_MOST_CLASSES = 60
_MOST_EXPERTS = 6
_NAMED = 3
"""Classes that a warning names."""


def share_right(found: Evaluation) -> str:
    """How many answers are right."""
    return f"{found.accuracy:.1%} of {found.size:,} answers are right (95 %: {found.low:.1%} to {found.high:.1%})"


def headline(found: Evaluation) -> str:
    """The answer in a sentence."""
    if not found.coded:
        return f"{share_right(found)}."
    return f"{share_right(found)}; a label costs {found.label_bits / found.coded:.3f} bits."


def unseen_classes(found: Evaluation, so: str = "they count as wrong") -> list[str]:
    """What is said of test examples whose class training never had, and what follows from it."""
    if not found.unseen:
        return []
    *few, more = [*map(repr, list(found.unseen)[:_NAMED]), f"{len(found.unseen) - _NAMED} more"]
    listed = ", ".join(few) + (f" and {more}" if len(found.unseen) > _NAMED else "")
    told = f"training has no class {listed}, which {found.size - found.coded:,} test examples have: {so}"
    return [told if found.coded else f"{told}; no label of the test file is one of training's: are both named alike?"]


def evaluation_tables(found: Evaluation) -> list[Table]:
    """Each class: how many, how many found, how many answers right."""
    answered = [sum(row[k] for row in found.confusion) for k in range(len(found.confusion[0]))]
    rows: list[dict[str, Cell]] = []
    for at, (label, row) in enumerate(zip(found.classes, found.confusion, strict=True)):
        right = row[at] if at < len(row) else 0
        said = answered[at] if at < len(row) else 0
        mistaken = [(count, other) for other, count in enumerate(row) if other != at and count]
        rows.append(
            {
                "class": label,
                "size": sum(row),
                "recall": 100 * right / sum(row) if sum(row) else None,
                "precision": 100 * right / said if said else None,
                "taken": found.classes[max(mistaken)[1]] if mistaken else None,
            }
        )
    columns = [
        Column("class", "class"),
        Column("size", "examples", digits=0),
        Column("recall", "found", "%", digits=1, help="share of the class's examples that are answered right"),
        Column("precision", "right", "%", digits=1, help="share of the answers with this class that are right"),
        Column("taken", "most often taken for"),
    ]
    return [Table("Class by class", columns, rows)]


def answers_table(classes: NDArray[Any], log_probs: NDArray[np.float64]) -> Table:
    """How often each class was answered, where nobody knows what is right."""
    best = log_probs.argmax(axis=1)
    rows: list[dict[str, Cell]] = [
        {"class": str(label), "count": int((best == at).sum())} for at, label in enumerate(classes)
    ]
    return Table(
        "Answers", [Column("class", "class"), Column("count", "examples", digits=0)], rows, note="--out keeps each."
    )


@dataclass(frozen=True, slots=True)
class Learnt:
    """What a page says of a classifier, whatever was asked of it. `latent`: the answers are the mixture's own."""

    warnings: Sequence[str]
    mixture: LabelMixture
    piles: PileMixture | None
    seed: int
    latent: bool


def write_classify_page(
    screen: Screen, path: Path, found: Evaluation, curve: Sequence[CurvePoint], labels: int, learnt: Learnt
) -> None:
    """The page of a classifier's answers, of what the piles were worth, and of who was trusted."""
    facts = [
        Fact("right answers", Measured(100 * found.accuracy, Interval(100 * found.low, 100 * found.high)), "%"),
        Fact("a label costs", found.label_bits / max(found.coded, 1), "bits", note=f"{found.coded:,} labels"),
        Fact("probabilities are off by", 100 * found.calibration_error, "%", note="expected calibration error"),
    ]
    beside = [Section("Can the probabilities be trusted?", _reliability(found))]
    if curve:
        beside.append(Section("What labels are worth", _curve(curve, found, labels)))
    classes = [*confusion(found), *evaluation_tables(found)]
    _write(screen, path, headline(found), facts, classes, beside, learnt, _INTERVAL)


def write_blind_page(
    screen: Screen, path: Path, classes: NDArray[Any], log_probs: NDArray[np.float64], learnt: Learnt
) -> None:
    """The page of answers where nobody told what is right."""
    lead = f"{len(log_probs):,} answers; what is right was not told."
    _write(screen, path, lead, [], [answers_table(classes, log_probs)], [], learnt, "")


def _write(
    screen: Screen,
    path: Path,
    lead: str,
    facts: Sequence[Fact],
    classes: Sequence[Block],
    beside: Sequence[Section],
    learnt: Learnt,
    reading: str,
) -> None:
    """Classes, piles, what else there is to say of the answers, who was trusted, and how to read it."""
    from codelength.cli.piles_view import piles_section

    warnings: list[Block] = [Callout("warning", text) for text in learnt.warnings]
    told = _READING + (_LATENT if learnt.latent else _TEMPERED) + reading
    sections = [
        Section("Class by class", [*warnings, *classes]),
        *([] if learnt.piles is None else [piles_section(learnt.piles)]),
        *beside,
        Section("Who was trusted", _trusted(learnt.mixture)),
        Section("How to read this", [Text(told)]),
    ]
    title, seeds = "Labels from codes", {"seed": learnt.seed}
    write_page(screen, path, title=title, lead=lead, sections=sections, facts=facts, seeds=seeds)


def _trusted(mixture: LabelMixture) -> list[Block]:
    """Weights of the experts that ever had the most, what each cost at its best, and what the mixture cost."""
    from codelength.report import plots

    trust = mixture.trust()
    most = sorted(trust, key=lambda name: -trust[name].max())[:_MOST_EXPERTS]
    drawn = plots.lines(
        list(range(len(mixture.weights))),
        {name: weight.tolist() for name, weight in trust.items() if name in most},
        title="weight of each expert",
        desc="posterior weights while the labels came",
        x_label="labels seen",
        y_label="weight",
    )
    found: list[tuple[float, dict[str, Cell]]] = []
    for name, weight in trust.items():
        bits, voice = min(
            (mixture.expert_bits[i], mixture.names[i]) for i, one in enumerate(mixture.groups) if one == name
        )
        found.append((bits, {"expert": name, "bits": float(bits), "voice": voice, "weight": float(weight[-1])}))
    rows = [row for _, row in sorted(found, key=lambda one: one[0])]
    columns = [
        Column("expert", "expert"),
        Column("bits", "at its best", "bits", digits=1, help="codelength of all labels, coded one block after another"),
        Column("voice", "which is", help="step: of the alternation; ^p: its probabilities raised to the power p"),
        Column("weight", "weight at the end", digits=3),
    ]
    text = (
        f"Learning the labels one by one cost {mixture.bits.bits:,.1f} bits, {mixture.regret.bits:,.1f} above the best "
        f"expert, {mixture.best}, and never more than {mixture.certificate.bits:,.1f} above it, whatever they say. "
        "Every expert is mixed at several powers of its probabilities (^0.5: it is taken to be half as sure as it "
        "says), which is how they are calibrated."
    )
    caption = f"The {len(most)} experts with the highest weights, while the labels came"
    return [Text(text), Figure(drawn, caption), Table("", columns, rows)]


def confusion(found: Evaluation) -> list[Block]:
    """The confusion matrix, if it is neither too large to be seen nor of one class."""
    from codelength.report import plots

    if not 2 <= len(found.classes) <= _MOST_CLASSES:
        return []
    width = len(found.classes)
    square = [[*row, *(0 for _ in range(width - len(row)))] for row in found.confusion]
    drawn = plots.heatmap(
        list(found.classes),
        square,
        title="confusion matrix",
        desc="row: true class; column: answer; grey: right answers",
        unit="examples",
    )
    return [Figure(drawn, "Row: the true class; column: the answer. Right answers stand on the grey diagonal")]


def _reliability(found: Evaluation) -> list[Block]:
    from codelength.report import plots

    said = [mean for mean, _, _ in found.reliability]
    series = {"answers": [right for _, right, _ in found.reliability], "as said": said}
    drawn = plots.lines(
        said,
        series,
        title="reliability",
        desc="share of right answers against the probability that was given",
        x_label="probability of the answer",
        y_label="share that is right",
    )
    rows: list[dict[str, Cell]] = [
        {"said": 100 * mean, "right": 100 * right, "count": count} for mean, right, count in found.reliability
    ]
    columns = [
        Column("said", "said", "%", digits=1),
        Column("right", "right", "%", digits=1),
        Column("count", "examples", digits=0),
    ]
    caption = "Where the two lines meet, an answer of 80 % is right 8 times out of 10"
    return [Figure(drawn, caption), Table("", columns, rows)]


def _curve(curve: Sequence[CurvePoint], found: Evaluation, labels: int) -> list[Block]:
    from codelength.report import plots

    sizes = [*(point.labels for point in curve), labels]
    bits = [*(point.bits for point in curve), found.label_bits / max(found.coded, 1)]
    drawn = plots.lines(
        sizes,
        {"bits of a label": bits},
        title="learning curve",
        desc="mean bits of a test label against the number of labels learnt",
        x_label="labels learnt",
        y_label="bits",
        log_x=True,
    )
    return [Figure(drawn, "Bits that a test label costs once so many labels have been learnt")]


_READING = (
    "Each class has a code: the code of all text that has read the examples of that class. An example's codelength "
    "under each, tempered, gives the probability of each class. The label then costs -log2 of its class's probability: "
    "0 bits if the classifier was sure and right, 1 bit for a coin toss.\n\n"
)
_TEMPERED = "The temperature is learnt from training examples that were scored before they were learnt."
_LATENT = (
    "The labels of the examples without labels are latent: they and the codes of the classes are found by turns. Each "
    "turn is one expert among others, and those that have never seen such an example stay among them; the answers are "
    "those of all experts under the weights that the labels left them."
)
_INTERVAL = " The interval is Wilson's, 95 %."
