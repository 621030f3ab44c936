"""What `bound` shows: the certificate, and on a page what fewer or more bits would make of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from codelength.cli.page import write_page
from codelength.report import Cell, Column, Fact, Figure, Section, Table, Text

if TYPE_CHECKING:
    from codelength.cli.screen import Screen
    from codelength.measures import Certificate
    from codelength.tasks.certify import Certified, Shape

_POINTS = 49
_RANGE = 64.0
"""The page's curve goes from the classifier's bits over this to the bits times this."""


def bound_table(proof: Certificate, title: str, test_error: float | None = None) -> Table:
    """The certificate."""
    rows: list[dict[str, Cell]] = [
        {"what": "training error", "value": f"{proof.train_error:.4%}"},
        {"what": "examples", "value": f"{proof.examples:,}"},
        {"what": "bits of the classifier", "value": f"{proof.bits:,.0f}"},
        {"what": "Hoeffding", "value": _upwards(proof.hoeffding)},
        {"what": "kl-inverse", "value": _upwards(proof.kl_inverse)},
        {"what": "PAC-Bayes (Catoni)", "value": _upwards(proof.catoni)},
    ]
    if test_error is not None:
        rows.append({"what": "error on the test examples", "value": f"{test_error:.4%}"})
    note = (
        f"With probability {1 - proof.delta:g} over the draw of the examples the true error is at most the bound; "
        "the kl-inverse is the one to quote. It needs examples drawn independently from where the classifier is used."
    )
    columns = [Column("what", "quantity"), Column("value", "value", align="right")]
    return Table(title, columns, rows, note=note)


def described(shape: Shape) -> str:
    """A classifier's architecture in words."""
    seen = f"pixels in blocks of {shape.block}" if shape.block else "directed edges"
    rows, columns = shape.cells
    layer = f"{shape.hidden} hidden channels over {shape.patch} x {shape.patch} of" if shape.hidden else "linear on"
    return f"{layer} {rows} x {columns} cells of {seen}"


def tried_table(found: Certified) -> Table:
    """All candidates; the choice among them is in the bits of each."""
    rows: list[dict[str, Cell]] = [
        {
            "candidate": f"{described(shape)}{' (taken)' if at == found.chosen else ''}",
            "bits": one.bits,
            "train": f"{one.train_error:.4%}",
            "bound": _upwards(one.kl_inverse),
        }
        for at, (one, shape) in enumerate(zip(found.tried, found.shapes, strict=True))
    ]
    columns = [
        Column("candidate", "candidate"),
        Column("bits", "bits", digits=0),
        Column("train", "training error", align="right"),
        Column("bound", "kl-inverse", align="right"),
    ]
    return Table("What was tried", columns, rows)


def write_bound_page(
    screen: Screen, path: Path, proof: Certificate, tables: Sequence[Table], seeds: Mapping[str, int] | None = None
) -> None:
    """The page of a certificate."""
    from codelength.measures import certificate
    from codelength.report import plots

    middle = max(proof.bits, 8.0)
    bits = [middle * _RANGE ** (2 * i / (_POINTS - 1) - 1) for i in range(_POINTS)]
    proofs = [certificate(proof.errors, proof.examples, size, proof.delta) for size in bits]
    drawn = plots.lines(
        bits,
        {
            "Hoeffding": [100 * one.hoeffding for one in proofs],
            "kl-inverse": [100 * one.kl_inverse for one in proofs],
            "Catoni": [100 * one.catoni for one in proofs],
        },
        title="bound against bits",
        desc="upper bounds on the true error against the bits of the classifier, at this training error",
        x_label="bits of the classifier",
        y_label="bound, %",
        log_x=True,
    )
    caption = f"A classifier with as many mistakes in training, told in other bits than its {proof.bits:,.0f}"
    facts = [
        # A fact has four digits: what is shown is a bound too.
        Fact("true error at most", math.ceil(proof.kl_inverse * 1e4) / 1e2, "%", note="kl-inverse"),
        Fact("training error", 100 * proof.train_error, "%"),
        Fact("bits of the classifier", proof.bits, "bits"),
    ]
    lead = (
        f"With probability {1 - proof.delta:g} the true error is at most {_upwards(proof.kl_inverse)}: "
        f"{proof.errors:,} of {proof.examples:,} training examples are wrong, and {proof.bits:,.0f} bits tell the "
        "classifier."
    )
    sections = [
        Section("The certificate", [*tables]),
        Section("What bits are worth", [Figure(drawn, caption)]),
        Section("How to read this", [Text(_READING)]),
    ]
    write_page(screen, path, title="A bound on the true error", lead=lead, sections=sections, facts=facts, seeds=seeds)


def _upwards(bound: float) -> str:
    """In percent, rounded so that what is shown is a bound too."""
    return f"{math.ceil(bound * 1e6) / 1e6:.4%}"


_READING = (
    "There are at most 2^b classifiers that b bits can tell. If all of them are judged on the same examples, none can "
    "look much better there than it is, except with a small probability that is shared out among them: so few bits and "
    "few mistakes in training mean few mistakes elsewhere.\n\n"
    "The bits have to be those of a code that was fixed before the examples were seen, and the examples independent "
    "draws from where the classifier will be used."
)
