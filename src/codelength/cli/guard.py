"""How a command ends: 0 done, 1 an error in one line, 2 usage, 130 interrupted, 141 nobody reads stdout any more.

With `--json` an error is one JSON object on stdout, `{"error": {"type": ..., "message": ...}}`, beside its line on
stderr, so that whoever parses stdout always meets exactly one object.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import os
import signal
import sys
import warnings
from collections.abc import Callable
from types import FrameType
from typing import Any

import typer

from codelength.core.errors import CodelengthError

ERROR = 1
INTERRUPTED = 130
TERMINATED = 143
NO_READER = 141

_FULL = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
"""What only writing can meet. Every file that is written is named in its errors, so without a name it is stdout."""


def guarded(command: Callable[..., None]) -> Callable[..., None]:
    """The command, with its errors told to a person in one line and its exit code set."""

    @functools.wraps(command)
    def run_guarded(*args: Any, **options: Any) -> None:
        try:
            if options.get("report") is not None:
                from codelength.cli.page import refuse_place

                refuse_place(options["report"])
            command(*args, **options)
            sys.stdout.flush()
        except CodelengthError as error:
            raise _failed(str(error), type(error).__name__, bool(options.get("as_json"))) from error
        except BrokenPipeError:
            _abandon_stdout()
            raise typer.Exit(NO_READER) from None
        except OSError as error:
            raise _failed(told(error), "OSError", bool(options.get("as_json"))) from error
        except MemoryError as error:
            message = "out of memory; give less data at a time, or a smaller model"
            raise _failed(message, "MemoryError", bool(options.get("as_json"))) from error

    return run_guarded


def complain(message: str) -> None:
    """One line on stderr, whatever the message holds."""
    line = " ".join(message.split())
    printable = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in line)
    typer.echo(f"codelength: {printable}", err=True)


def watch_termination() -> None:
    """Let SIGTERM unwind the stack, so that temporary files are removed."""

    def terminate(_signal: int, _frame: FrameType | None) -> None:
        raise SystemExit(TERMINATED)

    signal.signal(signal.SIGTERM, terminate)


def warn_in_one_line() -> None:
    """What libraries warn of (a fit that did not converge) is said once, without places in their source."""
    told: set[str] = set()

    def show(message: Warning | str, *_where: Any, **_more: Any) -> None:
        line = " ".join(str(message).splitlines()[:1])
        if line not in told:
            told.add(line)
            complain(f"warning: {line}")

    warnings.showwarning = show


def run_to_its_end(program: Callable[[], None]) -> None:
    """Run the command line; that stdout takes nothing more is an error even of `--help` and `--version`."""
    try:
        try:
            program()
        except SystemExit as end:
            if end.code:
                _flush_or_abandon_stdout()
            else:
                sys.stdout.flush()
            raise
    except BrokenPipeError:
        _abandon_stdout()
        raise SystemExit(NO_READER) from None
    except OSError as error:
        complain(told(error))
        _flush_or_abandon_stdout()
        raise SystemExit(ERROR) from error


def _failed(message: str, kind: str, as_json: bool) -> typer.Exit:
    complain(message)
    if as_json:
        from codelength.cli.screen import print_json

        with contextlib.suppress(OSError):  # where stdout takes nothing, the line on stderr is all there can be
            print_json({"error": {"type": kind, "message": " ".join(message.split())}})
    _flush_or_abandon_stdout()
    return typer.Exit(ERROR)


def _flush_or_abandon_stdout() -> None:
    try:
        sys.stdout.flush()
    except OSError:
        _abandon_stdout()


def _abandon_stdout() -> None:
    """Python would complain once more when it flushes stdout at its end: give it somewhere to flush to."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def told(error: OSError) -> str:
    """An operating system's error as one line: which file, and why."""
    from codelength.data.files import display

    reason = (error.strerror or str(error)).lower()
    if error.filename is not None:
        return f"{display(os.fsdecode(error.filename))}: {reason}"
    return f"stdout: {reason}" if error.errno in _FULL else reason
