"""What screens ask of the app."""

from __future__ import annotations

from textual.message import Message

__all__ = ["Begin", "Reload", "SaveOver", "Signs"]


class Reload(Message):
    """Read the file again."""


class SaveOver(Message):
    """A save that took long is over, whether it worked or not."""


class Begin(Message):
    """Begin without a file of one's own: with the "sample", an "empty" list, or one to "add" or "import" programs to."""

    def __init__(self, choice: str) -> None:
        super().__init__()
        self.choice = choice


class Signs(Message):
    """Draw the signs in ASCII, or the usual ones."""

    def __init__(self, ascii_only: bool) -> None:
        super().__init__()
        self.ascii_only = ascii_only
