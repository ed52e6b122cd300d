"""The reference pages say what the program does, and README's commands are the ones that are tested."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from cartwatch.app.commands import COMMANDS as KEYS
from cartwatch.cli.arguments import COMMANDS

ROOT = Path(__file__).resolve().parents[1]


def script(name: str) -> Any:
    """A script of docs/, loaded."""
    spec = importlib.util.spec_from_file_location(f"docs_{name}", ROOT / "docs" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def built() -> dict[str, str]:
    pages: dict[str, str] = script("build").pages()
    return pages


@pytest.mark.parametrize("name", ["format.md", "commands.md", "keys.md", "settings.md", "cartwatch.1"])
def test_the_reference_page_is_current(name: str) -> None:
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == built()[name], "run: python docs/build.py"


def test_the_picture_of_the_timeline_is_that_of_the_sample() -> None:
    assert (ROOT / "docs" / "timeline.svg").read_text(encoding="utf-8") == script("picture").timeline(), (
        "run: python docs/picture.py"
    )


def test_the_page_of_screens_shows_a_picture_of_each() -> None:
    picture = script("picture")
    assert (ROOT / "docs" / "screens.md").read_text(encoding="utf-8") == picture.page(), "run: python docs/picture.py"
    for name in picture.SCREENS:
        svg = (ROOT / "docs" / "screens" / f"{name}.svg").read_text(encoding="utf-8")
        assert ElementTree.fromstring(svg).tag.endswith("svg")
        assert "@font-face" not in svg  # nothing is loaded from elsewhere


def test_the_site_has_a_place_for_every_page() -> None:
    site = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    listed = set(re.findall(r"^ +- .+: (\S+\.md)$", site, re.MULTILINE))
    top = {"index.md", "CONTRIBUTING.md", "CHANGELOG.md"}
    assert listed == {path.name for path in (ROOT / "docs").glob("*.md")} | top


def test_the_cast_can_be_played() -> None:
    head, *events = map(json.loads, (ROOT / "docs" / "cartwatch.cast").read_text(encoding="utf-8").splitlines())
    cast = script("cast")
    assert (head["version"], head["width"], head["height"]) == (2, cast.COLUMNS, cast.ROWS)
    times = [at for at, kind, text in events if kind == "o" and isinstance(text, str)]
    assert times == sorted(times)
    assert len(times) == len(events) > 20
    shown = "".join(text for _, _, text in events)
    assert "lasme-cel" in shown
    assert "\x1b[?1049l" in shown  # the terminal is given back
    assert str(Path.home()) not in shown


def test_every_command_is_documented_with_its_help() -> None:
    page = built()["commands.md"]
    assert all((f"## `cartwatch {name}`" in page) is not each.hidden and each.help for name, each in COMMANDS.items())


def test_the_man_page_has_every_command_and_option_and_no_stray_request() -> None:
    page = built()["cartwatch.1"]
    plain = page.replace(r"\-", "-").replace(r"\(dq", '"').replace(r"\e", "\\")
    for each in (each for each in COMMANDS.values() if not each.hidden):
        assert f".SS cartwatch {each.name}" in plain
        assert all(f"--{option.long}" in plain for option in each.options)
        assert all(code in plain for code, _ in each.examples)
    requests = {line.split()[0] for line in page.splitlines() if line[:1] in ".'"}
    assert requests == {'.\\"', ".TH", ".SH", ".SS", ".TP", ".PP", ".B", ".I", ".RI", ".br"}


@pytest.mark.skipif(shutil.which("groff") is None, reason="no groff here")
def test_the_man_page_is_typeset_without_a_warning() -> None:
    argv = ["groff", "-man", "-Kutf8", "-Tutf8", "-ww", "-z", str(ROOT / "docs" / "cartwatch.1")]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_key_is_documented_with_what_it_does() -> None:
    page = built()["keys.md"]
    assert all(f"`{each.id}`" in page and each.help for each in KEYS)


def test_readme_names_the_two_commands() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    lines = [line for line in readme.splitlines() if line.startswith("python3 -m venv")]
    assert [line.split()[-1] for line in lines] == ["sample_watchlist.toml", "pytest"]


FAULTS = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (\d+) \| (.+?) \| (.+?) \| (.+?) \|$", FAULTS, re.MULTILINE)


def test_the_table_of_faults_is_numbered_without_a_gap() -> None:
    assert len(ROWS) > 60
    assert [int(number) for number, *_ in ROWS] == list(range(1, len(ROWS) + 1))


@pytest.mark.parametrize("row", ROWS, ids=[number for number, *_ in ROWS])
def test_every_test_that_the_table_names_exists(row: tuple[str, ...]) -> None:
    named = re.findall(r"`(tests/[^`]*?)::(\w+)`", row[3])
    assert named
    assert len(named) == row[3].count("`tests/")
    for path, name in named:
        code = (ROOT / path).read_text(encoding="utf-8")
        assert re.search(rf"^(async )?def {name}\(", code, re.MULTILINE), f"{path}::{name}"
