"""Fetching ahead: asking for memory before it is needed, so that it is there when it is.

Tables of context mixing are larger than any cache; a lookup that waits costs some hundred nanoseconds. A prefetch is a
hint: nothing that is computed depends on it, and in plain Python (NUMBA_DISABLE_JIT) it is nothing.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba import config, types
from numba.core import cgutils
from numba.extending import intrinsic

_WRITE, _KEEP, _DATA = 1, 3, 1
"""LLVM's words for: to be written soon, worth keeping in every cache, data."""


def _fetch(_context: Any, array: Any, at: Any) -> Any:
    """The cache line in which element `at` of an array lies; `at` is not negative."""

    def generated(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        address = builder.bitcast(builder.gep(data, [arguments[1]]), cgutils.voidptr_t)
        word = ir.IntType(32)
        hint = ir.FunctionType(ir.VoidType(), [cgutils.voidptr_t, word, word, word])
        prefetch = builder.module.declare_intrinsic("llvm.prefetch", (cgutils.voidptr_t,), hint)
        builder.call(prefetch, [address, word(_WRITE), word(_KEEP), word(_DATA)])
        return context.get_dummy_value()

    return types.void(array, at), generated


def _nothing(array: Any, at: int) -> None:
    pass


fetch: Any = _nothing if config.DISABLE_JIT else intrinsic(_fetch)  # type: ignore[attr-defined]
