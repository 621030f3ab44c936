"""Letters of a language in running text: n-grams and words, learnt from any text in it, as tables."""

from codelength.predictors.letters.model import LetterModel, learn_letters
from codelength.predictors.letters.ngrams import NGrams, count_ngrams
from codelength.predictors.letters.words import Words, count_words

__all__ = ["LetterModel", "NGrams", "Words", "count_ngrams", "count_words", "learn_letters"]
