"""Labels from codes: scikit-learn estimators whose probabilities come from codelengths. Needs codelength[learn]."""

from codelength.tasks.classify.class_codes import CodeClassifier
from codelength.tasks.classify.one_by_one import OneByOne, class_learner
from codelength.tasks.classify.temperature import Temperature, learn_temperature

__all__ = ["CodeClassifier", "OneByOne", "Temperature", "class_learner", "learn_temperature"]
