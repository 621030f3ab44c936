"""Codes of text for many classes at once: words and pairs of words, and byte n-grams for how a new word is spelt."""

from codelength.predictors.ngrams.classes import ClassNgrams, Indexed, NgramFamily, Parameters
from codelength.predictors.ngrams.corpus import Corpus, Lexicon

__all__ = ["ClassNgrams", "Corpus", "Indexed", "Lexicon", "NgramFamily", "Parameters"]
