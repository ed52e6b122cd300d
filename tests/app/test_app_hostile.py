"""Text that tries to be more than text, in every field and through every screen: it shows itself and does nothing."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import tomli_w
from app_stage import app_on, press, shown

from cartwatch.app.screens.main import MainScreen
from cartwatch.views.panes import PANES

PAYLOADS = (
    "[CD19] x",
    "ok [/b] x",
    "[/red]",
    "[@click=app.quit]x[/]",
    "[link=https://evil.example]x",
    "\x1b]52;c;ZXZpbA==\x07",
    "\x1b[2J\x1b]0;owned\x07",
    "\u009b31m",
    "\u202eright to left",
    "日本語のテキスト",
    "e" + "\u0301" * 200,
    "👩‍👩‍👧‍👦 family",
    "a\r\nb\tc",
    "\u2028line\u2029paragraph",
    "${jndi:ldap://x}",
)
DIALOGS = ("?", "escape", ":", "escape", "S", "escape", "C", "escape", "!", "enter", "/", "[", "/", "b", "]", "escape")


def hostile_program(payload: str) -> dict[str, Any]:
    """A program with the payload in every field that takes text."""
    return {
        "name": payload,
        "short": payload,
        "aliases": [payload],
        "sponsor": payload,
        "ticker": payload,
        "indications": [payload],
        "phase": payload,
        "tags": [payload],
        "notes": f"# {payload}\n\n- **{payload}**\n- [{payload}](https://example.org/)\n\n> {payload}\n\n```\n{payload}\n```\n",
        "cite": {"phase": payload},
        "mechanism": {
            "modality": payload,
            "source": payload,
            "cell": payload,
            "targets": [payload],
            "binder": payload,
            "knockouts": [payload, {"gene": payload, "purpose": payload}],
            "summary": payload,
        },
        "safety": {
            "summary": payload,
            "boxed_warning": payload,
            "crs": {"note": payload, "mitigation": [payload]},
            "report": [
                {"trial": payload, "population": payload, "n": 40, "scale": payload, "note": payload, "crs": {"any": "3/40"},
                 "other": [{"event": payload, "any": "1/40"}]},
            ],
        },
        "designation": [{"kind": payload, "agency": payload, "indication": payload}],
        "catalyst": [
            {"event": payload, "kind": payload, "when": payload, "trial": payload, "note": payload, "cite": payload},
            {"event": f"{payload} again", "when": "Q4 2026", "move": [{"when": payload}]},
        ],
        "trial": [{"nct": payload, "name": payload, "status": payload, "why_stopped": payload, "fetched": "2026-11-22"}],
        "source": [{"id": payload, "title": payload, "url": payload, "quote": payload}],
    }  # fmt: skip


def check(text: str, place: object) -> None:
    # A joiner may stay between two emoji, where it draws nothing.
    assert all(char.isprintable() or char in "\n\u200d" for char in text), (place, text)


@pytest.mark.slow
async def test_hostile_text_shows_itself_on_every_screen() -> None:
    programs = [hostile_program(payload) for payload in PAYLOADS]
    app = app_on(tomli_w.dumps({"title": PAYLOADS[0], "program": programs}))
    seen = ""
    async with app.run_test(size=(100, 40), notifications=True) as pilot:
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, MainScreen)
        for key in screen.programs.keys:
            screen.programs.move_to(key)
            for pane, _ in PANES:
                screen.display_state.pane = pane
                screen.show_detail()
                await asyncio.sleep(0)
                text = shown(app)
                check(text, (key, pane))
                seen += text
        for key in DIALOGS:
            check(await press(pilot, key), key)
        for key in ("*", "y", "enter", "y", "o"):
            check(await press(pilot, key), key)
        assert app.is_running
    for payload in PAYLOADS:
        if payload.isprintable() and payload.isascii():
            assert payload in seen, payload


@pytest.mark.slow
async def test_a_note_of_a_hundred_thousand_characters_is_shown() -> None:
    for note in ("word " * 20_000, "x" * 100_000, "[" * 100_000, "*" * 100_000, "[a](" * 25_000, "- x\n" * 25_000):
        text = tomli_w.dumps({"program": [{"name": "long", "notes": note, "mechanism": {"summary": note}}]})
        async with app_on(text).run_test(size=(80, 24)) as pilot:
            shown = await press(pilot, "7 tab G g")
            assert (note[:8].strip("*-[ \nx") or "▌") in shown
