"""The words of the field: every spelling leads to one word, and the order is that of the field."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartwatch.domain.vocabulary import PHASE, VOCABULARIES, Vocabulary, fold, nearest, purpose_of

EVERY = pytest.mark.parametrize("vocabulary", VOCABULARIES.values(), ids=list(VOCABULARIES))


@EVERY
def test_every_spelling_leads_to_a_word_of_the_list(vocabulary: Vocabulary) -> None:
    for word in vocabulary.words:
        assert vocabulary.canonical(word) == word
        assert vocabulary.canonical(f"  {word.upper()} ") == word
    for spelling, word in vocabulary.synonyms.items():
        assert word in vocabulary.words
        assert vocabulary.canonical(spelling) == word, spelling


@EVERY
def test_the_order_is_that_of_the_list_then_the_unknown_then_the_absent(vocabulary: Vocabulary) -> None:
    ranked = sorted([None, "zzz", *reversed(vocabulary.words), "aaa"], key=vocabulary.rank)
    assert ranked == [*vocabulary.words, "aaa", "zzz", None]


@pytest.mark.parametrize(
    ("name", "written", "word"),
    [
        ("phase", "phase 2", "Phase 2"),
        ("phase", "Ph2", "Phase 2"),
        ("phase", "II", "Phase 2"),
        ("phase", "Phase I/II", "Phase 1/2"),
        ("phase", "PHASE 1–2", "Phase 1/2"),
        ("phase", "Phase 1b/2a", "Phase 1/2"),
        ("phase", "registrational", "Pivotal"),
        ("phase", "on-hold", "On hold"),
        ("phase", "phase 4", None),
        ("modality", "car t", "CAR-T"),
        ("source", "allo", "allogeneic donor"),
        ("source", "Off-the-shelf", "allogeneic donor"),
        ("source", "In-Vivo", "in vivo"),
        ("cell", "gamma-delta T", "γδ T"),
        ("cell", "ΓΔ T", "γδ T"),
        ("kind", "PDUFA date", "pdufa"),
        ("kind", "enrollment", "enrolment"),
        ("outcome", "Complete Response Letter", "crl"),
        ("designation", "BTD", "Breakthrough"),
        ("scale", "ASTCT", "ASTCT 2019"),
        ("scale", "lee 2014", "Lee 2014"),
    ],
)
def test_common_spellings_are_understood(name: str, written: str, word: str | None) -> None:
    assert VOCABULARIES[name].canonical(written) == word


@pytest.mark.parametrize(
    ("name", "slip", "word"),
    [("phase", "pivotel", "Pivotal"), ("phase", "aproved", "Approved"), ("kind", "readuot", "readout"), ("kind", "qqq", None)],
)
def test_a_slip_is_put_right(name: str, slip: str, word: str | None) -> None:
    assert VOCABULARIES[name].suggest(slip) == word


def test_the_nearest_of_equals_is_the_first() -> None:
    assert nearest("tagret", ["target", "Target"]) == "target"
    assert nearest("", ["target"]) is None
    assert nearest("x", []) is None


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Phase 1/2", "phase 1 2"),
        ("CAR‑T (CD19)", "car t cd19"),
        ("  a \t b ", "a b"),
        ("NOT_YET", "not yet"),
        ("Crohn’s", "crohn's"),
        ("STRASSE", "strasse"),
        ("ﬁn – a", "fin a"),
        ("αβ T", "αβ t"),
        ("---", ""),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    once = fold(text)
    assert fold(once) == once
    assert fold(f" {text}_") == once


@pytest.mark.parametrize(
    ("gene", "words"),
    [
        ("TRAC", "against GVHD"),
        ("trac", "against GVHD"),
        ("TCR", "against GVHD"),
        ("TRBC1", "against GVHD"),
        ("TRBC1/2", "against GVHD"),
        ("CD52", "alemtuzumab"),
        ("B2M", "against rejection"),
        ("CD7", None),
        ("CD520", None),
        ("", None),
    ],
)
def test_the_purpose_of_a_well_known_edit(gene: str, words: str | None) -> None:
    purpose = purpose_of(gene)
    assert purpose is None if words is None else purpose is not None and words in purpose


@pytest.mark.parametrize("text", ["Phase 2b", "2a", "Ph1b/2", "phase IIb/III", "Phase I/IIa", "potentially registrational"])
def test_a_word_that_says_more_is_kept_and_sorts_as_the_word_it_narrows(text: str) -> None:
    word = PHASE.canonical(text)
    assert word in PHASE.words
    assert PHASE.kept(text) == text
    assert PHASE.rank(text) == PHASE.rank(word)


@pytest.mark.parametrize(("text", "word"), [("Ph2", "Phase 2"), ("phase ii", "Phase 2"), ("BLA filed", "Filed"), ("9", None)])
def test_other_spellings_are_put_in_the_words_of_the_vocabulary(text: str, word: str | None) -> None:
    assert PHASE.kept(text) == word


@pytest.mark.parametrize("text", ["not approved", "unmet", "none", "not yet", "no"])
def test_a_denial_is_no_misspelt_word(text: str) -> None:
    assert VOCABULARIES["outcome"].suggest(text) is None


@pytest.mark.parametrize(
    ("vocabulary", "text", "word"),
    [
        ("phase", "Phase 2b", "Phase 2"),
        ("phase", "1b/2a", "Phase 1/2"),
        ("phase", "Phase 2/3", "Phase 2/3"),
        ("phase", "NDA filed", "Filed"),
        ("phase", "sBLA submitted", "Filed"),
        ("phase", "BLA under review", "Filed"),
        ("phase", "Phase 4", None),
        ("kind", "Clinical Readout", "readout"),
        ("kind", "BLA submission", "filing"),
        ("kind", "First patient dosed", "enrolment"),
        ("kind", "M&A", None),
        ("outcome", "Primary endpoint met", "met"),
        ("outcome", "RTF", "refuse to file"),
        ("outcome", "halted for futility", "futility"),
        ("outcome", "PDUFA extended", "extended"),
        ("outcome", "delayed", None),
        ("outcome", "complete response", None),
        ("outcome", "-", None),
        ("hold", "partial clinical hold", "partial hold"),
        ("role", "CDMO", "manufacturing"),
        ("region", "Europe", "EU"),
    ],
)
def test_the_words_of_trackers_are_read_and_others_are_not(vocabulary: str, text: str, word: str | None) -> None:
    assert VOCABULARIES[vocabulary].canonical(text) == word


def test_an_abbreviation_is_not_taken_for_another_one() -> None:
    assert VOCABULARIES["kind"].suggest("M&A") is None
