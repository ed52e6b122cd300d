"""The filter language: what each form matches, where it is wrong, and that it is quick."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartwatch.document.reader import read_watchlist
from cartwatch.domain.filters.fields import field_names
from cartwatch.domain.filters.parser import FilterError, matching, parse, prepare
from cartwatch.domain.watchlist import Watchlist

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)

PROGRAMS = [
    {
        "id": "lasme-cel",
        "name": "lasmecabtagene timgedleucel",
        "aliases": ["UCART22"],
        "sponsor": "Cellectis",
        "indications": ["R/R B-ALL"],
        "phase": "Pivotal",
        "tags": ["allogeneic", "heme"],
        "pinned": True,
        "cite": {"phase": "read", "mechanism.targets": "read", "mechanism.source": "read", "sponsor": "read"},
        "mechanism": {"modality": "CAR-T", "source": "allo", "targets": ["CD22"], "knockouts": ["TRAC", "CD52"]},
        "safety": {
            "crs": {"note": "controllable", "mitigation": ["tocilizumab"]},
            "report": [{"n": 40, "crs": {"any": "38/40", "severe": "1/40"}, "gvhd": {"any": "0/40"}, "cite": "read"}],
        },
        "catalyst": [
            {"id": "interim", "event": "First interim of BALLI-01", "kind": "interim", "when": "Q4 2026", "cite": "read"},
            {"id": "bla", "event": "BLA", "kind": "filing", "when": "2028", "cite": "read"},
        ],
        "trial": [{"nct": "NCT04150497", "name": "BALLI-01", "status": "RECRUITING", "enrollment": 120}],
        "source": [{"id": "read", "title": "Press release", "checked": "2026-11-22"}],
    },
    {
        "id": "anito-cel",
        "name": "anitocabtagene autoleucel",
        "sponsor": "Arcellx",
        "phase": "Filed",
        "mechanism": {"modality": "CAR-T", "source": "autologous", "targets": ["BCMA"], "cell": "αβ T"},
        "safety": {
            "report": [
                {"n": 117, "crs": {"any": "86%", "severe": "1%"}, "icans": {"severe": "8%"}, "scale": "ASTCT"},
                {"n": 20, "crs": {"severe": "10/20"}},
            ]
        },
        "catalyst": [
            {"event": "Goal date", "kind": "pdufa", "when": "2026-12-23"},
            {"event": "Readout", "kind": "readout", "when": "H2 2026"},
        ],
        "source": [{"id": "old", "checked": "2026-01-01", "title": "Café résumé"}],
        "checked": "2026-06-01",
        "trial": [{"nct": "NCT05396885", "status": "ACTIVE_NOT_RECRUITING"}],
    },
    {
        "id": "old-one",
        "name": "Old one",
        "phase": "Phase 1/2",
        "tags": ["allogeneic"],
        "trial": [{"nct": "NCT00000001", "status": "NOT_YET_RECRUITING"}],
        "mechanism": {"targets": ["CD70", "CD20/CD19"]},
        "catalyst": [
            {"event": "Data at a meeting", "kind": "conference", "when": "Q3 2026"},
            {"event": "Launch", "kind": "launch", "when": "2026-12-01", "outcome": "happened"},
        ],
    },
    {"id": "bare", "name": "Bare", "phase": "registered", "safety": {"report": [{"crs": {"severe": "<3%"}}]}},
]
WATCHLIST = read_watchlist({}, PROGRAMS, date(2026, 11, 22)).watchlist


def shown(text: str) -> str:
    return " ".join(each.key for each in matching(WATCHLIST.programs, parse(text), NOW))


ALL = "lasme-cel anito-cel old-one bare"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ALL),
        ("  ", ALL),
        # words
        ("ucart22", "lasme-cel"),
        ("UCART", "lasme-cel"),
        ("lasme cel", "lasme-cel"),
        ("cel autoleucel", "anito-cel"),
        ("r/r", "lasme-cel"),
        ('"first interim"', "lasme-cel"),
        ('"interim first"', ""),
        ("cafe", "anito-cel"),
        ("RÉSUMÉ", "anito-cel"),
        ("nct0415", "lasme-cel"),
        ("αβ", "anito-cel"),
        ("tocilizumab|bcma", "lasme-cel anito-cel"),
        ("!allogeneic", "anito-cel bare"),
        ("!!allogeneic", "lasme-cel old-one"),
        ('"crs:"', ""),
        # terms of a vocabulary
        ("phase:pivotal", "lasme-cel"),
        ("phase:Registrational", "lasme-cel"),
        ("phase:2", ""),
        ("phase:1/2", "old-one"),
        ("phase:pha", "old-one"),
        ("phase:>=2", "lasme-cel anito-cel"),
        ("phase>=2", "lasme-cel anito-cel"),
        ("phase:<2", "old-one"),
        ("phase:≥filed", "anito-cel"),
        ("phase:regist", "bare"),
        ("source:allo", "lasme-cel"),
        ("source:auto", "anito-cel"),
        ('cell-source:"allogeneic donor"', "lasme-cel"),
        ("mechanism.source:autologous", "anito-cel"),
        ("modality:car-t", "lasme-cel anito-cel"),
        ("scale:astct", "anito-cel"),
        ("!phase:", ""),
        ("!modality:", "old-one bare"),
        # texts and words
        ("sponsor:cellectis", "lasme-cel"),
        ("SPONSOR:cell", "lasme-cel anito-cel"),
        ("sponsor:=cell", ""),
        ("sponsor:=CELLECTIS", "lasme-cel"),
        ("tag:heme", "lasme-cel"),
        ("tags:allo", "lasme-cel old-one"),
        ("target:CD22", "lasme-cel"),
        ("target:cd7", ""),
        ("target:cd19", "old-one"),
        ("target:CD19|CD22", "lasme-cel old-one"),
        ("target:CD19|sponsor:arcellx|CD22", "anito-cel old-one"),
        ("!target:CD19|CD22", "anito-cel bare"),
        ("target:", "lasme-cel anito-cel old-one"),
        ("knockout:trac", "lasme-cel"),
        ("id:anito", "anito-cel"),
        ("nct:NCT04150497", "lasme-cel"),
        ("trial:balli", "lasme-cel"),
        ("status:recruiting", "lasme-cel"),
        ("status:rec", "lasme-cel"),  # still being typed
        ("status:not", "old-one"),
        ('status:"recruiting"', "lasme-cel anito-cel old-one"),
        ("status:*recruiting", "lasme-cel anito-cel old-one"),
        ('status:"active, not recruiting"', "anito-cel"),
        ("status:*not*", "anito-cel old-one"),
        ("!status:recruiting", "anito-cel old-one bare"),
        ("phase:*2", "old-one"),
        ("phase:regist*", "bare"),
        ("source.title:press", "lasme-cel"),
        # numbers
        ("crs>=3:<5%", "lasme-cel anito-cel bare"),
        ("crs>=3:<=3%", "lasme-cel anito-cel bare"),
        ("crs>=3:>=2%", "lasme-cel"),  # a bound of 3% leaves that open
        ("crs>=3:<2%", "anito-cel"),
        ("CRS≥3:<=2.5%", "lasme-cel anito-cel"),
        ("crs>=3:2.5%", "lasme-cel"),
        ("crs:>90%", "lasme-cel"),
        ("crs>90%", "lasme-cel"),
        ("icans>=3:>5", "anito-cel"),
        ("gvhd:", "lasme-cel"),
        ("gvhd:0%", "lasme-cel"),
        ("gvhd>=3:", ""),
        ("!gvhd:", "anito-cel old-one bare"),
        ("crs:tocilizumab", "lasme-cel"),
        ("crs:38/40", "lasme-cel"),
        ("n:>=100", "anito-cel"),
        ("n>=40", "lasme-cel anito-cel"),
        ("n:40", "lasme-cel"),
        ("enrollment:>100", "lasme-cel"),
        ("age:>90d", "anito-cel"),
        ("age:<=7d", "lasme-cel"),
        ("!age:", "old-one bare"),
        # flags
        ("pinned:", "lasme-cel"),
        ("pinned:no", "anito-cel old-one bare"),
        ("!pinned:", "anito-cel old-one bare"),
        # catalysts
        ("open:", "lasme-cel anito-cel"),
        ("overdue:", "old-one"),
        ("open:|overdue:", "lasme-cel anito-cel old-one"),
        ("!open:", "old-one bare"),
        ("done:", "old-one"),
        ("state:ahead", "lasme-cel anito-cel"),
        ("due:31d", "anito-cel"),
        ("due:30d", ""),
        ("due:90", "lasme-cel anito-cel"),
        ("within:1d", "lasme-cel anito-cel"),
        ("kind:pdufa", "anito-cel"),
        ("kind:bla", "lasme-cel"),
        ("kind:pdufa open:", ""),
        ("kind:readout open:", "anito-cel"),
        ("kind:launch overdue:", ""),
        ("outcome:", "old-one"),
        ("when:2028", "lasme-cel"),
        ("when:>2027", "lasme-cel"),
        ('when:"Q4 2026"', "lasme-cel anito-cel old-one"),
        ("checked:<2026-07", "anito-cel"),
        # provenance
        ("unverified:", "anito-cel old-one bare"),
        ("unverified:phase", "anito-cel old-one bare"),
        ("unverified:catalyst", "anito-cel old-one"),
    ],
)
def test_a_filter_shows_the_programs_that_a_person_means(text: str, expected: str) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize(
    ("text", "message", "wrong"),
    [
        ("foo targt:CD19", 'no field is called "targt": did you mean "target:"?', "targt"),
        ("https://example.org", "put the words in quotes", "https"),
        ("a !", "missing after !", "!"),
        ('sponsor:"Cell', "quote is not closed", 'sponsor:"Cell'),
        ("a|", "missing beside |", "|"),
        ("|a", "missing beside |", "|"),
        ("phase:>=pivotl", 'did you mean "Pivotal"?', "phase:>=pivotl"),
        ("sponsor:>x", "is text", "sponsor:>x"),
        ("n:many", "is a number", "n:many"),
        ("due:soon", "not a length of time", "due:soon"),
        ("crs>=3:few", "is a rate in percent", "crs>=3:few"),
        ("crs:<", "a value is missing after <", "crs:<"),
        ("crs>=3", "write crs>=3:<5%", "crs>=3"),
        ("pinned:perhaps", "is yes or no", "pinned:perhaps"),
        ("state:never", "a state is one of", "state:never"),
        ("unverified:phse", 'did you mean "phase"?', "unverified:phse"),
        ('""', "nothing to look for", '""'),
    ],
)
def test_what_is_wrong_is_named_where_it_stands(text: str, message: str, wrong: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse(text)
    assert message in str(caught.value)
    assert text[caught.value.start : caught.value.end] == wrong


@pytest.mark.parametrize("text", ["target:CD22 !", 'target:CD22 sponsor:"ce', "target:CD22 nosuch:", "target:CD22 crs:<"])
def test_a_half_typed_last_term_does_not_disturb_the_others(text: str) -> None:
    found = parse(text, partial=True)
    assert [each.key for each in matching(WATCHLIST.programs, found, NOW)] == ["lasme-cel"]


def test_only_the_last_term_may_be_unfinished() -> None:
    with pytest.raises(FilterError):
        parse("nosuch: CD19", partial=True)
    assert [each.kind for each in parse("CD19 tag:x nosuch:", partial=True).spans] == ["word", "field", "unfinished"]


@settings(max_examples=200)
@given(st.text(alphabet='abcrs>=≥3<:|!"“ 5%.-ß\0\x85', max_size=30) | st.text(max_size=30))
def test_no_text_raises_anything_but_a_filter_error(text: str) -> None:
    for partial in (False, True):
        try:
            found = parse(text, partial=partial)
        except FilterError as caught:
            wrong: FilterError | None = caught
        else:
            wrong = None
            matching(WATCHLIST.programs, found, NOW)
            found.highlights(text)
        assert wrong is None or 0 <= wrong.start <= wrong.end <= len(text)


@settings(max_examples=100)
@given(st.sampled_from([*field_names()]), st.sampled_from(["", "2", "CD19", "<5%", ">2026", "90d", "yes", "phase"]))
def test_every_field_can_be_asked_and_inverted(name: str, value: str) -> None:
    try:
        plain, inverted = parse(f"{name}:{value}"), parse(f"!{name}:{value}")
    except FilterError:
        return
    hits = {each.key for each in matching(WATCHLIST.programs, plain, NOW)}
    assert hits.isdisjoint(each.key for each in matching(WATCHLIST.programs, inverted, NOW))
    assert len(hits) + len(matching(WATCHLIST.programs, inverted, NOW)) == len(WATCHLIST)


@pytest.mark.parametrize(
    ("text", "shown", "expected"),
    [
        ("lasme-cel", "The Lasme  Cel trial", ["Lasme  Cel"]),
        ("resume", "Café résumé", ["résumé"]),
        ("target:CD19|CD22", "CD19 and CD22", ["CD19", "CD22"]),
        ("!CD19", "CD19", []),
        ("aa a", "xaaax", ["aaa"]),
        ("strasse", "Straße 1", ["Straße"]),
        ("due:90d", "due 90d", []),
    ],
)
def test_highlights_stand_where_the_words_matched(text: str, shown: str, expected: list[str]) -> None:
    assert [shown[start:end] for start, end in parse(text).highlights(shown)] == expected


def test_a_changed_program_is_read_anew() -> None:
    changed = read_watchlist({}, [{**PROGRAMS[0], "sponsor": "Other"}], date(2026, 11, 22)).watchlist
    assert shown("sponsor:cellectis") == "lasme-cel"
    assert matching(changed.programs, parse("sponsor:cellectis"), NOW) == []


def test_an_empty_watchlist_can_be_filtered() -> None:
    assert matching(Watchlist().programs, parse("target:x"), NOW) == []


@given(st.text("aB1-/ ()_%.\t", max_size=30), st.text("aB1-/ ()_%.", min_size=1, max_size=4).filter(str.strip))
def test_plain_texts_are_highlighted_as_those_with_other_letters_are(shown: str, word: str) -> None:
    try:
        found = parse(f'"{word}"')
    except FilterError:
        return
    marks = [mark for mark in found.highlights(shown) if mark[1] <= len(shown.rstrip())]
    # An accent behind the text has each character of it looked at by itself.
    thorough = [mark for mark in found.highlights(f"{shown.rstrip()}é") if mark[1] <= len(shown.rstrip())]
    assert marks == thorough


@pytest.mark.parametrize("word", ["c", "cell", "CD22", "b all", "αβ", "nothing", "b|c", "!c", "c a", "c phase:Filed"])
def test_words_let_through_what_they_match_one_by_one(word: str) -> None:
    wanted = parse(word)
    assert matching(WATCHLIST.programs, wanted, NOW) == [each for each in WATCHLIST.programs if wanted.matches(each, NOW)]


def test_a_list_got_ready_has_nothing_left_to_fold_for_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted, fresh = parse("cellectis"), read_watchlist({}, PROGRAMS, date(2026, 11, 22)).watchlist
    prepare(fresh.programs)
    monkeypatch.setattr("cartwatch.domain.filters.matching.folded", None)
    assert [each.key for each in matching(fresh.programs, wanted, NOW)] == ["lasme-cel"]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("phase:2", "b two"),
        ("phase:iib", ""),
        ("phase:2b", "b"),
        ("phase:2a", ""),
        ("phase>=2", "b two three"),
        ("phase<2", ""),
    ],
)
def test_a_phase_that_says_more_is_found_by_its_own_word_and_by_the_one_it_narrows(text: str, keys: str) -> None:
    records = [{"id": "b", "name": "B", "phase": "Phase 2b"}, {"id": "two", "name": "2", "phase": "Phase 2"}]
    listed = read_watchlist({}, [*records, {"id": "three", "name": "3", "phase": "Phase 3"}], date(2026, 11, 22)).watchlist
    assert [each.key for each in matching(listed.programs, parse(text), NOW)] == keys.split()
