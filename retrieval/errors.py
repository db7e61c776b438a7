"""The error tree. "Nothing found" is an outcome and a rejected article a value; neither is here.

    OnrecordError               exit status 3
    ├── ConfigurationError      2  a setting or an option is wrong
    │   └── LibraryMismatch     2  the library was made by other parts than these; says what mends it
    ├── ModelError              3  an embedding model is missing, damaged or does not answer
    └── StoreError              3  the record or the index cannot be read or written

`str(error)` is a sentence for the user; `hint` tells the operator what to do. Neither holds a secret.
"""


class OnrecordError(Exception):
    """The work cannot go on. Raised with a sentence that a user may see."""

    status = 3

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class ConfigurationError(OnrecordError):
    """A setting or an option is wrong."""

    status = 2


class LibraryMismatch(ConfigurationError):  # noqa: N818 - says what is wrong, as a sentence would
    """The library was made with another embedder, chunking or schema than the one in use."""


class ModelError(OnrecordError):
    """An embedding model is missing, damaged or does not answer."""


class StoreError(OnrecordError):
    """The record or the index cannot be read or written."""
