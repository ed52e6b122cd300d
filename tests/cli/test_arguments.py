"""The declared commands and options fit together."""

from __future__ import annotations

from importlib import import_module

from cartwatch.cli.arguments import COMMANDS, GLOBAL, parse


def test_an_option_takes_a_value_everywhere_or_nowhere():
    seen = {}
    for option in (*GLOBAL, *(each for command in COMMANDS.values() for each in command.options)):
        assert seen.setdefault(option.long, option.value is None) == (option.value is None)


def test_every_command_has_a_module_that_runs_it():
    for command in COMMANDS.values():
        assert callable(import_module(command.module).run)


def test_words_behind_two_dashes_are_no_options():
    parsed = parse(["when", "--", "--today", "Q4 2026"])
    assert parsed.words == ["--today", "Q4 2026"]
    assert parsed.options == {}


def test_values_may_be_joined_or_apart():
    for line in (["-f", "x", "list"], ["-fx", "list"], ["--file=x", "list"], ["list", "--file", "x"]):
        assert parse(line).options == {"file": "x"}


def test_a_command_is_one_only_in_front():
    parsed = parse(["show", "next"])
    assert parsed.command is COMMANDS["show"]
    assert parsed.words == ["next"]
