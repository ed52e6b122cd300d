"""Comparison, slips and reference cards in the app, by keys."""

from __future__ import annotations

import difflib
import os

import pytest
from app_stage import HERE, app_on, press, shown

from cartwatch.app.screens.page import PageDialog

TEXT = (HERE.parent / "views" / "comparison.toml").read_text(encoding="utf-8")
SAMPLE = (HERE.parents[1] / "sample_watchlist.toml").read_text(encoding="utf-8")
SIZES = [(60, 20), (80, 24), (140, 45), (200, 60)]


@pytest.mark.slow
async def test_a_clinician_compares_three_products_and_copies_the_page_in_eight_keys():
    """Find the CD19 products with data in NHL, compare them down to ICANS, and send the page to a colleague."""
    keys = ["slash", "n", "h", "l", "enter", "c"]
    app = app_on(SAMPLE)
    async with app.run_test(size=(140, 45)) as pilot:
        await press(pilot, " ".join(keys))
        assert isinstance(app.screen, PageDialog)
        screen = shown(app)
        assert "What forbids a direct comparison" in screen
        assert "tisa-cel" in screen
        keys += ["tab", "y"]
        copied: list[str] = []
        app.copy_to_clipboard = copied.append  # type: ignore[method-assign,assignment]
        await press(pilot, " ".join(keys[-2:]))
        assert len(keys) <= 8
        (text,) = copied
        assert "ICANS, grade ≥3" in text
        assert "not reported" in text
        assert text.index("What forbids") < text.index("ICANS, grade ≥3")


@pytest.mark.slow
async def test_more_than_eight_programs_are_refused_with_the_key_that_marks():
    many = "".join(f'[[program]]\nname = "p{at}"\n' for at in range(9))
    app = app_on(many)
    async with app.run_test(size=(100, 30)) as pilot:
        assert "2 to 8 programs can be compared, 9 shown, none marked" in " ".join((await press(pilot, "c")).split())
        screen = await press(pilot, "space space c")
        assert isinstance(app.screen, PageDialog)
        assert "there is nothing to compare" in " ".join(screen.split())


@pytest.mark.slow
async def test_the_reference_cards_open_with_one_key_and_say_what_they_are():
    app = app_on(TEXT)
    async with app.run_test(size=(140, 60)) as pilot:
        screen = await press(pilot, "3 d")
        for words in ("ASTCT 2019", "Reference, not advice", "Source"):
            assert words in screen
        for card in ("ICE", "MAGIC", "NIH"):
            assert any(card in "".join(text for text, _ in line.runs) for line in app.screen._drawn(130))  # type: ignore[attr-defined]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("plain", [False, True], ids=["colour", "plain"])
@pytest.mark.slow
async def test_the_page_looks_as_it_did(size: tuple[int, int], plain: bool):
    app = app_on(TEXT, no_color=plain, ascii_only=plain)
    async with app.run_test(size=size) as pilot:
        text = await press(pilot, "c")
        golden = HERE / "goldens" / f"{size[0]}x{size[1]}" / f"compare{'-plain' if plain else ''}.txt"
        if os.environ.get("CARTWATCH_GOLDENS") == "write":
            golden.parent.mkdir(exist_ok=True)
            golden.write_text(text, encoding="utf-8")
        before = golden.read_text(encoding="utf-8") if golden.exists() else ""
        wrong = difflib.unified_diff(before.splitlines(), text.splitlines(), lineterm="", n=0)
        assert before == text, "\n".join(wrong)
