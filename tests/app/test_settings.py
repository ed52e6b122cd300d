"""The settings file: every setting is checked, what is wrong is said with its place, and nothing wrong counts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartwatch.app.palettes import PALETTES
from cartwatch.app.settings import Settings, arrangement, has_no_colours, read_settings, told
from cartwatch.app.theme import THEMES
from cartwatch.sources.registry.transport import RUNGS
from cartwatch.storage.config import read_config, write_config
from cartwatch.storage.errors import StorageError
from cartwatch.storage.places import Places, places
from cartwatch.storage.settings import SETTINGS, setting


def read(tmp_path: Path, text: str | bytes) -> Settings:
    file = tmp_path / "config.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_settings(str(file))


def where_in(tmp_path: Path, **env: str) -> Places:
    return places(
        str(tmp_path / "list.toml"), {"HOME": str(tmp_path), "CARTWATCH_CONFIG": str(tmp_path / "config.toml"), **env}
    )


def test_no_settings_file_is_no_problem(tmp_path: Path) -> None:
    assert read_settings(str(tmp_path / "config.toml")) == Settings()


def test_settings_are_taken(tmp_path: Path) -> None:
    text = 'theme = "cartwatch-light"\nglyphs = "ascii"\nreduced_motion = true\nmouse = false\n[keys]\nfilter = ["f", "/"]\n'
    found = read(tmp_path, text)
    assert found == Settings("cartwatch-light", PALETTES, {"filter": ("f", "/")}, "ascii", reduced_motion=True, mouse=False)


def test_the_example_of_the_reference_is_right(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "settings.md").read_text(encoding="utf-8")
    found = read(tmp_path, page.partition("```toml\n")[2].partition("```")[0])
    assert found.problems == ()
    assert (found.theme, found.keymap["timeline"]) == ("mine", ("g l",))


def test_a_setting_is_declared_whole() -> None:
    assert len({each.key for each in SETTINGS}) == len(SETTINGS)
    for each in SETTINGS:
        assert each.help.endswith("."), each.key
        assert each.kind in ("choice", "flag", "number", "text"), each.key
        assert bool(each.choices) == (each.kind == "choice"), each.key


def test_choices_that_belong_elsewhere_are_those_there() -> None:
    assert setting("theme").choices == ("auto", *THEMES)
    assert setting("registry.client").choices == RUNGS


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ('theme = "cartwatch-lihgt"', "1:9: theme", 'did you mean "cartwatch-light"?; auto is taken'),
        ("\ntheme = 3", "2:9: theme", "choose from auto, cartwatch-dark"),
        ('glyphs = "ASCI"', "1:10: glyphs", 'did you mean "ascii"?; auto is taken'),
        ("reduced_motion = 1", "1:18: reduced_motion", "expected true or false; false is taken"),
        ("mouse = 'yes'", "1:9: mouse", "expected true or false; true is taken"),
        ("thema = 'auto'", "1:1: thema", 'there is no such setting: did you mean "theme"?'),
        ("[registry]\nsecond = 3", "2:1: registry.second", 'did you mean "seconds"?'),
        ("[registry]\nseconds = 1", "2:11: registry.seconds", "expected a number from 5 to 3600; 120 is taken"),
        ("[registry]\nclient = 'http'", "2:10: registry.client", 'did you mean "httpx"?; it does not count'),
        ("registry = 1", "1:12: registry", "expected a table: write [registry]"),
        ("keys = 3", "1:8: keys", "expected a table: write [keys]"),
        ('[keys]\nfitler = "f"', "2:1: keys.fitler", 'did you mean "filter"'),
        ('[keys]\npreset = "vi"', "2:10: keys.preset", 'did you mean "vim"?; default is taken'),
        ("[keys]\nquit = []", "2:8: keys.quit", "quit must keep a key"),
        ("theme =", "1:8", "no setting in it counts"),
        ('theme = "auto"\ntheme = "auto"', "2:", "no setting in it counts"),
        ('theme = "mine"\n[theme.mine]', "2:1", 'use = "NAME" under [theme]'),
        (b"\xff\xfe", "1:1", "no setting in it counts"),
        ('[theme]\nuse = "main"\n[theme.mine]', "2:7: theme.use", 'did you mean "mine"?; auto is taken'),
        ('[theme.mine]\nquite = "#ffffff"', "2:1: theme.mine.quite", 'did you mean "quiet"?'),
        ('[theme.mine]\nquiet = "white"', "2:9: theme.mine.quiet", 'expected a colour such as "#6fc3c4"'),
        ('[theme.mine]\nbase = "high-contrst"', "2:8: theme.mine.base", 'did you mean "high-contrast"?'),
        ('[theme.mine]\nquiet = "#222222"', "1:", "hard to read, contrast below 4.5: quiet on background"),
        ('[theme.auto]\nquiet = "#fff"', "1:", "there is a theme of that name already"),
        ('[views.mine]\ngroup = "sponser"', "2:9: views.mine.group", 'did you mean "sponsor"?'),
        ('[theme]\nuse = "auto"\nmine = 3', "3:1: theme.mine", "expected a table of colours"),
    ],
)
def test_what_is_wrong_is_said_with_its_place_and_changes_nothing(
    tmp_path: Path, text: str | bytes, place: str, words: str
) -> None:
    found = read(tmp_path, text)
    assert (found.theme, found.keymap, found.glyphs, found.reduced_motion, found.mouse) == (
        "auto" if "use = \"auto\"" in str(text) else None, {}, "auto", False, True,
    )  # fmt: skip
    assert len(found.problems) == 1
    assert found.problems[0].startswith(f"{tmp_path / 'config.toml'}:{place}")
    assert words in found.problems[0]


def test_every_problem_is_told_and_the_rest_counts(tmp_path: Path) -> None:
    found = read(tmp_path, 'theme = "drak"\nglyphs = "ascii"\n[keys]\nfilter = "S"\nundo = "f8"\n[registry]\nurl = 3\n')
    assert [each.split(": ")[1] for each in found.problems] == ["theme", "registry.url", "keys.filter"]
    assert (found.glyphs, found.keymap) == ("ascii", {"undo": ("f8",)})
    assert told(found.problems).endswith("(and 2 more: the settings list them)")


def test_a_theme_of_the_users_own_is_a_shipped_one_with_other_colours(tmp_path: Path) -> None:
    found = read(tmp_path, '[theme]\nuse = "mine"\n[theme.mine]\nbase = "high-contrast"\nhue = "#fa0"\n')
    assert found.problems == ()
    assert found.theme == "mine"
    mine = found.palettes[-1]
    assert (mine.name, mine["hue"], mine["background"]) == ("mine", "#ffaa00", "#000000")


def test_hostile_names_are_text_in_the_problems(tmp_path: Path) -> None:
    found = read(tmp_path, '"[/b]\\u001b" = 1\n[keys]\n"[CD19]" = "x"\n')
    assert len(found.problems) == 2


@given(st.text(max_size=60))
def test_no_text_raises(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    file = tmp_path_factory.getbasetemp() / "any.toml"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    read_settings(str(file))


# ---- writing


def test_one_line_changes_and_comments_stay(tmp_path: Path) -> None:
    where = where_in(tmp_path)
    text = '# mine\ntheme = "cartwatch-dark"  # for the evening\n\n[keys]\nundo = "f8" # as at work\nunknown = 1\n'
    Path(where.config).write_text(text)
    assert write_config(where, [("theme", "cartwatch-light")]) == ()
    assert Path(where.config).read_text() == text.replace("-dark", "-light")
    write_config(where, [("keys.undo", ["f9", "u"])])
    assert 'undo = ["f9", "u"] # as at work' in Path(where.config).read_text()
    write_config(where, [("theme", None)])
    assert "theme" not in read_config(where.config).data


def test_a_new_setting_goes_above_the_tables_and_a_new_file_is_private(tmp_path: Path) -> None:
    where = where_in(tmp_path, CARTWATCH_CONFIG=str(tmp_path / "deep" / "config.toml"))
    write_config(where, [("keys.preset", "vim")])
    write_config(where, [("glyphs", "ascii"), ("reduced_motion", True)])
    found = read_settings(where.config)
    assert (found.glyphs, found.reduced_motion, found.keymap["first"]) == ("ascii", True, ("g g", "home"))
    assert Path(where.config).stat().st_mode & 0o777 == 0o600


def test_the_theme_is_chosen_inside_its_table_where_there_is_one(tmp_path: Path) -> None:
    where = where_in(tmp_path)
    Path(where.config).write_text('[theme.mine]\nhue = "#6fc3c4"  # teal\n')
    write_config(where, [("theme", "mine")])
    assert read_settings(where.config).theme == "mine"
    assert "# teal" in Path(where.config).read_text()


def test_a_link_to_the_settings_stays_a_link(tmp_path: Path) -> None:
    where = where_in(tmp_path)
    real = tmp_path / "dotfiles.toml"
    real.write_text("mouse = true\n")
    Path(where.config).symlink_to(real)
    write_config(where, [("mouse", False)])
    assert Path(where.config).is_symlink()
    assert real.read_text() == "mouse = false\n"


def test_an_unreadable_file_is_left_as_it_is(tmp_path: Path) -> None:
    where = where_in(tmp_path)
    Path(where.config).write_text("theme =\n")
    with pytest.raises(StorageError, match="mend it in an editor first"):
        write_config(where, [("theme", "auto")])
    assert Path(where.config).read_text() == "theme =\n"


# ---- the terminal


@pytest.mark.parametrize(
    ("env", "dark"),
    [({}, True), ({"COLORFGBG": "0;15"}, False), ({"COLORFGBG": "15;default;0"}, True), ({"COLORFGBG": "x"}, True)],
)
def test_the_background_is_guessed_from_the_environment(tmp_path: Path, env: dict[str, str], dark: bool) -> None:
    assert arrangement(where_in(tmp_path, **env)).terminal.dark is dark


@pytest.mark.parametrize(
    ("kind", "ascii_only", "few", "none"),
    [
        ("xterm-256color", False, False, False),
        ("tmux-256color", False, False, False),
        ("linux", True, True, False),
        ("vt100", True, False, True),
        ("xterm-mono", False, False, True),
    ],
)
def test_a_poor_terminal_gets_what_it_can_show(tmp_path: Path, kind: str, ascii_only: bool, few: bool, none: bool) -> None:
    where = where_in(tmp_path, TERM=kind)
    found = arrangement(where).terminal
    assert (found.ascii_only, found.few_colours, has_no_colours(where.env)) == (ascii_only, few, none)


def test_settings_are_checked_without_textual() -> None:
    code = "import sys, cartwatch.app.settings; sys.exit('textual' in sys.modules or 'rich' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
