"""Unsupervised learning as compression: which data helps which task, and by how many bits.

    import codelength as cl

    cl.bits(y), cl.bits(y, given=x)                  what y costs, alone and given x
    cl.shared(x, y)                                  what x and y have in common
    cl.select(task, {"a": a, "b": b})                which source helps the task, and by how many bits
    cl.explain(y, given=x)                           what each byte of y costs, and where x saves it
    cl.regret(y, ["cm", "ctw"])                      bits above the best expert in hindsight
    cl.compress(y, given=x), cl.decompress(frame, given=x)
    cl.ContextMixing().given(x).bits(y)              the codes themselves

Every name is imported when it is first used, so that `import codelength` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from codelength.api import bits, compress, decompress, explain, generate, program, regret, select, shared
    from codelength.api.classify import classifier, neighbours
    from codelength.api.distinguish import distinguish, independence, paired
    from codelength.api.match import match
    from codelength.api.probe import prequential_codelength, probe
    from codelength.api.search import search
    from codelength.catalogue import make
    from codelength.codes.best import Best
    from codelength.codes.differenced import Differenced
    from codelength.codes.huffman import Huffman
    from codelength.codes.joint import Joint
    from codelength.codes.mixture import Mixture
    from codelength.codes.switching import Switching
    from codelength.compressors.brotli import Brotli
    from codelength.compressors.bz2 import Bz2
    from codelength.compressors.lzma import Lzma
    from codelength.compressors.ppmd import Ppmd
    from codelength.compressors.zlib import Zlib
    from codelength.compressors.zstd import Zstd
    from codelength.core import (
        Bits,
        CodelengthError,
        DataError,
        SideInformationError,
        StreamError,
        UnknownCodeError,
    )
    from codelength.measures import certificate
    from codelength.predictors.ctw import CTW
    from codelength.predictors.kt import KT
    from codelength.predictors.mini import Mini
    from codelength.predictors.mixing import ContextMixing

__version__: str

_WHERE = {
    "codelength.api": (
        "bits",
        "compress",
        "decompress",
        "explain",
        "generate",
        "program",
        "regret",
        "select",
        "shared",
    ),
    "codelength.api.classify": ("classifier", "neighbours"),
    "codelength.api.distinguish": ("distinguish", "independence", "paired"),
    "codelength.api.match": ("match",),
    "codelength.api.probe": ("prequential_codelength", "probe"),
    "codelength.api.search": ("search",),
    "codelength.catalogue": ("make",),
    "codelength.core": (
        "Bits",
        "CodelengthError",
        "DataError",
        "SideInformationError",
        "StreamError",
        "UnknownCodeError",
    ),
    "codelength.codes.best": ("Best",),
    "codelength.codes.differenced": ("Differenced",),
    "codelength.codes.huffman": ("Huffman",),
    "codelength.codes.joint": ("Joint",),
    "codelength.codes.mixture": ("Mixture",),
    "codelength.codes.switching": ("Switching",),
    "codelength.compressors.brotli": ("Brotli",),
    "codelength.compressors.bz2": ("Bz2",),
    "codelength.compressors.lzma": ("Lzma",),
    "codelength.compressors.ppmd": ("Ppmd",),
    "codelength.compressors.zlib": ("Zlib",),
    "codelength.compressors.zstd": ("Zstd",),
    "codelength.measures": ("certificate",),
    "codelength.predictors.ctw": ("CTW",),
    "codelength.predictors.kt": ("KT",),
    "codelength.predictors.mini": ("Mini",),
    "codelength.predictors.mixing": ("ContextMixing",),
}
_MODULE_OF = {name: module for module, names in _WHERE.items() for name in names}

__all__ = [
    "CTW",
    "KT",
    "Best",
    "Bits",
    "Brotli",
    "Bz2",
    "CodelengthError",
    "ContextMixing",
    "DataError",
    "Differenced",
    "Huffman",
    "Joint",
    "Lzma",
    "Mini",
    "Mixture",
    "Ppmd",
    "SideInformationError",
    "StreamError",
    "Switching",
    "UnknownCodeError",
    "Zlib",
    "Zstd",
    "bits",
    "certificate",
    "classifier",
    "compress",
    "decompress",
    "distinguish",
    "explain",
    "generate",
    "independence",
    "make",
    "match",
    "neighbours",
    "paired",
    "prequential_codelength",
    "probe",
    "program",
    "regret",
    "search",
    "select",
    "shared",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        found: Any = version("codelength")
    elif name in _MODULE_OF:
        found = getattr(import_module(_MODULE_OF[name]), name)
    else:
        raise AttributeError(f"module 'codelength' has no attribute {name!r}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
