"""Token reader for date phrases: takes tokens and word sequences, and can backtrack."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from .lexer import Token

    _T = TypeVar("_T")

__all__ = ["TokenReader"]


@cache
def _by_first_word(sequences: str) -> dict[str, tuple[list[str], ...]]:
    """Index word sequences by their first word, longest first."""
    found: dict[str, list[list[str]]] = {}
    for sequence in sequences.split("|"):
        words = sequence.split()
        found.setdefault(words[0], []).append(words)
    return {first: tuple(sorted(those, key=len, reverse=True)) for first, those in found.items()}


class TokenReader:
    """A place in a phrase. A rule that does not fit returns None; `attempt` puts its tokens back."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0

    def kind(self, ahead: int = 0) -> str:
        """The kind of the token at this distance; "" past the end."""
        at = self.at + ahead
        return self.tokens[at].kind if at < len(self.tokens) else ""

    def take(self, *kinds: str) -> Token | None:
        """Take the next token if it is of one of these kinds."""
        if self.at < len(self.tokens) and self.tokens[self.at].kind in kinds:
            self.at += 1
            return self.tokens[self.at - 1]
        return None

    def words(self, sequences: str) -> str:
        """Take the longest of these word sequences that comes next; "" if none does."""
        at = self.at
        if at < len(self.tokens) and self.tokens[at].kind == "word":
            for sequence in _by_first_word(sequences).get(self.tokens[at].text, ()):
                end = at + len(sequence)
                if [token.text for token in self.tokens[at:end]] == sequence:
                    self.at = end
                    return " ".join(sequence)
        return ""

    def attempt(self, rule: Callable[..., _T | None], *given: object) -> _T | None:
        """Run a rule at this place; where it does not fit, its tokens are put back."""
        start = self.at
        found = rule(*given)
        if found is None:
            self.at = start
        return found
