"""What is typed into a field, as it is read: the value, the words beside it, what may be meant, and what is wrong."""

from __future__ import annotations

from datetime import date

import pytest
from app_stage import GOLDEN_LIST, NOW, session_on

from cartwatch.app.editing.external import NoEditor, editor_command, marked, unmarked
from cartwatch.app.editing.form import rows_of
from cartwatch.app.editing.forms import field_form, record_form
from cartwatch.app.editing.parse import Setting, completed, known_words, matching, read
from cartwatch.app.editing.targets import cited_place, pane_of, target
from cartwatch.document.paths import declaration
from cartwatch.domain.fields import Fact, walk
from cartwatch.domain.program import Program
from cartwatch.views.look import Look

LOOK = Look(NOW)
SESSION = session_on(GOLDEN_LIST)
PROGRAM = SESSION.watchlist.programs[0]


def fact(path: str) -> Fact:
    found = declaration(path)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("path", "typed", "value", "words"),
    [
        ("catalyst.x.when", "Q4 2026", "Q4 2026", "2026-10-01 – 2026-12-31 · quarter · OPEN · ≤39d left"),
        ("catalyst.x.when", "2026-12-15", date(2026, 12, 15), "Tue · day · in 23d"),
        ("catalyst.x.when", "TBD", "TBD", "no date"),
        (
            "catalyst.x.when",
            "December",
            "December",
            "“December” names no year: add it, or say when the guidance was given (said)",
        ),
        ("catalyst.x.when", "soonish", "soonish", "“soonish” is not a date phrase"),
        ("catalyst.x.said", "today", date(2026, 11, 22), "2026-11-22, Sun · day"),
        ("safety.report.1.crs.severe", "1/40", "1/40", "= 2.5 %, 95 % interval 0–13 %"),
        ("safety.report.1.crs.severe", "2.4%", "2.4%", "= 2.4 %, no n, no interval"),
        ("phase", "pha", "pha", "unknown phase “pha”"),
        ("phase", "piv", "Pivotal", "→ Pivotal"),
        ("phase", "registrational", "Pivotal", "→ Pivotal"),
        ("tags", "a, b", ["a", "b"], "2 items"),
        ("catalyst.x.cite", "pr-rmat", "pr-rmat", "FDA grants RMAT designation to lasme-cel · checked"),
        ("catalyst.x.cite", "nobody", "nobody", 'no source is called "nobody" yet'),
        ("catalyst.x.cite", "https://example.org/a,b", "https://example.org/a,b", "becomes a new source"),
        ("phase", "  ", None, ""),
    ],
)
def test_what_is_typed_is_read_as_it_is_typed(path: str, typed: str, value: object, words: str) -> None:
    found = read(fact(path), typed, Setting(LOOK, PROGRAM))
    assert found.error is None
    assert found.value == value
    assert "".join(text for text, _ in found.words).startswith(words)


@pytest.mark.parametrize(
    ("path", "typed", "why"),
    [
        ("safety.report.1.crs.any", "41/40", "more patients"),
        ("safety.report.1.n", "forty", "whole number"),
        ("source.x.url", "example.org", "starts with https"),
        ("id", "Big Id", "small letters"),
    ],
)
def test_what_can_not_be_kept_says_why(path: str, typed: str, why: str) -> None:
    found = read(fact(path), typed, Setting(LOOK, PROGRAM))
    assert found.error is not None
    assert why in found.error


def test_a_percentage_has_an_interval_from_the_n_that_is_typed_beside_it() -> None:
    form = record_form(SESSION, LOOK, "lasme-cel", target("safety.report.1"))  # type: ignore[arg-type]
    row = next(each for each in form.rows if each.steps == ("crs", "any"))
    row.text = "50%"
    assert "26–74" not in "".join(text for text, _ in form.reading(row).words)
    next(each for each in form.rows if each.steps == ("n",)).text = "16"
    assert "28–72 %" in "".join(text for text, _ in form.reading(row).words)


def test_guidance_counts_from_the_day_that_is_typed_beside_it() -> None:
    form = record_form(SESSION, LOOK, "lasme-cel", target("catalyst.balli-01-interim"))  # type: ignore[arg-type]
    when = next(each for each in form.rows if each.steps == ("when",))
    when.text = "next quarter"
    next(each for each in form.rows if each.steps == ("said",)).text = "2025-01-10"
    assert "2025-04-01" in "".join(text for text, _ in form.reading(when).words)


def test_every_declared_field_has_a_row_or_a_place_of_its_own() -> None:
    """The form of each record holds all its fields; what is left is the table of sources, which `s` writes."""
    declared = dict(walk(Program))
    for steps, each in declared.items():
        if each.record is not None or each.kind == "map":
            continue
        named: list[str] = []
        for at, step in enumerate(steps):
            named.append(step)
            above = declared[steps[: at + 1]]
            if above.kind == "records" and at + 1 < len(steps):
                named.append("1")
        found = target(".".join(named))
        assert found is not None, steps
        assert found.fact == each, steps
        rows = rows_of(found.record, {})
        plain = {tuple(one for one in row.steps if not one.startswith("+")) for row in rows}
        assert tuple(one for one in found.steps if one != "1") in plain, steps


def test_choices_narrow_and_complete_the_last_item_of_a_list() -> None:
    words = known_words(fact("tags"), ("tags",), PROGRAM, SESSION.watchlist)
    assert {"allogeneic", "heme"} <= set(words)
    assert matching(fact("tags"), words, "allogeneic, he") == ("heme",)
    assert completed(fact("tags"), "allogeneic, he", "heme") == "allogeneic, heme"
    assert completed(fact("mechanism.targets"), "", "a, b") == '"a, b"'
    assert known_words(fact("catalyst.x.trial"), ("catalyst", "x", "trial"), PROGRAM, SESSION.watchlist) == ("NCT04150497",)


def test_what_a_field_can_not_hold_is_left_alone() -> None:
    session = session_on('[[program]]\nname = "a"\nphase = { odd = 1 }\ntags = ["x", { y = 1 }]\nsponsor = "two\\nlines"\n')
    for path in ("phase", "tags", "sponsor"):
        form = field_form(session, LOOK, "a", target(path))  # type: ignore[arg-type]
        assert "“Edit as text” changes it" in form.rows[0].fixed, path


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("phase", "phase"),
        ("name", None),
        ("mechanism.knockouts.1", "mechanism.knockouts"),
        ("catalyst.x.event", "catalyst.x"),
        ("catalyst.x.when", "catalyst.x.when"),
        ("catalyst.x.outcome", "catalyst.x.outcome"),
        ("safety.report.1.crs.severe", "safety.report.1.crs.severe"),
        ("source.a.title", None),
        ("trial.NCT1.status", None),
        ("notes", "notes"),
        ("nonsense", None),
    ],
)
def test_a_source_stands_behind_facts_alone(line: str, place: str | None) -> None:
    assert cited_place(line) == place


def test_a_fact_is_shown_in_its_pane() -> None:
    assert [pane_of(each) for each in ("phase", "mechanism.cell", "catalyst.x.when", "notes", 'source."a.b".url')] == [
        "overview",
        "mechanism",
        "catalysts",
        "notes",
        "sources",
    ]


def test_the_mark_of_a_problem_goes_above_its_line_and_away_again() -> None:
    text = '[[program]]\nname = "x"\nphase = Phase 2\n'
    shown = marked(text, "line 3, column 9: Invalid value")
    assert shown.split("\n")[2] == "# cartwatch: line 3, column 9: Invalid value"
    assert unmarked(shown) == text
    assert marked(shown, "line 3, column 9: again").count("# cartwatch") == 1


def test_the_editor_is_the_users_own() -> None:
    assert editor_command({"VISUAL": "code --wait", "EDITOR": "vi"}) == ["code", "--wait"]
    assert editor_command({"EDITOR": "nano"}) == ["nano"]
    with pytest.raises(NoEditor):
        editor_command({"EDITOR": "'unclosed"})
