"""Labels from codes: scikit-learn estimators whose probabilities come from codelengths. Needs codelength[learn]."""

from codelength.tasks.classify.class_codes import CodeClassifier
from codelength.tasks.classify.duplicates import Duplicate, duplicates
from codelength.tasks.classify.evaluation import Evaluation, evaluate
from codelength.tasks.classify.label_mixture import LabelMixture, mix_labels
from codelength.tasks.classify.learning_curve import CurvePoint, learning_curve
from codelength.tasks.classify.low_regret import LowRegretClassifier
from codelength.tasks.classify.low_regret_columns import OnColumns
from codelength.tasks.classify.neighbours import NCDNeighbours
from codelength.tasks.classify.one_by_one import OneByOne, class_learner
from codelength.tasks.classify.pile_classifier import PileClassifier
from codelength.tasks.classify.piles import PileMixture, PileWorth, Way
from codelength.tasks.classify.semi_supervised import SemiSupervisedCodeClassifier
from codelength.tasks.classify.semi_supervised_latent import LatentLabels
from codelength.tasks.classify.temperature import Temperature, learn_temperature
from codelength.tasks.classify.trusted import who_is_trusted

__all__ = [
    "CodeClassifier",
    "CurvePoint",
    "Duplicate",
    "Evaluation",
    "LabelMixture",
    "LatentLabels",
    "LowRegretClassifier",
    "NCDNeighbours",
    "OnColumns",
    "OneByOne",
    "PileClassifier",
    "PileMixture",
    "PileWorth",
    "SemiSupervisedCodeClassifier",
    "Temperature",
    "Way",
    "class_learner",
    "duplicates",
    "evaluate",
    "learn_temperature",
    "learning_curve",
    "mix_labels",
    "who_is_trusted",
]
