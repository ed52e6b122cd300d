"""What each command prints, says and returns."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from cartwatch.views.columns import COLUMNS

GOLDEN = Path(__file__).parent / "golden"

HOSTILE = "[red]\x1b[31m\x9b2J‮evil[/] [@click=app.quit]漢字 e\u0301\u0301"


def toml(text: str) -> str:
    return json.dumps(text)


@pytest.fixture
def write(tmp_path):
    def written(text: str, name: str = "w.toml") -> str:
        path = tmp_path / name
        path.write_bytes(text.encode())
        return str(path)

    return written


@pytest.mark.parametrize("width", ["60", "80", "140", "none"])
@pytest.mark.parametrize("command", ["next", "list", "show lasme-cel"])
def test_output_on_the_sample_is_as_it_was_looked_at(run, monkeypatch, command, width):
    if width != "none":
        monkeypatch.setenv("COLUMNS", width)
    answer = run.sample(*command.split())
    golden = GOLDEN / f"{command.split()[0]}-{width}.txt"
    assert answer.status == 0
    if os.environ.get("CARTWATCH_GOLDENS") == "write":
        golden.write_text(answer.out, encoding="utf-8")
    assert answer.out == golden.read_text(encoding="utf-8")


def test_windows_count_down_as_the_readme_says(run):
    out = run.sample("next").out
    interim = next(line for line in out.splitlines() if "First interim" in line)
    goal = next(line for line in out.splitlines() if "anito-cel" in line)
    assert interim.startswith("OPEN · ≤39d left")
    assert "Q4 2026" in interim
    assert goal.startswith("≤31d")
    assert "2026-12-23" in goal
    assert "2026-12-12 – 2026-12-15" in run("when", "ASH 2026", "--today", "2026-11-22").out


@pytest.mark.parametrize("width", [40, 60, 80, 100, 140])
@pytest.mark.parametrize("command", [("next",), ("list",), ("list", "--columns", "all"), ("when", "Q4 2026", "nonsense")])
def test_no_line_of_a_table_is_wider_than_the_terminal(run, monkeypatch, command, width):
    from wcwidth import wcswidth

    monkeypatch.setenv("COLUMNS", str(width))
    for line in run.sample(*command).out.splitlines():
        assert wcswidth(line) <= max(width, 48), line


@pytest.mark.parametrize("width", range(40, 221, 7))
@pytest.mark.parametrize("command", [("list", "--columns", "all"), ("next",)])
def test_a_countdown_a_window_or_a_rate_is_never_cut(run, monkeypatch, command, width):
    monkeypatch.setenv("COLUMNS", "300")
    wide = run.sample(*command).out.splitlines()
    monkeypatch.setenv("COLUMNS", str(width))
    narrow = run.sample(*command).out.splitlines()
    labels = {each.label: each.align for each in COLUMNS if each.whole and f" {each.label} " in f" {narrow[0]} "}
    assert "Countdown" in labels
    assert width < 80 or "When" in labels
    for full, line in zip(wide, narrow, strict=True):
        for label, align in labels.items():
            told = cell_of(narrow[0], line, label, align)
            assert "…" not in told
            assert command == ("next",) or told == cell_of(wide[0], full, label, align)


def cell_of(header: str, line: str, label: str, align: str) -> str:
    """What stands in a row of a printed table below a label."""
    start = f" {header} ".index(f" {label} ")
    if align == "left":
        return re.split("  +", line[start:])[0].strip()
    return re.split("  +", line[: start + len(label)])[-1].strip()


def test_pipes_get_every_column_whole_and_no_colour(run):
    out = run.sample("list").out
    assert "…" not in out
    assert "\x1b" not in out
    assert "ICANS ≥3" in out
    assert not any(line != line.rstrip() for line in out.splitlines())


@pytest.mark.parametrize("command", ["next", "list", "show"])
def test_hostile_text_is_shown_and_obeyed_by_nobody(run, write, command):
    bad = toml(HOSTILE)
    path = write(
        f"[[program]]\nname = {bad}\nshort = {bad}\nid = 'x'\nsponsor = {bad}\nphase = {bad}\nnotes = {bad}\n"
        f"[program.mechanism]\ntargets = [{bad}]\nsummary = {bad}\n"
        f"[[program.catalyst]]\nevent = {bad}\nwhen = {bad}\n[[program.source]]\nid = 'a'\ntitle = {bad}\nquote = {bad}\n"
    )
    for options in ([], ["--json"]):
        answer = run(command, *(["x"] if command == "show" else []), "-f", path, *options)
        assert answer.status == 0
        text = answer.out + answer.err
        assert not {each for each in text if not each.isprintable() and each != "\n"}
        assert "漢字" in text


def test_wide_characters_keep_columns_in_line(run, write):
    from wcwidth import wcswidth

    wide = '[[program]]\nname = "漢字漢字"\nsponsor = "株式会社"\nphase = "Phase 1"\n'
    path = write(wide + '[[program]]\nname = "plain"\nsponsor = "s"\nphase = "Phase 2"\n')
    first, second = run("list", "-f", path, "--columns", "program,sponsor,phase").out.splitlines()[1:]
    assert wcswidth(first[: first.index("Phase")]) == wcswidth(second[: second.index("Phase")])


def test_a_missing_default_watchlist_is_said_and_no_error(run):
    for command in ("next", "list", "check"):
        answer = run(command)
        assert (answer.status, answer.out) == (0, "")
        assert "no watchlist yet at" in answer.err


def test_a_named_file_that_is_missing_is_an_error(run, tmp_path, monkeypatch):
    gone = str(tmp_path / "gone.toml")
    assert run("list", "-f", gone) == (2, "", f"cartwatch: {gone}: there is no such file\n")
    assert run(gone).status == 2
    monkeypatch.setenv("CARTWATCH_FILE", gone)
    assert run("next").status == 2


def test_what_is_no_toml_is_one_located_line(run, write):
    path = write('[[program]]\nname = "a\n')
    for command in (["check", path], ["list", "-f", path], ["next", "-f", path]):
        answer = run(*command)
        assert answer.status == 2
        assert answer.out == ""
        assert answer.err.startswith(f"cartwatch: {path}:2:")
        assert answer.err.count("\n") == 1


def test_check_places_every_problem(run, write):
    path = write('[[program]]\nname = "a"\nphase = "Fase 2"\nindications = 3\nsponser = "x"\n')
    answer = run("check", path)
    lines = answer.out.splitlines()
    assert answer.status == 1
    assert lines[0].startswith(f'{path}:3:9: warning: program "a": phase: ')
    assert 'did you mean "Phase 2"?' in lines[0]
    assert lines[1].startswith(f'{path}:4:15: error: program "a": indications: ')
    assert any('did you mean "sponsor"?' in line for line in lines)
    document = json.loads(run("check", path, "--json").out)
    assert {each["level"] for each in document["problems"]} == {"error", "warning"}
    assert set(document["problems"][0]) == {"file", "line", "column", "level", "program", "path", "message"}


def test_advice_is_counted_and_listed_only_when_asked_for(run):
    quiet = run.sample("check")
    assert quiet.out == ""
    assert "28 programs, " in quiet.err
    assert "pieces of advice; `cartwatch check --advice` lists it" in quiet.err
    assert len(run.sample("check", "--advice").out.splitlines()) > 50


def test_advice_is_a_finding_only_when_strict(run):
    assert run.sample("check").status == 0
    assert run.sample("check", "--strict").status == 1


def test_values_that_cannot_be_read_are_told_beside_the_rest(run, write):
    answer = run("list", "-f", write('[[program]]\nname = "a"\nindications = 3\n'))
    assert answer.status == 0
    assert "a" in answer.out
    assert "1 error" in answer.err


def test_next_in_json(run):
    document = json.loads(run.sample("next", "--json").out)
    assert (document["schema"], document["today"]) == (1, "2026-11-22")
    interim = next(each for each in document["catalysts"] if each["id"] == "balli-01-interim")
    assert interim == {
        "program": "lasme-cel",
        "name": "lasme-cel",
        "id": "balli-01-interim",
        "event": "First interim analysis of pivotal BALLI-01",
        "kind": "interim",
        "window": {
            "text": "Q4 2026",
            "start": "2026-10-01",
            "end": "2026-12-31",
            "precision": "quarter",
            "approximate": False,
            "state": "open",
            "days_to_start": -52,
            "days_to_end": 39,
        },
        "said": None,
        "cite": ["troy-weekly"],
        "verified": True,
        "outcome": None,
        "moves": [],
    }


def test_programs_in_json_have_the_names_of_the_file(run):
    (program,) = json.loads(run.sample("show", "anito-cel", "--json").out)["programs"]
    assert program["mechanism"]["targets"] == ["BCMA"]
    assert program["mechanism"]["editing"] is None
    assert [each["kind"] for each in program["designation"]] == ["Fast Track", "Orphan", "RMAT"]
    assert program["partner"] == []
    assert program["catalyst"][0]["when"]["state"] == "ahead"
    assert program["catalyst"][0]["said"] == "2026-02-23"
    assert program["safety"]["gvhd"]["note"] == "not applicable: autologous"
    assert len(json.loads(run.sample("list", "--json").out)["programs"]) == 28


def test_when_reads_in_the_order_asked_and_says_what_it_cannot(run):
    answer = run("when", "TBD", "nonsense", "after 2027", "--json", "--today", "2026-11-22")
    windows = json.loads(answer.out)["windows"]
    assert answer.status == 1
    assert [each["state"] for each in windows] == ["undated", "unreadable", "ahead"]
    assert windows[2]["start"] == "2028-01-01"
    assert windows[2]["end"] is None
    assert run("when", "Q4 2026").status == 0


def test_spans_ask_for_overlap_or_for_the_end(run):
    within = run.sample("next", "--within", "40d").out
    due = run.sample("next", "--within", "40d", "--due").out
    assert "Filing for full approval" in within
    assert "Filing for full approval" not in due
    assert "First interim" in due


def test_what_a_number_leaves_out_is_said(run):
    answer = run.sample("next", "-n", "2")
    assert len(answer.out.splitlines()) == 3
    assert answer.err == "cartwatch: 15 more\n"


def test_filters_and_sorting(run):
    out = run.sample("list", "target:BCMA", "--sort", "-phase", "--columns", "program,phase").out.splitlines()
    assert out[1].endswith("Approved")
    assert "lasme-cel" not in "\n".join(out)
    none = run.sample("list", "sponsor:nobody")
    assert (none.status, none.out) == (0, "")
    assert "none of 28 programs matches" in none.err


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["lst"], "did you mean list?"),
        (["list", "--tody", "x"], "did you mean --today?"),
        (["list", "--within", "3d"], "list takes no --within, which is an option of next"),
        (["list", "traget:CD19"], 'did you mean "target:"?'),
        (["list", "--columns", "sponser"], 'did you mean "sponsor"?'),
        (["list", "--sort", "fase"], 'did you mean "phase"?'),
        (["show"], "show needs PROGRAM"),
        (["show", "lasme", "--pane", "safty"], 'did you mean "safety"?'),
        (["show", "lasmi-cel"], 'did you mean "lasme-cel"?'),
        (["next", "--within", "soon"], "--within needs a span"),
        (["next", "-n", "-1"], "--number needs a whole number"),
        (["next", "--today", "2026-13-01"], "--today needs a day"),
        (["next", "--json=yes"], "--json takes no value"),
        (["next", "extra"], '"extra" is one too many'),
        (["next", "--file"], "--file needs a value"),
    ],
)
def test_a_wrong_line_is_answered_in_one_line(run, argv, said):
    answer = run(*argv) if {"--file", "--today"} & set(argv) else run.sample(*argv)
    assert answer.status == 2
    assert answer.out == ""
    assert said in answer.err
    assert answer.err.startswith("cartwatch: ")
    assert answer.err.count("\n") == 1


def test_an_ambiguous_name_names_the_candidates(run):
    answer = run.sample("show", "c")
    assert answer.status == 2
    assert "cema-cel" in answer.err


def test_options_may_stand_before_the_command(run):
    before = run("--today", "2026-11-22", "-f", str(Path(__file__).parents[2] / "sample_watchlist.toml"), "next")
    assert before == run.sample("next")


def test_path_names_the_watchlist(run, tmp_path):
    out = run("path").out
    assert out.splitlines()[0] == f"watchlist  {tmp_path}/home/.local/share/cartwatch/watchlist.toml  (not there yet)"


def test_the_app_is_not_started_without_a_terminal(run):
    answer = run()
    assert answer.status == 2
    assert "cartwatch list" in answer.err
    assert answer.err.count("\n") == 1


def test_terminals_without_the_signs_get_plain_ones(run, monkeypatch):
    from cartwatch.cli.output import Output

    monkeypatch.setattr(Output, "of_process", classmethod(lambda cls, **_: cls(color=False, width=80, ascii=True)))
    for command in (["next"], ["list"], ["show", "lasme"], ["when", "Q4 2026"]):
        out = run.sample(*command).out.replace("αβ", "").replace("ü", "").replace("é", "")
        assert out.isascii()
    assert "OPEN | <=39d left" in run.sample("next").out


def test_colour_says_nothing_that_words_do_not(run, monkeypatch):
    import re

    from cartwatch.cli.output import Output

    def output(color):
        return classmethod(lambda cls, **_: cls(color=color, width=100, ascii=False))

    for command in (["list"], ["show", "cilta-cel"], ["when", "Q4 2026"]):
        monkeypatch.setattr(Output, "of_process", output(True))
        painted = run.sample(*command).out
        monkeypatch.setattr(Output, "of_process", output(False))
        plain = run.sample(*command).out
        assert "\x1b[" in painted
        assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == plain


def test_help_names_every_command_and_option(run):
    from cartwatch.cli.arguments import COMMANDS

    out = run("--help").out
    assert all(name in out for name in COMMANDS)
    for command in COMMANDS.values():
        text = run(command.name, "--help").out
        assert all(f"--{each.long}" in text for each in command.options)
        assert max(map(len, text.splitlines())) <= 120
    assert run("--version").out == "cartwatch 0.1.0\n"


def test_an_accident_is_one_line_and_a_private_report(run, tmp_path, monkeypatch):
    import cartwatch.cli.commands.list

    def broken(call):
        raise RuntimeError("boom")

    monkeypatch.setattr(cartwatch.cli.commands.list, "run", broken)
    answer = run("list")
    assert answer.status == 2
    assert answer.err.startswith("cartwatch: this is a bug: RuntimeError: boom; the details are in ")
    report = Path(answer.err.strip().rpartition(" ")[2])
    assert report.stat().st_mode & 0o777 == 0o600
    assert "Traceback" in report.read_text()


def test_a_number_of_none_is_not_said_to_be_nothing_upcoming(run):
    answer = run.sample("next", "-n", "0")
    assert (answer.status, answer.out) == (0, "")
    assert answer.err == "cartwatch: 17 more\n"


@pytest.mark.parametrize("argv", [("show", "x"), ("sync", "x"), ("set", "x", "phase=1"), ("rm", "x")])
def test_a_program_of_a_list_that_is_not_there_yet(run, argv):
    answer = run(*argv)
    assert (answer.status, answer.out) == (2, "")
    assert answer.err.startswith("cartwatch: no watchlist yet at ")
    assert "`cartwatch add NAME` makes one" in answer.err
    assert answer.err.count("\n") == 1


@pytest.mark.parametrize("command", ["next", "list"])
def test_a_file_without_programs_is_said_to_be_one(run, write, command):
    path = write("schema = 1\n")
    answer = run(command, "-f", path)
    assert (answer.status, answer.out) == (0, "")
    assert answer.err == f"cartwatch: {path} has no programs yet: `cartwatch add NAME` adds one\n"


@pytest.mark.parametrize(
    "argv",
    [("next", "--json"), ("list", "--json"), ("show", "A", "--json"), ("export", "--format", "csv"), ("export",), ("digest",)],
)
def test_values_that_could_not_be_read_are_told_beside_every_output(run, write, argv):
    answer = run(*argv, "-f", write('[[program]]\nname = "A"\nphase = 3\n'))
    assert answer.status == 0
    assert answer.err.endswith("1 error: `cartwatch check` says where\n")


def test_a_pin_is_shown_once(run):
    both = run.sample("list", "--columns", "mark,program", "pinned:").out.splitlines()[1]
    assert both.split() == ["★", "lasme-cel"]
    assert run.sample("list", "--columns", "program", "pinned:").out.splitlines()[1] == "lasme-cel ★"


def test_check_takes_one_file(run, write):
    path = write("")
    answer = run("check", path, "-f", "other.toml")
    assert (answer.status, answer.out) == (2, "")
    assert answer.err == f'cartwatch: two files: "{path}" and "other.toml"\n'


def test_the_app_opens_one_file(run, write):
    answer = run(write(""), "two.toml")
    assert (answer.status, answer.err) == (2, 'cartwatch: the app opens one file: "two.toml" is one too many\n')


def test_a_phrase_without_a_year_is_told_so(run):
    assert "Q4      no year, and no --said  unreadable" in run("when", "Q4", "--today", "2026-11-22").out
    assert "over before it was said" in run("when", "by Q1 2026", "--said", "2026-11-22").out
    assert run("when", "Q4", "--said", "2026-11-22", "--today", "2026-11-22").status == 0


def test_a_view_gives_filter_columns_order_and_groups(run, home, monkeypatch):
    config = home / "config.toml"
    config.write_text('[views.mine]\nfilter = "target:BCMA"\ncolumns = ["program", "phase"]\ngroup = "phase"\n')
    monkeypatch.setenv("CARTWATCH_CONFIG", str(config))
    lines = run.sample("list", "--view", "mine").out.splitlines()
    assert lines[0].split() == ["Phase", "Program"]
    assert [each.split("  ")[0] for each in lines[1:] if not each.startswith(" ")] == [
        "Phase 1 (1)", "Phase 3 (1)", "Filed (1)", "Approved (3)"
    ]  # fmt: skip
    answer = run.sample("list", "--view", "mien")
    assert (answer.status, answer.err) == (2, 'cartwatch: there is no view "mien": did you mean "mine"?\n')
    assert run.sample("list", "--group", "spnsor").status == 2


def test_all_columns_are_those_of_every_declared_field(run):
    head = run.sample("list", "lasme", "--columns", "all").out.splitlines()[0]
    for label in ("Program", "Boxed warning", "Lymphodepletion"):
        assert label in head
