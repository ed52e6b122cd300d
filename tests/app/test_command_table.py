"""The table of commands: whole, without clashes, and the source of bindings, help and documentation."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.actions import parse
from textual.keys import Keys, key_to_character

from cartwatch.app.commands import COMMANDS, CONTEXTS, CONTROLLERS, GROUPS, bindings, command, keys_page, shown_keys
from cartwatch.app.controllers.commit import Commit
from cartwatch.app.controllers.compare import Compare
from cartwatch.app.controllers.edit import Editor
from cartwatch.app.controllers.exchange import Exchange
from cartwatch.app.controllers.find import Find
from cartwatch.app.controllers.history import History
from cartwatch.app.controllers.links import Links
from cartwatch.app.controllers.pictures import Pictures
from cartwatch.app.controllers.registry import Registry
from cartwatch.app.controllers.saved_views import SavedViews
from cartwatch.app.keymap import ALWAYS, PRESETS, read_keymap
from cartwatch.app.needs import NEEDS


def test_ids_are_unique_and_say_where_they_work() -> None:
    assert len({each.id for each in COMMANDS}) == len(COMMANDS)
    for each in COMMANDS:
        assert each.group in GROUPS, each.id
        assert each.where, each.id
        assert set(each.where) <= set(CONTEXTS), each.id
        assert each.help.endswith("."), each.id
        assert each.keys or each.palette, f"{each.id} can't be reached at all"


def test_the_usual_keys_do_not_clash() -> None:
    usual = {each.id: list(each.keys) for each in COMMANDS if each.keys}
    assert read_keymap(usual) == ({}, [])


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_has_no_clash_and_leaves_no_command_without_a_key(preset: str) -> None:
    keymap, _ = read_keymap({}, preset)
    whole = {each.id: list(keymap.get(each.id, each.keys)) for each in COMMANDS if each.keys}
    assert all(whole.values())
    assert read_keymap(whole, preset) == (keymap, [])


def test_the_arrows_preset_moves_by_named_keys_alone() -> None:
    keymap, _ = read_keymap({}, "arrows")
    assert keymap["down"] == ("down",)
    assert keymap["pane_next"] == ("right", "]")
    assert not {"h", "j", "k", "l", "g", "G", "J", "K"} & {key for keys in keymap.values() for key in keys}


def test_keys_of_ones_own_replace_those_of_a_preset() -> None:
    keymap, problems = read_keymap({"first": "f9", "delete": "x"}, "vim")
    assert problems == []
    assert keymap["first"] == ("f9",)
    assert "delete" not in keymap  # as in the table


def test_every_usual_key_is_one_that_textual_knows() -> None:
    named = {each.value for each in Keys}
    for each in COMMANDS:
        for key in each.keys:
            for part in key.split(" "):
                assert len(part) == 1 or key_to_character(part) or part.rpartition("+")[2] in named or part in named, (
                    each.id,
                    key,
                )


def test_bindings_carry_the_ids_that_a_keymap_names() -> None:
    assert {each.id for each in bindings("table", "detail")} == {  # type: ignore[union-attr]
        each.id for each in COMMANDS if {"table", "detail"} & set(each.where) and each.keys
    }


def test_the_page_of_keys_names_every_command_once() -> None:
    page = keys_page()
    named = re.findall(r"\| `(\w+)` \|$", page, re.MULTILINE)
    assert sorted(named) == sorted(each.id for each in COMMANDS)
    assert "| `j` `↓` | Go to the next line. |" in page


def test_a_user_key_is_shown_in_place_of_the_usual_one() -> None:
    assert shown_keys(command("filter"), {"filter": ("f5",)}) == ["F5"]
    assert shown_keys(command("down"), ascii_only=True) == ["j", "Down"]
    assert shown_keys(command("first"), {"first": ("g g", "ctrl+x ctrl+s", "?")}) == ["gg", "Ctrl-x Ctrl-s", "?"]
    assert shown_keys(command("settings")) == [","]


@pytest.mark.parametrize(
    ("settings", "keys", "problem"),
    [
        ({"filter": "f"}, {"filter": ("f",)}, None),
        ({"filter": ["f", "Ctrl-F"]}, {"filter": ("f", "ctrl+f")}, None),
        ({"down": []}, {"down": ()}, None),
        ({"page_down": ["PgDn", "f9"]}, {"page_down": ("pagedown", "f9")}, None),
        ({"filter": "q", "quit": "Q"}, {"filter": ("q",), "quit": ("Q",)}, None),
        ({"fliter": "f"}, {}, 'there is no command "fliter": did you mean "filter"?'),
        ({"theme": "t"}, {}, 'there is no command "theme"'),
        ({"filter": "not_a_key"}, {}, '"not_a_key" is not a key'),
        ({"filter": "ctrl+"}, {}, '"ctrl+" is not a key'),
        ({"filter": 7}, {}, "expected a key, or a list of keys"),
        ({"filter": ["f", 7]}, {}, "expected a key, or a list of keys"),
        ({"quit": []}, {}, "quit must keep a key"),
        ({"filter": "S"}, {}, '"S" is the key of sort already'),
        ({"filter": "j"}, {}, '"j" is the key of down already'),
        ({"sort_agenda": "enter"}, {}, '"enter" is the key of'),
        ({"filter": "ctrl+i"}, {}, '"tab" is the key of'),
        ({"sort": "f", "filter": "f"}, {"filter": ("f",)}, '"f" is the key of filter already'),
        ({"first": ["g g", "home"]}, {"first": ("g g", "home")}, None),
        ({"filter": "g t"}, {}, '"g" is the key of first, so that "g t" never comes'),
        (
            {"first": "f2", "sort": "g t", "columns": "g"},
            {"first": ("f2",), "sort": ("g t",)},
            '"g" begins "g t", the keys of sort',
        ),
        ({"filter": "g g g"}, {}, "a chord is two"),
        ({"filter": "z escape"}, {}, "Esc ends a chord"),
        ({"form_save": "s"}, {}, '"s" would be typed there'),
        ({"form_save": "s s"}, {}, '"s s" would be typed there'),
        ({"settings": [",", "f9"]}, {"settings": ("comma", "f9")}, None),
    ],
)
def test_a_keymap_is_checked_whole(settings: dict[str, object], keys: dict[str, tuple[str, ...]], problem: str | None) -> None:
    read, problems = read_keymap(settings)
    assert read == keys
    if problem is None:
        assert problems == []
    else:
        assert len(problems) == 1
        assert problem in problems[0][1]


_values = st.one_of(st.text(max_size=8), st.lists(st.text(max_size=8), max_size=3), st.integers(), st.none())


@given(st.dictionaries(st.sampled_from([each.id for each in COMMANDS]), _values, max_size=6))
def test_no_keymap_unbinds_the_way_out(settings: dict[str, object]) -> None:
    read, _ = read_keymap(settings)
    for id in ALWAYS:
        assert read.get(id, command(id).keys)


_keys = st.sampled_from(
    ["f", "j", "g", "g g", "g t", "ctrl+k", "ctrl+x s", "f5", "escape", "q", "?", ":", "enter", "comma", "Z Z"]
)


@given(
    st.dictionaries(st.sampled_from([each.id for each in COMMANDS if each.keys]), st.lists(_keys, max_size=3), max_size=8),
    st.sampled_from(list(PRESETS)),
)
@pytest.mark.slow
def test_what_is_left_of_a_keymap_has_no_clash(settings: dict[str, list[str]], preset: str) -> None:
    read, _ = read_keymap(settings, preset)
    whole = {each.id: list(read.get(each.id, each.keys)) for each in COMMANDS if each.keys}
    assert read_keymap(whole, preset) == (read, [])


def test_every_command_has_a_predicate_that_says_why_it_can_do_nothing() -> None:
    assert {each.needs for each in COMMANDS} == set(NEEDS)


def test_every_command_of_a_controller_is_a_method_of_it() -> None:
    owners: dict[str, type] = {
        "commit": Commit,
        "compare": Compare,
        "edit": Editor,
        "exchange": Exchange,
        "find": Find,
        "history": History,
        "links": Links,
    }
    owners["pictures"] = Pictures
    owners["registry"] = Registry
    owners["saved_views"] = SavedViews
    assert set(owners) == set(CONTROLLERS)
    for each in COMMANDS:
        if each.handed:
            owner, name, _ = parse(each.action)
            assert callable(getattr(owners[owner], name)), each.id
