"""Context mixing: the default predictor, and the one that everything else here is measured with."""

from codelength.predictors.mixing.contexts import Context, Model, Selector
from codelength.predictors.mixing.predictor import ContextMixing

__all__ = ["Context", "ContextMixing", "Model", "Selector"]
