"""The declared commands and options fit together."""

from __future__ import annotations

from importlib import import_module

import pytest

from cartwatch.cli.arguments import COMMANDS, GLOBAL, UsageError, parse


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


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (["next", "--bogus"], "there is no option --bogus: see cartwatch next --help"),
        (["next", "--withn", "90d"], "there is no option --withn: did you mean --within?"),
        (["list", "--colums", "all"], "there is no option --colums: did you mean --columns?"),
        (["--colums", "all", "list"], "there is no option --colums: did you mean --columns?"),
        (["--zzz"], "there is no option --zzz: see cartwatch --help"),
    ],
)
def test_an_unknown_option_is_answered_with_one_that_the_command_has(line, said):
    with pytest.raises(UsageError) as wrong:
        parse(line)
    assert str(wrong.value) == said


def test_help_may_be_asked_for_as_a_word():
    assert parse(["help"]).options == {"help": ""}
    asked = parse(["help", "show"])
    assert (asked.command, asked.options, asked.words) == (COMMANDS["show"], {"help": ""}, [])
    assert parse(["show", "help"]).words == ["help"]
