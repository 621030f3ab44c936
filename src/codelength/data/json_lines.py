"""One line of JSON lines -> its value, or one clear line that says where and why it cannot be read."""

from __future__ import annotations

import json
from typing import Any

from codelength.core import DataError


def json_value(line: bytes, where: str) -> Any:
    """The value that a line holds; `where` names file and line in errors.

    Raises
    ------
    DataError
        Not UTF-8, malformed, or nested or long beyond what can be read.
    """
    try:
        return json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise DataError(f"{where}: not UTF-8 at byte {error.start + 1} of the line; JSON lines must be") from error
    except json.JSONDecodeError as error:
        raise DataError(f"{where}: malformed JSON at column {error.colno}: {error.msg}") from error
    except (ValueError, RecursionError) as error:
        raise DataError(f"{where}: JSON that cannot be read: {error}") from error
