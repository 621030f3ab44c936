"""English prose: words as symbols, lines joined, coded by context mixing."""

from codelength.predictors.prose.code import Prose

__all__ = ["Prose"]
