"""The registers of a kind of input by name: how its contexts and selectors are written down, one line each."""

from __future__ import annotations

from collections.abc import Sequence

from codelength.predictors.mixing.contexts import (
    PLAIN,
    WITH_DEPTH,
    WITH_MATCH,
    WITH_PARTIAL,
    Context,
    Part,
    Selector,
    last,
)
from codelength.predictors.mixing.state import KIND

_WITH = {PLAIN: "", WITH_PARTIAL: ", partial byte", WITH_DEPTH: ", depth", WITH_MATCH: ", match"}


class Named:
    """Registers that a kind calls by these names, in their order."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = tuple(names)

    def part(self, name: str) -> Part:
        """The register as a part of a context."""
        return Part(KIND + self._names.index(name))

    def sees(self, *names: str, bytes_before: int = 0) -> Context:
        """A context of registers and of the bytes before."""
        said = " ".join(names) + (f", order {bytes_before}" if bytes_before else "")
        return Context(said, *(self.part(name) for name in names), last(bytes_before))

    def by(self, name: str, size: int, also: int = PLAIN) -> Selector:
        """A selector of rows of weights."""
        return Selector(f"by {name}{_WITH[also]}", KIND + self._names.index(name), size, also)
