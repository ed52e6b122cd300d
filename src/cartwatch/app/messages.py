"""Messages from screens to the app."""

from __future__ import annotations

from textual.message import Message

__all__ = ["Begin", "Reload", "SaveOver", "Signs"]


class Reload(Message):
    """Read the file again."""


class SaveOver(Message):
    """A long save has ended, with or without success."""


class Begin(Message):
    """Begin without a file: with the "sample", an "empty" list, or one to "add" or "import" programs to."""

    def __init__(self, choice: str) -> None:
        super().__init__()
        self.choice = choice


class Signs(Message):
    """Draw signs in ASCII or in Unicode."""

    def __init__(self, ascii_only: bool) -> None:
        super().__init__()
        self.ascii_only = ascii_only
