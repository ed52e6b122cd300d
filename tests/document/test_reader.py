"""Reading plain data: every problem at once, each in its place, and a bad value never hides the rest."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartwatch.document.problems import ERROR, WARNING, Problem, dotted
from cartwatch.document.reader import read_watchlist
from cartwatch.domain.fields import walk
from cartwatch.domain.program import Program
from cartwatch.domain.text import clean

TODAY = date(2026, 11, 22)
HUGE = 16**5000  # Python refuses to print it


def read(*programs: Any, **head: Any) -> tuple[tuple[Program, ...], tuple[Problem, ...]]:
    found = read_watchlist(head, programs, TODAY)
    return found.watchlist.programs, found.problems


def problem(**values: Any) -> Problem:
    _, (only,) = read({"name": "P", **values})
    return only


CASES: list[tuple[dict[str, Any], str, str, str]] = [
    # wrong types
    ({"sponsor": 3}, "sponsor", ERROR, "expected text, found a number"),
    ({"sponsor": True}, "sponsor", ERROR, "expected text, found true or false"),
    ({"sponsor": 1.5}, "sponsor", ERROR, "found a number with decimals"),
    ({"sponsor": ["S"]}, "sponsor", ERROR, "found a list"),
    ({"sponsor": {"a": 1}}, "sponsor", ERROR, "found a table"),
    ({"notes": TODAY}, "notes", ERROR, "expected text, found a date"),
    ({"notes": datetime(2026, 1, 1, tzinfo=UTC)}, "notes", ERROR, "found a date and time"),
    ({"notes": time(12)}, "notes", ERROR, "found a time"),
    ({"tags": 1}, "tags", ERROR, "expected a list of texts, found a number"),
    ({"tags": "heme"}, "tags", WARNING, 'write ["heme"]'),
    ({"tags": ["a", 2]}, "tags[2]", ERROR, "expected text, found a number"),
    ({"pinned": "yes"}, "pinned", ERROR, "expected true or false, found text"),
    ({"pinned": 1}, "pinned", ERROR, "expected true or false, found a number"),
    ({"checked": 5}, "checked", ERROR, 'words such as "Q4 2026", found a number'),
    ({"checked": time(12)}, "checked", ERROR, "found a time"),
    ({"cite": "x"}, "cite", ERROR, "expected a table, found text"),
    ({"cite": {"phase": 4}}, "cite.phase", ERROR, "expected the id of a source"),
    ({"cite": {"mechanism": {"targets": [1]}}}, "cite.mechanism.targets[1]", ERROR, "expected the id of a source"),
    ({"cite": {"phase": {"quote": "in a pivotal study"}}}, "cite.phase", ERROR, "names no source"),
    ({"cite": {"phase": [{"id": "a"}, {"id": 3}]}}, "cite.phase[2].id", ERROR, "expected text"),
    ({"cite": {"phase": {"id": "a", "quote": 3}}}, "cite.phase.quote", ERROR, "expected text, found a number"),
    ({"cite": {"phase": {"id": "a", "qoute": "b"}}}, "cite.phase.qoute", WARNING, 'did you mean "quote"?'),
    ({"designation": [{"cite": {"id": "a", "quote": ["b"]}}]}, "designation[1].cite.quote", ERROR, "found a list"),
    ({"mechanism": "CAR-T"}, "mechanism", ERROR, "expected a table, found text"),
    ({"catalyst": {"event": "E"}}, "catalyst", ERROR, "write [[program.catalyst]]"),
    ({"catalyst": ["E"]}, "catalyst[1]", ERROR, "expected a table, found text"),
    ({"safety": {"report": [{"n": -1}]}}, "safety.report[1].n", ERROR, "zero or more, found a number (-1)"),
    ({"safety": {"report": [{"n": "40"}]}}, "safety.report[1].n", ERROR, "expected a whole number"),
    ({"safety": {"report": [{"n": HUGE}]}}, "safety.report[1].n", ERROR, "a very large number"),
    ({"safety": {"report": [{"n": True}]}}, "safety.report[1].n", ERROR, "found true or false"),
    # words that mean nothing
    ({"phase": "phase 9"}, "phase", WARNING, 'unknown phase "phase 9"'),
    ({"phase": "Pivotel"}, "phase", WARNING, 'did you mean "Pivotal"?'),
    ({"mechanism": {"modality": "robot"}}, "mechanism.modality", WARNING, 'unknown modality "robot"'),
    ({"catalyst": [{"event": "E", "kind": "readuot"}]}, "catalyst[1].kind", WARNING, 'did you mean "readout"?'),
    ({"catalyst": [{"event": "E", "when": "soonish"}]}, "catalyst[1].when", WARNING, '"soonish" is not a date phrase'),
    ({"catalyst": [{"event": "E", "when": "December"}]}, "catalyst[1].when", WARNING, '"December" names no year: add it'),
    (
        {"catalyst": [{"event": "E", "when": "by Q1 2026", "said": date(2026, 10, 1)}]},
        "catalyst[1].when",
        WARNING,
        '"by Q1 2026" was over before the day it was said',
    ),
    ({"source": [{"id": "s", "url": "example.org"}]}, "source[1].url", WARNING, "should start with https://"),
    # rates
    ({"safety": {"report": [{"crs": {"any": 0.95}}]}}, "safety.report[1].crs.any", ERROR, "expected a rate as text"),
    ({"safety": {"report": [{"crs": {"any": "many"}}]}}, "safety.report[1].crs.any", ERROR, "is not a rate"),
    ({"safety": {"report": [{"gvhd": {"severe": "5/4"}}]}}, "safety.report[1].gvhd.severe", ERROR, "more patients"),
    ({"safety": {"report": [{"n": 40, "crs": {"any": "1/41"}}]}}, "safety.report[1].crs.any", WARNING, "n = 40"),
    (
        {"safety": {"report": [{"other": [{"event": "HLH", "any": "x"}]}]}},
        "safety.report[1].other[1].any",
        ERROR,
        "is not a rate",
    ),
    # keys and ids
    ({"sponser": "S"}, "sponser", WARNING, 'did you mean "sponsor"?'),
    ({"catalyst": [{"event": "E", "outcom": "met"}]}, "catalyst[1].outcom", WARNING, 'did you mean "outcome"?'),
    ({"catalyst": [{"id": "a"}, {"id": "a"}]}, "catalyst[2].id", WARNING, 'another catalyst of this program has the id "a"'),
]


@pytest.mark.parametrize(
    ("values", "path", "level", "words"), CASES, ids=[f"{each[1]}-{place}" for place, each in enumerate(CASES)]
)
def test_a_bad_value_is_named_in_its_place(values: dict[str, Any], path: str, level: str, words: str) -> None:
    found = problem(**values)
    assert (found.field, found.level, found.program, found.key) == (path, level, "P", "p")
    assert words in found.message
    assert found.words.startswith(f'program "P": {path}: ')


@pytest.mark.parametrize(
    "values", [each[0] for each in CASES if each[2] == ERROR and "catalyst" not in each[0]], ids=lambda each: next(iter(each))
)
def test_a_bad_value_never_hides_the_rest(values: dict[str, Any]) -> None:
    (before, after), _ = read({"name": "P", "ticker": "T", **values, "catalyst": [{"event": "E"}]}, {"name": "Q"})
    assert (before.name, before.ticker, before.catalysts[0].event, after.name) == ("P", "T", "E", "Q")


def test_an_unreadable_record_leaves_the_others_of_its_list() -> None:
    (program,), problems = read({"name": "P", "catalyst": [{"event": "A"}, 3, {"event": "B", "kind": 4}]})
    assert [each.event for each in program.catalysts] == ["A", "B"]
    assert [each.field for each in problems] == ["catalyst[2]", "catalyst[3].kind"]


def test_unknown_words_and_unreadable_guidance_are_kept() -> None:
    (program,), _ = read({"name": "P", "phase": "Phase 9", "catalyst": [{"when": "after the rains"}]})
    assert program.phase == "Phase 9"
    assert program.catalysts[0].when is not None
    assert (program.catalysts[0].when.text, program.catalysts[0].when.readable) == ("after the rains", False)


@pytest.mark.parametrize("own", ["rank", "my_score", "links", "x", "ids", "thesis"])
def test_the_users_own_keys_are_no_problem(own: str) -> None:
    assert read({"name": "P", own: {"deep": [1, HUGE]}})[1] == ()


@pytest.mark.parametrize(
    ("record", "words"),
    [({}, "has no name"), ({"name": ""}, "has no name"), ({"name": " "}, "has no name"), ({"name": 7}, "has no name"),
     ({"name": HUGE}, "has no name"), ("text", "expected a table, found text"), (7, "expected a table")],
    ids=["absent", "empty", "blank", "number", "huge", "text", "a number"],
)  # fmt: skip
def test_a_program_without_a_name_is_shown_and_told(record: Any, words: str) -> None:
    (program,), problems = read(record)
    assert program.label
    assert any(words in each.message and each.level == ERROR for each in problems)


@pytest.mark.parametrize(
    ("head", "path", "words"),
    [
        ({"schema": "1"}, "schema", "is not a schema number"),
        ({"schema": 0}, "schema", "write schema = 1"),
        ({"schema": True}, "schema", "is not a schema number"),
        ({"title": 3}, "title", "expected text"),
        ({"program": "x"}, "program", "write [[program]]"),
        ({"titel": "x"}, "titel", 'did you mean "title"?'),
    ],
)
def test_the_head_is_read_like_the_rest(head: dict[str, Any], path: str, words: str) -> None:
    _, (only,) = read(**head)
    assert only.field == path
    assert words in only.message


def test_keys_are_unique_and_made_of_the_name_where_there_is_no_id() -> None:
    programs, problems = read(
        {"name": "Lasme Cel"},
        {"id": "x", "name": "A"},
        {"id": "x", "name": "B"},
        {"name": "Lasme-Cel"},
        {"id": 5, "name": "C"},
        {},
    )
    assert [each.key for each in programs] == ["lasme-cel", "x", "x-2", "lasme-cel-2", "c", "program-6"]
    assert [each.words for each in problems if each.level == WARNING] == [
        'program "B": id: another program has the id "x": give this one its own'
    ]


@pytest.mark.parametrize("id", ["a\x07b", "x" * 300, " padded "])
def test_a_strange_id_is_no_duplicate(id: str) -> None:
    programs, problems = read({"id": id, "name": "A", "catalyst": [{"id": id}]})
    assert clean(programs[0].key) == programs[0].key
    assert not [each for each in problems if "another" in each.message]


def test_guidance_counts_from_the_day_it_was_said_whatever_the_order_of_the_keys() -> None:
    whens = {"when": "next quarter", "move": [{"when": "next year", "said": "2024-05-01"}], "said": "2025-02-01"}
    (program,), _ = read({"name": "P", "catalyst": [whens, {"when": "next quarter"}]})
    said, unsaid = (each.when for each in program.catalysts)
    earlier = program.catalysts[0].moves[0].when
    assert said is not None
    assert unsaid is not None
    assert earlier is not None
    assert (said.start, earlier.start, unsaid.start) == (date(2025, 4, 1), date(2025, 1, 1), date(2027, 1, 1))


def test_a_percentage_takes_the_n_of_its_own_data_set() -> None:
    reports = [
        {"n": 40, "crs": {"any": "2.5%"}, "other": [{"any": "5%"}]},
        {"crs": {"any": "2.5%"}},
        {"crs": {"any": "5%"}, "n": 20},
    ]
    (program,), _ = read({"name": "P", "safety": {"report": reports}})
    assert program.safety is not None
    first, second, third = program.safety.reports
    assert [each.any.n for each in (first.crs, second.crs, third.crs, first.other[0]) if each and each.any] == [
        40,
        None,
        20,
        40,
    ]


@pytest.mark.parametrize("n", [10**10, 10**30, HUGE], ids=["10", "30", "6021"])
def test_an_absurd_n_is_left_out_of_the_rates(n: int) -> None:
    (program,), problems = read({"name": "P", "safety": {"report": [{"n": n, "crs": {"any": "50%"}}]}})
    assert program.safety is not None
    frequency = program.safety.reports[0].crs
    assert frequency is not None
    assert frequency.any is not None
    assert (frequency.any.n, frequency.any.interval) == (None, None)
    assert len(problems) == 1


# ── reading again ───────────────────────────────────────────────────────────────────────────────────────────────


RECORDS = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["A", "B", "C", "", 3]),
        "id": st.sampled_from(["a", "b", "a~1", "program-2", ""]),
        "phase": st.sampled_from(["1", "Phase 99", 4]),
        "ticker": st.text(max_size=2),
        "tickr": st.just("slip"),
    },
)


@given(st.lists(RECORDS, max_size=6), st.lists(st.tuples(st.integers(0, 5), RECORDS), max_size=4), st.booleans())
def test_a_reading_of_what_changed_equals_a_reading_of_everything(
    records: list[Any], changes: list[tuple[int, Any]], slip: bool
) -> None:
    head: dict[str, Any] = {"titel": "slip"} if slip else {}
    now = read_watchlist(head, records, TODAY)
    for place, record in changes:
        records = [record if at == place else each for at, each in enumerate(records)]
        now = read_watchlist(head, records, TODAY, now)
        anew = read_watchlist(head, records, TODAY)
        assert now.watchlist == anew.watchlist
        assert now.problems == anew.problems
        assert [now.watchlist.place(each.key) for each in now.watchlist.programs] == list(range(len(records)))


def test_what_was_read_before_is_not_read_again() -> None:
    a, b = {"name": "A", "phase": "x"}, {"name": "B"}
    before = read_watchlist({}, [a, b], TODAY)
    after = read_watchlist({}, [{"name": "New"}, a, b], TODAY, before)
    assert after.watchlist.programs[1] is before.watchlist.programs[0]
    assert [each.path for each in after.problems] == [("program", 1, "phase")]


@pytest.mark.parametrize("without", [0, 1])
def test_a_key_is_given_back_when_its_twin_goes(without: int) -> None:
    twins = [{"id": "x", "name": "A"}, {"id": "x", "name": "B"}]
    before = read_watchlist({}, twins, TODAY)
    assert len(before.problems) == 1
    rest = [each for place, each in enumerate(twins) if place != without]
    again, fresh = read_watchlist({}, rest, TODAY, before), read_watchlist({}, rest, TODAY)
    assert again.watchlist == fresh.watchlist
    assert again.problems == fresh.problems


def test_a_nameless_program_that_moved_is_called_by_its_new_number() -> None:
    nameless: dict[str, Any] = {"phase": "x"}
    before = read_watchlist({}, [{"name": "A"}, nameless], TODAY)
    again = read_watchlist({}, [nameless], TODAY, before)
    assert again.problems == read_watchlist({}, [nameless], TODAY).problems
    assert again.watchlist == read_watchlist({}, [nameless], TODAY).watchlist


# ── laws ────────────────────────────────────────────────────────────────────────────────────────────────────────

keys = st.sampled_from(sorted({step for path, _ in walk(Program) for step in path})) | st.text(max_size=5)
texts = st.text(max_size=12) | st.sampled_from(
    ["Q4 2026", "1/40", "2.4%", "TRAC", "phase 2", "\x1b[31m", "a\x9bb", "\u202eabc", "[/red]"]
)
leaf = st.one_of(
    texts,
    st.integers(),
    st.booleans(),
    st.floats(allow_nan=True),
    st.dates(),
    st.datetimes(timezones=st.none() | st.just(UTC)),
    st.times(),
)
data = st.recursive(leaf, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4), max_leaves=12)


def like_the_format(record: type) -> st.SearchStrategy[Any]:
    """Data that has the declared keys, with values of any kind below them."""
    from cartwatch.domain.fields import facts

    given = {}
    for key, each in facts(record).items():
        inner = like_the_format(each.record) if each.record is not None else data
        given[key] = data | (st.lists(inner, max_size=2) if each.kind == "records" else inner)
    return st.fixed_dictionaries({}, optional=given)


def every_text(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for key, each in value.items() for text in (key, *every_text(each))]
    if isinstance(value, tuple):
        return [text for each in value for text in every_text(each)]
    if is_dataclass(value):
        return [text for each in fields(value) for text in every_text(getattr(value, each.name))]
    return []


def test_one_object_that_stands_twice_is_two_programs() -> None:
    twice: dict[str, Any] = {"name": "Same"}
    for listed, keys in ((["", ""], ["program-1", "program-2"]), ([twice, twice], ["same", "same-2"])):
        found = read_watchlist({}, listed, TODAY)  # type: ignore[arg-type]
        assert [each.key for each in found.watchlist.programs] == keys
        again = read_watchlist({}, listed, TODAY, found)  # type: ignore[arg-type]
        assert [each.key for each in again.watchlist.programs] == keys


@settings(max_examples=100)
@given(st.dictionaries(keys, data, max_size=3), st.lists(data | like_the_format(Program), max_size=2))
@pytest.mark.slow
def test_no_data_raises_and_every_text_of_it_is_clean(head: dict[str, Any], programs: list[Any]) -> None:
    found = read_watchlist(head, programs, TODAY)
    assert len(found.watchlist) == len(programs)
    assert len({each.key for each in found.watchlist.programs}) == len(programs)
    for text in every_text(found.watchlist.programs):
        assert clean(text, lines=True) == text
    for each in found.problems:
        assert each.level in (ERROR, WARNING)
        assert clean(each.message) == each.message
        assert each.words.endswith(each.message)
        assert each.path[0] == "program" or each.path[0] in head or each.path[0] in ("schema", "title")
    assert read_watchlist(head, programs, TODAY, found).problems == found.problems


@pytest.mark.parametrize(
    ("path", "words"),
    [((), ""), (("a", 0, "b"), "a[1].b"), (("my key", 1), '"my key"[2]'), (("a.b", "c"), '"a.b".c'), ((0,), "[1]")],
)
def test_a_path_is_written_as_a_person_writes_it(path: tuple[Any, ...], words: str) -> None:
    assert dotted(path) == words


def test_thousands_of_one_name_each_get_a_key_at_once() -> None:
    programs, _ = read(*({"name": "Same"} for _ in range(3_000)))
    assert len({each.key for each in programs}) == 3_000
    assert programs[-1].key == "same-3000"


def test_an_id_as_it_is_written_keeps_its_name_wherever_it_stands() -> None:
    programs, problems = read({"name": "A"}, {"name": "A"}, {"id": "a-2", "name": "B"}, {"id": "a", "name": "C"})
    assert [each.key for each in programs] == ["a-3", "a-4", "a-2", "a"]
    assert not problems


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("A B.c", '"A B.c" is not an id: use small letters, digits and dashes, at most 64'),
        ("", "the empty text is not an id: use small letters, digits and dashes, at most 64"),
        ("program~2", '"program~2" is not an id: use small letters, digits and dashes, at most 64'),
        (" a", '" a" is not an id: use small letters, digits and dashes, at most 64'),
    ],
)
def test_an_id_that_is_none_is_warned_about(given: str, words: str) -> None:
    _, problems = read({"id": given, "name": "A", "catalyst": [{"id": given, "event": "B"}]})
    assert [(each.level, each.field, each.message) for each in problems] == [
        (WARNING, "id", words),
        (WARNING, "catalyst[1].id", words),
    ]
