"""Classifiers of few bits with a bound on their true error: trained, sent as a stream, decoded, counted, certified."""

from codelength.tasks.certify.certified import (
    Candidate,
    Certified,
    candidates_for,
    certificate_of,
    certify,
    check_examples,
)
from codelength.tasks.certify.classifier import Classifier, Shape
from codelength.tasks.certify.stream import decode, encode
from codelength.tasks.certify.training import Training

__all__ = [
    "Candidate",
    "Certified",
    "Classifier",
    "Shape",
    "Training",
    "candidates_for",
    "certificate_of",
    "certify",
    "check_examples",
    "decode",
    "encode",
]
