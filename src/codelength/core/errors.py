"""What can go wrong, said to a person: what was met, what was expected, what to do.

The command line prints the message of a `CodelengthError` as one line and exits with 1; anything else is a defect.
"""


class CodelengthError(Exception):
    """Something that the user can mend; its message is one clear line."""


class DataError(CodelengthError):
    """Input data that is missing, unreadable, malformed or of the wrong kind."""


class StreamError(CodelengthError):
    """A stream or frame that is truncated, damaged, of another version, or larger than allowed."""


class SideInformationError(StreamError):
    """A frame that was made with other side information than was given for decoding."""


class UnknownCodeError(CodelengthError):
    """A code name or parameter that the catalogue does not have, or whose package is not installed."""


class TrainingError(CodelengthError):
    """Training that cannot go on: what it met, at which step, where the last good weights are, what to change."""
