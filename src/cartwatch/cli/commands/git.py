"""`cartwatch git`: sets a repository up for watchlists, and compares two versions of one when git asks for it."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cartwatch.cli.arguments import UsageError
from cartwatch.cli.output import Failure
from cartwatch.storage.writing import discard, write_whole
from cartwatch.views.lines import Run

from .diff import compare_files

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cartwatch.cli.context import Call

__all__ = ["run"]

_WORDS = ("merge=cartwatch", "diff=cartwatch")  # attributes of a watchlist
_SECTIONS = ("merge.cartwatch", "diff.cartwatch", "difftool.cartwatch")
_WILD = re.compile(r"[*?\[]")


def run(call: Call) -> int:
    """Run `git setup`, or `git diff` as git calls it. Raises UsageError for other words."""
    action, *words = call.parsed.words
    if action == "setup":
        return _setup(call, words)
    if action == "diff" and words:
        return _diff(call, words)
    raise UsageError(f'git takes setup [FILE…], not "{action}"')


class _Repository(NamedTuple):
    """A repository, by its top directory."""

    top: Path

    @property
    def attributes(self) -> Path:
        return self.top / ".gitattributes"

    def git(self, *argv: str) -> subprocess.CompletedProcess[bytes]:
        return _git(self.top, *argv)

    def value(self, key: str) -> str | None:
        """Return the value of a key in the repository's own configuration, None if there is none."""
        asked = self.git("config", "--local", "--get", key)
        return asked.stdout.decode("utf-8", "replace").removesuffix("\n") if asked.returncode == 0 else None


def _git(directory: Path, *argv: str) -> subprocess.CompletedProcess[bytes]:
    """Run git. Raises Failure where there is none."""
    program = shutil.which("git")
    if program is None:
        raise Failure("git is not installed, or not on the PATH")
    return subprocess.run([program, *argv], cwd=directory, capture_output=True, stdin=subprocess.DEVNULL, check=False)  # noqa: S603


def _setup(call: Call, words: Sequence[str]) -> int:
    """List what would be written or removed, and write it after asking, or with --yes."""
    files = list(words) or [str(call.places().watchlist)]
    repository = _repository(files[0])
    lines, written = _removed(repository) if call.parsed.has("remove") else _added(repository, files)
    settings = _unset(repository) if call.parsed.has("remove") else _set(repository)
    if not lines and not settings:
        call.output.tell(f"{repository.top}: nothing to {'remove' if call.parsed.has('remove') else 'do: it is set up'}")
        return 0
    sign = "-" if call.parsed.has("remove") else "+"
    if lines:
        call.output.section(Run(str(repository.attributes), "strong"))
        for each in lines:
            call.output.runs([Run(f"{sign} {each}")], "  ")
    if settings:
        call.output.section(Run(f"git config of {repository.top}", "strong"))
        for key, value in settings.items():
            call.output.runs([Run(f"{sign} {key}" + (f" = {value}" if value is not None else ""))], "  ")
    call.output.flush()
    if not call.parsed.has("yes") and not call.agreed("Write this?" if sign == "+" else "Remove this?"):
        call.output.tell("nothing was written: `--yes` writes it")
        return 0
    if lines:
        _write(repository.attributes, written)
    for key, value in settings.items():
        argv = ("--remove-section", key) if value is None else (key, value)
        done = repository.git("config", "--local", *argv)
        if done.returncode:
            raise Failure(f"git config {shlex.join(argv)}: {done.stderr.decode('utf-8', 'replace').strip()}")
    if sign == "+":
        call.output.tell(
            "done: `git diff` and `git difftool -t cartwatch` tell changes by field, merges go by field; commit .gitattributes"
        )
    else:
        call.output.tell("done: git merges and compares line by line again")
    return 0


def _repository(file: str) -> _Repository:
    """Find the repository of a file, or of the current directory for a pattern. Raises Failure."""
    there = Path.cwd() if _WILD.search(file) and not os.path.exists(file) else Path(os.path.abspath(file)).parent
    if not there.is_dir():
        raise Failure(f"{file}: there is no such file")
    found = _git(there, "rev-parse", "--show-toplevel")
    if found.returncode:
        raise Failure(f"{there} is in no git repository: run `git init` there, or name a file that is in one")
    return _Repository(Path(os.fsdecode(found.stdout.removesuffix(b"\n"))))


def _pattern(repository: _Repository, file: str) -> str:
    """Return the pattern of .gitattributes that matches a file, or the pattern that was given. Raises Failure."""
    if _WILD.search(file) and not os.path.exists(file):
        return _in_quotes(file)
    path = Path(os.path.realpath(Path(os.path.abspath(file)).parent)) / os.path.basename(file)
    try:
        inside = path.relative_to(os.path.realpath(repository.top)).as_posix()
    except ValueError:
        raise Failure(f"{file} is not in {repository.top}, the repository of the first file: set each up by itself") from None
    if not path.exists():
        raise Failure(f"{file}: there is no such file")
    return _in_quotes("/" + re.sub(r"([*?\[\\])", r"\\\1", inside))


def _in_quotes(pattern: str) -> str:
    """Quote a pattern as git reads it, where there is a space or a quote in it. Raises Failure for control characters."""
    if not pattern.isprintable():
        raise Failure(f"{pattern!r} has characters that .gitattributes cannot hold")
    if not re.search(r'[\s"]', pattern):
        return pattern
    return '"' + pattern.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _text(path: Path) -> str:
    """Read .gitattributes byte for byte; absent is empty. Raises Failure."""
    if path.is_symlink():
        raise Failure(f"{path} is a link, which git does not follow: nothing was changed")
    try:
        return path.read_bytes().decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return ""
    except OSError as wrong:
        raise Failure(f"{path}: {wrong.strerror or wrong}") from None


def _added(repository: _Repository, files: Sequence[str]) -> tuple[list[str], str]:
    """Return the lines that .gitattributes lacks, and its text with them."""
    text = _text(repository.attributes)
    there = {line.strip() for line in text.splitlines()}
    wanted = dict.fromkeys(" ".join((_pattern(repository, each), *_WORDS)) for each in files)
    lines = [each for each in wanted if each not in there]
    end = "\r\n" if "\r\n" in text else "\n"
    gap = "" if not text or text.endswith("\n") else end
    return lines, text + gap + "".join(each + end for each in lines)


def _removed(repository: _Repository) -> tuple[list[str], str]:
    """Return the lines of .gitattributes that name cartwatch, and its text without these attributes."""
    kept, lines = [], []
    for line in _text(repository.attributes).splitlines(keepends=True):
        body = line.rstrip("\r\n")
        rest = re.sub(r"[ \t]+(?:merge|diff)=cartwatch(?=[ \t]|$)", "", body)
        if body.lstrip().startswith("#") or rest == body:
            kept.append(line)
            continue
        lines.append(body)
        if re.search(r'^(?:"(?:[^"\\]|\\.)*"|\S+)[ \t]+\S', rest):
            kept.append(rest + line[len(body) :])
    return lines, "".join(kept)


def _settings() -> dict[str, str]:
    """Return what git is told; by its full path where the shell of git would not find cartwatch."""
    program = "cartwatch" if shutil.which("cartwatch") else f"{shlex.quote(Path(sys.executable).as_posix())} -m cartwatch"
    return {
        "merge.cartwatch.name": "cartwatch: by program and field",
        "merge.cartwatch.driver": f"{program} merge %O %A %B -o %A",
        "diff.cartwatch.command": f"{program} git diff",
        "difftool.cartwatch.cmd": f'{program} git diff "$LOCAL" "$REMOTE"',
    }


def _set(repository: _Repository) -> dict[str, str | None]:
    return {key: value for key, value in _settings().items() if repository.value(key) != value}


def _unset(repository: _Repository) -> dict[str, str | None]:
    """Return the sections of the configuration that are there; None stands for their removal."""
    found = repository.git("config", "--local", "--name-only", "--list").stdout.decode("utf-8", "replace").splitlines()
    return {each: None for each in _SECTIONS if any(key.startswith(f"{each}.") for key in found)}


def _write(path: Path, text: str) -> None:
    """Write .gitattributes with the mode it had; an empty one is removed. Raises Failure."""
    try:
        if not text:
            discard(str(path))
            return
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
        write_whole(str(path), text.encode("utf-8", "surrogateescape"))
        path.chmod(mode)
    except OSError as wrong:
        raise Failure(f"{path}: {wrong.strerror or wrong}") from None


def _diff(call: Call, words: Sequence[str]) -> int:
    """Print the changes between two versions of a file, as git asks for it: always status 0, or git would stop.

    git calls a diff command with PATH OLD HEX MODE NEW HEX MODE, and two more after a rename; with PATH alone for a file
    that has a conflict. A version that cannot be read is compared line by line.
    """
    if len(words) == 1:
        call.output.line(f"{words[0]}: has a conflict: `cartwatch merge {shlex.quote(words[0])}` merges both sides")
        return 0
    path, old, new = (words[0], words[1], words[4]) if len(words) >= 7 else (words[-1], *words[-2:])
    if len(words) >= 7:
        call.output.runs([Run(path if len(words) < 8 else f"{path} → {words[7]}", "heading")])
        call.output.flush()
    try:
        compare_files(call, old, new)
    except Failure as wrong:
        call.output.line(f"{path}: line by line, as it cannot be read: {wrong}")
        shown = _git(Path.cwd(), "diff", "--no-index", "--no-ext-diff", "--no-color", "--", old, new).stdout
        for line in shown.decode("utf-8", "replace").splitlines():
            call.output.line(line)
    call.output.line()  # between this file and the next
    return 0
