"""What changed in a record: by precision and type, each change with its rule, noise never."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from registry_records import CAR_T, REMDESIVIR_AT_FIRST, REMDESIVIR_AT_LAST, changed

from cartwatch.domain.vocabulary import registry_words
from cartwatch.sources.registry.compare import compare, first_seen, in_brief
from cartwatch.sources.registry.record import parse_study, trial_facts, with_known

FETCHED = datetime(2026, 11, 22, 9, tzinfo=UTC)
STATUS = "statusModule"


def test_the_trial_whose_history_is_known() -> None:
    before, after = parse_study(REMDESIVIR_AT_FIRST), parse_study(REMDESIVIR_AT_LAST)
    found = compare(before, after)
    assert [(each.field, each.old, each.new, each.level, each.rule) for each in found] == [
        ("status", "NOT_YET_RECRUITING", "COMPLETED", "notable", "any other change of status"),
        ("primary_completion", "2023-04-01 estimated", "2020-05-21 actual", "notable", "estimated → actual"),
        ("phase", "phase 2", "phase 3", "notable", "a change of phase"),
        ("enrollment", "394 estimated", "1062 actual", "notable", "enrolment changed by 20 % or more"),
        ("results_posted", None, "2020-09-25", "notable", "results posted or in review"),
    ]
    assert [each.words for each in found][:4] == [
        "status not yet recruiting → completed (start 2020-02-21 actual)",
        "primary completion 2023-04-01 estimated → 2020-05-21 actual (study completion likewise)",
        "phase 2 → phase 3",
        "enrolment 394 estimated → 1062 actual",
    ]
    assert found[4].words.startswith("results posted 2020-09-25; primary outcomes as reported: Time to Recovery; ")


def test_the_facts_of_the_file_give_the_same_changes() -> None:
    before, after = parse_study(REMDESIVIR_AT_FIRST), parse_study(REMDESIVIR_AT_LAST)
    facts, facts_now = trial_facts(before, FETCHED), trial_facts(after, FETCHED)
    fields = ["status", "primary_completion", "phase", "enrollment", "results_posted"]
    assert [each.field for each in compare(facts, after)] == fields
    assert [each.field for each in compare(facts, facts_now)] == fields
    for unknown in ("start", "start_type", "completion_type"):  # the file's own page lists none of these
        del facts[unknown]
    assert [each.field for each in compare(facts, after)] == fields


def test_a_trial_that_was_never_fetched_has_not_changed() -> None:
    assert compare({"nct": "NCT04280705"}, parse_study(REMDESIVIR_AT_LAST)) == []


def test_a_record_that_stays_has_not_changed() -> None:
    for record in (REMDESIVIR_AT_FIRST, REMDESIVIR_AT_LAST, CAR_T):
        trial = parse_study(record)
        assert compare(trial, trial) == compare(trial_facts(trial, FETCHED), trial) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (f"{STATUS}.lastUpdatePostDateStruct", {"date": "2026-11-20", "type": "ACTUAL"}),
        (f"{STATUS}.statusVerifiedDate", "2026-11"),
        ("conditionsModule.conditions", ["NHL", "b-all"]),
        ("designModule.phases", ["PHASE2", "PHASE1"]),
        ("identificationModule.briefTitle", "Another title"),
        ("contactsLocationsModule.locations", [{"country": "Japan"}]),
        ("outcomesModule.primaryOutcomes", [{"measure": "overall  response-rate."}]),
        ("sponsorCollaboratorsModule.leadSponsor", {"name": "SPONSOR, INC"}),
        ("armsInterventionsModule.interventions", [{"name": "test 19"}, {"name": "fludarabine"}]),
        (f"{STATUS}.primaryCompletionDateStruct", {"date": "2026-12-31", "type": "ESTIMATED"}),
        (f"{STATUS}.startDateStruct", {"date": "2021-06-01", "type": "ACTUAL"}),
    ],
)
def test_noise_is_no_change(path: str, value: object) -> None:
    assert compare(parse_study(CAR_T), parse_study(changed(CAR_T, path, value))) == []


def dated(day: str, kind: str | None = "ESTIMATED") -> dict[str, str]:
    return {"date": day, **({"type": kind} if kind else {})}


PRIMARY = f"{STATUS}.primaryCompletionDateStruct"


@pytest.mark.parametrize(
    ("path", "old", "new", "level", "rule"),
    [
        (f"{STATUS}.overallStatus", "RECRUITING", "TERMINATED", "critical", "terminated, suspended or withdrawn"),
        (f"{STATUS}.overallStatus", "RECRUITING", "SUSPENDED", "critical", "terminated, suspended or withdrawn"),
        (f"{STATUS}.overallStatus", "RECRUITING", "WITHDRAWN", "critical", "terminated, suspended or withdrawn"),
        (f"{STATUS}.overallStatus", "SUSPENDED", "RECRUITING", "notable", "any other change of status"),
        (f"{STATUS}.overallStatus", "RECRUITING", "ON_THE_MOON", "notable", "any other change of status"),
        (f"{STATUS}.whyStopped", None, "Business decision", "critical", "a reason to stop appears"),
        (f"{STATUS}.whyStopped", "Money", "Business decision", "minor", "any other change"),
        (
            "outcomesModule.primaryOutcomes",
            [{"measure": "Response at day 28"}],
            [{"measure": "Response at day 90"}],
            "critical",
            "a primary outcome reworded",
        ),
        (PRIMARY, dated("2026-05-01", "ACTUAL"), dated("2026-05-02", "ACTUAL"), "critical", "an actual date rewritten"),
        (PRIMARY, dated("2026-05-01", "ACTUAL"), dated("2026-05-01"), "critical", "an actual date rewritten"),
        (PRIMARY, dated("2026-05-01"), dated("2026-05-01", "ACTUAL"), "notable", "estimated → actual"),
        (PRIMARY, dated("2026-05"), dated("2026-05-31", "ACTUAL"), "notable", "estimated → actual"),
        (PRIMARY, dated("2026-05-01"), dated("2026-05-31"), "notable", "a date moved by 30 days or more"),
        (PRIMARY, dated("2026-05-31"), dated("2026-05-01"), "notable", "a date moved by 30 days or more"),
        (PRIMARY, dated("2026-05-01"), dated("2026-05-30"), "minor", "a date moved by less than 30 days"),
        (PRIMARY, dated("2026-02"), dated("2026-03-01"), "notable", "a date moved by 30 days or more"),
        (PRIMARY, dated("2026"), dated("2027-01-01"), "notable", "a date moved by 30 days or more"),
        (PRIMARY, None, dated("2027-01-01"), "minor", "any other change"),
        (PRIMARY, dated("2027-01-01", None), None, "minor", "any other change"),
        ("designModule.phases", ["PHASE1"], ["PHASE1", "PHASE2"], "notable", "a change of phase"),
        ("sponsorCollaboratorsModule.leadSponsor", {"name": "A"}, {"name": "B"}, "notable", "a change of sponsor"),
        ("sponsorCollaboratorsModule.collaborators", [{"name": "A"}], [{"name": "B"}], "minor", "any other change"),
        (
            "designModule.enrollmentInfo",
            {"count": 100},
            {"count": 120},
            "notable",
            "enrolment changed by 20 % or more",
        ),
        (
            "designModule.enrollmentInfo",
            {"count": 100},
            {"count": 119},
            "minor",
            "enrolment changed by less than 20 %",
        ),
        ("designModule.enrollmentInfo", {"count": 0}, {"count": 1}, "notable", "enrolment changed by 20 % or more"),
        (
            "designModule.enrollmentInfo",
            {"count": 100, "type": "ESTIMATED"},
            {"count": 101, "type": "ACTUAL"},
            "notable",
            "estimated → actual",
        ),
        (f"{STATUS}.resultsFirstPostDateStruct", None, dated("2026-05-01"), "notable", "results posted or in review"),
        (f"{STATUS}.resultsFirstPostDateStruct", dated("2026-05-01"), dated("2026-05-02"), "minor", "any other change"),
    ],
)
def test_each_change_has_its_level_and_rule(path: str, old: object, new: object, level: str, rule: str) -> None:
    before, after = (parse_study(changed(CAR_T, path, value)) for value in (old, new))
    assert [(each.level, each.rule) for each in compare(before, after)] == [(level, rule)]


def test_results_handed_in_are_told_once() -> None:
    before = parse_study(REMDESIVIR_AT_FIRST)
    record = changed(REMDESIVIR_AT_FIRST, f"{STATUS}.resultsFirstSubmitDate", "2020-09-16")
    after = parse_study(record)
    (found,) = compare(before, after)
    assert (found.field, found.words) == ("results_submitted", "results in review, submitted 2020-09-16")
    assert [each.words for each in compare(trial_facts(before, FETCHED), trial_facts(after, FETCHED))] == [found.words]
    assert compare(after, after) == []


def test_the_weightiest_come_first() -> None:
    record = changed(CAR_T, "designModule.phases", ["PHASE2"])
    record = changed(record, "outcomesModule.primaryOutcomes", [{"measure": "Survival"}])
    found = compare(parse_study(CAR_T), parse_study(record))
    assert [each.level for each in found] == ["critical", "notable"]


def test_a_study_completion_that_moves_otherwise_is_told() -> None:
    record = changed(REMDESIVIR_AT_FIRST, PRIMARY, dated("2024-04-01"))
    record = changed(record, f"{STATUS}.completionDateStruct", dated("2024-05-01"))
    found = compare(parse_study(REMDESIVIR_AT_FIRST), parse_study(record))
    assert [each.field for each in found] == ["primary_completion", "completion"]


def test_an_unknown_status_says_which_was_the_last_known() -> None:
    (found,) = compare(parse_study(changed(CAR_T, f"{STATUS}.overallStatus", "RECRUITING")), parse_study(CAR_T))
    assert found.words == "status recruiting → unknown, last known recruiting"
    assert in_brief(parse_study(CAR_T)).startswith("unknown, last known recruiting, phase 1/phase 2, 40 participants")


def test_first_seen_says_between_which_days() -> None:
    assert first_seen(datetime(2026, 11, 20, 9, tzinfo=UTC), FETCHED) == (
        "the registry record changed, first seen between 2026-11-20 and 2026-11-22"
    )
    assert first_seen(date(2026, 11, 22), FETCHED).endswith("first seen on 2026-11-22")
    assert first_seen(None, FETCHED).endswith("first seen by 2026-11-22")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("ACTIVE_NOT_RECRUITING", "active, not recruiting"),
        ("EARLY_PHASE1", "early phase 1"),
        ("PHASE2", "phase 2"),
        ("NA", "not applicable"),
        ("ON_THE_MOON", "on the moon"),
        ("Strange", "Strange"),
    ],
)
def test_registry_words(value: str, words: str) -> None:
    assert registry_words(value) == words


def submitted(*events: tuple[str, str], day: str | None = None) -> dict[str, object]:
    """The record of a trial without results, with these unposted events."""
    study = changed(CAR_T, f"{STATUS}.resultsFirstSubmitDate", day)
    listed = [{"type": kind, "date": at} for kind, at in events]
    return {**study, "annotationSection": {"annotationModule": {"unpostedAnnotation": {"unpostedEvents": listed}}}}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (submitted(day="2026-05-01"), submitted()),
        (submitted(("RELEASE", "2026-05-01")), submitted(("RELEASE", "2026-05-01"), ("UNRELEASE", "2026-06-01"))),
    ],
)
def test_results_that_are_taken_back_from_review_are_news(before: dict[str, object], after: dict[str, object]) -> None:
    (found,) = compare(parse_study(before), parse_study(after))
    assert (found.words, found.level) == ("results no longer in review (submitted 2026-05-01)", "notable")
    (from_file,) = compare(trial_facts(parse_study(before), FETCHED), parse_study(after))
    assert from_file == found


def test_results_released_again_are_in_review_again() -> None:
    again = [("RELEASE", "2026-05-01"), ("UNRELEASE", "2026-06-01"), ("RELEASE", "2026-07-01")]
    (found,) = compare(parse_study(submitted(*again[:2])), parse_study(submitted(*again)))
    assert found.words == "results in review, submitted 2026-05-01"


@pytest.mark.parametrize(
    ("path", "words", "level"),
    [
        (f"{STATUS}.startDateStruct", "start 2021 actual → not given", "critical"),
        (f"{STATUS}.overallStatus", "status unknown → not given", "notable"),
        ("designModule.enrollmentInfo", "enrolment 40 → not given", "notable"),
        ("outcomesModule.primaryOutcomes", "primary outcome Overall response rate → not given", "critical"),
    ],
)
def test_what_disappears_from_a_record_is_news(path: str, words: str, level: str) -> None:
    found = compare(parse_study(CAR_T), parse_study(changed(CAR_T, path, None)))
    assert [(each.words, each.level) for each in found] == [(words, level)]


def test_dates_and_counts_that_are_none_are_named() -> None:
    study = changed(CAR_T, f"{STATUS}.completionDateStruct", dated("2026-02-30"))
    study = changed(study, "designModule.enrollmentInfo", {"count": "sixty"})
    assert parse_study(study).unread == (
        "completionDateStruct.date: '2026-02-30' is not a date",
        "enrollmentInfo.count: 'sixty' is not a count",
    )


UNREAD = [
    (f"{STATUS}.primaryCompletionDateStruct", dated("2027-13-01")),
    (f"{STATUS}.primaryCompletionDateStruct", "next spring"),
    (f"{STATUS}.startDateStruct", {"date": ["2021"]}),
    (f"{STATUS}.overallStatus", 7),
    ("designModule.phases", "PHASE2"),
    ("designModule.enrollmentInfo", {"count": "sixty"}),
    (f"{STATUS}.resultsFirstSubmitDate", "soon"),
]


@pytest.mark.parametrize(("path", "value"), UNREAD)
def test_what_cannot_be_read_leaves_the_good_old_value_and_is_no_news(path: str, value: object) -> None:
    good = changed(CAR_T, f"{STATUS}.resultsFirstSubmitDate", "2026-05-01")
    known = trial_facts(parse_study(good), datetime(2026, 11, 1))
    record = parse_study(changed(good, path, value))
    assert record.unread
    assert trial_facts(with_known(record, known), datetime(2026, 11, 1)) == known
    assert compare(known, with_known(record, known)) == []
