"""Images as they lie in files: predictors of samples (`Pixels`) and of black and white (`Bilevel`), and detection."""

from codelength.predictors.pixels.bilevel import Bilevel
from codelength.predictors.pixels.predictor import Pixels

__all__ = ["Bilevel", "Pixels"]
