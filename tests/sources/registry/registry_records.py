"""Study records of the tests' own making, in the layout of ClinicalTrials.gov."""

from __future__ import annotations

import copy

REMDESIVIR_AT_FIRST: dict[str, object] = {
    "protocolSection": {
        "identificationModule": {"nctId": "NCT04280705", "briefTitle": "Adaptive COVID-19 Treatment Trial"},
        "statusModule": {
            "statusVerifiedDate": "2020-02",
            "overallStatus": "NOT_YET_RECRUITING",
            "startDateStruct": {"date": "2020-03-12", "type": "ESTIMATED"},
            "primaryCompletionDateStruct": {"date": "2023-04-01", "type": "ESTIMATED"},
            "completionDateStruct": {"date": "2023-04-01", "type": "ESTIMATED"},
            "lastUpdatePostDateStruct": {"date": "2020-02-21", "type": "ACTUAL"},
        },
        "sponsorCollaboratorsModule": {"leadSponsor": {"name": "NIAID", "class": "NIH"}},
        "conditionsModule": {"conditions": ["Corona Virus Infection"]},
        "designModule": {
            "studyType": "INTERVENTIONAL",
            "phases": ["PHASE2"],
            "enrollmentInfo": {"count": 394, "type": "ESTIMATED"},
        },
        "armsInterventionsModule": {
            "interventions": [{"type": "OTHER", "name": "Placebo"}, {"type": "DRUG", "name": "Remdesivir"}]
        },
        "outcomesModule": {"primaryOutcomes": [{"measure": "Severity rating on the 7-point ordinal scale"}]},
    },
    "hasResults": False,
}

REMDESIVIR_AT_LAST: dict[str, object] = {
    "protocolSection": {
        "identificationModule": {"nctId": "NCT04280705", "briefTitle": "Adaptive COVID-19 Treatment Trial (ACTT)"},
        "statusModule": {
            "statusVerifiedDate": "2020-04",
            "overallStatus": "COMPLETED",
            "startDateStruct": {"date": "2020-02-21", "type": "ACTUAL"},
            "primaryCompletionDateStruct": {"date": "2020-05-21", "type": "ACTUAL"},
            "completionDateStruct": {"date": "2020-05-21", "type": "ACTUAL"},
            "resultsFirstSubmitDate": "2020-09-16",
            "resultsFirstPostDateStruct": {"date": "2020-09-25", "type": "ACTUAL"},
            "lastUpdatePostDateStruct": {"date": "2022-03-14", "type": "ACTUAL"},
        },
        "sponsorCollaboratorsModule": {"leadSponsor": {"name": "NIAID", "class": "NIH"}},
        "conditionsModule": {"conditions": ["COVID-19"]},
        "designModule": {
            "studyType": "INTERVENTIONAL",
            "phases": ["PHASE3"],
            "enrollmentInfo": {"count": 1062, "type": "ACTUAL"},
        },
        "armsInterventionsModule": {
            "interventions": [{"type": "DRUG", "name": "Remdesivir"}, {"type": "OTHER", "name": "Placebo"}]
        },
        "outcomesModule": {"primaryOutcomes": [{"measure": "Time to Recovery"}, {"measure": "Time to Recovery by Sex"}]},
    },
    "derivedSection": {"miscInfoModule": {"versionHolder": "2026-08-10"}},
    "hasResults": True,
}

CAR_T: dict[str, object] = {
    "protocolSection": {
        "identificationModule": {
            "nctId": "NCT00000077",
            "nctIdAliases": ["NCT00000078", "nonsense"],
            "briefTitle": "Anti-CD19 CAR-T in B-cell Leukemia",
            "officialTitle": "A Phase 1/2 Study of TEST-19 After Prior CD22 CAR-T",
            "acronym": "TESTING",
        },
        "statusModule": {
            "overallStatus": "UNKNOWN",
            "lastKnownStatus": "RECRUITING",
            "whyStopped": "Slow\taccrual\u202e",
            "statusVerifiedDate": "2024-05",
            "startDateStruct": {"date": "2021", "type": "ACTUAL"},
            "primaryCompletionDateStruct": {"date": "2026-12", "type": "ESTIMATED"},
            "completionDateStruct": {"date": "2026-10-31", "type": "ESTIMATED"},
            "lastUpdatePostDateStruct": {"date": "2026-10-30", "type": "ESTIMATED"},
        },
        "sponsorCollaboratorsModule": {"leadSponsor": {"name": "Sponsor Inc."}, "collaborators": [{"name": "Partner"}]},
        "conditionsModule": {"conditions": ["B-ALL", "B-ALL", "NHL"]},
        "designModule": {
            "studyType": "INTERVENTIONAL",
            "phases": ["PHASE1", "PHASE2"],
            "enrollmentInfo": {"count": 40, "type": "ESTIMATED"},
        },
        "armsInterventionsModule": {
            "interventions": [
                {"type": "DRUG", "name": "Fludarabine"},
                {"type": "BIOLOGICAL", "name": "TEST-19", "otherNames": ["testcabtagene", "TEST-19"]},
            ]
        },
        "outcomesModule": {"primaryOutcomes": [{"measure": "Overall response rate"}, {"timeFrame": "Day 28"}]},
        "contactsLocationsModule": {"locations": [{"country": "France"}, {"country": "Japan"}, {"country": "France"}]},
    },
    "annotationSection": {
        "annotationModule": {
            "unpostedAnnotation": {
                "unpostedEvents": [
                    {"type": "RELEASE", "date": "2026-08-01"},
                    {"type": "RESET", "date": "2026-09-01"},
                    {"type": "RELEASE", "dateUnknown": True},
                ]
            }
        }
    },
    "resultsSection": {
        "adverseEventsModule": {
            "eventGroups": [
                {"id": "EG000", "title": "Dose 1", "seriousNumAffected": 4, "seriousNumAtRisk": 12},
                {"id": "EG001", "title": "Dose 2", "seriousNumAffected": 9, "seriousNumAtRisk": 28},
                {"id": "EG002", "title": "No infusion", "seriousNumAtRisk": 3},
            ],
            "seriousEvents": [
                {
                    "term": "Chronic Graft-Versus-Host Disease",
                    "organSystem": "Immune system disorders",
                    "stats": [{"groupId": "EG001", "numAffected": 1, "numAtRisk": 28}],
                },
                {
                    "term": "CYTOKINE RELEASE SYNDROME",
                    "organSystem": "Immune system disorders",
                    "stats": [
                        {"groupId": "EG000", "numAffected": 0, "numAtRisk": 12},
                        {"groupId": "EG001", "numAffected": 5, "numAtRisk": 28},
                        {"groupId": "EG009", "numAffected": 5, "numAtRisk": 28},
                    ],
                },
                {
                    "term": "Cytokine storm",
                    "stats": [{"groupId": "EG001", "numAffected": 1}, {"groupId": "EG000", "numAffected": 13}],
                },
                {
                    "term": "Immune effector cell-associated neurotoxicity syndrome (ICANS)",
                    "stats": [{"groupId": "EG001", "numAffected": 2, "numAtRisk": 28}],
                },
                {"term": "Neurotoxicity", "stats": [{"groupId": "EG000", "numAffected": 1, "numAtRisk": 12}]},
                {"term": "Encephalopathy", "stats": [{"groupId": "EG000", "numAffected": 3, "numAtRisk": 12}]},
            ],
            "otherEvents": [
                {
                    "term": "Cytokine release syndrome",
                    "stats": [{"groupId": "EG002", "numAffected": 3, "numAtRisk": 3}],
                }
            ],
        }
    },
    "hasResults": False,
}


def changed(record: dict[str, object], path: str, value: object) -> dict[str, object]:
    """A copy of a record with one place set, or removed with None; the path is relative to protocolSection."""
    copied = copy.deepcopy(record)
    place = copied["protocolSection"]
    *way, last = path.split(".")
    for name in way:
        assert isinstance(place, dict)
        place = place.setdefault(name, {})
    assert isinstance(place, dict)
    if value is None:
        place.pop(last, None)
    else:
        place[last] = value
    return copied
