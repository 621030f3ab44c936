"""Bits and their kinds, the protocols, the errors, and files that are whole or not there. Imports no other room."""

from codelength.core.bits import LN2, Bits, Kind, either, total
from codelength.core.errors import (
    CodelengthError,
    DataError,
    SideInformationError,
    StreamError,
    TrainingError,
    UnknownCodeError,
)
from codelength.core.protocols import (
    BlockCoder,
    ClassCodes,
    ClassLearner,
    Code,
    ConditionalCode,
    Density,
    Learner,
    Predictor,
    Streaming,
    Walk,
)
from codelength.core.whole import whole_file

__all__ = [
    "LN2",
    "Bits",
    "BlockCoder",
    "ClassCodes",
    "ClassLearner",
    "Code",
    "CodelengthError",
    "ConditionalCode",
    "DataError",
    "Density",
    "Kind",
    "Learner",
    "Predictor",
    "SideInformationError",
    "StreamError",
    "Streaming",
    "TrainingError",
    "UnknownCodeError",
    "Walk",
    "either",
    "total",
    "whole_file",
]
