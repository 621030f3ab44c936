"""DNA: a predictor of bases that reads both strands, and detection."""

from codelength.predictors.dna.detect import detect_dna
from codelength.predictors.dna.predictor import Dna
from codelength.predictors.dna.state import DnaConfig

__all__ = ["Dna", "DnaConfig", "detect_dna"]
