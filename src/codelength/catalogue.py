"""The one literal table of codes: name -> where it lives, imported only when asked for.

A spec names a code with its parameters: `zstd`, `ctw:depth=16`, `zstd:level=3,window=27`. Specs joined by `+` are the
Bayes mixture of those predictors (`cm+ctw`), joined by `~` the switching mixture. A frame carries the spec, so a name
that has been released never changes its meaning: a changed model gets a new name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from inspect import formatannotation, signature
from typing import Any, Literal

from codelength.core import Code, Predictor, UnknownCodeError

Parameter = int | str
Tier = Literal["portable", "library"]

MAX_EXPERTS = 16

_WHOLE = re.compile("-?[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One code of the catalogue. `tier`: "portable" decodes on any machine for ever (our integers only); "library"
    is a format that its own library reads. `suited`: the module that chooses parameters for some data (see `choice`).
    `predicts`: whether a code of our own gives the probabilities of its bits.
    """

    module: str
    attribute: str
    summary: str
    tier: Tier
    extra: str | None = None
    suited: str | None = None
    predicts: bool = True


CATALOGUE: dict[str, Entry] = {
    "cm": Entry(
        "codelength.predictors.mixing",
        "ContextMixing",
        "context mixing: the default",
        "portable",
        suited="codelength.predictors.mixing.suited",
    ),
    "ctw": Entry("codelength.predictors.ctw", "CTW", "context-tree weighting, with a proven bound", "portable"),
    "kt": Entry("codelength.predictors.kt", "KT", "Krichevsky-Trofimov, order 0", "portable"),
    "mini": Entry("codelength.predictors.mini", "Mini", "a small mixer that fits into a program", "portable"),
    "pixels": Entry("codelength.predictors.pixels", "Pixels", "grey, colour and 16-bit images", "portable"),
    "bilevel": Entry("codelength.predictors.pixels", "Bilevel", "images of one bit a pixel", "portable"),
    "delta": Entry("codelength.predictors.delta", "Delta", "what is nearly a copy of side information", "portable"),
    "dna": Entry("codelength.predictors.dna", "Dna", "bases from both strands, in any layout", "portable"),
    "prose": Entry("codelength.predictors.prose", "Prose", "English: words as symbols", "portable", predicts=False),
    "x86": Entry("codelength.predictors.x86", "X86", "machine code of x86", "portable", predicts=False),
    "records": Entry("codelength.predictors.records", "Records", "rows of a fixed number of bytes", "portable"),
    "samples": Entry("codelength.predictors.samples", "Samples", "sound and other sampled signals", "portable"),
    "search": Entry(
        "codelength.predictors.programs",
        "ProgramSearch",
        "the shortest program that a search finds",
        "portable",
        predicts=False,
    ),
    "program": Entry("codelength.predictors.programs", "programmed", "a program that was found before", "portable"),
    "huffman": Entry("codelength.codes.huffman", "Huffman", "static prefix code, the table paid for", "portable"),
    "zlib": Entry("codelength.compressors.zlib", "Zlib", "DEFLATE, as in gzip", "library"),
    "bz2": Entry("codelength.compressors.bz2", "Bz2", "Burrows-Wheeler", "library"),
    "lzma": Entry("codelength.compressors.lzma", "Lzma", "LZMA2, as in xz", "library"),
    "zstd": Entry("codelength.compressors.zstd", "Zstd", "Zstandard", "library"),
    "brotli": Entry("codelength.compressors.brotli", "Brotli", "Brotli", "library"),
    "ppmd": Entry("codelength.compressors.ppmd", "Ppmd", "PPMd variant H", "library", extra="ppmd"),
}

DEFAULT = "cm"

HEAD = 1 << 20
"""Bytes of the data that a choice of parameters looks at."""


def make(spec: str) -> Code[bytes]:
    """The code that a spec names.

    Raises
    ------
    UnknownCodeError
        No such name, a parameter that the code does not have, a value that it refuses, or a missing package.

    Examples
    --------
    >>> make("zlib:level=1").spec
    'zlib:level=1'
    """
    for sign, kind in (("+", "Mixture"), ("~", "Switching")):
        if sign in spec:
            return _mixture(spec, sign, kind)
    return _single(spec)


def choice(spec: str) -> Callable[[bytes, int | None, bool], str] | None:
    """What fits a spec to data: a function from (first MiB, size or None, is side information given?) to the spec that
    a frame shall carry: this code's with parameters added, or where no more than a preset was said that of a code made
    for such data. None for a spec that leaves nothing open: another code, a mixture, or one that has chosen.

    Raises
    ------
    UnknownCodeError
        As `make`.

    Examples
    --------
    >>> fit = choice("cm:preset=max")
    >>> text = b"It is not the size of the data that counts. " * 999
    >>> fit(text, len(text), False), fit(text, len(text), True), fit(bytes(9999), 9999, False)
    ('prose:preset=max,primer=256', 'prose:preset=max', 'cm:preset=max')
    >>> choice("cm:primer=0") is None
    True
    """
    name, _, rest = spec.partition(":")
    entry = CATALOGUE.get(name)
    if entry is None or entry.suited is None or "+" in spec or "~" in spec:
        return None
    chooser = import_module(entry.suited)
    said = {key: value for key, _, value in (item.partition("=") for item in rest.split(","))}
    if not said.keys().isdisjoint(chooser.CHOSEN):
        return None
    plain = make(spec).spec

    def fit(head: bytes, size: int | None, side: bool) -> str:
        preset = said.get("preset", "default")
        other = chooser.other_code(head, size, preset, side=side) if said.keys() <= {"preset", ""} else None
        if other is not None:
            return str(other)
        chosen = chooser.suited(head, size, preset, side=side)
        added = ",".join(f"{key}={value}" for key, value in chosen.items())
        return f"{plain}{',' if ':' in plain else ':'}{added}" if added else plain

    return fit


def copier(spec: str) -> str | None:
    """The code that takes this one's place for what is nearly a copy of side information; None where a spec says more
    than a preset, or names a code that leaves nothing open.

    Examples
    --------
    >>> copier("cm:preset=fast"), copier("cm:memory=20"), copier("ctw")
    ('delta', None, None)
    """
    said = {item.partition("=")[0] for item in spec.partition(":")[2].split(",")}
    return "delta" if choice(spec) is not None and said <= {"preset", ""} else None


def _mixture(spec: str, sign: str, kind: str) -> Code[bytes]:
    names = spec.split(sign)
    if len(names) > MAX_EXPERTS:
        raise UnknownCodeError(f"{spec!r} mixes {len(names)} codes; at most {MAX_EXPERTS} are allowed")
    experts = [_single(name) for name in names]
    for expert in experts:
        if not isinstance(expert, Predictor):
            raise UnknownCodeError(
                f"{expert.spec!r} gives no probabilities, so it cannot be mixed; predictors are "
                + ", ".join(predictors())
            )
    mixture: Code[bytes] = getattr(import_module("codelength.codes"), kind)(experts)
    return mixture


def _single(spec: str) -> Code[bytes]:
    name, _, rest = spec.partition(":")
    entry = CATALOGUE.get(name)
    if entry is None:
        raise UnknownCodeError(f"no code is called {name!r}; there are {', '.join(CATALOGUE)}")
    try:
        factory = getattr(import_module(entry.module), entry.attribute)
    except ModuleNotFoundError as error:
        install = f"pip install 'codelength[{entry.extra}]'" if entry.extra else f"pip install {error.name}"
        raise UnknownCodeError(f"code {name!r} needs the package {error.name!r}: {install}") from error
    try:
        code: Code[bytes] = factory(**_parameters(spec, rest, _takes(factory)))
    except (TypeError, ValueError) as error:
        raise UnknownCodeError(f"code {spec!r}: {error}") from error
    return code


def _takes(factory: Callable[..., Any]) -> dict[str, str]:
    """The parameters that a spec may set, and their types as annotated: `int` or `str`. What else a code can be made of
    (side information, contexts) is for Python; a frame that somebody sends must not reach it.
    """
    taken = {name: formatannotation(each.annotation) for name, each in signature(factory).parameters.items()}
    return {
        name: kind.strip("'") for name, kind in taken.items() if name[0] != "_" and kind.strip("'") in ("int", "str")
    }


def _parameters(spec: str, text: str, takes: Mapping[str, str]) -> dict[str, Any]:
    parameters: dict[str, Parameter] = {}
    for item in filter(None, text.split(",")):
        key, sign, value = item.partition("=")
        if not sign or not key.isidentifier():
            raise UnknownCodeError(f"code {spec!r}: expected name:key=value,..., met {item!r}")
        if key not in takes:
            raise UnknownCodeError(f"code {spec!r}: no parameter {key!r}; it has {', '.join(takes) or 'none'}")
        if takes[key] == "int" and not _WHOLE.fullmatch(value):
            raise UnknownCodeError(f"code {spec!r}: {key} is {value!r}; expected a whole number")
        parameters[key] = int(value) if takes[key] == "int" else value
    return parameters


def predictors() -> list[str]:
    """Names of the codes that give probabilities."""
    return [name for name, entry in CATALOGUE.items() if ".predictors." in entry.module and entry.predicts]
