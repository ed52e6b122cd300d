"""A study record is read whatever it lacks; its facts have the file format's names."""

from __future__ import annotations

import copy
import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from registry_records import CAR_T, REMDESIVIR_AT_LAST, changed

from cartwatch.sources.registry.adverse_events import suggestions
from cartwatch.sources.registry.compare import compare
from cartwatch.sources.registry.draft import draft
from cartwatch.sources.registry.record import (
    RecordError,
    RegistryDate,
    StudyRecord,
    lapsed,
    parse_study,
    read_date,
    trial_facts,
    valid_nct,
)
from cartwatch.sources.registry.saved import SavedError, read_saved, study_of

FETCHED = datetime(2026, 11, 22, 9, tzinfo=UTC)


def test_a_whole_record() -> None:
    trial = parse_study(CAR_T)
    assert (trial.nct, trial.aliases, trial.acronym) == ("NCT00000077", ("NCT00000078",), "TESTING")
    assert (trial.status, trial.last_known_status) == ("UNKNOWN", "RECRUITING")
    assert trial.why_stopped == "Slow accrual�"
    assert trial.conditions == ("B-ALL", "NHL")
    assert trial.countries == ("France", "Japan")
    assert trial.primary_outcomes == ("Overall response rate",)
    assert [(each.type, each.name) for each in trial.interventions] == [("DRUG", "Fludarabine"), ("BIOLOGICAL", "TEST-19")]
    assert (trial.sponsor, trial.collaborators) == ("Sponsor Inc.", ("Partner",))


def test_facts_have_the_names_of_the_file() -> None:
    assert trial_facts(parse_study(CAR_T), FETCHED) == {
        "status": "UNKNOWN",
        "phase": ["PHASE1", "PHASE2"],
        "enrollment": 40,
        "enrollment_type": "ESTIMATED",
        "start": "2021",
        "start_type": "ACTUAL",
        "primary_completion": "2026-12",
        "primary_completion_type": "ESTIMATED",
        "completion": date(2026, 10, 31),
        "completion_type": "ESTIMATED",
        "why_stopped": "Slow accrual�",
        "results_submitted": date(2026, 8, 1),
        "updated": date(2026, 10, 30),
        "fetched": FETCHED,
    }


@pytest.mark.parametrize("envelope", [CAR_T, {"studyVersion": 0, "study": CAR_T}])
def test_an_envelope_is_opened(envelope: object) -> None:
    assert parse_study(envelope).nct == "NCT00000077"


def test_results_in_review_until_they_are_posted() -> None:
    assert parse_study(CAR_T).results_in_review
    assert parse_study(changed(CAR_T, "statusModule.resultsFirstSubmitDate", "2026-01-01")).results_in_review
    posted = changed(CAR_T, "statusModule.resultsFirstPostDateStruct", {"date": "2026-09-09"})
    assert not parse_study(posted).results_in_review
    assert not parse_study(REMDESIVIR_AT_LAST).results_in_review


def test_an_estimate_lapses_once_its_last_day_is_past() -> None:
    trial = parse_study(CAR_T)
    facts = trial_facts(trial, FETCHED)
    assert lapsed(trial, date(2026, 11, 22)) == lapsed(facts, date(2026, 11, 22)) == ("completion",)
    assert lapsed(trial, date(2026, 12, 31)) == ("completion",)
    assert lapsed(trial, date(2027, 1, 1)) == ("primary_completion", "completion")
    assert lapsed(trial, date(2026, 10, 31)) == ()


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ("2026-12-07", date(2026, 12, 7), date(2026, 12, 7)),
    ],
)
def test_a_date_covers_days(text: str, first: date, last: date) -> None:
    found = RegistryDate(text)
    assert (found.first, found.last) == (first, last)


@pytest.mark.parametrize(
    "value", ["", "2026-13", "2026-02-30", "0001-01", "3000", "2026-1-1", "May 2026", 2026, None, ["2026"]]
)
def test_what_is_no_date_is_none(value: object) -> None:
    assert read_date(value) is None


def test_dates_of_the_file_are_read_too() -> None:
    assert read_date(date(2026, 5, 1)) == RegistryDate("2026-05-01")
    assert read_date(FETCHED) == RegistryDate("2026-11-22")


@pytest.mark.parametrize("text", ["NCT0000007", "NCT000000777", "XNCT00000077", "NCT0000007７", "", "00000077"])
def test_what_is_no_nct_number(text: str) -> None:
    assert valid_nct(text) is None


@pytest.mark.parametrize(
    "study", [None, [], 7, "NCT00000077", {}, {"protocolSection": {"identificationModule": {"nctId": 77}}}]
)
def test_what_is_no_record_says_so(study: object) -> None:
    with pytest.raises(RecordError, match="no NCT number"):
        parse_study(study)


@pytest.mark.parametrize("count", [True, -1, 1.5, "40", 10**12, None, {}])
def test_an_enrolment_that_is_none(count: object) -> None:
    trial = parse_study(changed(CAR_T, "designModule.enrollmentInfo", {"count": count, "type": "ACTUAL"}))
    assert "enrollment" not in (facts := trial_facts(trial, FETCHED))
    assert "enrollment_type" not in facts


def test_unknown_words_stay_as_they_are() -> None:
    trial = parse_study(changed(CAR_T, "statusModule.overallStatus", "ON_THE_MOON"))
    assert trial_facts(trial, FETCHED)["status"] == "ON_THE_MOON"


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def _places(value: object) -> list[tuple[dict[str, object] | list[object], str | int]]:
    found: list[tuple[dict[str, object] | list[object], str | int]] = []
    if isinstance(value, dict):
        found += [(value, name) for name in value if name != "nctId"]
    if isinstance(value, list):
        found += [(value, at) for at in range(len(value))]
    for holder, key in list(found):
        found += _places(holder[key])  # type: ignore[index]
    return found


@given(st.data(), _json)
def test_any_leaf_may_be_missing_or_of_another_type(data: st.DataObject, strange: object) -> None:
    record = copy.deepcopy(CAR_T)
    holder, key = data.draw(st.sampled_from(_places(record)))
    holder[key] = strange  # type: ignore[index]
    try:
        trial = parse_study(record)
    except RecordError:
        return
    drafted = draft(trial, FETCHED)
    assert drafted["name"]
    json.dumps(drafted, default=str)
    suggestions(trial)
    compare(parse_study(CAR_T), trial)
    compare(trial, parse_study(CAR_T))
    compare(trial_facts(trial, FETCHED), parse_study(CAR_T))
    assert read_saved(kept(trial), "kept").trials == (trial,)


def kept(*trials: StudyRecord) -> bytes:
    """Records as the memory of refreshes keeps them: all but their posted adverse events."""
    return json.dumps({"studies": [study_of(each) for each in trials]}).encode()


def test_a_saved_study_a_search_and_a_list() -> None:
    one, two = json.dumps(CAR_T), json.dumps(REMDESIVIR_AT_LAST)
    both = ("NCT00000077", "NCT04280705")
    for text, expected in [
        (one, both[:1]),
        ("\ufeff" + one, both[:1]),
        (f'{{"studies": [{one}, {two}, {one}], "totalCount": 3}}', both),
        (f"[{one}, {two}]", both),
    ]:
        saved = read_saved(text.encode(), "saved.json")
        assert (tuple(each.nct for each in saved.trials), saved.problems) == (expected, ())


def test_what_is_kept_is_read_again() -> None:
    trials = (parse_study(CAR_T), parse_study(REMDESIVIR_AT_LAST))
    assert read_saved(kept(*trials), "kept").trials == trials


def test_what_a_saved_search_lacks_is_said() -> None:
    saved = read_saved(json.dumps({"studies": [{}, CAR_T], "nextPageToken": "x"}).encode(), "s.json")
    assert len(saved.trials) == 1
    assert [each.partition(": ")[2][:14] for each in saved.problems] == ["study 1 of 2: ", "the search has"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"<html>", "a web page"),
        (b'{"a": ', "not JSON (line 1, column 7"),
        (b"\xff\xfe{", "not UTF-8"),
        (b'{"a": 1}', "no study record"),
        (b"[]", "no study record"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_a_saved_file_that_is_none(data: bytes, words: str) -> None:
    with pytest.raises(SavedError) as error:
        read_saved(data, "saved.json")
    assert str(error.value).startswith("saved.json: ")
    assert words in str(error.value)
    assert error.value.exit_code == 2
