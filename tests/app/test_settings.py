"""The settings file changes keys and theme; whatever is wrong in it is said and changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from cartwatch.app.settings import Settings, read_settings


def read(tmp_path: Path, text: str | bytes) -> Settings:
    file = tmp_path / "config.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_settings(str(file))


def test_no_settings_file_is_no_problem(tmp_path: Path) -> None:
    assert read_settings(str(tmp_path / "config.toml")) == Settings()


def test_keys_and_theme_are_taken(tmp_path: Path) -> None:
    found = read(tmp_path, 'theme = "cartwatch-light"\n[keys]\nfilter = ["f", "/"]\n')
    assert found == Settings("cartwatch-light", {"filter": ("f", "/")})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('theme = "cartwatch-lihgt"', 'did you mean "cartwatch-light"'),
        ("theme = 3", "choose from"),
        ("keys = 3", "write [keys]"),
        ('[keys]\nfitler = "f"', 'did you mean "filter"'),
        ("theme =", "Invalid value"),
        (b"\xff\xfe", "config.toml"),
    ],
)
def test_what_is_wrong_is_said_and_changes_nothing(tmp_path: Path, text: str | bytes, words: str) -> None:
    found = read(tmp_path, text)
    assert (found.theme, found.keymap) == (None, {})
    assert any(words in each for each in found.problems)
