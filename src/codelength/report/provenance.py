"""How a result came about: the exact command, the date, the seeds, the versions, the machine."""

from __future__ import annotations

import os
import platform
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata

_PACKAGES = ("codelength", "numpy", "numba")


@dataclass(frozen=True, slots=True)
class Provenance:
    """What the foot of a page says, all of it text as it is shown."""

    command: str
    date: str
    seeds: Mapping[str, int] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    machine: Mapping[str, str] = field(default_factory=dict)


def provenance(command: str | Sequence[str], date: str, seeds: Mapping[str, int] | None = None) -> Provenance:
    """The provenance of a result made here and now.

    Parameters
    ----------
    command
        The command line, or its words, which are then quoted for a shell.
    date
        As it shall be shown; given by the caller, so that the same inputs make the same page.
    seeds
        Name -> seed, of every draw that was made.
    """
    return Provenance(
        command=command if isinstance(command, str) else shlex.join(command),
        date=date,
        seeds=dict(seeds or {}),
        versions=_versions(),
        machine={"system": platform.platform(), "cores": str(os.cpu_count() or "unknown")},
    )


def _versions() -> dict[str, str]:
    versions = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            versions[package] = "not installed as a package"
    return versions
