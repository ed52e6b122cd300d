"""What a person is told beside what was typed, and where the cursor stands afterwards."""

from __future__ import annotations

import pytest
from app_stage import GOLDEN_LIST, NOW, app_on, session_on
from editing_stage import changed, keys, outcome

from cartwatch.app.editing.forms import field_form, record_form
from cartwatch.app.editing.targets import target
from cartwatch.views.look import Look

LOOK = Look(NOW)


def words_of(path: str, *, text: str = GOLDEN_LIST, form_of: str = "", typed: dict[str, str] | None = None) -> str:
    """What is said beside a field, of one alone or of one in the form of its record."""
    session = session_on(text)
    found = target(form_of or path)
    assert found is not None
    form = (record_form if form_of else field_form)(session, LOOK, "lasme-cel", found)
    for name, each in (typed or {}).items():
        next(row for row in form.rows if row.name == name).text = each
    row = next(row for row in form.rows if not form_of or row.name == path)
    return "".join(told for told, _ in form.reading(row).words)


def test_earlier_guidance_is_never_overdue() -> None:
    told = words_of("move.1.when", form_of="catalyst.balli-01-interim")
    assert told == "2026-07-01 – 2026-09-30 · quarter"


def test_a_catalyst_that_is_done_is_never_overdue() -> None:
    done = GOLDEN_LIST.replace('when = "Q4 2026"', 'when = "Q1 2026"\noutcome = "met"')
    assert "OVERDUE" not in words_of("when", form_of="catalyst.balli-01-interim", text=done)
    assert "OVERDUE" not in words_of("catalyst.balli-01-interim.when", text=done)
    assert "OVERDUE" in words_of("when", form_of="catalyst.balli-01-interim", text=done, typed={"outcome": ""})


@pytest.mark.parametrize("form_of", ["", "safety.report.1"])
@pytest.mark.parametrize(
    ("name", "typed", "told"),
    [
        ("crs.severe", "39/40", "more than 38/40 at any grade"),
        ("crs.any", "0/40", "fewer than 1/40 at grade ≥3"),
        ("crs.any", "1%", "fewer than 1/40 at grade ≥3"),
        ("crs.severe", "38/40", ""),
        ("crs.severe", "39/", ""),
    ],
)
def test_more_severe_than_any_is_told_as_it_is_typed(form_of: str, name: str, typed: str, told: str) -> None:
    path = name if form_of else f"safety.report.1.{name}"
    words = words_of(path, form_of=form_of, typed={name: typed})
    assert told in words if told else "grade" not in words


@pytest.mark.slow
async def test_tags_go_on_where_the_cursor_stands() -> None:
    assert (await outcome("t", "'new", "enter"))[0] == [
        '-tags = ["allogeneic", "heme"]',
        '+tags = ["allogeneic", "heme", "new"]',
    ]
    assert not (await outcome("t", "enter"))[0]
    assert not (await outcome("t", "backspace", "backspace", "enter"))[0]
    app = app_on(GOLDEN_LIST.replace('phase = "Filed"', 'phase = "Filed"\ntags = ["auto"]'))
    async with app.run_test(size=(100, 34)) as pilot:
        screen = await keys(pilot, "t", "tab")
        assert "allogeneic, heme, auto" in screen


@pytest.mark.slow
async def test_leaving_a_list_as_it_was_keeps_no_draft() -> None:
    _, screen = await outcome("t", "escape")
    assert "is kept" not in screen


@pytest.mark.slow
async def test_the_line_of_cutoff_and_scale_leads_to_both() -> None:
    app = app_on()
    async with app.run_test(size=(100, 34)) as pilot:
        screen = await keys(pilot, "3", "@safety.report.1", "j", "e")
        assert "Cut-off" in screen
        assert "Scale" in screen


@pytest.mark.parametrize(
    ("typed", "path"), [("crs note", "safety.crs.note"), ("gvhd mitigation", "safety.gvhd.mitigation"), ("binder", "binder")]
)
@pytest.mark.slow
async def test_every_fact_is_found_from_the_table_with_what_it_says_now(typed: str, path: str) -> None:
    app = app_on()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await keys(pilot, "e", f"'{typed}")
        assert {"binder": "scFv", "gvhd mitigation": "TRAC knock-out", "crs note": "–"}[typed] in screen
        await keys(pilot, "enter", "', and more" if "mitigation" in typed else "'x", "enter")
        assert len(changed(app)) in (1, 2), path


@pytest.mark.slow
async def test_new_guidance_leaves_the_cursor_on_the_words() -> None:
    app = app_on()
    async with app.run_test(size=(120, 34)) as pilot:
        await keys(pilot, "4", "tab", "j", "j", "w", "'Q1 2027", "f2")
        line = app.screen.detail.line  # type: ignore[attr-defined]
        assert (line.label, line.path) == ("When", "catalyst.balli-01-interim.when")


@pytest.mark.slow
async def test_what_is_changed_out_of_sight_is_told() -> None:
    _, screen = await outcome("e", "'binder", "enter", "'x", "enter")
    assert "lasme-cel: binder scFv → scFvx" in screen
    _, screen = await outcome("m", "'One", "f2")
    assert "lasme-cel: notes changed" in screen
    _, screen = await outcome("2", "@mechanism.binder", "e", "'x", "enter")
    assert "binder scFv → scFvx" not in screen  # it is under the cursor


@pytest.mark.slow
async def test_undo_goes_to_the_first_of_the_programs_that_come_back() -> None:
    app = app_on()
    async with app.run_test(size=(100, 34)) as pilot:
        await keys(pilot, "j", "space", "space", "x", "y", "G", "u")
        assert not changed(app)
        assert app.screen.program.key == "anitocabtagene-autoleucel"  # type: ignore[attr-defined]


@pytest.mark.slow
async def test_the_name_of_the_list_is_changed_from_the_palette() -> None:
    lines, screen = await outcome(":", "'name of the list", "enter", "ctrl+u", "'My list", "enter")
    assert lines == ['-title = "Goldens"', '+title = "My list"']
    assert "the list is now called “My list”" in screen
    lines, _ = await outcome(":", "'name of the list", "enter", "ctrl+u", "enter")
    assert lines == ['-title = "Goldens"']


async def test_the_footer_of_a_small_screen_names_what_edits() -> None:
    app = app_on()
    async with app.run_test(size=(60, 20)) as pilot:
        screen = await keys(pilot, "tab")
        assert "e edit" in screen.splitlines()[-1]


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (140, 45)])
@pytest.mark.slow
async def test_what_is_told_in_passing_never_covers_the_line_that_is_typed_into(size: tuple[int, int]) -> None:
    app = app_on()
    async with app.run_test(size=size, notifications=True) as pilot:
        await keys(pilot, "4", "tab", "j", "j", "e", "'zz", "escape")
        screen = await keys(pilot, "e")
        lines = screen.splitlines()
        assert "Your draft is back" in " ".join(" ".join(lines).replace("▌", " ").split())
        typed = next(at for at, each in enumerate(lines) if "Q4 2026zz" in each)
        assert not any("▌" in each for each in lines[typed:])


@pytest.mark.slow
async def test_a_reading_that_finds_no_room_beside_the_text_stands_below_it_once() -> None:
    app = app_on()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await keys(pilot, "@phase", "e", "ctrl+u", "'fas")
        assert screen.count("unknown phase “fas”") == 1
        assert "unknown phase “fas”" in screen.splitlines()[-2]
    app = app_on()
    async with app.run_test(size=(60, 20)) as pilot:
        screen = await keys(pilot, "4", "tab", "e", "down", "down", "ctrl+u", "'int")
        assert "it will be kept, and sorts last" in " ".join(screen.replace("│", " ").split())


@pytest.mark.slow
async def test_a_list_without_programs_says_what_helps() -> None:
    _, screen = await outcome("e", text="schema = 1\n")
    assert "No program yet: a adds one" in screen


@pytest.mark.slow
async def test_a_draft_of_one_field_is_kept_under_its_name() -> None:
    app = app_on()
    async with app.run_test(size=(80, 24)) as pilot:
        await keys(pilot, "@phase", "e", "'x")
        shelf = app.screen.shelf  # type: ignore[attr-defined]
        kept: list[str] = []
        shelf.put_text = lambda name, about, texts, starts: kept.append(about)
        shelf.put(app.screen.edit.line.form)  # type: ignore[attr-defined]
        assert kept == ["lasme-cel · Phase"]
