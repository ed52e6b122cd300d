"""A drafted program says what the record says outright, and nothing more."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from registry_records import CAR_T, REMDESIVIR_AT_LAST, changed

from cartwatch.sources.registry.adverse_events import event_kind, suggestions
from cartwatch.sources.registry.draft import draft, phase_of
from cartwatch.sources.registry.product_name import is_description, modality_of, targets_of
from cartwatch.sources.registry.record import parse_study

FETCHED = datetime(2026, 11, 22, 9, tzinfo=UTC)


def test_a_cell_product() -> None:
    program = draft(parse_study(CAR_T), FETCHED)
    trial, source = program.pop("trial"), program.pop("source")
    cited = "ctg-nct00000077"
    assert program == {
        "id": "test-19",
        "name": "TEST-19",
        "aliases": ["testcabtagene"],
        "sponsor": "Sponsor Inc.",
        "indications": ["B-ALL", "NHL"],
        "phase": "Phase 1/2",
        "notes": "Interventions in the registry record NCT00000077: Fludarabine (drug); TEST-19 (biological).",
        "mechanism": {"modality": "CAR-T", "targets": ["CD19"]},
        "cite": dict.fromkeys(
            ["name", "aliases", "sponsor", "indications", "phase", "mechanism.modality", "mechanism.targets"], cited
        ),
    }
    assert isinstance(trial, list)
    assert {key: trial[0][key] for key in ("nct", "name", "status", "cite")} == {
        "nct": "NCT00000077",
        "name": "TESTING",
        "status": "UNKNOWN",
        "cite": cited,
    }
    assert source == [
        {
            "id": cited,
            "title": "ClinicalTrials.gov record NCT00000077 (TESTING), version of 2026-10-30",
            "url": "https://clinicaltrials.gov/study/NCT00000077",
            "published": date(2026, 10, 30),
        }
    ]


def test_a_drug_has_no_modality_and_no_targets() -> None:
    program = draft(parse_study(REMDESIVIR_AT_LAST), FETCHED)
    assert (program["name"], program["phase"], program.get("mechanism")) == ("Remdesivir", "Phase 3", None)


def test_a_drug_against_a_side_effect_is_no_cell_product() -> None:
    record = changed(CAR_T, "armsInterventionsModule.interventions", [{"type": "DRUG", "name": "Anakinra"}])
    record = changed(record, "identificationModule.briefTitle", "Anakinra to Prevent Neurotoxicity of CD19 CAR-T Cells")
    program = draft(parse_study(record), FETCHED)
    assert (program["name"], program.get("mechanism")) == ("Anakinra", None)


@pytest.mark.parametrize(
    ("title", "given", "product"),
    [
        ("X", [("BIOLOGICAL", "ALLO-647"), ("GENETIC", "ALLO-501A"), ("DRUG", "Fludarabine")], "ALLO-501A"),
        ("A Study of UCART22", [("BIOLOGICAL", "CLLS52"), ("BIOLOGICAL", "UCART22")], "UCART22"),
        ("X", [("PROCEDURE", "Leukapheresis for CAR-T cells"), ("BIOLOGICAL", "brexu-cel")], "brexu-cel"),
        ("X", [("DRUG", "Standard"), ("OTHER", "CD19 CAR-T cells")], "CD19 CAR-T cells"),
        ("X", [("DRUG", "Fludarabine"), ("BIOLOGICAL", "CD19 CAR-T after lymphodepletion")], None),
        ("Cilta-cel Versus Pomalidomide", [("DRUG", "Pomalidomide"), ("DRUG", "cilta-cel")], "cilta-cel"),
        ("X", [("DRUG", "Flu/Cy"), ("DRUG", "ABC-101")], "ABC-101"),
        ("X", [("BIOLOGICAL", "Anti-thymocyte globulin"), ("BIOLOGICAL", "ABC-1 cells")], "ABC-1 cells"),
        ("X", [("DRUG", "Placebo"), ("BIOLOGICAL", "Single dose of CTL019")], "CTL019"),
        ("X", [("BIOLOGICAL", "CD19 CAR-T cells 1×10^6/kg"), ("BIOLOGICAL", "CD19 CAR-T cells 3×10^6/kg")], "CD19 CAR-T cells"),
        ("X", [("BIOLOGICAL", "Dose Level 1: CD7 CAR-T (low dose)")], "CD7 CAR-T"),
        ("X", [("DRUG", "0.5-1.0 x 10^8 anti-BCMA CAR-T cells")], "anti-BCMA CAR-T cells"),
        ("X", [("GENETIC", "No investigational drug")], "TESTING"),
        ("X", [("BEHAVIORAL", "Exercise")], "TESTING"),
        ("X", [], "TESTING"),
    ],
)
def test_which_intervention_is_the_product(title: str, given: list[tuple[str, str]], product: str | None) -> None:
    listed = [{"type": kind, "name": name} for kind, name in given]
    record = changed(changed(CAR_T, "identificationModule.briefTitle", title), "armsInterventionsModule.interventions", listed)
    assert draft(parse_study(record), FETCHED)["name"] == (product or given[-1][1])


def test_a_record_with_nothing_but_a_number() -> None:
    program = draft(parse_study({"protocolSection": {"identificationModule": {"nctId": "NCT00000001"}}}), FETCHED)
    assert program["name"] == "NCT00000001"
    assert program["trial"] == [{"nct": "NCT00000001", "fetched": FETCHED, "cite": "ctg-nct00000001"}]
    assert set(program) == {"id", "name", "cite", "trial", "source"}


@pytest.mark.parametrize(
    ("phases", "phase"),
    [
        (("PHASE1",), "Phase 1"),
        (("EARLY_PHASE1",), "Early Phase 1"),
        (("PHASE2", "PHASE1"), "Phase 1/2"),
        (("PHASE2",), "Phase 2"),
        (("PHASE2", "PHASE3"), None),  # the file has no such phase: a blank is better than a wrong one
        (("PHASE3",), "Phase 3"),
        (("PHASE4",), None),
        (("NA",), None),
        ((), None),
        (("PHASE9",), None),
    ],
)
def test_phases(phases: tuple[str, ...], phase: str | None) -> None:
    assert phase_of(phases) == phase


@pytest.mark.parametrize(
    ("name", "modality", "targets"),
    [
        ("anti-CD19 CAR-T", "CAR-T", ["CD19"]),
        ("Chimeric Antigen Receptor Modified T cells Targeting CD19", "CAR-T", ["CD19"]),
        ("CD123-Targeted CAR-T Cell Therapy", "CAR-T", ["CD123"]),
        ("CD19/CD22 bispecific CAR-T cells", "CAR-T", ["CD19", "CD22"]),
        ("CD19/22 CAR T cells", "CAR-T", ["CD19", "CD22"]),
        ("BCMA and CD19 dual-targeted CAR-T", "CAR-T", ["BCMA", "CD19"]),
        ("T-cells with bivalent vector (CD19/CD22-BBz) chimeric antigen receptor (CAR)", "CAR-T", ["CD19", "CD22"]),
        ("CD19CAR-CD28-CD3zeta-EGFRt-expressing T cells", "CAR-T", ["CD19"]),
        ("CAR.CD19-CD28-zeta-2A-iCasp9-IL15-transduced cord blood NK cells", "CAR-NK", ["CD19"]),
        ("CART22 cells with a vector to express anti-CD22 scFv TCRz:41BB", "CAR-T", ["CD22"]),
        ("Cryopreserved BE CAR7 T cells", "CAR-T", []),
        ("Claudin18.2 CAR-T", "CAR-T", ["CLDN18.2"]),
        ("CAR-BCMA T Cells", "CAR-T", ["BCMA"]),
        ("CAR-T directed against B-cell Maturation Antigen", "CAR-T", ["BCMA"]),
        ("anti-mesothelin CAR T cells", "CAR-T", ["mesothelin"]),
        ("CD22 CAR-T in Patients Relapsed After CD19 CAR-T", "CAR-T", ["CD22"]),
        ("Autologous T cells Expressing GD2 CAR", "CAR-T", ["GD2"]),
        ("MAGE-A4 TCR-T", "TCR-T", ["MAGE-A4"]),
        ("CD34+ selected CD8+ T cells", None, []),
        ("Treg CD34+HSPC (Orca-T)", None, []),
        ("Tumor Infiltrating Lymphocytes", "TIL", []),
        ("MSC-derived exosomes", None, []),
        ("SCRI-CAR22v2", None, []),
        ("T cells expanded with anti-CD3/CD28 beads", None, []),
        ("anti-CD3 activated T cells", None, []),
        ("CD3/CD19-depleted graft", None, []),
        ("Anti-CD3 x Anti-HER2 bispecific antibody armed T cells", None, []),
        ("CD19xCD20 tandem CAR-T", "CAR-T", ["CD19", "CD20"]),
        ("CD19 or BCMA CAR-T", "CAR-T", ["CD19", "BCMA"]),
        ("CAR-T targeting CD19 and CD22, or BCMA", "CAR-T", ["CD19", "CD22", "BCMA"]),
        ("autologous CD30.CAR T cells", "CAR-T", ["CD30"]),
        ("BCMA Allogenic CAR T Cells", "CAR-T", ["BCMA"]),
        ("anti-CD 19 CAR-T", "CAR-T", ["CD19"]),
        ("CD4CAR", None, ["CD4"]),
        ("CD19CAR-T", "CAR-T", ["CD19"]),
        ("CD7 UCAR-T", "CAR-T", ["CD7"]),
        ("Anti-NY ESO-1 TCR transduced PBL", "TCR-T", ["NY-ESO-1"]),
        ("T-Cells Expressing a Chimeric Antigen Receptor to B-Cell Maturation Antigen", "CAR-T", ["BCMA"]),
        ("anti-CD19 CAR T cells with anti-EGFR safety switch", "CAR-T", ["CD19"]),
        ("HLA-A2 CAR-Treg cells", "Treg", []),
        ("Chimeric Antigen Receptor T-Reg Cell Therapy", "Treg", []),
        ("IL13Rα2-specific CAR/truncated CD19-expressing T lymphocytes", None, ["IL13Rα2"]),
        ("CD19R(EQ)28ζ/EGFRt+ Tn/mem-enriched T cells", None, []),
        ("Cardiac rehabilitation", None, []),
        ("until later", None, []),
    ],
)
def test_only_what_a_name_says_outright(name: str, modality: str | None, targets: list[str]) -> None:
    assert (modality_of([name]), targets_of([name])) == (modality, targets)


def test_suggestions_are_by_arm_and_never_a_grade() -> None:
    first, second = suggestions(parse_study(CAR_T))
    assert first.report("ctg-nct00000077") == {
        "trial": "NCT00000077",
        "population": "Dose 1",
        "n": 12,
        "other": [{"event": "CRS, serious", "any": "0/12"}, {"event": "neurotoxicity, serious", "any": "1/12"}],
        "note": "ClinicalTrials.gov serious adverse events, data of 2026-10-30; no grades; "
        "an event without a row is not coded, not zero",
        "cite": "ctg-nct00000077",
    }
    assert second.arm == "Dose 2"
    assert [(each.words, each.affected, each.at_risk) for each in second.events] == [
        ("CRS, serious", 5, 28),
        ("CRS, serious: Cytokine storm", 1, 28),
        ("ICANS, serious", 2, 28),
        ("GVHD, serious: Chronic Graft-Versus-Host Disease", 1, 28),
    ]


def test_no_results_suggest_nothing() -> None:
    assert suggestions(parse_study(REMDESIVIR_AT_LAST)) == []


@pytest.mark.parametrize(
    ("term", "kind"),
    [
        ("Cytokine release syndrome", "CRS"),
        ("CYTOKINE STORM", "CRS"),
        ("Cytokine Release Syndrome (CRS)", "CRS"),
        ("Immune Effector Cell–Associated Neurotoxicity Syndrome", "ICANS"),
        ("Neurotoxicity", "neurotoxicity"),
        ("Acute graft versus host disease in skin", "GVHD"),
        ("Graft vs. host disease", "GVHD"),
        ("Prophylaxis against graft versus host disease", None),
        ("Encephalopathy", None),
        ("Cytokine abnormal", None),
    ],
)
def test_terms_fold(term: str, kind: str | None) -> None:
    assert event_kind(term) == kind


D, B, G = "DRUG", "BIOLOGICAL", "GENETIC"
TITLES = [  # a title, its interventions; the product, modality and targets that it says outright
    ("JNJ-1, a Chimeric Antigen Receptor T Cell (CAR-T) Therapy Directed Against B-Cell Maturation Antigen (BCMA) in Myeloma",
     [(B, "JNJ-1")], "JNJ-1", "CAR-T", ["BCMA"]),
    ("JNJ-1, a CAR-T Directed Against BCMA, Versus Pomalidomide and Dexamethasone",
     [(D, "Pomalidomide"), (D, "Dexamethasone"), (D, "Daratumumab"), (D, "Cilta-cel")], "Cilta-cel", None, None),
    ("FT596 as a Monotherapy and in Combination With Anti-CD20 Monoclonal Antibodies",
     [(D, "FT596"), (D, "Rituximab")], "FT596", None, None),
    ("ALLO-501 Anti-CD19 Allogeneic CAR T Cells in Adults", [(B, "ALLO-647"), (G, "ALLO-501")], "ALLO-501", "CAR-T", ["CD19"]),
    ("Ruxolitinib for Cytokine Release Syndrome in CAR-T Cell Therapy", [(D, "Ruxolitinib")], "Ruxolitinib", None, None),
    ("Anakinra for Neurotoxicity in CD19 CAR-T Recipients", [(B, "Anakinra")], "Anakinra", None, None),
    ("Efficacy of Blinatumomab Before CD19 CAR-T", [(B, "Blinatumomab")], "Blinatumomab", None, None),
    ("Anti-CD19 CAR-T With Anti-PD-1 Pembrolizumab", [(B, "Pembrolizumab"), (B, "CTL019")], "CTL019", "CAR-T", ["CD19"]),
    ("Ibrutinib With Tisagenlecleucel", [(D, "Ibrutinib"), (D, "tisagenlecleucel")], "tisagenlecleucel", None, None),
    ("ADI-001, an Anti-CD20 CAR-engineered Allogeneic Gamma Delta (γδ) T Cell", [(B, "ADI-001")], "ADI-001", "CAR-T", ["CD20"]),
    ("NKX101, Intravenous Allogeneic CAR NK Cells, in AML", [(B, "NKX101")], "NKX101", "CAR-NK", None),
    ("Lifileucel (LN-144), Autologous Tumor Infiltrating Lymphocytes", [(B, "Lifileucel")], "Lifileucel", "TIL", None),
    ("Mesenchymal Stromal Cells for aGVHD", [(B, "Remestemcel-L")], "Remestemcel-L", "MSC", None),
    ("UCART22 in Patients With CD22+ B-ALL", [(B, "UCART22"), (D, "CLLS52")], "UCART22", None, None),
    ("Fecal Microbiota Transplantation in CD19 CAR-T Recipients", [(B, "Fecal microbiota")], "Fecal microbiota", None, None),
    ("Levetiracetam in CD19 CAR-T Therapy", [(D, "Levetiracetam")], "Levetiracetam", None, None),
    ("Exercise During CD19 CAR-T Therapy", [("BEHAVIORAL", "Exercise")], "Exercise During CD19 CAR-T Therapy", None, None),
    ("PCV13 for Anti-CD19 CAR-T Cell Patients", [(B, "PCV13")], "PCV13", None, None),
    ("Anti-CD19 CAR-T in Lupus", [], "Anti-CD19 CAR-T in Lupus", "CAR-T", ["CD19"]),
    ("Anti-PD-1 mAb Plus Metabolic Modulator", [(D, "Nivolumab"), (D, "Metformin")], "Nivolumab", None, None),
]  # fmt: skip


@pytest.mark.parametrize(("title", "given", "name", "modality", "targets"), TITLES)
def test_what_a_title_says_outright_and_what_it_does_not(
    title: str, given: list[tuple[str, str]], name: str, modality: str | None, targets: list[str] | None
) -> None:
    interventions = [{"type": kind, "name": each} for kind, each in given]
    record = changed(CAR_T, "identificationModule", {"nctId": "NCT00000077", "briefTitle": title})
    made = draft(parse_study(changed(record, "armsInterventionsModule.interventions", interventions)), FETCHED)
    mechanism = made.get("mechanism", {})
    assert isinstance(mechanism, dict)
    assert (made["name"], mechanism.get("modality"), mechanism.get("targets")) == (name, modality, targets)


def test_a_name_that_only_describes_is_told_apart_by_its_number() -> None:
    listed = [{"type": "BIOLOGICAL", "name": "CD19 CAR-T cells", "otherNames": ["CAR-T", "CART19", "Lot 1 CART19", "cart19"]}]
    made = draft(parse_study(changed(CAR_T, "armsInterventionsModule.interventions", listed)), FETCHED)
    assert (made["id"], made["name"]) == ("cd19-car-t-cells-nct00000077", "CD19 CAR-T cells")
    assert made["aliases"] == ["CART19", "Lot 1 CART19"]


@pytest.mark.parametrize(
    ("name", "describes"),
    [
        ("Allogeneic CD19 CAR-T cells", True),
        ("Chimeric Antigen Receptor Modified T cells Targeting CD19", True),
        ("Mesenchymal Stromal Cells", True),
        ("CTL019", False),
        ("BECAR7", False),
        ("Orca-T", False),
        ("cilta-cel", False),
        ("UCART22", False),
        ("Remdesivir", False),
    ],
)
def test_which_names_only_describe(name: str, describes: bool) -> None:
    assert is_description(name) == describes


def test_an_acronym_that_is_only_a_kind_of_product_names_no_trial() -> None:
    made = draft(parse_study(changed(CAR_T, "identificationModule.acronym", "CAR-T")), FETCHED)
    assert "name" not in made["trial"][0]  # type: ignore[index]
    assert "(CAR-T)" not in str(made["source"])
