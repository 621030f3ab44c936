"""Rows of a fixed number of bytes: a predictor that sees the rows above, and detection."""

from codelength.predictors.records.predictor import Records

__all__ = ["Records"]
