"""What a person wants changed becomes the smallest change of the file, and can be taken back."""

from __future__ import annotations

import difflib
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cartwatch.domain.difference import difference
from cartwatch.session import changes, guidance
from cartwatch.session.changes import ChangeError
from cartwatch.session.session import Session

if TYPE_CHECKING:
    from cartwatch.session.changes import PlannedChange

TODAY = date(2026, 11, 22)
SAMPLE = Path(__file__).resolve().parents[2] / "sample_watchlist.toml"
PLAIN = """\
# mine
[[program]]
name = "A [CD19] thing"   # by hand

[[program.catalyst]]
event = "First readout"
when = "Q3 2026"
said = 2026-01-01
cite = "pr-1"
"""


def opened(path: Path) -> Session:
    session = Session(str(path), TODAY)
    session.open()
    return session


@pytest.fixture
def sample(tmp_path: Path) -> Session:
    copy = tmp_path / "list.toml"
    copy.write_bytes(SAMPLE.read_bytes())
    return opened(copy)


@pytest.fixture
def plain(tmp_path: Path) -> Session:
    file = tmp_path / "plain.toml"
    file.write_text(PLAIN)
    return opened(file)


def besides_sources(text: str) -> list[str]:
    """The lines of a file but those that say which source stands behind what: a changed fact loses its own."""
    lines, table = [], ""
    for line in text.splitlines():
        table = line if line.startswith("[") else table
        if table != "[program.cite]" and not line.startswith("cite = "):
            lines.append(line)
    return lines


def numstat(before: str, after: str) -> tuple[int, int]:
    lines = list(difflib.ndiff(besides_sources(before), besides_sources(after)))
    return sum(line.startswith("+ ") for line in lines), sum(line.startswith("- ") for line in lines)


def change(session: Session, planned: PlannedChange) -> tuple[int, int]:
    before = session.document.text
    session.change(planned)
    return numstat(before, session.document.text)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("phase", "Filed"),
        ("short", "lasme"),
        ("pinned", False),
        ("tags", ["one", "two"]),
        ("mechanism.targets", ["CD22", "CD19"]),
        ("mechanism.knockouts", ["TRAC", "CD52"]),
        ("safety.crs.note", "none yet"),
        ("catalyst.balli-01-interim.note", "told at R&D day"),
        ("catalyst.bla.when", "H1 2028"),
        ("trial.NCT04150497.name", "BALLI"),
        ("source.troy-weekly.checked", date(2026, 11, 23)),
    ],
)
def test_one_fact_is_one_line(sample: Session, path: str, value: object) -> None:
    was_there = path != "catalyst.balli-01-interim.note"
    assert change(sample, changes.set_fact(sample.document, sample.watchlist, "lasme-cel", path, value)) == (
        1,
        int(was_there),
    )


def test_new_guidance_changes_one_line_and_adds_the_ledger_entry(sample: Session) -> None:
    planned = guidance.new_guidance(sample.document, sample.watchlist, "lasme-cel", "balli-01-interim", "Q1 2027", today=TODAY)
    added, removed = change(sample, planned)
    assert (added, removed) == (1 + 3, 1)
    catalyst = sample.watchlist.find("lasme-cel").catalyst("balli-01-interim")
    assert catalyst is not None
    assert catalyst.when is not None
    assert (catalyst.when.text, catalyst.moves[0].when.text) == ("Q1 2027", "Q4 2026")
    assert [each.id for each in catalyst.moves[0].cite] == ["troy-weekly"]
    assert catalyst.said is None
    assert planned.words == "window of lasme-cel balli-01-interim Q4 2026 → Q1 2027"


def test_the_source_of_the_old_guidance_does_not_stand_behind_the_new(sample: Session) -> None:
    from cartwatch.domain.provenance import provenance

    path = "catalyst.balli-01-interim.when"
    program = sample.watchlist.find("lasme-cel")
    assert provenance(program, path, program.catalyst("balli-01-interim")).verified
    sample.change(
        guidance.new_guidance(sample.document, sample.watchlist, "lasme-cel", "balli-01-interim", "Q1 2027", today=TODAY)
    )
    program = sample.watchlist.find("lasme-cel")
    told = provenance(program, path, program.catalyst("balli-01-interim"))
    assert (told.cited, told.verified) == ((), False)


def test_guidance_that_counts_from_its_day_is_written_with_the_day(sample: Session) -> None:
    sample.change(
        guidance.new_guidance(sample.document, sample.watchlist, "lasme-cel", "balli-01-interim", "next quarter", today=TODAY)
    )
    catalyst = sample.watchlist.find("lasme-cel").catalyst("balli-01-interim")
    assert catalyst is not None
    assert catalyst.said is not None
    assert catalyst.said.start == TODAY


def test_the_day_of_old_guidance_is_never_left_with_the_new(plain: Session) -> None:
    key = plain.watchlist.programs[0].key
    plain.change(guidance.new_guidance(plain.document, plain.watchlist, key, "first-readout", "Q4 2026", today=TODAY))
    catalyst = plain.watchlist.programs[0].catalysts[0]
    assert catalyst.said is not None
    assert catalyst.said.start == TODAY
    assert catalyst.moves[0].said is not None
    assert catalyst.moves[0].said.start == date(2026, 1, 1)


def test_the_first_edit_of_a_program_without_an_id_writes_it(plain: Session) -> None:
    key = plain.watchlist.programs[0].key
    plain.change(changes.set_fact(plain.document, plain.watchlist, key, "sponsor", "Somebody"))
    assert plain.watchlist.programs[0].id == key
    assert "# by hand" in plain.document.text


def test_an_outcome_is_recorded_and_taken_back(sample: Session) -> None:
    before = sample.document.text
    step = guidance.resolve(
        sample.document, sample.watchlist, "anito-cel", "pdufa", "approved", on=date(2026, 12, 1), cite="gilead-2026-02-23"
    )
    sample.change(step)
    catalyst = sample.watchlist.find("anito-cel").catalyst("pdufa")
    assert catalyst is not None
    assert catalyst.outcome == "approved"
    sample.change(guidance.resolve(sample.document, sample.watchlist, "anito-cel", "pdufa", None))
    catalyst = sample.watchlist.find("anito-cel").catalyst("pdufa")
    assert catalyst is not None
    assert catalyst.outcome is None
    sample.undo()
    sample.undo()
    assert sample.document.text == before


def test_a_program_and_a_catalyst_are_added_with_ids_of_their_own(sample: Session) -> None:
    sample.change(changes.add_program(sample.document, sample.watchlist, "lasme-cel"))
    added = sample.watchlist.programs[-1]
    assert added.key == "lasme-cel-2"
    sample.change(
        changes.add_record(
            sample.document, sample.watchlist, added.key, "catalyst", {"event": "Phase 1 readout", "when": "mid-2027"}
        )
    )
    catalyst = sample.watchlist.programs[-1].catalysts[0]
    assert (catalyst.key, catalyst.when.start if catalyst.when else None) == ("phase-1-readout", date(2027, 5, 1))


def test_a_source_goes_where_the_record_has_a_place_for_it(sample: Session) -> None:
    cite = changes.cite_fact
    sample.change(cite(sample.document, sample.watchlist, "lasme-cel", "mechanism.binder", "cls-20f"))
    sample.change(cite(sample.document, sample.watchlist, "lasme-cel", "catalyst.bla.when", "cls-20f"))
    program = sample.watchlist.find("lasme-cel")
    assert program.cite is not None
    assert [each.id for each in program.cite["mechanism.binder"]] == ["cls-20f"]
    catalyst = program.catalyst("bla")
    assert catalyst is not None
    assert [each.id for each in catalyst.cite] == ["cls-20f"]


def test_deleting_says_what_goes_and_undo_brings_the_bytes_back(sample: Session) -> None:
    before = sample.document.raw
    sample.change(changes.delete(sample.document, sample.watchlist, "lasme-cel", "catalyst.bla"))
    planned = changes.delete(sample.document, sample.watchlist, "lasme-cel")
    assert (planned.words, planned.program) == ("deleted lasme-cel", "anito-cel")
    sample.change(planned)
    assert sample.watchlist.get("lasme-cel") is None
    sample.undo()
    sample.undo()
    assert sample.document.raw == before
    sample.redo()
    assert sample.watchlist.find("lasme-cel").catalyst("bla") is None


def test_many_programs_are_changed_in_one_step(sample: Session) -> None:
    before = sample.document.raw
    keys = ["lasme-cel", "anito-cel", "ft819"]
    pins = dict.fromkeys(keys, True)
    sample.change(changes.set_many(sample.document, sample.watchlist, keys, "pinned", pins, "pinned 2 programs"))
    assert all(sample.watchlist.find(key).pinned for key in keys)
    sample.undo()
    assert sample.document.raw == before


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("phse", "Filed", 'did you mean "phase"'),
        ("catalyst.nothing.when", "Q4 2026", "no item"),
        ("trial.NCT04150497.status", "RECRUITING", "registry refresh"),
        ("name", None, "needs a name"),
        ("phase", "Pivotal", "is already"),
        ("id", "tab-cel", 'another program is already called "tab-cel"'),
        ("source.menfem.id", "nct-2022", 'another source is already called "nct-2022"'),
        ("catalyst.bla.id", "rmat", 'another catalyst is already called "rmat"'),
    ],
)
def test_what_cannot_be_done_says_why(sample: Session, path: str, value: object, words: str) -> None:
    with pytest.raises(ChangeError, match=words):
        changes.set_fact(sample.document, sample.watchlist, "lasme-cel", path, value)


def test_a_key_of_the_readers_own_is_set_when_asked_for(sample: Session) -> None:
    sample.change(changes.set_fact(sample.document, sample.watchlist, "lasme-cel", "conviction", 4, own=True))
    assert "conviction = 4" in sample.document.text


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("phase", "Filed", "lasme-cel: phase Pivotal → Filed"),
        ("mechanism.source", "iPSC", "lasme-cel: cell source allogeneic donor → iPSC"),
        ("mechanism.summary", "x", "lasme-cel: mechanism summary changed"),
        ("safety.summary", "x", "lasme-cel: safety summary changed"),
        ("safety.gvhd.mitigation", ["dex"], "lasme-cel: GVHD mitigation TCR knock-out → dex"),
        ("catalyst.bla.note", "x", "lasme-cel: bla note Form 6-K known only second-hand. → x"),
        ("catalyst.bla.when", "2029", "window of lasme-cel bla 2028 → 2029"),
        ("designation.2.agency", "EMA", "lasme-cel: designation 2 agency EC → EMA"),
        ("source.menfem.id", "m", "lasme-cel: menfem id menfem → m"),
        ("mechanism.knockouts.2", "B2M", "lasme-cel: knock-out CD52 CD52 → B2M"),
        ("tags.1", "x", "lasme-cel: tags 1 allogeneic → x"),
    ],
)
def test_a_change_is_told_with_the_record_that_it_is_in(sample: Session, path: str, value: object, words: str) -> None:
    assert changes.set_fact(sample.document, sample.watchlist, "lasme-cel", path, value).words == words


def test_a_rate_is_told_with_its_event_and_its_data_set(sample: Session) -> None:
    made = changes.set_fact(sample.document, sample.watchlist, "cema-cel", "safety.report.1.gvhd.severe", "1/12")
    assert made.words == "cema-cel: data set 1 GVHD grade ≥3 0/12 → 1/12"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("catalyst.bla", "deleted catalyst bla"),
        ("designation.2", "deleted designation 2"),
        ("safety.crs.note", "deleted CRS note"),
        ("mechanism", "deleted mechanism"),
        ("source.menfem", "deleted source menfem"),
    ],
)
def test_a_deletion_is_told_in_words(sample: Session, path: str, words: str) -> None:
    assert changes.delete(sample.document, sample.watchlist, "lasme-cel", path).words == f"lasme-cel: {words}"


def test_several_facts_of_one_record_are_told_with_it(sample: Session) -> None:
    values = {"catalyst.bla.note": "x", "catalyst.bla.when": "2029"}
    made = changes.set_facts(sample.document, sample.watchlist, "lasme-cel", values)
    assert made.words == "lasme-cel: changed catalyst bla: note, when"


def test_new_items_and_programs_never_take_a_name_that_is_taken(sample: Session) -> None:
    for path, name in (("source", "menfem"), ("catalyst", "bla")):
        with pytest.raises(ChangeError, match=f'another {path} is already called "{name}"'):
            changes.add_record(sample.document, sample.watchlist, "lasme-cel", path, {"id": name, "event": "x"})
    with pytest.raises(ChangeError, match='another program is already called "tab-cel"'):
        changes.add_program(sample.document, sample.watchlist, "Another", {"id": "tab-cel"})
    assert changes.add_program(sample.document, sample.watchlist, "Another", {"id": "mine"}).program == "mine"


def test_keys_of_the_readers_own_come_with_a_new_record(sample: Session) -> None:
    values = {"event": "x", "probability": 0.6}
    sample.change(changes.add_record(sample.document, sample.watchlist, "lasme-cel", "catalyst", values))
    assert 'event = "x"\nprobability = 0.6\n' in sample.document.text


TWINS = """\
[[program]]
id = "a"
name = "A"

[[program.catalyst]]
when = "Q1 2027"

[[program.catalyst]]
when = "Q3 2027"

[[program.catalyst]]
event = "Readout"

[[program.catalyst]]
event = "Readout"
"""


def keys(session: Session) -> list[str]:
    return [each.key for each in session.watchlist.programs[0].catalysts]


@pytest.fixture
def twins(tmp_path: Path) -> Session:
    file = tmp_path / "twins.toml"
    file.write_text(TWINS)
    return opened(file)


def test_a_catalyst_without_an_id_gets_the_one_it_had_at_its_first_edit(twins: Session):
    assert keys(twins) == ["catalyst-1", "catalyst-2", "readout", "readout-2"]
    twins.change(changes.set_fact(twins.document, twins.watchlist, "a", "catalyst.readout.event", "Topline"))
    assert keys(twins) == ["catalyst-1", "catalyst-2", "readout", "readout-2"]
    assert twins.document.text.count("id = ") == 2
    twins.change(changes.set_fact(twins.document, twins.watchlist, "a", "catalyst.readout.note", "again"))
    twins.change(guidance.new_guidance(twins.document, twins.watchlist, "a", "catalyst-1", "Q2 2027", today=TODAY))
    twins.change(guidance.resolve(twins.document, twins.watchlist, "a", "readout-2", "met"))
    assert twins.document.text.count("id = ") == 4
    assert keys(twins) == ["catalyst-1", "catalyst-2", "readout", "readout-2"]


@pytest.mark.parametrize("gone", ["catalyst-1", "readout"])
def test_deleting_a_catalyst_leaves_the_names_of_the_others(twins: Session, gone: str):
    left = [each for each in keys(twins) if each != gone]
    before = twins.watchlist
    twins.change(changes.delete(twins.document, twins.watchlist, "a", f"catalyst.{gone}"))
    assert keys(twins) == left
    told = [each for each in difference(before, twins.watchlist) if not each.path.endswith(".id")]
    assert [each.kind for each in told] == ["removed"]
    assert twins.document.text.count("id = ") == 2


def test_an_id_of_the_user_is_written_as_given(twins: Session):
    twins.change(changes.set_fact(twins.document, twins.watchlist, "a", "catalyst.readout.id", "topline"))
    assert keys(twins) == ["catalyst-1", "catalyst-2", "topline", "readout"]


def test_no_outcome_cannot_be_taken_back(twins: Session):
    with pytest.raises(ChangeError, match="no outcome to remove"):
        guidance.resolve(twins.document, twins.watchlist, "a", "readout", None)


def test_a_list_of_records_is_counted_in_words(sample: Session) -> None:
    ledger = [{"when": "Q3 2026"}, {"when": "Q4 2026"}]
    made = changes.set_fact(sample.document, sample.watchlist, "lasme-cel", "catalyst.balli-01-interim.move", ledger, own=True)
    assert made.words == "lasme-cel: balli-01-interim earlier guidance 2 records"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda s: changes.set_fact(s.document, s.watchlist, "gone", "phase", "Phase 2"), 'no program "gone"'),
        (lambda s: changes.set_fact(s.document, s.watchlist, "lasme-cel", "memo", None, own=True), "is not there"),
        (lambda s: changes.cite_fact(s.document, s.watchlist, "lasme-cel", "catalyst.none.when", "x"), "none"),
        (lambda s: changes.add_record(s.document, s.watchlist, "lasme-cel", "phase", {}), "is not a list of records"),
        (lambda s: changes.delete(s.document, s.watchlist, "lasme-cel", "catalyst.none"), "none"),
        (lambda s: changes.delete(s.document, s.watchlist, "lasme-cel", "name"), "a program needs a name"),
        (lambda s: changes.add_program(s.document, s.watchlist, "  "), "a program needs a name"),
        (lambda s: changes.list_title(s.document, s.document.head.get("title")), "is called|has no name"),
        (lambda s: changes.set_many(s.document, s.watchlist, [], "phase", {}, "phase"), "nothing to change: phase"),
        (lambda s: guidance.resolve(s.document, s.watchlist, "lasme-cel", "none", "met"), "none"),
    ],
)
def test_a_change_that_cannot_be_made_is_refused_with_the_reason(sample: Session, change, words: str) -> None:
    before = sample.document.raw
    with pytest.raises(ChangeError, match=words):
        change(sample)
    assert sample.document.raw == before


def test_a_program_without_catalysts_says_so(plain: Session) -> None:
    plain.change(changes.delete(plain.document, plain.watchlist, plain.watchlist.programs[0].key, "catalyst.first-readout"))
    with pytest.raises(ChangeError, match="has no catalysts yet"):
        guidance.resolve(plain.document, plain.watchlist, plain.watchlist.programs[0].key, "first-readout", "met")


def test_an_outcome_comes_with_its_note(plain: Session) -> None:
    key = plain.watchlist.programs[0].key
    plain.change(guidance.resolve(plain.document, plain.watchlist, key, "first-readout", "met", note="all endpoints"))
    assert plain.document.programs[0]["catalyst"][0]["note"] == "all endpoints"


def test_a_deleted_fact_is_told_with_what_it_was(sample: Session) -> None:
    made = changes.set_fact(sample.document, sample.watchlist, "lasme-cel", "phase", None)
    assert made.words == "lasme-cel: removed phase"
    sample.change(made)
    assert "phase" not in sample.document.programs[0]
