"""Errors that a user can mend: what was expected, what came, what to do.

Each inherits a built-in, so ``except FileNotFoundError`` keeps working.  The command line prints
any :class:`CosmoloomError` as one line and exits with status 2.
"""

from __future__ import annotations


class CosmoloomError(Exception):
    """Root of every error whose cause lies in the input and not in the program."""


class InvalidInputError(CosmoloomError, ValueError):
    """A value lies outside what is possible: shape, range, NaN, unit."""


class SeveralFieldsError(InvalidInputError):
    """A file holds several fields, and none of them was chosen.

    Attributes
    ----------
    count : int
        How many.
    """

    def __init__(self, message: str, count: int) -> None:
        super().__init__(message)
        self.count = count


class MissingFileError(CosmoloomError, FileNotFoundError):
    """A file or folder named by the user does not exist."""


class BrokenFileError(CosmoloomError, OSError):
    """A file exists but is truncated, damaged or of another kind."""


class UnwritableError(CosmoloomError, OSError):
    """An output cannot be written where the user wants it."""


class UnknownModelError(CosmoloomError, LookupError):
    """No bundled model and no folder has this name."""


class MissingExtraError(CosmoloomError, ImportError):
    """An optional dependency is not installed; the message names the extra."""
