"""What cartwatch tells as JSON is a list that it reads."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from cartwatch.document.document import Document
from cartwatch.document.reader import read_watchlist
from cartwatch.formats.json import document
from cartwatch.proposals.incoming import Refused
from cartwatch.sources.incoming import propose_incoming, read_incoming

NOW = datetime(2026, 11, 22).astimezone()
SAMPLE = Document.parse((Path(__file__).parents[2] / "sample_watchlist.toml").read_bytes())


def told(source: Document) -> bytes:
    return document(read_watchlist(source.head, source.programs, NOW.date()).watchlist.programs, NOW, None).encode()


@pytest.mark.parametrize("name", ["x.json", "-", "https://example.org/list"])
@pytest.mark.slow
def test_an_export_comes_back_without_a_change(name: str) -> None:
    incoming = read_incoming(name, told(SAMPLE), NOW)
    assert (incoming.errors, incoming.left) == ((), ())
    proposal = propose_incoming(SAMPLE, read_watchlist(SAMPLE.head, SAMPLE.programs, NOW.date()).watchlist, [incoming])
    assert [(each.key, each.offers) for each in proposal.entries if each.state != "same"] == []
    assert len(proposal.entries) == len(SAMPLE.programs)


def test_into_an_empty_list_every_declared_value_comes_as_the_file_had_it() -> None:
    source = Document.parse(
        b'[[program]]\nid = "a"\nname = "A [b]"\nchecked = "2026-05"\nphase = "x"\n[program.mechanism]\n'
        b'knockouts = ["TRAC", { gene = "CD52", purpose = "p" }]\n[[program.catalyst]]\nid = "c"\nevent = "e"\n'
        b'when = 2026-12-07T09:00:00Z\nsaid = 2026-01-02\nmove = [{ when = "Q3 2026", cite = "s" }]\n'
        b'[[program.safety.report]]\nn = 40\ncrs = { any = "38/40" }\n'.replace(b"2026-05\n", b'"2026-05"\n')
    )
    assert read_incoming("x.json", told(source), NOW).document.programs[0] == source.programs[0]


def test_what_json_has_only_in_words_is_named() -> None:
    source = Document.parse(b'[[program]]\nname = "A"\npinned = "perhaps"\nmine.deep = [1]\n')
    incoming = read_incoming("x.json", told(source), NOW)
    assert [each.message for each in incoming.left] == [
        "JSON has only the words of mine, pinned: not imported; an export as TOML keeps the values"
    ]
    assert incoming.document.programs == ({"id": "a", "name": "A"},)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"schema": 1, "today": "2026-11-22", "catalysts": []}, "JSON of another command"),
        ({"schema": 9, "today": "2026-11-22", "programs": [{"name": "A"}]}, "newer cartwatch"),
        ({"schema": 1, "today": "2026-11-22", "programs": []}, "no programs"),
        ({"programs": [{"name": "A"}]}, "no study record"),
    ],
)
def test_other_json_is_refused_for_what_it_is(data: object, words: str) -> None:
    with pytest.raises(Refused, match=words):
        read_incoming("x.json", json.dumps(data).encode(), NOW)
