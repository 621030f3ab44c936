"""Machine code of x86: instructions are read, calls made absolute, and all of it mixed (`X86`); and its detection."""

from codelength.predictors.x86.code import X86

__all__ = ["X86"]
