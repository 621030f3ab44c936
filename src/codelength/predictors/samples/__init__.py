"""Sampled signals: a predictor that foretells samples by linear prediction, and detection."""

from codelength.predictors.samples.predictor import Samples

__all__ = ["Samples"]
