"""`cartwatch import`: a preview, one step, nothing lost, and nothing touched where it refuses."""

from __future__ import annotations

import hashlib
import io
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cartwatch.document.document import Document

if TYPE_CHECKING:
    from collections.abc import Callable

SAMPLE = Path(__file__).parents[2] / "sample_watchlist.toml"
MINE = '# mine\n[[program]]\nid = "a"\nname = "A"\nphase = "Phase 1"\n'


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(MINE)
    return path


@pytest.fixture
def theirs(tmp_path: Path) -> Callable[..., str]:
    def write(text: str | bytes, name: str = "theirs.toml") -> str:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    return write


def tree(folder: Path) -> str:
    """A hash of every file below a folder: names, bytes and times."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        found.update(str(path.relative_to(folder)).encode())
        if path.is_file() and not path.is_symlink():
            found.update(path.read_bytes() + str(path.stat().st_mtime_ns).encode())
    return found.hexdigest()


def test_a_new_program_comes_with_its_text_and_a_changed_fact_changes_its_line(run, mine, theirs):
    other = theirs(
        '[[program]]\nid = "a"\nname = "A"\nphase = "Phase 2"\n\n# theirs\n[[program]]\nname = "B"  # by hand\nown = 1\n'
    )
    answer = run("import", other, "-f", str(mine))
    assert answer.status == 0
    assert "A\n    ~ phase Phase 1 → Phase 2" in answer.out
    assert "+ B" in answer.out
    assert "1 new, 1 changed; `cartwatch undo`" in answer.err
    assert mine.read_text() == MINE.replace("Phase 1", "Phase 2") + '\n# theirs\n[[program]]\nname = "B"  # by hand\nown = 1\n'


def test_importing_the_same_file_twice_changes_nothing(run, mine, theirs):
    other = theirs(SAMPLE.read_bytes())
    assert run("import", other, "-f", str(mine)).status == 0
    before = mine.read_bytes()
    answer = run("import", other, "-f", str(mine))
    assert (answer.status, mine.read_bytes()) == (0, before)
    assert answer.out == "29 the same\n" or answer.out.endswith(" the same\n")
    assert "nothing to import" in answer.err


def test_a_dry_run_writes_nothing(run, mine, theirs, tmp_path):
    other = theirs(SAMPLE.read_bytes())
    before = tree(tmp_path)
    answer = run("import", other, "-f", str(mine), "--dry-run")
    assert (answer.status, tree(tmp_path)) == (0, before)
    assert answer.out.startswith("28 new\n")


def test_my_edit_stays_where_theirs_has_not_moved_and_conflicts_where_it_has(run, mine, theirs):
    first = '[[program]]\nid = "b"\nname = "B"\nphase = "Phase 1"\nsponsor = "S"\n'
    run("import", theirs(first), "-f", str(mine))
    mine.write_text(mine.read_text().replace('name = "B"\nphase = "Phase 1"', 'name = "B"\nphase = "Phase 3"'))
    answer = run("import", theirs(first), "-f", str(mine))
    assert (answer.status, answer.out) == (0, "1 the same\n")

    newer = first.replace("Phase 1", "Phase 2").replace('"S"', '"T"')
    answer = run("import", theirs(newer), "-f", str(mine))
    assert answer.status == 1
    assert "! phase Phase 3 → Phase 2  (yours is kept)" in answer.out
    assert 'phase = "Phase 3"\nsponsor = "T"' in mine.read_text()

    assert run("import", theirs(newer), "-f", str(mine), "--theirs").status == 0
    assert 'phase = "Phase 2"\nsponsor = "T"' in mine.read_text()


def test_a_refused_conflict_is_not_asked_again(run, mine, theirs):
    first = '[[program]]\nid = "b"\nname = "B"\nphase = "Phase 1"\n'
    run("import", theirs(first), "-f", str(mine))
    mine.write_text(mine.read_text().replace('name = "B"\nphase = "Phase 1"', 'name = "B"\nphase = "Phase 3"'))
    newer = theirs(first.replace("Phase 1", "Phase 2"))
    assert run("import", newer, "-f", str(mine), "--mine").status == 0
    assert run("import", newer, "-f", str(mine)).status == 0
    assert 'phase = "Phase 3"' in mine.read_text()


def test_what_was_taken_back_is_offered_again(run, mine, theirs):
    other = theirs(MINE.replace("Phase 1", "Phase 2"))
    for _ in range(3):
        assert run("import", other, "-f", str(mine)).status == 0
        assert "Phase 2" in mine.read_text()
        assert run("undo", "-f", str(mine)).status == 0
        assert mine.read_text() == MINE
    newer = theirs(MINE.replace("Phase 1", "Phase 3"))
    assert "~ phase Phase 1 → Phase 3" in run("import", newer, "-f", str(mine)).out


def test_my_edits_before_any_import_are_not_undone_by_an_older_copy(run, mine, theirs):
    copy = theirs(mine.read_bytes())
    assert run("set", "a", "phase=Phase 3", "-f", str(mine)).status == 0
    answer = run("import", copy, "-f", str(mine))
    assert (answer.status, answer.out) == (0, "1 the same\n")
    assert "Phase 3" in mine.read_text()


def test_a_table_says_nothing_of_what_it_lacks(run, mine, theirs):
    assert run("import", theirs("name,sponsor\nA,S\n", "a.csv"), "-f", str(mine)).status == 0
    assert run("import", theirs(MINE.replace("Phase 1", "Phase 2")), "-f", str(mine)).status == 0
    assert 'phase = "Phase 2"\nsponsor = "S"' in mine.read_text()


def test_mine_takes_only_what_is_lacking(run, mine, theirs):
    other = theirs('[[program]]\nid = "a"\nname = "A"\nphase = "Phase 2"\nsponsor = "S"\n')
    assert run("import", other, "-f", str(mine), "--mine").status == 0
    assert mine.read_text() == MINE + 'sponsor = "S"\n'


def test_the_default_watchlist_is_made_where_there_is_none(run, theirs, home):
    answer = run("import", theirs('title = "T"\n\n' + MINE))
    assert answer.status == 0
    made = next((home / "home").rglob("watchlist.toml"))
    assert Document.parse(made.read_bytes()).data == Document.parse(('title = "T"\n' + MINE).encode()).data
    assert made.stat().st_mode & 0o777 == 0o600


def test_a_named_watchlist_must_be_there(run, theirs, tmp_path):
    answer = run("import", theirs(MINE), "-f", str(tmp_path / "none.toml"))
    assert answer.status == 2
    assert answer.err.endswith("there is no such file\n")


def test_standard_input_may_hold_a_list_or_a_table(run, mine, monkeypatch):
    class Stdin:
        def __init__(self, data: bytes) -> None:
            self.buffer = io.BytesIO(data)

    monkeypatch.setattr("sys.stdin", Stdin(b'[[program]]\nname = "B"\n'))
    assert run("import", "-", "-f", str(mine)).status == 0
    monkeypatch.setattr("sys.stdin", Stdin(b"Program,Company\nC,Acme\n"))
    assert run("import", "-", "-f", str(mine)).status == 0
    assert [each["name"] for each in Document.parse(mine.read_bytes()).programs] == ["A", "B", "C"]


INVALID: dict[str, bytes] = {
    "no value": b"a = \n",
    "text without quotes": b'[[program]]\nname = "x"\nphase = Phase 2\n',
    "an open header": b"[[program]\n",
    "a key twice": b"a = 1\na = 2\n",
    "a table twice": b"[a]\n[a]\n",
    "an open string": b'a = "x\n',
    "an open block": b'a = """\nx\n',
    "a bad escape": b'a = "\\q"\n',
    "a control character": b'a = "\x01"\n',
    "bad UTF-8": b'a = "\xff"\n',
    "UTF-16": '[[program]]\nname = "x"\n'.encode("utf-16"),
    "zero bytes": b"\0" * 100,
    "nested": b"a = " + b"[" * 3000,
    "a long dotted key": b"a" + b".a" * 3000 + b" = 1\n",
    "many digits": b"a = " + b"9" * 5000 + b"\n",
    "a large integer": b"[[program]]\nname = 'x'\nn = 99999999999999999999\n",
    "not finite": b"[[program]]\nname = 'x'\nn = inf\n",
    "a bad date": b"a = 2026-13-01\n",
    "a lone carriage return": b"a = 1\rb = 2\n",
    "a conflict": b"<<<<<<< a\nx = 1\n=======\nx = 2\n>>>>>>> b\n",
    "a web page": b"<!DOCTYPE html><html></html>",
    "gzip": b"\x1f\x8b\x08\x00" + b"x" * 50,
    "an image": b"\x89PNG\r\n\x1a\n",
    "JSON of something else": b'{"a": 1}',
    "broken JSON": b'{"a": 1,\n"b": }',
    "deep JSON": b'[{"a":' + b"[" * 100_000,
    "empty": b"",
    "a comment": b"# nothing\n",
    "no programs": b'title = "x"\n',
    "another file": b"[tool.ruff]\nline-length = 128\n",
    "a program that is a table": b'[program]\nname = "x"\n',
    "a program that is text": b'program = "x"\n',
    "an empty list": b"program = []\n",
    "a later schema": b'schema = 99\n[[program]]\nname = "x"\n',
    "no name": b'[[program]]\nid = "x"\n',
    "a wrong type": b'[[program]]\nname = "x"\npinned = "yes"\n[[program]]\nname = 3\n',
}


@pytest.mark.parametrize("case", INVALID)
def test_what_is_no_watchlist_is_refused_in_a_line_and_nothing_is_touched(run, mine, theirs, tmp_path, case):
    other = theirs(INVALID[case], "a [bold]\x1b[31m file.toml")
    before = tree(tmp_path)
    status, out, err = run("import", other, "-f", str(mine))
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert tree(tmp_path) == before
    head, _, rest = err.partition("file.toml:")
    line, column, reason = rest.split(":", 2)
    assert head.startswith("cartwatch: ")
    assert "\x1b" not in err
    assert int(line) >= 1
    assert int(column) >= 1
    assert 5 < len(reason) < 300


def test_the_first_unknown_key_is_named(run, mine, theirs):
    answer = run("import", theirs(b'title = "x"\nschema = 1\n\n[ tool ]\na = 1\n'), "-f", str(mine))
    assert (
        answer.err.split("theirs.toml:")[1] == '4:3: no [[program]] tables found, so no watchlist; first unknown key "tool"\n'
    )


def test_keys_of_the_file_itself_are_told(run, mine, theirs):
    other = theirs('team = "desk 3"\n\n' + MINE)
    assert run("import", other, "-f", str(mine), "--dry-run").out == "1 of the file's own keys\n  + team\n\n1 the same\n"
    assert run("import", other, "-f", str(mine)).status == 0
    assert Document.parse(mine.read_bytes()).head == {"team": "desk 3"}


def test_several_files_come_all_or_not_at_all(run, mine, theirs, tmp_path):
    good, bad, worse = theirs(SAMPLE.read_bytes(), "good.toml"), theirs("a =", "bad.toml"), theirs("b =", "worse.toml")
    before = tree(tmp_path)
    status, out, err = run("import", good, bad, worse, "-f", str(mine))
    assert (status, out, tree(tmp_path)) == (2, "", before)
    assert [line.split(":")[1].strip().rpartition("/")[2] for line in err.splitlines()] == ["bad.toml", "worse.toml"]


def test_partial_leaves_out_what_has_errors(run, mine, theirs):
    other = theirs('[[program]]\nname = "B"\n[[program]]\nname = "C"\npinned = "perhaps"\n')
    answer = run("import", other, "-f", str(mine), "--partial")
    assert answer.status == 1
    assert "? C  pinned: expected true or false, found text" in answer.out
    assert [each["name"] for each in Document.parse(mine.read_bytes()).programs] == ["A", "B"]


def test_two_files_with_one_program_are_not_merged_in_silence(run, mine, theirs):
    one, other = theirs('[[program]]\nname = "B"\n', "1.toml"), theirs('[[program]]\nname = "B"\nsponsor = "S"\n', "2.toml")
    answer = run("import", one, other, "-f", str(mine))
    assert answer.status == 1
    assert "? B  is in" in answer.out
    assert len(Document.parse(mine.read_bytes()).programs) == 2


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_a_device_a_directory_and_a_huge_file_are_refused(run, mine, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    huge = tmp_path / "huge.toml"
    with open(huge, "wb") as file:
        file.truncate(1_000_000_000)
    for source in (str(pipe), "/dev/zero", str(tmp_path), str(huge), str(tmp_path / "none.toml"), "x\0y", "", " "):
        status, out, err = run("import", source, "-f", str(mine))
        assert (status, out, err.count("\n")) == (2, "", 1), source


def test_characters_that_cannot_be_seen_do_not_come_in(run, mine, theirs):
    other = theirs('# \u202e comment\n[[program]]\nname = "B\\u001b[31m \\u202e"\nnotes = "tab\\there"\n')
    answer = run("import", other, "-f", str(mine))
    assert answer.status == 0
    assert "2 invisible characters were replaced" in answer.err
    added = Document.parse(mine.read_bytes()).programs[1]
    assert added == {"name": "B\ufffd[31m \ufffd", "notes": "tab\there"}
    assert "\u202e" not in mine.read_text()


def test_the_json_preview_tells_everything(run, mine, theirs):
    other = theirs('[[program]]\nid = "a"\nname = "A"\nphase = "Phase 2"\n[[program]]\nname = "B"\nphase = "odd"\n')
    answer = run("import", other, "-f", str(mine), "--json", "--dry-run", "--today", "2026-11-22")
    told = json.loads(answer.out)
    assert (told["schema"], told["today"], told["applied"]) == (1, "2026-11-22", False)
    assert [each["program"] for each in told["added"]] == ["b"]
    (field,) = told["changed"][0]["fields"]
    assert (field["path"], field["old"], field["new"], field["accepted"]) == ("phase", "Phase 1", "Phase 2", True)
    assert [each["level"] for each in told["problems"]] == ["warning"]
    assert told["same"] == told["conflicts"] == []


def test_both_sides_at_once_make_no_sense(run, mine, theirs):
    assert run("import", theirs(MINE), "-f", str(mine), "--mine", "--theirs").status == 2


def test_a_cell_of_a_table_that_is_not_taken_is_named_and_the_status_says_so(run, mine, theirs):
    table = theirs("Drug,Company,Indication\nnew-cel,S,a\nnew-cel,T,b,c\n", "a.csv")
    answer = run("import", table, "-f", str(mine))
    assert answer.status == 1
    assert 'a.csv:3: program "new-cel": conflict: sponsor is “T” here and “S” on line 2, which is kept' in answer.err
    assert 'a.csv:3: program "new-cel": more cells than the header has columns: “c” not imported' in answer.err
    assert 'indications = ["a", "b"]' in mine.read_text()
    told = json.loads(run("import", table, "-f", str(mine), "--json").out)
    assert [(each["line"], each["level"], each["program"]) for each in told["problems"]] == [(3, "warning", "new-cel")] * 2


def test_a_sheet_of_a_workbook_is_chosen_by_option_or_by_name(run, tmp_path):
    xlsxwriter = pytest.importorskip("xlsxwriter")
    pytest.importorskip("python_calamine")
    path, mine = tmp_path / "list.xlsx", tmp_path / "mine.toml"
    mine.write_text('[[program]]\nname = "z"\n')
    made = xlsxwriter.Workbook(str(path))
    for name in ("Heme", "Solid tumours"):
        sheet = made.add_worksheet(name)
        sheet.write_row(0, 0, ["Drug", "Phase"])
        sheet.write_row(1, 0, [f"{name} cel", "Phase 2"])
    made.close()
    asked = run("import", str(path), "-f", str(mine))
    assert (asked.status, asked.out, asked.err.count("\n")) == (2, "", 1)
    assert "“Heme”, “Solid tumours”" in asked.err
    assert "+ Solid tumours cel" in run("import", str(path), "--sheet", "solid tumours", "-f", str(mine), "--dry-run").out
    assert "+ Heme cel" in run("import", f"{path}#1", "-f", str(mine), "--dry-run").out
    assert "2 new" in run("import", str(path), "--sheet", "all", "-f", str(mine)).out
    assert run("import", str(mine), "--sheet", "x", "-f", str(mine)).status == 2


def test_without_the_extra_a_workbook_says_how_to_get_it(run, tmp_path, monkeypatch):
    import sys
    import zipfile

    monkeypatch.setitem(sys.modules, "python_calamine", None)
    path, mine = tmp_path / "list.xlsx", tmp_path / "mine.toml"
    mine.write_text('[[program]]\nname = "z"\n')
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("xl/workbook.xml", "<workbook/>")
    answer = run("import", str(path), "-f", str(mine))
    assert (answer.status, answer.err.count("\n")) == (2, 1)
    assert "pip install 'cartwatch[excel]'" in answer.err


def test_two_files_that_bring_one_program_under_two_names_ask(run, mine, theirs):
    one = theirs("Drug,Company\nobe-cel (Aucatzyl),Autolus\nother-cel,X\n", "a.csv")
    two = theirs("Drug,Phase\nAucatzyl,Approved\nthird-cel,Phase 1\n", "b.csv")
    answer = run("import", one, two, "-f", str(mine))
    assert answer.status == 1
    assert "+ obe-cel (Aucatzyl)" in answer.out
    assert "? Aucatzyl  may be obe-cel (Aucatzyl) of " in answer.out
    assert "import it again when that one is in the list" in answer.out
    assert "+ third-cel" in answer.out
    again = run("import", two, "-f", str(mine))
    assert "Approved" in again.out
    names = [each["name"] for each in Document.parse(mine.read_bytes()).programs]
    assert names == ["A", "obe-cel (Aucatzyl)", "other-cel", "third-cel"]
