"""What each edit does to the text, in every layout a hand may have chosen: the lines it touches and no others."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import tomli

from cartwatch.document.document import Document
from cartwatch.document.edits import Add, Delete, Edit, EditError, Move, ReplaceBlock, Set, apply, apply_data
from cartwatch.document.records import record_text
from cartwatch.domain.identity import same

P = "[[program]]\n"


def at(*path: Any) -> tuple[Any, ...]:
    return ("program", 0, *path)


# name: text before, edits, text after
CASES: dict[str, tuple[str, list[Edit], str]] = {
    "a value keeps its line": (
        P + '  "name"   =  "a"   # why\nb = 1\n',
        [Set(at("name"), "z")],
        P + '  "name"   =  "z"   # why\nb = 1\n',
    ),
    "literal quotes stay": (P + "a = 'x'\n", [Set(at("a"), 'C:\\"')], P + "a = 'C:\\\"'\n"),
    "literal quotes yield": (P + "a = 'x'\n", [Set(at("a"), "it's")], P + 'a = "it\'s"\n'),
    "a block stays a block": (
        P + 'a = """\nx\ny\n"""\n',
        [Set(at("a"), 'x\nz"""\n')],
        P + 'a = """\nx\nz""\\"\n"""\n',
    ),
    "a block without a line end after its quotes": (P + 'a = """x"""\n', [Set(at("a"), "y\nz")], P + 'a = """y\nz"""\n'),
    "a literal block stays": (P + "a = '''\nx\n'''\n", [Set(at("a"), "\\y\n")], P + "a = '''\n\\y\n'''\n"),
    "a literal block yields": (P + "a = '''\nx\n'''\n", [Set(at("a"), "'''\n")], P + 'a = """\n\'\'\'\n"""\n'),
    "prose of several lines becomes a block": (P + 'a = "x"\n', [Set(at("a"), "y\nz\n")], P + 'a = """\ny\nz\n"""\n'),
    "carriage returns survive": (P + 'a = "x"\n', [Set(at("a"), "y\r\nz")], P + 'a = """\ny\\u000D\nz"""\n'),
    "what turns a line around is escaped": (
        P + 'a = \'x\'\nb = """\nx\n"""\n',
        [Set(at("a"), "\u202ex\x9b2J"), Set(at("b"), "x\n\ufeffé\u200d\n")],
        P + 'a = "\\u202Ex\\u009B2J"\nb = """\nx\n\\uFEFFé\u200d\n"""\n',
    ),
    "other types": (
        P + "a = 0xFF # h\nb = 1_000\n",
        [Set(at("a"), dt.date(2026, 1, 2)), Set(at("b"), 1.0)],
        P + "a = 2026-01-02 # h\nb = 1.0\n",
    ),
    "a moment keeps its separator": (
        P + "a = 2026-01-01 09:00:00Z\nb = 2026-01-01T09:00:00+00:00\n",
        [
            Set(at("a"), dt.datetime(2026, 1, 2, 9, tzinfo=dt.UTC)),
            Set(at("b"), dt.datetime(2026, 1, 2, 9, tzinfo=dt.UTC)),
        ],
        P + "a = 2026-01-02 09:00:00Z\nb = 2026-01-02T09:00:00+00:00\n",
    ),
    "no change, no byte": (P + "a = 0x1F\n", [Set(at("a"), 31)], P + "a = 0x1F\n"),
    "a header inside a string": (
        P + 'a = """\n[[program]]\nb = 1\n"""\nb = 2 # "x\n',
        [Set(at("b"), 3)],
        P + 'a = """\n[[program]]\nb = 1\n"""\nb = 3 # "x\n',
    ),
    "a list on one line": (
        P + 'a = [ "x", "y" ] # c\n',
        [Set(at("a"), ["x", "z", "y"]), Add(at("a"), "q"), Delete(at("a", 0))],
        P + 'a = [ "z", "y", "q" ] # c\n',
    ),
    "a list with a trailing comma": (P + 'a = ["x",]\n', [Add(at("a"), "y")], P + 'a = ["x", "y",]\n'),
    "a list one item a line": (
        P + 'a = [ # all\n  "x", # first\n  # second\n  "y"\n]\n',
        [Add(at("a"), "z"), Set(at("a", 0), "w")],
        P + 'a = [ # all\n  "w", # first\n  # second\n  "y",\n  "z"\n]\n',
    ),
    "an item in the middle of lines": (
        P + "a = [\n\t1, # one\n\t3,\n]\n",
        [Add(at("a"), 2, 1), Add(at("a"), 0, 0)],
        P + "a = [\n\t0,\n\t1, # one\n\t2,\n\t3,\n]\n",
    ),
    "an item leaves with its line": (
        P + "a = [\n  1, # one\n  2, # two\n  3 # three\n]\n",
        [Delete(at("a", 1)), Delete(at("a", 1))],
        P + "a = [\n  1, # one\n]\n",
    ),
    "items of a list change places with their comments": (
        P + "a = [\n  1, # one\n  2, # two\n  3 # three\n]\nb = [ 1,2 , 3]\n",
        [Move(at("a", 2), 0), Move(at("b", 0), 2)],
        P + "a = [\n  3, # three\n  1, # one\n  2, # two\n]\nb = [ 2,3 , 1]\n",
    ),
    "an empty list": (
        P + "a = []\nb = [\n  # none\n]\n",
        [Add(at("a"), 1), Add(at("b"), 1)],
        P + "a = [1]\nb = [\n  # none\n  1,\n]\n",
    ),
    "a list is emptied": (P + "a = [1, 2]\n", [Delete(at("a", 0)), Delete(at("a", 0))], P + "a = []\n"),
    "the ledger grows by a line": (
        P + '[[program.catalyst]]\nwhen = "Q4"\nmove = [\n  { when = "Q2" },\n]\n',
        [Add(at("catalyst", 0, "move"), {"when": "Q3", "said": dt.date(2026, 1, 2)}), Set(at("catalyst", 0, "when"), "Q1")],
        P + '[[program.catalyst]]\nwhen = "Q1"\nmove = [\n  { when = "Q2" },\n  { when = "Q3", said = 2026-01-02 },\n]\n',
    ),
    "the ledger begins": (
        P + '[[program.catalyst]]\nwhen = "Q4"\n\n# next\n[[program.trial]]\n',
        [Add(at("catalyst", 0, "move"), {"when": "Q3"})],
        P + '[[program.catalyst]]\nwhen = "Q4"\nmove = [\n  { when = "Q3" },\n]\n\n# next\n[[program.trial]]\n',
    ),
    "the ledger's last entry goes with its key": (
        P + '[[program.catalyst]]\nwhen = "Q4"\nmove = [\n  { when = "Q2" },\n]\n',
        [Delete(at("catalyst", 0, "move", 0))],
        P + '[[program.catalyst]]\nwhen = "Q4"\n',
    ),
    "keys of an inline table": (
        P + "crs   = { note = 'x', any = 1 }\ne = {}\n",
        [Set(at("crs", "note"), "y"), Set(at("crs", "severe"), 2), Delete(at("crs", "any")), Set(at("e", "a b"), True)],
        P + "crs   = { note = 'y', severe = 2 }\ne = { \"a b\" = true }\n",
    ),
    "dotted keys": (
        P + "m.a = 1 # a\nm.b = 2\nz = 3\n",
        [Set(at("m", "a"), 9), Set(at("m", "c"), 8), Delete(at("m", "b"))],
        P + "m.a = 9 # a\nm.c = 8\nz = 3\n",
    ),
    "the last dotted key leaves its table": (P + "m.a = 1 # a\n", [Delete(at("m", "a"))], P + "m = {} # a\n"),
    "a new key stands behind the last of its table": (
        P + "a = 1 # x\n\n# of m\n[program.m]\n\n  b = 2\n# end\n\n[program.n]\n",
        [Set(at("z"), 1), Set(at("m", "c"), 3), Set(at("n", "d"), 4)],
        P + "a = 1 # x\nz = 1\n\n# of m\n[program.m]\n\n  b = 2\n  c = 3\n# end\n\n[program.n]\nd = 4\n",
    ),
    "a deleted key takes its line": (
        P + "# of a\na = '''\nx\n''' # trail\n\nb = 1\n",
        [Delete(at("a"))],
        P + "# of a\n\nb = 1\n",
    ),
    "a new table stands in the format's order": (
        P + "a = 1\n\n[program.cite]\nx = 'y'\n\n# trials\n[[program.trial]]\nnct = 'N'\n",
        [Set(at("mechanism", "modality"), "NK"), Add(at("source"), {"id": "s"}), Add(at("catalyst"), {"when": "Q4"})],
        P
        + 'a = 1\n\n[program.cite]\nx = \'y\'\n\n[program.mechanism]\nmodality = "NK"\n\n[[program.catalyst]]\nwhen = "Q4"\n\n'
        "# trials\n[[program.trial]]\nnct = 'N'\n\n[[program.source]]\nid = \"s\"\n",
    ),
    "a new record stands behind the last of its kind": (
        P + "\n[[ program . catalyst ]]\n  a = 1\n# about a\n\n# about trials\n[[program.trial]]\n",
        [Add(at("catalyst"), {"a": 2, "x": {"y": 1}})],
        P + "\n[[ program . catalyst ]]\n  a = 1\n# about a\n\n[[ program . catalyst ]]\n  a = 2\n  x = { y = 1 }\n\n"
        "# about trials\n[[program.trial]]\n",
    ),
    "a record inside the list": (
        P + "\n# one\n[[program.catalyst]]\na = 1\n",
        [Add(at("catalyst"), {"a": 0}, 0)],
        P + "\n[[program.catalyst]]\na = 0\n\n# one\n[[program.catalyst]]\na = 1\n",
    ),
    "a deleted record takes the comments directly above its header": (
        P + "\n# kept\n\n# gone\n# gone\n[[program.catalyst]]\na = 1\n\n# two\n[[program.catalyst]]\na = 2\n",
        [Delete(at("catalyst", 0))],
        P + "\n# kept\n\n# two\n[[program.catalyst]]\na = 2\n",
    ),
    "the last record of a list": (
        P + "a = 1\n\n[[program.catalyst]]\nb = 1\n# below\n",
        [Delete(at("catalyst", 0))],
        P + "a = 1\n\n# below\n",
    ),
    "a record changes places with its comments": (
        P + "\n# one\n[[program.catalyst]]\na = 1\n[program.catalyst.deep]\n\n# two\n[[program.catalyst]]\na = 2\n",
        [Move(at("catalyst", 1), 0)],
        P + "\n# two\n[[program.catalyst]]\na = 2\n\n# one\n[[program.catalyst]]\na = 1\n[program.catalyst.deep]\n",
    ),
    "a table known only by the tables below it": (
        P + "\n# report\n[[program.safety.report]]\nn = 1\n",
        [Set(at("safety", "summary"), "x")],
        P + '\n[program.safety]\nsummary = "x"\n\n# report\n[[program.safety.report]]\nn = 1\n',
    ),
    "such a table stays when its last record goes": (
        P + "a = 1\n\n[[program.safety.report]]\nn = 1\n\n[[program.trial]]\n",
        [Delete(at("safety", "report", 0))],
        P + "a = 1\n\n[program.safety]\n\n[[program.trial]]\n",
    ),
    "a deleted program takes the comments directly above its header": (
        "a = 1\n\n# kept\n\n# gone\n[[program]]\nn = 1 # gone\n\n# part two\n\n# of two\n[[program]]\nn = 2\n",
        [Delete(("program", 0))],
        "a = 1\n\n# kept\n\n# part two\n\n# of two\n[[program]]\nn = 2\n",
    ),
    "the last program goes": (P + "n = 1\n\n" + P + "n = 2\n", [Delete(("program", 1))], P + "n = 1\n"),
    "the only program goes": ("a = 1\n\n" + P + "n = 1\n", [Delete(("program", 0))], "a = 1\n"),
    "a new program stands behind the last": (
        P + "n = 1\n# of one\n\n# end of file\n",
        [Add(("program",), {"name": "x"})],
        P + 'n = 1\n# of one\n\n[[program]]\nname = "x"\n\n# end of file\n',
    ),
    "a new program without a final newline": (P + "n = 1", [Add(("program",), {"n": 2})], P + "n = 1\n\n" + P + "n = 2"),
    "a new program before another": (
        "# top\n# of one\n" + P + "n = 1\n",
        [Add(("program",), {"n": 0}, 0)],
        P + "n = 0\n\n# top\n# of one\n" + P + "n = 1\n",
    ),
    "a new program between foreign tables": (
        P + "n = 1\n[x]\ny = 1\n",
        [Add(("program",), {"n": 2})],
        P + "n = 1\n\n" + P + "n = 2\n\n[x]\ny = 1\n",
    ),
    "the first program": ("a = 1\n", [Add(("program",), {"n": 2})], "a = 1\n\n" + P + "n = 2\n"),
    "the first program of nothing": ("", [Add(("program",), {"n": 2})], P + "n = 2\n"),
    "programs change places": (
        "# one\n" + P + "n = 1\n\n# part\n\n" + P + "n = 2\n\n# three\n" + P + "n = 3",
        [Move(("program", 2), 0)],
        "# three\n" + P + "n = 3\n\n# one\n" + P + "n = 1\n\n# part\n\n" + P + "n = 2\n",
    ),
    "programs as one list": (
        'program = [\n  { name = "a" }, # A\n  { name = "b", tags = ["x"] },\n]\n',
        [
            Set(("program", 1, "name"), "c"),
            Add(("program", 1, "tags"), "y"),
            Set(("program", 0, "phase"), "Filed"),
            Add(("program",), {"name": "d"}),
            Delete(("program", 1)),
        ],
        'program = [\n  { name = "a", phase = "Filed" }, # A\n  { name = "d" },\n]\n',
    ),
    "the part of a program behind a foreign table": (
        P + "[x]\n[program.m]\na = 1 # c\n",
        [Set(at("m", "a"), 2), Set(at("n"), 3)],
        P + "n = 3\n[x]\n[program.m]\na = 2 # c\n",
    ),
    "the top of the file": (
        "# mine\n\ntitle = 'x' # t\n\n" + P,
        [Set(("title",), "y"), Set(("schema",), 1), Set(("x", "y"), 2)],
        "# mine\n\ntitle = 'y' # t\nschema = 1\n\n[x]\ny = 2\n\n" + P,
    ),
    "the top of a file that has none": ("# of one\n" + P, [Set(("schema",), 1)], "schema = 1\n\n# of one\n" + P),
    "a foreign table behind the programs": (
        P + "[x]\ny = 1 # c\n",
        [Set(("x", "y"), 2), Set(("a",), 1)],
        "a = 1\n\n" + P + "[x]\ny = 2 # c\n",
    ),
    "line ends of every kind": (
        P.replace("\n", "\r\n") + "a = 1\r\nb = '''\r\nx'''\r\n\r\n" + P + "c = 1\r\n",
        [Set(at("b"), "y\nz"), Set(at("d"), 1), Set(("program", 1, "e"), [1])],
        P.replace("\n", "\r\n") + "a = 1\r\nb = '''\r\ny\r\nz'''\r\nd = 1\r\n\r\n" + P + "c = 1\r\ne = [1]\r\n",
    ),
    "no final newline": (
        P + "a = 1",
        [Set(at("a"), 2), Set(at("b"), 3), Set(at("m", "c"), 4)],
        P + "a = 2\nb = 3\n\n[program.m]\nc = 4",
    ),
    "values beyond ASCII before the place": (
        P + "é = 1\n".replace("é", '"é"') + 'b = ["α", "β"] # γ\nc = 1\n',
        [Set(at("b", 1), "δ"), Set(at("c"), 2)],
        P + '"é" = 1\nb = ["α", "δ"] # γ\nc = 2\n',
    ),
    "a table becomes a value and back": (
        P + "[program.m]\na = 1\n",
        [Set(at("m"), "none"), Set(at("m"), {"b": 2})],
        P + "m = { b = 2 }\n",
    ),
    "a program typed anew": (
        "# top\n\n# of a\n" + P + "a = 1\n\n# part\n\n" + P + "b = 1\n",
        [ReplaceBlock(0, "\n# new\n[[program]]\nz = 1 # z\n\n[program.m]\n\n\n")],
        "# top\n\n# new\n[[program]]\nz = 1 # z\n\n[program.m]\n\n# part\n\n" + P + "b = 1\n",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_an_edit_touches_its_lines_only(name: str) -> None:
    before, edits, after = CASES[name]
    document = Document.parse(before.encode())
    applied = apply(document, edits)
    assert applied.document.text == after
    assert applied.notes == ()
    assert document.text == before


@pytest.mark.parametrize("name", CASES)
def test_an_edit_of_the_text_is_the_edit_of_the_data(name: str) -> None:
    before, edits, _ = CASES[name]
    document = apply(Document.parse(before.encode()), edits).document
    data = tomli.loads(before)
    for edit in edits:
        data = apply_data(data, edit)
    assert same(document.data, data)
    assert same(tomli.loads(document.text), data)


REFUSED: dict[str, tuple[Edit, str]] = {
    "no such key": (Delete(at("zzz")), "there is no zzz"),
    "no such item": (Set(at("tags", 3), "x"), "there is no tags[4]"),
    "no such program": (Set(("program", 7, "name"), "x"), "there is no program 8"),
    "no such program to delete": (Delete(("program", 1)), "there is no program 2"),
    "no place for a program": (Move(("program", 0), 1), "no place 2"),
    "no place in a list": (Add(at("tags"), "x", 5), "no place 6"),
    "not a list": (Add(at("name"), "x"), "name is not a list"),
    "not a table": (Set(at("name", "deep"), "x"), "name is not a table"),
    "not an item": (Move(at("name"), 0), "not an item"),
    "no path": (Set((), 1), "needs a path"),
    "a program that is not a table": (Set(("program", 0), 1), "table"),
    "a new program that is not a table": (Add(("program",), 1), "table"),
    "half a character": (Set(at("name"), "a\ud800"), "U+D800"),
    "half a character in a key": (Set(at("name\udfff"), 1), "U+DFFF"),
    "an integer too large": (Set(at("n"), 2**63), "64 bits"),
    "no value": (Set(at("n"), None), "NoneType"),
    "a tuple": (Set(at("n"), (1,)), "tuple"),
    "a zone with seconds": (
        Set(at("n"), dt.datetime(1890, 1, 1, tzinfo=dt.timezone(-dt.timedelta(hours=4, seconds=2)))),
        "seconds",
    ),
    "typed text that is no TOML": (ReplaceBlock(0, "[[program]]\nname = \n"), "line 2, column 8"),
    "typed text with two programs": (ReplaceBlock(0, P + P), "exactly one"),
    "typed text with no program": (ReplaceBlock(0, "# gone\n"), "exactly one"),
    "typed text with something else": (ReplaceBlock(0, "a = 1\n" + P), '"a" stands outside'),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("text", [P + "name = 'a'\ntags = ['t']\n", "program = [{ name = 'a', tags = ['t'] }]\n"])
def test_an_impossible_edit_is_refused_in_words(name: str, text: str) -> None:
    edit, words = REFUSED[name]
    document = Document.parse(text.encode())
    with pytest.raises(EditError) as caught:
        apply(document, [Set(at("fine"), 1), edit])
    assert words in str(caught.value)
    assert document.text == text


@pytest.mark.usefixtures("blind_grammar")
def test_what_the_grammar_does_not_know_is_written_anew_and_said() -> None:
    text = "# of a\n[[program]]\ntags = ['a'] # gone\nt = { x = 1 }\n\n# part\n\n# of b\n[[program]]\n"
    applied = apply(Document.parse(text.encode()), [Set(at("tags"), ["b"])])
    assert applied.notes == ("program 1 was rewritten: the comments inside it could not be kept",)
    assert applied.document.text.startswith("# of a\n[[program]]\n")
    assert applied.document.text.endswith("# of b\n[[program]]\n")
    assert applied.document.programs[0] == {"tags": ["b"], "t": {"x": 1}}


@pytest.mark.usefixtures("blind_grammar")
def test_a_whole_file_is_written_anew_at_last_and_said() -> None:
    text = "program = [{ name = 'a', t = { x = 1 } }] # gone\n"
    applied = apply(Document.parse(text.encode()), [Set(at("name"), "b")])
    assert applied.notes == ("the whole file was rewritten: its comments could not be kept",)
    assert applied.document.text == '[[program]]\nname = "b"\n\n[program.t]\nx = 1\n'


def test_the_text_of_a_record_is_what_a_person_edits() -> None:
    text = "a = 1\n\n# of a\n[[program]]\nn = 1\n\n[program.m]\n# below\n\n# part\n\n[[program]]\nn = 2"
    document = Document.parse(text.encode())
    assert record_text(document, 0) == "# of a\n[[program]]\nn = 1\n\n[program.m]\n# below\n"
    assert record_text(document, 1) == "[[program]]\nn = 2"
    for index in (0, 1):
        same_again = apply(document, [ReplaceBlock(index, record_text(document, index))]).document
        assert same_again.text.rstrip("\n") == text
    inline = Document.parse(b"program = [{ n = 1, m = { x = 2 } }]\n")
    assert record_text(inline, 0) == "[[program]]\nn = 1\n\n[program.m]\nx = 2\n"
    typed = apply(inline, [ReplaceBlock(0, "[[program]]\nn = 3\n")])
    assert typed.document.text == "program = [{ n = 3 }]\n"
    assert typed.notes
    with pytest.raises(EditError, match="no program 3"):
        record_text(document, 2)


def test_an_empty_document_grows_with_its_line_ends() -> None:
    document = Document.empty("\r\n")
    grown = apply(document, [Set(("schema",), 1), Add(("program",), {"name": "x", "notes": "a\nb"})]).document
    assert grown.raw == b'schema = 1\r\n\r\n[[program]]\r\nname = "x"\r\nnotes = """\r\na\r\nb"""\r\n'
    assert document.raw == b""


T = "[[program]]\nname = 'a'\n"
TRIALS = [
    T + "[[program.trial]] # head\n  nct = 'N' # number\n  # below\n[program.safety]\nsummary = 's'\n",
    (T + "[[program.trial]]\nnct = 'N'\nstatus = 'x' # mine\n").replace("\n", "\r\n"),
    T + "[[program.trial]]\n\tnct = 'N'",
    T + "trial = [{ nct = 'N' }] # inline\n",
    T + "[[program.trial]]\nnct = 'N'\nown.key = 1\n\n# next\n[[program.trial]]\nnct = 'M'\n",
    T + "[[program.trial]]\n[program.trial.own]\nkey = 1\n",
]


@pytest.mark.parametrize("text", TRIALS, ids=range(len(TRIALS)))
def test_several_keys_put_at_once_are_as_those_put_one_after_the_other(text: str) -> None:
    document = Document.parse(text.encode())
    new: dict[str, Any] = {
        "status": "RUN",
        "phase": ["PHASE1", "PHASE2"],
        "day": dt.date(2026, 11, 25),
        "why": "a\nb\n",
        "n": 3,
    }
    old = document.programs[0]["trial"][0]
    at_once = apply(document, [Set(at("trial", 0), {**old, **new})])
    in_turn = apply(document, [Set(at("trial", 0, key), value) for key, value in new.items()])
    assert at_once.document.text == in_turn.document.text
    assert at_once.notes == in_turn.notes == ()
    assert same(tomli.loads(at_once.document.text)["program"][0]["trial"][0], {**old, **new})
