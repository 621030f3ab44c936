"""Codes by name or as objects, and the two ways to condition them: to score with, and to send with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from codelength.catalogue import make
from codelength.core import Code, Density, Learner, UnknownCodeError

Spec: TypeAlias = str | Code[bytes]
Side: TypeAlias = bytes | Sequence[bytes] | None


def resolve(code: Spec) -> Code[bytes]:
    """The code that a spec names; a code is itself."""
    return make(code) if isinstance(code, str) else code


def conditioned(code: Code[bytes], side: bytes) -> Density[bytes]:
    """C(. | side) to score with: the code's own way to take side information, else by difference."""
    if not side:
        return code
    if isinstance(code, Learner):
        given: Density[bytes] = code.given(side)
        return given
    from codelength.codes.differenced import Differenced

    return Differenced(code).given(side)


def primed(code: Code[bytes], side: bytes) -> Code[bytes]:
    """C(. | side) to send with: only codes with a way of their own to take side information can."""
    if not side:
        return code
    if isinstance(code, Learner):
        given: Code[bytes] = code.given(side)
        return given
    raise UnknownCodeError(
        f"code {code.spec!r} takes no side information of its own, so it cannot send anything given some; "
        "`codelength codes` lists those that do"
    )


def joined(given: Side) -> bytes:
    """Side information as one bytes object."""
    if given is None:
        return b""
    return given if isinstance(given, bytes) else b"".join(given)
