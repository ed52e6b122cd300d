"""What several tests of documents need."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from cartwatch.document import syntax


@pytest.fixture
def blind_grammar(monkeypatch: pytest.MonkeyPatch) -> None:
    """The grammar follows no text: for what is done where it does not follow a valid one, of which none is known."""
    blind = SimpleNamespace(parse=lambda _: SimpleNamespace(root_node=SimpleNamespace(has_error=True)))
    monkeypatch.setattr(syntax, "_parser", lambda: blind)
    syntax.read_syntax.cache_clear()
