"""Foreign bytes: each way of being no watchlist is refused with its place, and whatever TOML can hold comes along."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
import tomli

from cartwatch.document.document import Document
from cartwatch.document.edits import apply
from cartwatch.document.reader import read_watchlist
from cartwatch.proposals.accept import accept
from cartwatch.proposals.incoming import Refused
from cartwatch.proposals.joining import joined_words
from cartwatch.proposals.model import WHOLE
from cartwatch.sources.incoming import propose_incoming, read_incoming

if TYPE_CHECKING:
    from cartwatch.session.changes import PlannedChange

NOW = datetime(2026, 11, 22).astimezone()
CONTROLS = [chr(code) for code in (*range(9), 11, 12, *range(14, 32), 127)]
PLACES = ("a = 1 # {}", 'a = "{}"', "a = '{}'", 'a = """{}"""', "a = '''{}'''", "a{} = 1", "a = 1{}", "[a{}]", '"{}" = 1', "{}")
MALFORMED = [
    *("a", "a =", "= 1", "a = b", "a = 1 b = 2", "a = [1", "a = {b = 1", "[a", "[[a]", "[]", "[a]]", "a..b = 1", ".a = 1"),
    *("a = 01", "a = 1_", "a = _1", "a = 1__0", "a = +0x1", "a = 0xg", "a = 1.", "a = .1", "a = 1e", "a = 1._0", "a = Inf"),
    *("a = True", "a = 2026-02-30", "a = 2026-1-1", "a = 25:00:00", "a = 2026-01-01T", "a = 2026-01-01T24:00:00Z"),
    *("a = '\n'", 'a = "\\x"', 'a = "\\uD800"', 'a = "\\U00110000"', 'a = """\\q"""', "a = ''''''''''", 'a = """"""""""'),
    *(
        "a = 1\na.b = 2",
        "a.b = 1\n[a]\nb = 2",
        "[a.b]\n[a]\n[a]",
        "a = []\n[[a]]",
        "[[a]]\n[a]",
        "a = {}\n[a.b]",
        "a = {b = 1, b = 2}",
    ),
    *("a = [,]", "a = [1,,2]", "a = {,}", "a\n= 1", "[a]b = 1", 'a = "b" c', "a = 1\r", "\ufeff\ufeffa = 1", "a = \u2028"),
]


def refusal(data: bytes) -> Refused:
    with pytest.raises(Refused) as caught:
        read_incoming("f.toml", data, NOW)
    assert re.fullmatch(r"f\.toml:[1-9]\d*:[1-9]\d*: [^\x00-\x1f\x7f-\x9f\u2028]{5,250}", str(caught.value)), str(caught.value)
    return caught.value


@pytest.mark.parametrize("place", PLACES)
def test_no_control_character_gets_in(place: str) -> None:
    for each in CONTROLS:
        refusal(("[[program]]\nname = 'x'\n" + place.format(each) + "\n").encode())


def test_what_is_malformed_is_refused_with_its_place() -> None:
    for each in MALFORMED:
        refusal(each.encode())
        with pytest.raises(tomli.TOMLDecodeError):
            tomli.loads(each)


@pytest.mark.parametrize("data", [b"\xff", b"a = '\xc3'", b"# \xed\xa0\x80", b"a = \xfe\xff", "a = 1".encode("utf-16-le")])
def test_what_is_not_utf_8_is_refused_with_its_place(data: bytes) -> None:
    refusal(data)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "1:1: no [[program]]"),
        ("schema = 1", "1:1: no [[program]]"),
        ("# x\ntitle = 1\n\n'odd key'.b = 1", '4:1: no [[program]] tables found, so no watchlist; first unknown key "odd key"'),
        ("\n  [[ tool ]]\n", '2:6: no [[program]] tables found, so no watchlist; first unknown key "tool"'),
        ("a = 1\nprogram = {}", "2:1: program: expected a list of tables"),
        ("schema = 7\n[[program]]\nname = 'x'", "1:10: schema 7 was written by a newer cartwatch"),
        ("".join(f"k{n} = {n}\n" for n in range(20_000)), "1:1: no [[program]]"),
    ],
)
def test_what_is_no_watchlist_is_told_by_its_first_key(text: str, words: str) -> None:
    assert words in str(refusal(text.encode()))


@pytest.mark.parametrize(
    "own",
    [
        'own = [1, 2.5, true, [], {}, [[1], ["x"]], { b = "c" }]',
        "own = [2026-01-01, 07:32:00.999, 2026-01-01 07:32:00, 2026-01-01T07:32:00-07:00]",
        '"odd key" = "\\u00e9 \\""\n"" = 0x1F',
        'own."a.b".c = """\n\nx\\\n   y"""',
        "own = -0.0\n[program.own2]\n[program.own2.deep]\nx = 1",
        "[[program.own]]\nx = 1\n[[program.own]]\n[[program.own.inner]]\ny = 2",
    ],
)
def test_keys_of_the_readers_own_come_along_to_a_new_program_and_to_a_known_one(own: str) -> None:
    theirs = f'[[program]]\nname = "A"\n{own}\n'
    wanted = tomli.loads(theirs)["program"][0]
    for mine in ("", '[[program]]\nname = "A"\n'):
        document = Document.parse(mine.encode())
        watchlist = read_watchlist(document.head, document.programs, NOW.date()).watchlist
        proposal = propose_incoming(document, watchlist, [read_incoming("f.toml", theirs.encode(), NOW)])
        planned = accept(document, watchlist, proposal, proposal.choices())
        assert planned is not None
        (record,) = apply(document, planned.edits).document.programs
        assert {key: value for key, value in record.items() if key != "id"} == wanted


def test_tables_outside_the_programs_come_along_once() -> None:
    theirs = b'[x.foreign]\na = 1\n\n[[program]]\nname = "A"\n'
    document = Document.parse(b'title = "mine"\n\n[[program]]\nname = "A"\n')
    watchlist = read_watchlist(document.head, document.programs, NOW.date()).watchlist
    proposal = propose_incoming(document, watchlist, [read_incoming("f.toml", theirs, NOW)])
    planned = accept(document, watchlist, proposal, proposal.choices())
    assert planned is not None
    after = apply(document, planned.edits).document
    assert after.data == {"title": "mine", "x": {"foreign": {"a": 1}}, "program": [{"name": "A"}]}
    again = propose_incoming(after, watchlist, [read_incoming("f.toml", theirs, NOW)])
    assert accept(after, watchlist, again, again.choices()) is None


PROSE = b"""Cellular Inc. Announces Update

CAMBRIDGE, Mass. -- Cellular Inc. today said that it expects topline data from its pivotal study of alpha-cel in the second
half of 2027, and that the agency has granted a designation. The company ended the quarter with cash into 2029.
"""


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("pr.txt", PROSE, "this looks like a press release or other text, not a watchlist: `cartwatch read FILE`"),
        ("-", PROSE.replace(b"--", b"\x97"), "this looks like a press release"),
        ("pr.html", b"\n<!doctype html><p>x", "a web page, not a watchlist"),
        ("a.pdf", b"%PDF-1.7\n%\xe2", "a PDF, not a watchlist: `cartwatch read FILE`"),
        ("a.csv", b"PK\x03\x04\x14", "a damaged or incomplete workbook: open it and save it again"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1", "an old Excel document, or one locked with a password: save it as .xlsx"),
        ("a.rtf", b"{\\rtf1 x}", "formatted text (RTF)"),
        ("a.ics", b"BEGIN:VCALENDAR\r\n", "a calendar, not a watchlist"),
        ("a.toml", b"\xff\xd8\xff\xe0", "a picture"),
    ],
)
def test_what_is_no_list_at_all_is_named_for_what_it_is(name: str, data: bytes, words: str) -> None:
    with pytest.raises(Refused) as caught:
        read_incoming(name, data, NOW)
    assert str(caught.value).startswith(f"{name}:1:1: {words}")


def test_a_damaged_watchlist_with_much_prose_is_told_by_its_line() -> None:
    text = b"# " + PROSE.replace(b"\n", b"\n# ") + b"\n[[program]]\nname = x\n"
    with pytest.raises(Refused, match=r"f\.toml:7:8: "):
        read_incoming("f.toml", text, NOW)


@pytest.mark.parametrize("name", ["list.txt", "-", "https://example.org/list", "x.tab"])
def test_a_table_under_any_name_is_a_table(name: str) -> None:
    assert read_incoming(name, b"Drug\tCompany\nA\tS\n", NOW).document.programs == ({"name": "A", "sponsor": "S"},)


DOWNLOAD = (
    "NCT Number,Study Title,Study URL,Acronym,Study Status,Conditions,Interventions,Sponsor,Collaborators,Phases,Enrollment,"
    "Study Type,Primary Completion Date,Last Update Posted\n"
    'NCT01234567,"Alpha-cel in Adults, Part 1",https://x,ONE,ACTIVE_NOT_RECRUITING,"DLBCL, adult|FL",BIOLOGICAL: alpha-cel|'
    "DRUG: fludarabine,Acme,,PHASE1|PHASE2,40,INTERVENTIONAL,2027-03,2026-10-30\n"
    "NCT01234568,Alpha-cel again,https://y,,RECRUITING,CLL,BIOLOGICAL: alpha-cel,Acme,,PHASE1,,INTERVENTIONAL,,\n"
)


@pytest.mark.parametrize("name", ["ctg-studies.csv", "-"])
def test_the_registrys_own_download_gives_drafts_of_programs(name: str) -> None:
    incoming = read_incoming(name, DOWNLOAD.encode("utf-8-sig"), NOW)
    (program,) = incoming.document.programs
    assert (program["name"], program["sponsor"], program["phase"]) == ("alpha-cel", "Acme", "Phase 1/2")
    assert program["indications"] == ["DLBCL, adult", "FL", "CLL"]
    first, second = program["trial"]
    assert (first["nct"], first["name"], first["status"], first["enrollment"]) == (
        "NCT01234567",
        "ONE",
        "ACTIVE_NOT_RECRUITING",
        40,
    )
    assert (first["primary_completion"], second["nct"]) == ("2027-03", "NCT01234568")


def test_the_registrys_download_leaves_a_trial_that_is_linked_as_the_records_have_it() -> None:
    text = '[[program]]\nname = "alpha-cel"\n[[program.trial]]\nnct = "NCT01234567"\nenrollment_type = "ACTUAL"\n'
    document = Document.parse(text.encode())
    watchlist = read_watchlist(document.head, document.programs, NOW.date()).watchlist
    proposal = propose_incoming(document, watchlist, [read_incoming("x.csv", DOWNLOAD.encode(), NOW)])
    offered = [offer.path for entry in proposal.entries for offer in entry.offers]
    assert "trial.NCT01234568" in offered
    assert not any("NCT01234567" in each and each.startswith("trial") for each in offered)


def downloaded(*rows: tuple[str, str, str]) -> tuple[list[dict[str, object]], tuple[str, ...]]:
    lines = [f"NCT0000000{at},t{at},RECRUITING,{name},{sponsor},{kind}" for at, (name, sponsor, kind) in enumerate(rows, 1)]
    header = "NCT Number,Study Title,Study Status,Interventions,Sponsor,Phases"
    incoming = read_incoming("x.csv", "\n".join([header, *lines]).encode(), NOW)
    return list(incoming.document.programs), incoming.notes


def test_two_records_of_one_sponsor_and_intervention_are_one_program_by_default() -> None:
    (program,), _ = downloaded(
        ("BIOLOGICAL: ALPHA-112", "Acme", "PHASE1"),
        ("BIOLOGICAL: alpha112", "ACME", "PHASE2"),
        ("BIOLOGICAL: ALPHA 112", "Acme", "PHASE1"),
    )
    assert [each["nct"] for each in program["trial"]] == ["NCT00000001", "NCT00000002", "NCT00000003"]  # type: ignore[attr-defined]
    assert (program["name"], program["phase"]) == ("ALPHA-112", "Phase 2")


THREE = (
    ("BIOLOGICAL: ALPHA-112", "Acme", "PHASE1"),
    ("BIOLOGICAL: alpha112", "ACME", "PHASE2"),
    ("BIOLOGICAL: ALPHA 112", "Acme", "PHASE1"),
)


def test_records_are_joined_where_the_joining_is_ticked_and_programs_of_their_own_elsewhere() -> None:
    document = Document.parse(b'[[program]]\nname = "Other"\n')
    watchlist = read_watchlist(document.head, document.programs, NOW.date()).watchlist
    lines = [f"NCT0000000{at},t{at},RECRUITING,{name},{sponsor},{kind}" for at, (name, sponsor, kind) in enumerate(THREE, 1)]
    header = "NCT Number,Study Title,Study Status,Interventions,Sponsor,Phases"
    proposal = propose_incoming(document, watchlist, [read_incoming("x.csv", "\n".join([header, *lines]).encode(), NOW)])
    (entry,) = proposal.entries
    assert [joined_words(entry.parts[0], each) for each in entry.parts[1:]] == [
        "joined with NCT00000002, of the same sponsor and intervention (ALPHA-112)",
        "joined with NCT00000003, of the same sponsor and intervention (ALPHA-112)",
    ]
    assert proposal.choices() == {(0, WHOLE), (0, WHOLE - 1), (0, WHOLE - 2)}
    taken = {
        name: [
            (each["id"], [one["nct"] for one in each["trial"]])
            for each in applied(document, accept(document, watchlist, proposal, choices))
        ]
        for name, choices in {
            "all": proposal.choices(),
            "second apart": proposal.choices() - {(0, WHOLE - 1)},
            "none": {(0, WHOLE - 1)},
        }.items()
    }
    one, two, three = (f"NCT0000000{each}" for each in (1, 2, 3))
    assert taken == {
        "all": [("alpha-112", [one, two, three])],
        "second apart": [("alpha-112", [one, three]), ("alpha112", [two])],
        "none": [],
    }


def applied(document: Document, planned: PlannedChange | None) -> list[dict[str, Any]]:
    """The programs that a change adds."""
    after = apply(document, planned.edits).document if planned is not None else document
    return list(after.programs[len(document.programs) :])


def test_a_description_is_one_product_for_one_sponsor_only() -> None:
    cells = "BIOLOGICAL: CD19 CAR-T cells"
    programs, _ = downloaded((cells, "Acme", "PHASE1"), (cells, "Beta", "PHASE1"), (cells, "Acme", "PHASE2"))
    assert [len(each["trial"]) for each in programs] == [2, 1]  # type: ignore[arg-type]
