"""Bits and their kinds, the protocols, the errors. Imports no other room."""

from codelength.core.bits import LN2, Bits, Kind, total
from codelength.core.errors import (
    CodelengthError,
    DataError,
    SideInformationError,
    StreamError,
    UnknownCodeError,
)
from codelength.core.protocols import (
    BlockCoder,
    Code,
    ConditionalCode,
    Density,
    Learner,
    Predictor,
    Streaming,
    Walk,
)

__all__ = [
    "LN2",
    "Bits",
    "BlockCoder",
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
    "UnknownCodeError",
    "Walk",
    "total",
]
