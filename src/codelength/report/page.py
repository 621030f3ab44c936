"""Write a page into a file: all of it or nothing.

The page asks no network for anything and says so to the browser (a Content-Security-Policy that allows nothing but its
own style and the one script, by digest). It follows the reader's light or dark setting, prints, and fits 400 pixels.
"""

from __future__ import annotations

import os
from pathlib import Path

from codelength.core import DataError, whole_file
from codelength.report.content import Page
from codelength.report.html import render


def write(page: Page, path: str | os.PathLike[str]) -> Path:
    """Write the page to `path`: all of it or nothing (see `core.whole`).

    Raises
    ------
    DataError
        The file cannot be written.
    """
    target = Path(path)
    text = render(page)
    try:
        with whole_file(target, replace=True) as file:
            file.write(text.encode("utf-8"))
    except OSError as error:
        raise DataError(f"cannot write the report {str(path)!r}: {error.strerror or error}") from error
    return target
