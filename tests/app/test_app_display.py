"""What is remembered of the display, which addresses are opened, and the looks."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from app_stage import GOLDEN_LIST, Clock, app_on, press, session_on
from hypothesis import given
from hypothesis import strategies as st

from cartwatch.app.app import CartwatchApp
from cartwatch.app.display import AGENDA, Display, also, only
from cartwatch.app.screens.main import MainScreen
from cartwatch.app.theme import THEMES
from cartwatch.app.widgets.panelayout import rendered
from cartwatch.domain.addresses import RefusedAddress, checked_address
from cartwatch.views.columns import DEFAULT


def test_what_is_kept_comes_back() -> None:
    display = Display(sort=(("phase", True), ("program", False)), columns=("mark", "program", "countdown"), pane="safety",
                      program="lasme-cel", query="phase:2")  # fmt: skip
    now = datetime(2026, 11, 22, 10, tzinfo=UTC)
    assert Display.of(display.kept(now)) == Display(
        sort=display.sort, columns=display.columns, pane="safety", program="lasme-cel", query="phase:2", last_query="phase:2",
        visited=now,
    )  # fmt: skip
    earlier = datetime(2026, 11, 1, tzinfo=UTC)  # only marking as read moves it
    assert Display.of(Display(visited=earlier).kept(now)).visited == earlier


@pytest.mark.parametrize(
    "kept",
    [
        {},
        {"sort": 7, "columns": "all", "pane": ["safety"], "program": 1, "query": None},
        {"sort": ["nothing", "-nothing", 3], "columns": ["nothing"], "pane": "nothing"},
    ],
)
def test_what_makes_no_sense_any_more_is_left_out(kept: dict[str, object]) -> None:
    assert Display.of(kept) == Display(sort=AGENDA, columns=DEFAULT)


@pytest.mark.slow
async def test_an_app_stands_where_it_stood() -> None:
    display = Display.of({"sort": ["-program"], "pane": "safety", "program": "vague-cel", "query": "phase:2"})
    app = CartwatchApp(session_on(GOLDEN_LIST), Clock(), display)
    async with app.run_test(size=(140, 45)) as pilot:
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, MainScreen)
        assert list(screen.programs.keys) == ["vague-cel"]
        assert screen.programs.cursor_key == "vague-cel"
        assert screen.detail.pane == "safety"


def test_sorting_by_a_column_alone_and_too() -> None:
    assert only(AGENDA, "phase") == (("phase", False),)
    assert only((("phase", False),), "phase") == (("phase", True),)
    assert also(AGENDA, "phase") == (*AGENDA, ("phase", False))
    assert also((("phase", False),), "phase") == (("phase", True),)
    assert also((("phase", True),), "phase") == AGENDA


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://example.org/a?b=c#d", "example.org"),
        ("HTTP://Example.org:8080/", "example.org"),
        ("https://bücher.example/", "xn--bcher-kva.example"),
    ],
)
def test_web_addresses_are_opened(url: str, host: str) -> None:
    assert checked_address(url) == (url, host)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "javascript:alert(1)",
        "vscode://x",
        "--help",
        "https://",
        "https:///path",
        "https://user@example.org/",
        "https://user:secret@example.org/",
        "https://example.org/a b",
        "https://example.org/\x1b[2J",
        "https://example.org:port/",
        "https://[::1",
        "https://example.org/" + "x" * 2_000,
        "relative/path.sh",
    ],
)
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(RefusedAddress):
        checked_address(url)


def colours(app: CartwatchApp) -> set[str]:
    return set(re.findall(r"fill: ?(#[0-9a-f]{6})", app.export_screenshot()))


@pytest.mark.slow
async def test_every_theme_draws_every_screen_in_its_own_colours() -> None:
    app = app_on()
    async with app.run_test(size=(140, 45)) as pilot:
        for name in THEMES:
            app.theme = name
            await press(pilot, "3 tab j ? escape escape S escape")
            variables = THEMES[name][1].variables
            if not THEMES[name][1].ansi:
                assert {variables["hue"], variables["quiet"], variables["open"]} <= colours(app), name


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("name", [name for name, (_, theme) in THEMES.items() if not theme.ansi])
def test_every_colour_of_text_can_be_read(name: str) -> None:
    """WCAG 2.1, 1.4.3: a contrast of 4.5 at least, 7 in the theme of high contrast."""
    theme = THEMES[name][1]
    for role in ("quiet", "open", "soon", "overdue", "link", "hue"):
        for ground in (theme.background, theme.panel):
            assert ground is not None
            low, high = sorted((luminance(theme.variables[role]), luminance(ground)))
            assert (high + 0.05) / (low + 0.05) >= (7 if name == "high-contrast" else 4.5), (role, ground)


@given(st.text("*_`[]()#>-1. \nab/:h", max_size=200))
def test_no_markdown_breaks_the_notes(text: str) -> None:
    shown = "".join(run for block in rendered(text) for run, _ in block.runs)
    assert text.count("a") <= shown.count("a") + text.count("```")


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("plain", [[("plain", "")]]),
        ("**bold** and *it*", [[("bold", "strong"), (" and ", ""), ("it", "emphasis")]]),
        ("snake_case_name", [[("snake_case_name", "")]]),
        ("`a*b*`", [[("a*b*", "code")]]),
        ("# Head", [[("Head", "heading")]]),
        ("- one\n- two", [[("• ", "quiet"), ("one", "")], [("• ", "quiet"), ("two", "")]]),
        ("> said", [[("│ ", "quiet"), ("said", "")]]),
        ("[t](https://x.org)", [[("t", "link"), (" (https://x.org)", "quiet")]]),
        ("[t](javascript:x)", [[("[t](javascript:x)", "")]]),
        ("anti-[CD19] x", [[("anti-[CD19] x", "")]]),
        ("3 * 4 * 5", [[("3 * 4 * 5", "")]]),
    ],
)
def test_markdown(text: str, runs: list[list[tuple[str, str]]]) -> None:
    assert [list(block.runs) for block in rendered(text)] == runs
