"""The completion scripts know every command and option that is declared."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from cartwatch.cli.arguments import COMMANDS, GLOBAL


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh", "BASH"])
def test_every_command_and_option_is_in_the_script(run, shell):
    answer = run("completion", shell)
    assert (answer.status, answer.err) == (0, "")
    for command in COMMANDS.values():
        assert command.name in answer.out
        for option in (*GLOBAL, *command.options):
            assert option.long in answer.out


def test_a_shell_that_there_is_none_for(run):
    answer = run("completion", "nosuch")
    assert (answer.status, answer.out, answer.err.count("\n")) == (2, "", 1)


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("cartwatch un", ["undo"]),
        ("cartwatch re", ["read", "reference", "resolve", "restore"]),
        ("cartwatch set --ci", ["--cite"]),
        ("cartwatch move --sa", ["--said"]),
        ("cartwatch read --expl", ["--explain"]),
        ("cartwatch completion z", ["zsh"]),
        ("cartwatch -f li", ["list.toml"]),
        ("cartwatch check li", ["list.toml"]),
    ],
)
def test_bash_completes(run, tmp_path, typed, wanted):
    script = tmp_path / "completion.bash"
    script.write_text(run("completion", "bash").out)
    (tmp_path / "list.toml").write_text("")
    words = typed.split()
    code = f"""
    source {script.name}
    COMP_WORDS=({typed}); COMP_CWORD={len(words) - 1}; COMPREPLY=()
    _shtab_cartwatch cartwatch {words[-1]}
    printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(["bash", "-c", code], capture_output=True, text=True, cwd=tmp_path, timeout=60, check=True)
    assert sorted(done.stdout.split()) == wanted
