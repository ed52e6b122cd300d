"""`cartwatch completion`: prints a shell script that completes commands, options, programs, fields and values.

The scripts only ask `cartwatch complete`, so that they never grow old, and know nothing but how their shell shows the answer.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from cartwatch.cli.arguments import UsageError
from cartwatch.cli.candidates import FILES, candidates
from cartwatch.cli.output import safe, write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cartwatch.cli.candidates import Candidate
    from cartwatch.cli.context import Call

__all__ = ["SHELLS", "run"]

_BASH = r"""# bash completion of cartwatch: written by `cartwatch completion bash`
_cartwatch() {
    local IFS=$'\n' program=${COMP_WORDS[0]}
    program=${program/#\~/$HOME}
    COMPREPLY=($("$program" complete bash -- "${COMP_LINE:0:COMP_POINT}" 2>/dev/null))
    if [[ ${COMPREPLY[0]} == ":files:" ]]; then
        COMPREPLY=()
        compopt -o default -o filenames 2>/dev/null
    elif [[ ${COMPREPLY[0]} == *[=.:,] ]]; then
        compopt -o nospace 2>/dev/null
    fi
}
complete -F _cartwatch cartwatch
"""
_ZSH = r"""#compdef cartwatch
# zsh completion of cartwatch: written by `cartwatch completion zsh`
_cartwatch() {
    local -a lines texts shown ongoing ongoing_shown
    local line text program=${(Q)words[1]/#\~/$HOME}
    lines=("${(@f)$("$program" complete zsh -- "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
    if [[ ${lines[1]} == ":files:" ]]; then
        _files
        return
    fi
    for line in $lines; do
        text=${line%%$'\t'*}
        if [[ $text == *[=.:,] ]]; then
            ongoing+=("$text"); ongoing_shown+=("$text  ${line#*$'\t'}")
        elif [[ -n $text ]]; then
            texts+=("$text"); shown+=("$text  ${line#*$'\t'}")
        fi
    done
    local -a fold=(-M 'm:{[:lower:][:upper:]}={[:upper:][:lower:]}')
    (( $#ongoing )) && compadd $fold -l -S '' -d ongoing_shown -a ongoing
    (( $#texts )) && compadd $fold -l -d shown -a texts
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _cartwatch "$@"
else
    compdef _cartwatch cartwatch
fi
"""
_FISH = r"""# fish completion of cartwatch: written by `cartwatch completion fish`
function __cartwatch_complete
    set -l words (commandline -opc)
    set -l program (string replace -r '^~' $HOME -- $words[1])
    set -e words[1]
    set -l found ($program complete fish -- $words (commandline -ct) 2>/dev/null)
    if test "$found[1]" = ":files:"
        __fish_complete_path (commandline -ct)
    else
        string join -- \n $found
    end
end
complete -c cartwatch -f -a '(__cartwatch_complete)'
"""
_TCSH = (
    "# tcsh completion of cartwatch: written by `cartwatch completion tcsh`\n"
    "complete cartwatch 'n/{-f,--file,-o,--output}/f/' 'n/{check,import,read,diff,merge}/f/' "
    "'p@1@`cartwatch complete tcsh`@' 'p@*@`cartwatch complete tcsh`@@'\n"
)
SHELLS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH, "tcsh": _TCSH}
"""The script of each shell."""


def run(call: Call) -> int:
    """Print the script, or the candidates that it asks for. Raises UsageError for an unknown shell."""
    shell, *words = call.parsed.words
    if shell.casefold() not in SHELLS:
        raise UsageError(f'there is completion for {", ".join(SHELLS)}, not for "{shell}"')
    assert call.parsed.command is not None
    if call.parsed.command.name == "complete":
        write("".join(f"{each}\n" for each in _answer(shell, words)))
        return 0
    for line in SHELLS[shell.casefold()].splitlines():
        call.output.line(line)
    return 0


def _answer(shell: str, words: Sequence[str]) -> Sequence[str]:
    """Return the lines that a shell's script reads: candidates, or `:files:`.

    zsh and fish give the words and quote what they insert; bash and tcsh give the line up to the cursor.
    """
    if shell in ("zsh", "fish"):
        *before, typed = words or [""]
        if shell == "fish":  # gives the words before unquoted, and this one as it is typed
            typed = _at_cursor(f"cartwatch {typed}").typed
        found = candidates(before, typed)
        return [each.text if found is FILES else f"{each.text}\t{safe(each.help)}" for each in found]
    at = _at_cursor((words or [os.environ.get("COMMAND_LINE", "")])[0])
    found = candidates(at.words, at.typed)
    if shell == "tcsh":  # takes a list of words, in which nothing can be quoted
        return [each.text for each in found if found is not FILES and re.search(r"[\s\"'`\\$!*?;&|<>(){}#]", each.text) is None]
    return [each.text for each in found] if found is FILES else _for_bash(at, found)


class _Cursor(NamedTuple):
    """The words before the cursor, the one at it, and where in that a quote was opened that is not closed."""

    words: list[str]
    typed: str
    opened: int | None


def _at_cursor(line: str) -> _Cursor:
    """Split the last command of a line as a shell does, without the command's own name."""
    words: list[str] = []
    typed, opened, quote, at = "", None, "", 0
    while at < len(line):
        char = line[at]
        if char == "\\" and quote != "'" and at + 1 < len(line):
            at += 1
            typed += line[at]
        elif quote:
            quote, typed = ("", typed) if char == quote else (quote, typed + char)
        elif char in "\"'":
            quote, opened = char, len(typed)
        elif char in ";|&\n" and (not typed or char == ";"):
            words, typed = [], ""
        elif char.isspace():
            words += [typed] if typed or opened is not None else []
            typed, opened = "", None
        else:
            typed += char
        at += 1
    while words and re.match(r"\w+=", words[0]):  # a variable of the environment
        del words[0]
    return _Cursor(words[1:], typed, opened if quote else None)


def _for_bash(at: _Cursor, found: Sequence[Candidate]) -> list[str]:
    """Return what bash puts in place of the last piece of a word, which it cuts at `=` and `:`."""
    if at.opened is not None:
        return [each.text[at.opened :] for each in found]
    cut = max(at.typed.rfind("="), at.typed.rfind(":")) + 1
    return [re.sub(r"([^\w@%+=:,./-])", r"\\\1", each.text[cut:]) for each in found]
