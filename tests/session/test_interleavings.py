"""Apps, command lines, editors and kills, interleaved at random: every acknowledged value is there, or was told as a conflict.

The oracle knows each value that a save acknowledged or an editor wrote, and which were replaced by somebody who had seen them.
"""

from __future__ import annotations

import os
import random
import tempfile
import time
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import tomli
from session_stage import TODAY

from cartwatch.document.document import SyntaxProblem
from cartwatch.document.edits import EditError
from cartwatch.session import changes
from cartwatch.session.saving import Doubtful
from cartwatch.session.session import Session
from cartwatch.storage import displaced, last_text, save, writing
from cartwatch.storage.conflict_log import conflict_log_path
from cartwatch.storage.errors import StorageError
from cartwatch.storage.journal import Journal
from cartwatch.storage.places import places
from cartwatch.storage.reading import read_file

if TYPE_CHECKING:
    from collections.abc import Callable

STEPS = int(os.environ.get("CARTWATCH_STEPS", "10000"))
ROUND = 250  # steps with one list
FIELDS = ("notes", "phase", "sponsor")


class Killed(BaseException):
    """The process is gone; what it had done to files stays."""


@dataclass
class Editor:
    """Holds a text that it has read, and writes it back, changed, in one of four ways."""

    way: str
    text: str
    parts: list[str] = field(default_factory=list)
    written: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    handle: Any = None


class World:
    def __init__(self, folder: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.random = random.Random(seed)
        self.file = folder / "list.toml"
        self.where = places(str(self.file), {"HOME": str(folder / "home")})
        self.numbers = count()
        self.apps: list[Session] = []
        self.editors: list[Editor] = []
        self.acknowledged: dict[str, str] = {}  # a value, and the program that it is in
        self.replaced: set[str] = set()
        self.written: dict[str, tuple[str, str | None]] = {}
        """Values of editors that cartwatch has not seen yet: the program, and what each replaces."""
        self.perhaps: dict[str, tuple[str, str | None]] = {}
        """Values whose save was begun: the process may be killed once the file is replaced, and before it says so."""
        self.doomed: dict[str, set[str]] = {}
        """Values of programs whose deletion was begun: done too, if the process was killed once the file was replaced."""
        self.trace: list[str] = []
        self.until_killed = -1
        self.file.write_text(
            "# mine\n" + "".join(f'\n[[program]]\nid = "p{n}"\nname = "P{n}"\n' + self._facts(f"p{n}") for n in range(6))
        )
        self.command()
        self._watch_calls(monkeypatch)

    def _facts(self, program: str) -> str:
        return "".join(f'{each} = "{self.value(program)}"\n' for each in FIELDS)

    def value(self, program: str) -> str:
        value = f"v{next(self.numbers)}z"
        self.acknowledged[value] = program
        return value

    def _watch_calls(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Count the calls that change files, so that a process can be killed between any two; none waits for a disk."""

        def counted(real: Callable[..., Any]) -> Callable[..., Any]:
            def call(*arguments: Any, **named: Any) -> Any:
                if self.until_killed == 0:
                    raise Killed
                self.until_killed -= 1
                return real(*arguments, **named)

            return call

        for name in ("replace", "link", "unlink", "ftruncate", "fchmod"):
            monkeypatch.setattr(os, name, counted(getattr(os, name)))
        monkeypatch.setattr(os, "fsync", counted(lambda fd: None))
        assert {writing.os, displaced.os, save.os, last_text.os} == {os}

    # ---- what cartwatch does

    def open(self) -> Session:
        session = Session(str(self.file), TODAY, self.where)
        session.open()
        return session

    def settled(self) -> Session | None:
        session = self.open()
        session.pause = lambda _: None
        session.settle()
        if session.doubt is not None and not any(each.parts for each in self.editors):
            self.trace.append("  believed")  # nobody will finish it: a person says so
            session.settle(believe=True)
        return session if session.opened.state == "ok" and session.why_readonly is None and session.unsaved is None else None

    def edit(self, session: Session, *, only_values: bool = False) -> None:
        programs = session.watchlist.programs
        kind = 1.0 if only_values else self.random.random()
        if kind < 0.08:
            name = f"v{next(self.numbers)}z"
            self.carry_out(session, changes.add_program(session.document, session.watchlist, name), name.lower(), name, ())
        elif kind < 0.14 and len(programs) > 4:
            program = self.random.choice(programs)
            self.seen(session.document.text)
            gone = [value for value in self.acknowledged if f'"{value}"' in self.block(session.document.text, program.key)]
            self.doomed[program.key] = set(gone)
            self.carry_out(session, changes.delete(session.document, session.watchlist, program.key), program.key, "", gone)
        elif kind < 0.24:
            before = session.document.text
            try:
                session.undo()
            except EditError:
                return
            if session.unsaved is None and session.document.text == self.file.read_text():
                now = session.document.text
                self.trace.append(f"  undone: {[each for each in self.acknowledged if (each in before) != (each in now)]}")
                self.replaced |= {value for value in self.acknowledged if f'"{value}"' in before and f'"{value}"' not in now}
                self.replaced -= {value for value in self.acknowledged if f'"{value}"' in now}
        elif programs:
            program = self.random.choice(programs)
            where = self.random.choice(FIELDS)
            value = f"v{next(self.numbers)}z"
            old = getattr(program, where)
            self.perhaps[value] = (program.key, old)
            change = changes.set_fact(session.document, session.watchlist, program.key, where, value)
            self.carry_out(session, change, program.key, value, () if old is None else (str(old),))

    def seen(self, text: str) -> None:
        """What stands in a list that cartwatch has open is as good as acknowledged, and what it replaced is replaced."""
        for value, (program, old) in [*self.written.items(), *self.perhaps.items()]:
            if f'"{value}"' in text:
                self.written.pop(value, None)
                self.perhaps.pop(value, None)
                self.acknowledged[value] = program
                if old is not None:
                    self.replaced.add(old)

    def carry_out(self, session: Session, change: Any, program: str, value: str, gone: Any) -> None:
        session.change(change)
        if session.unsaved is None:
            self.trace.append(f"  acknowledged {program} {value} for {list(gone)}")
            self.replaced |= set(gone)
            if value:
                self.acknowledged[value] = program

    def block(self, text: str, key: str) -> str:
        return next((each for each in text.split("[[program]]") if f'id = "{key}"' in each), "")

    def command(self, *, only_values: bool = False) -> None:
        session = self.settled()
        if session is not None:
            self.seen(session.document.text)
            self.edit(session, only_values=only_values)

    def killed_command(self) -> None:
        self.until_killed = self.random.randrange(40)
        known = dict(self.acknowledged), set(self.replaced), dict(self.written)
        try:
            self.command(only_values=True)
        except Killed:
            self.trace.append("  killed")
            self.acknowledged, self.replaced, self.written = known
        finally:
            self.until_killed = -1

    def app(self) -> None:
        if len(self.apps) < 2:
            session = self.open()
            session.settle()
            if session.opened.state == "ok" and session.unsaved is None:
                self.apps.append(session)
            return
        session = self.random.choice(self.apps)
        kind = self.random.random()
        if kind < 0.5:
            self.look(session)
        elif kind < 0.95:
            self.edit(session)
        elif session.unsaved is None:
            self.apps.remove(session)  # closed, or killed: it has nothing that is not saved

    def look(self, session: Session) -> None:
        try:
            session.refresh(read_file(str(self.file)))
        except (Doubtful, SyntaxProblem, EditError, FileNotFoundError, StorageError):
            return
        if session.unsaved is not None:
            session.save()
        if session.unsaved is None:
            self.seen(session.document.text)

    # ---- what others do

    def editor(self) -> None:
        if len(self.editors) < 3:
            way = self.random.choice(["in place", "rename", "two steps", "held"])
            try:
                text = self.file.read_text()
                tomli.loads(text)
            except (tomli.TOMLDecodeError, FileNotFoundError):
                return
            editor = Editor(way, text)
            if way == "held":
                editor.handle = open(self.file, "r+b", buffering=0)  # noqa: SIM115 - held on purpose
            self.editors.append(editor)
            return
        self.step(next((each for each in self.editors if each.parts), self.random.choice(self.editors)))

    def step(self, editor: Editor) -> None:
        if editor.parts:
            self.finish(editor)
            return
        editor.text, editor.written = self.changed(editor.text)
        if editor.handle is None or os.path.samestat(os.fstat(editor.handle.fileno()), os.stat(self.file)):
            self.written.clear()  # what another editor wrote, and nobody read, is gone: no program can help that
        if editor.way == "rename":
            aside = self.file.with_name("editor.tmp")
            aside.write_text(editor.text)
            aside.rename(self.file)
            self.over(editor)
        elif editor.way == "in place":
            self.file.write_text(editor.text)
            self.over(editor)
        else:
            if editor.handle is None:
                editor.handle = open(self.file, "wb", buffering=0)  # noqa: SIM115 - held on purpose
            at = self.random.randrange(len(editor.text) // 4, len(editor.text))
            editor.handle.seek(0)
            editor.handle.truncate(0)
            editor.handle.write(editor.text[:at].encode())
            editor.parts = [editor.text[at:]]

    def finish(self, editor: Editor) -> None:
        editor.handle.write(editor.parts[0].encode())
        if os.fstat(editor.handle.fileno()).st_nlink == 0:
            editor.written.clear()  # another editor has put a file of its own in its place, or it was held for long
        editor.handle.close()
        self.over(editor)

    def over(self, editor: Editor) -> None:
        self.trace.append(f"  {editor.way} wrote {list(editor.written)}")
        self.written |= editor.written
        self.editors.remove(editor)

    def changed(self, text: str) -> tuple[str, dict[str, tuple[str, str | None]]]:
        """One value of the text it once read is another; who writes that has seen what it replaces."""
        programs = tomli.loads(text)["program"]
        program, where = self.random.choice(programs), self.random.choice(FIELDS)
        old, value = program.get(where), f"v{next(self.numbers)}z"
        written = {value: (program["id"], old)}
        self.trace.append(f"  editor {program['id']} {where} {old} → {value}")
        if old is None:
            return text.replace(f'id = "{program["id"]}"\n', f'id = "{program["id"]}"\n{where} = "{value}"\n', 1), written
        return text.replace(f'"{old}"', f'"{value}"'), written

    # ---- the oracle

    def quiet(self) -> None:
        """All editors have written, every file has stood for a while, everybody has looked: now nothing may be missing."""
        for editor in list(self.editors):
            if editor.parts:
                self.finish(editor)
            elif editor.handle is not None:
                editor.handle.close()
                self.editors.remove(editor)
        for _ in range(3):
            self.rest()
            session = self.settled()
            if session is not None:
                self.seen(session.document.text)
            for session in self.apps:
                self.rest()
                self.look(session)
        assert all(each.unsaved is None for each in self.apps), [each.unsaved for each in self.apps]
        self.check()

    def rest(self) -> None:
        long_ago = time.time() - 60
        os.utime(self.file, (long_ago, long_ago))

    def check(self) -> None:
        text = self.file.read_text()
        self.seen(text)
        self.acknowledged |= {value: program for value, (program, _) in self.written.items()}
        for program, values in self.doomed.items():
            if f'id = "{program}"' not in text:
                self.replaced |= values
        missing = {value for value in self.acknowledged if value not in self.replaced and f'"{value}"' not in text}
        if missing:
            missing -= self.told(missing)
        assert not missing, f"{sorted(missing)}\n" + "\n".join(self.trace[-80:]) + f"\n{text}"

    def told(self, missing: set[str]) -> set[str]:
        """The values that a conflict names, or a change outside cartwatch, as `changes` tells it, replaced or took out.

        So too those that an undo took back whose process was killed after it was done: `changes` tells of it, no caller did.
        """
        log = Path(conflict_log_path(self.where))
        logged = log.read_text() if log.exists() else ""
        found = {value for value in missing if value in logged}
        journal = list(Journal(self.where.journal).newest_first())
        by_id = {change.id: change for change in journal}
        for change in journal:
            if change.origin == "undo" and change.undoes in by_id:
                found |= {str(table["new"]) for table in by_id[change.undoes].edits if table.get("new") in missing}
            for table in change.edits:  # a command that was killed once its change was in the journal is one of them
                if table.get("old") in missing:
                    found.add(str(table["old"]))
            if change.origin == "disk":
                for table in change.edits:
                    if table.get("old") == "deleted":
                        found |= {value for value in missing if self.acknowledged[value] == table.get("program")}
        return found


@pytest.mark.slow
def test_every_acknowledged_value_is_there_or_was_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    play(tmp_path, monkeypatch, steps=500, seed=1)


@pytest.mark.long
def test_ten_thousand_steps_lose_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as folder:
        play(Path(folder), monkeypatch, steps=STEPS, seed=int(os.environ.get("CARTWATCH_SEED", "2")))


def play(folder: Path, monkeypatch: pytest.MonkeyPatch, *, steps: int, seed: int) -> None:
    for number in range(0, steps, ROUND):
        with monkeypatch.context() as patched:
            (folder / str(number)).mkdir()
            world = World(folder / str(number), seed * 1_000_003 + number, patched)
            for step in range(min(ROUND, steps - number)):
                act = world.random.choices(
                    [world.command, world.killed_command, world.app, world.editor, world.quiet], [30, 8, 30, 28, 4]
                )[0]
                world.trace.append(f"{number + step} {act.__name__}")
                act()
            world.quiet()
