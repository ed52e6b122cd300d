"""`cartwatch completion`: prints a shell script that completes commands, options and files."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from cartwatch.cli.arguments import COMMANDS, GLOBAL, UsageError

if TYPE_CHECKING:
    from cartwatch.cli.arguments import Option
    from cartwatch.cli.context import Call

__all__ = ["run"]

_SHELLS = ("bash", "zsh", "tcsh")
_FILES = ("FILE", "SOURCE…", "[FILE]")  # words completed as file names


def run(call: Call) -> int:
    """Print the script. Raises UsageError for an unsupported shell."""
    shell = call.parsed.words[0].casefold()
    if shell not in _SHELLS:
        raise UsageError(f'there is completion for {", ".join(_SHELLS)}, not for "{call.parsed.words[0]}"')
    import shtab

    for line in shtab.complete(_parser(), shell).splitlines():
        call.output.line(line)
    return 0


def _parser() -> argparse.ArgumentParser:
    """Convert the command table for the completion library; this parser is never used to parse."""
    parser = argparse.ArgumentParser("cartwatch", add_help=False)
    _options(parser, GLOBAL)
    commands = parser.add_subparsers()
    for command in COMMANDS.values():
        each = commands.add_parser(command.name, help=command.help, description=command.help, add_help=False)
        _options(each, (*GLOBAL, *command.options))
        if command.most != 0:
            words = each.add_argument("words", nargs="*", metavar=command.usage)
            if command.name == "completion":
                words.choices = _SHELLS
            elif any(file in command.usage for file in _FILES):
                words.complete = _file()  # type: ignore[attr-defined]  # how shtab is told
    return parser


def _options(parser: argparse.ArgumentParser, options: tuple[Option, ...]) -> None:
    for option in options:
        names = [f"--{option.long}", *([f"-{option.short}"] if option.short else [])]
        help = option.help.replace("%", "%%")
        if option.value is None:
            parser.add_argument(*names, action="store_true", help=help)
        else:
            added = parser.add_argument(*names, metavar=option.value, help=help)
            if option.value in _FILES:
                added.complete = _file()  # type: ignore[attr-defined]  # how shtab is told


def _file() -> Any:
    import shtab

    return shtab.FILE
