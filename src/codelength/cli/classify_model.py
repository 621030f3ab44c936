"""What `classify` learns with: class codes, or a classifier of labelled texts and piles without labels."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import typer

from codelength.cli.labelled_options import check_alike
from codelength.data import Labelled

if TYPE_CHECKING:
    from codelength.tasks.classify import CodeClassifier, PileClassifier, PileMixture

    Model = CodeClassifier | PileClassifier

LATENT = "latent"
"""Class codes over words in which the labels of unlabelled texts are latent; each pile as far as it helps."""


def model_for(
    code: str, prior: Literal["frequencies", "uniform"] | None, folds: int | None, parts: int, seed: int
) -> Model:
    """The classifier of that name, not yet fitted.

    Raises
    ------
    BadParameter
        An option that it does not have.
    """
    if code == LATENT:
        from codelength.tasks.classify import PileClassifier, SemiSupervisedCodeClassifier

        if prior is not None or folds is not None:
            raise typer.BadParameter(
                "--prior and --folds are not for --code latent, which has neither and is what unlabelled text is read "
                "with: leave them out, or name a code (--code ngrams)"
            )
        return PileClassifier(SemiSupervisedCodeClassifier(random_state=seed), parts=parts)
    if parts > 1:
        raise typer.BadParameter(f"--parts is for --code latent, which weighs them: {code} reads all as one")
    from codelength.api.classify import classifier

    return classifier(code, prior=prior or "frequencies", folds=folds or 5)


def unlabelled_for(code: str, known: Labelled, more: list[Labelled]) -> Any:
    """Examples without labels: file by file for the code that weighs them, all as one for the others."""
    import numpy as np

    for one in more:
        check_alike(known, one)
    if code == LATENT:
        return {one.name: one.content for one in more}
    if isinstance(known.content, list):
        return [text for one in more for text in one.content]
    return np.concatenate([one.content for one in more]) if more else ()


def learn(model: Model, known: Labelled, unlabelled: Any, advance: Callable[[str, int, int], None]) -> None:
    """Fit, and say how far it is."""
    from codelength.tasks.classify import PileClassifier

    if isinstance(model, PileClassifier):
        model.fit(
            known.content,
            known.labels,
            unlabelled=unlabelled,
            on_progress=lambda _, done, most: advance("learning", done, most),
        )
        return
    advance("learning", 0, 1)
    model.fit(known.content, known.labels, unlabelled=unlabelled)


def learnt(model: Model) -> dict[str, Any]:
    """What the model found out about itself."""
    from codelength.tasks.classify import PileClassifier

    if not isinstance(model, PileClassifier):
        found = model.temperature_
        return {"temperature": {"parts": list(found.parts), "power": found.power, "escape": found.escape}}
    best, mixture = model.best_, model.mixture_
    shares = dict(zip(map(str, best.classes_), best.balance_.tolist(), strict=True))
    return {
        "balance": {"shares": shares, "bits": best.balance_bits_},
        "mixture": {
            "label_bits": mixture.bits,
            "best": mixture.best,
            "regret": mixture.regret,
            "certificate": mixture.certificate,
            "expert_bits": dict(zip(mixture.names, mixture.expert_bits.tolist(), strict=True)),
        },
        "piles": model.piles_,
    }


def piles_of(model: Model) -> PileMixture | None:
    """What the piles were worth; None where there are none, or they were not weighed."""
    found: PileMixture | None = getattr(model, "piles_", None)
    return found if found is not None and found.worths else None
