"""What screens ask of the app."""

from __future__ import annotations

from textual.message import Message

__all__ = ["Begin", "Reload"]


class Reload(Message):
    """Read the file again."""


class Begin(Message):
    """Begin without a file of one's own: with the "sample", or with an "empty" list."""

    def __init__(self, choice: str) -> None:
        super().__init__()
        self.choice = choice
