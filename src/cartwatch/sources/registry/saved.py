"""Reads saved files of registry records: those a person saved in the browser, and the cache of records last seen."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from .record import AnswerError, RecordError, RegistryDate, StudyRecord, parse_study, read_json

__all__ = ["LIMIT", "SavedError", "SavedRecords", "read_download", "read_saved", "study_of"]

LIMIT = 96_000_000
"""The most bytes a saved file may have."""


class SavedError(ValueError):
    """The file holds no registry record; the message is one line with its content and a remedy."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class SavedRecords:
    """The trials of a saved file, each once, and the unreadable parts."""

    trials: tuple[StudyRecord, ...]
    problems: tuple[str, ...]


def read_saved(data: bytes, name: str) -> SavedRecords:
    """Read a saved study or search; `name` is the file's, for the messages.

    Raises SavedError if it is not JSON or holds no study.
    """
    if len(data) > LIMIT:
        raise SavedError(f"{name}: too large for a registry record (more than {LIMIT // 1_000_000} MB)")
    advice = "save the record from its API address as JSON"
    try:
        value = read_json(data)
    except AnswerError as error:
        raise SavedError(f"{name}: {error}: {advice}") from None
    listed = value.get("studies") if isinstance(value, dict) and "protocolSection" not in value else value
    studies = listed if isinstance(listed, list) else [value]
    trials: dict[str, StudyRecord] = {}
    problems: list[str] = []
    for at, study in enumerate(studies, 1):
        try:
            trial = parse_study(study)
        except RecordError as error:
            problems.append(f"{name}: study {at} of {len(studies)}: {error}")
        else:
            trials[trial.nct] = trial
            problems += [f"{name}: {trial.nct}: {each}" for each in trial.unread]
    if not trials:
        raise SavedError(f"{name}: JSON, but no study record of ClinicalTrials.gov in it: {advice}")
    if isinstance(value, dict) and isinstance(value.get("nextPageToken"), str):
        problems.append(f"{name}: the search has more pages than this one: save the next ones too")
    return SavedRecords(tuple(trials.values()), tuple(problems))


def read_download(data: bytes) -> tuple[StudyRecord, ...] | None:
    """The trials of a table that the registry's search page was told to download; None for another table."""
    from cartwatch.domain.vocabulary import fold
    from cartwatch.formats.csv import TableError, table_rows

    try:
        header, rows = table_rows(data)
    except TableError:
        return None
    names = [fold(each) for each in header]
    if not {"nct number", "study title", "study status"} <= set(names):
        return None
    trials: dict[str, StudyRecord] = {}
    for _, cells in rows:
        row = {name: text for name, cell in zip(names, cells, strict=False) if (text := cell.strip())}
        with suppress(RecordError):
            trial = parse_study(_study_of_row(row))
            trials[trial.nct] = trial
    return tuple(trials.values()) or None


def _study_of_row(row: dict[str, str]) -> dict[str, object]:
    """A row of a download as a study of the registry."""
    several = {name: [each.strip() for each in row.get(name, "").split("|") if each.strip()] for name in _SEVERAL}
    given = [each.partition(": ") for each in several["interventions"]]
    count = row.get("enrollment", "")
    return {
        "protocolSection": {
            "identificationModule": {
                "nctId": row.get("nct number"),
                "briefTitle": row.get("study title"),
                "acronym": row.get("acronym"),
            },
            "statusModule": {
                "overallStatus": row.get("study status", "").replace(",", "").replace(" ", "_").upper() or None,
                "startDateStruct": {"date": row.get("start date")},
                "primaryCompletionDateStruct": {"date": row.get("primary completion date")},
                "completionDateStruct": {"date": row.get("completion date")},
                "resultsFirstPostDateStruct": {"date": row.get("results first posted")},
                "lastUpdatePostDateStruct": {"date": row.get("last update posted")},
            },
            "sponsorCollaboratorsModule": {
                "leadSponsor": {"name": row.get("sponsor")},
                "collaborators": [{"name": each} for each in several["collaborators"]],
            },
            "conditionsModule": {"conditions": several["conditions"]},
            "designModule": {
                "studyType": row.get("study type"),
                "phases": [each.replace(" ", "_").upper() for each in several["phases"]],
                "enrollmentInfo": {"count": int(count)} if count.isascii() and count.isdigit() and len(count) < 9 else {},
            },
            "armsInterventionsModule": {
                "interventions": [
                    {"type": kind.replace(" ", "_").upper() if mark else None, "name": name if mark else kind}
                    for kind, mark, name in given
                ]
            },
        },
        "hasResults": row.get("study results", "").upper() == "YES",
    }


_SEVERAL = ("conditions", "interventions", "collaborators", "phases")


def study_of(trial: StudyRecord) -> dict[str, object]:
    """Build a study of the registry from a trial, as far as `read_saved` needs it."""
    return {
        "protocolSection": {
            "identificationModule": {
                "nctId": trial.nct,
                "nctIdAliases": trial.aliases,
                "briefTitle": trial.title,
                "officialTitle": trial.official_title,
                "acronym": trial.acronym,
            },
            "statusModule": {
                "overallStatus": trial.status,
                "lastKnownStatus": trial.last_known_status,
                "whyStopped": trial.why_stopped,
                "statusVerifiedDate": trial.verified.text if trial.verified else None,
                "startDateStruct": _struct(trial.start),
                "primaryCompletionDateStruct": _struct(trial.primary_completion),
                "completionDateStruct": _struct(trial.completion),
                "resultsFirstSubmitDate": trial.results_submitted.text if trial.results_submitted else None,
                "resultsFirstPostDateStruct": _struct(trial.results_posted),
                "lastUpdatePostDateStruct": _struct(trial.updated),
            },
            "sponsorCollaboratorsModule": {
                "leadSponsor": {"name": trial.sponsor},
                "collaborators": [{"name": each} for each in trial.collaborators],
            },
            "conditionsModule": {"conditions": trial.conditions},
            "designModule": {
                "studyType": trial.study_type,
                "phases": trial.phases,
                "enrollmentInfo": {"count": trial.enrollment, "type": trial.enrollment_type},
            },
            "armsInterventionsModule": {
                "interventions": [
                    {"type": each.type, "name": each.name, "otherNames": each.other_names} for each in trial.interventions
                ]
            },
            "outcomesModule": {"primaryOutcomes": [{"measure": each} for each in trial.primary_outcomes]},
            "contactsLocationsModule": {"locations": [{"country": each} for each in trial.countries]},
        },
        "annotationSection": {
            "annotationModule": {
                "unpostedAnnotation": {
                    "unpostedEvents": [
                        {"type": each.type, "date": each.date.text if each.date else None} for each in trial.unposted
                    ]
                }
            }
        },
        "hasResults": trial.has_results,
    }


def _struct(value: RegistryDate | None) -> dict[str, str | None] | None:
    return {"date": value.text, "type": value.type} if value else None
