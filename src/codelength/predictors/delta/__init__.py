"""Delta: a predictor of what is nearly a copy of the side information, and the judgement whether something is."""

from codelength.predictors.delta.predictor import Delta

__all__ = ["Delta"]
