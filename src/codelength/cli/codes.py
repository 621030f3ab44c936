"""`codelength codes`: the catalogue."""

from __future__ import annotations

from dataclasses import dataclass

from codelength.catalogue import CATALOGUE, DEFAULT, make
from codelength.cli.options import JsonOption
from codelength.cli.screen import Screen
from codelength.core import Learner, Predictor, UnknownCodeError


@dataclass(frozen=True, slots=True)
class Known:
    """A code of the catalogue. `given`: takes side information itself; `predictor`: gives probabilities; both are None
    for a code whose package is missing, which `missing` names.
    """

    name: str
    summary: str
    tier: str
    given: bool | None
    predictor: bool | None
    missing: str | None


def codes(as_json: JsonOption = False) -> None:
    """List the codes: which take side information, which give probabilities, which decode anywhere for ever."""
    from codelength.report import Column, Table

    screen = Screen(as_json=as_json)
    known = [_known(name) for name in CATALOGUE]
    rows = [
        {
            "code": code.name + " (default)" * (code.name == DEFAULT),
            "what": code.summary if code.missing is None else f"{code.summary}; {code.missing}",
            "given": "" if code.given is None else ("itself" if code.given else "estimate"),
            "mixes": "" if code.predictor is None else ("yes" if code.predictor else "no"),
            "tier": code.tier,
        }
        for code in known
    ]
    columns = [
        Column("code", "code"),
        Column("what", "what it is"),
        Column("given", "given"),
        Column("mixes", "mixes"),
        Column("tier", "tier"),
    ]
    shown = Table("Codes", columns, rows, note=_LEGEND)
    screen.result({"command": "codes", "default": DEFAULT, "codes": known}, shown)


def _known(name: str) -> Known:
    entry = CATALOGUE[name]
    try:
        code = make(name)
    except UnknownCodeError as error:
        return Known(name, entry.summary, entry.tier, None, None, str(error))
    return Known(name, entry.summary, entry.tier, isinstance(code, Learner), isinstance(code, Predictor), None)


_LEGEND = (
    "given: takes side information itself, or only by difference, which is an estimate. mixes: gives probabilities, so "
    "that cm+ctw is a Bayes mixture and cm~ctw one that switches. portable: decodes on any machine for ever."
)
