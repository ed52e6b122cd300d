"""The settings file: reads and checks it against the declarations, and changes single values with comments kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cartwatch.domain.vocabulary import nearest

from .errors import FileConflict, NotSaved, StorageError
from .settings import SETTINGS, TABLES, setting, wrong_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cartwatch.document.document import Document
    from cartwatch.document.edits import Edit
    from cartwatch.domain.fields import RawPath

    from .places import Places
    from .settings import SettingDeclaration

__all__ = ["Config", "changed", "config_of", "read_config", "write_config"]

_SIZE = 1_000_000  # bytes
_TRIES = 3


class Config:
    """What a settings file holds; an invalid value counts as not set.

    `problems` are whole lines, `FILE:LINE:COL: key: message`; an `unreadable` file holds nothing.
    """

    def __init__(self, path: str, raw: bytes = b"") -> None:
        self.path = path
        self.raw = raw
        self.data: dict[str, Any] = {}
        self.problems: list[str] = []
        self.unreadable = False
        self._wrong: set[str] = set()
        self._document: Document | None = None

    def given(self, key: str) -> Any:
        """Return the value that the file gives to a setting, None if it gives none or an invalid one."""
        return None if key in self._wrong else _at(self.data, self.place(key))

    def value(self, key: str) -> Any:
        """Return the value of a setting: of the file, or the default."""
        found = self.given(key)
        return setting(key).default if found is None else found

    def place(self, key: str) -> RawPath:
        """Return the path at which a setting stands: `theme` is `theme.use` beside themes of the user's own."""
        each = setting(key)
        return (
            (each.named_in, "use")
            if each.named_in and isinstance(self.data.get(each.named_in), dict)
            else tuple(key.split("."))
        )

    def table(self, name: str) -> dict[str, Any]:
        """Return a table of TABLES without the settings that stand in it."""
        found = self.data.get(name)
        if not isinstance(found, dict):
            return {}
        settings = {self.place(each.key)[1:] for each in SETTINGS}
        return {key: value for key, value in found.items() if (key,) not in settings}

    def own_names(self, each: SettingDeclaration) -> tuple[str, ...]:
        """Return the names of the user's own that a setting takes beside its choices."""
        if not each.named_in:
            return ()
        return tuple(name for name, value in self.table(each.named_in).items() if isinstance(value, dict))

    def ignore(self, key: str, path: RawPath, message: str) -> None:
        """Report an invalid value of a setting, which then counts as not set."""
        self._wrong.add(key)
        self.report(path, message)

    def report(self, path: RawPath, message: str, *, key: bool = False) -> None:
        """Add a problem with the place of the value, or of the key, at a path."""
        from cartwatch.document.document import Document
        from cartwatch.document.problems import dotted

        if self._document is None:
            self._document = Document.parse(self.raw)
        find = self._document.key_position if key else self._document.position
        place = find(path)
        self.problems.append(f"{self.path}:{place.line}:{place.column}: {dotted(path)}: {message}")


def read_config(path: str) -> Config:
    """Read and check a settings file; a missing one is no problem, and no content raises."""
    from .reading import read_file

    try:
        return config_of(path, read_file(path, _SIZE).data)
    except FileNotFoundError:
        return Config(path)
    except StorageError as error:
        config = Config(path)
        config.problems, config.unreadable = [str(error)], True
        return config


def config_of(path: str, raw: bytes) -> Config:
    """Check the bytes of a settings file."""
    from cartwatch.document.text import USER, SyntaxProblem, read_text, read_values

    config = Config(path, raw)
    try:
        text, _ = read_text(raw, USER)
        config.data, breach = read_values(text, USER)
        if breach is not None:
            raise SyntaxProblem(breach.message)
    except SyntaxProblem as error:
        config.data, config.unreadable = {}, True
        twice = error.source_line.lstrip().startswith("[theme")  # TOML has no key that is a text and a table
        hint = ': beside a theme of your own, theme = "NAME" is use = "NAME" under [theme]' if twice else ""
        config.problems.append(f"{path}:{error.line}:{error.column}: {error.message}{hint}; no setting in it counts")
    else:
        _check(config)
    return config


def changed(config: Config, changes: Sequence[tuple[str, Any]]) -> tuple[bytes, tuple[str, ...]]:
    """Return the bytes of a settings file with settings set, or with None removed, and notes on comments that are lost.

    The keys are those of settings, or dotted paths in a table. Raises NotSaved.
    """
    from cartwatch.document.document import Document
    from cartwatch.document.edits import Delete, EditError, Set, apply

    if config.unreadable:
        raise NotSaved(f"{config.problems[0]}: not saved, mend it in an editor first")
    edits: list[Edit] = []
    for key, value in changes:
        place = config.place(key) if any(each.key == key for each in SETTINGS) else tuple(key.split("."))
        if value is not None:
            edits.append(Set(place, value))
        elif _at(config.data, place) is not None:
            edits.append(Delete(place))
    try:
        applied = apply(Document.parse(config.raw) if config.raw else Document.empty(), edits)
    except EditError as error:
        raise NotSaved(f"{config.path}: not saved, {error}") from error
    return applied.document.raw, applied.notes


def write_config(places: Places, changes: Sequence[tuple[str, Any]]) -> tuple[str, ...]:
    """Change settings in the settings file as `changed` does; return its notes.

    The file is read again first, so that nobody's change is lost. Raises StorageError.
    """
    for _ in range(_TRIES):
        config = read_config(places.config)
        data, notes = changed(config, changes)
        try:
            if data != config.raw:
                _save(places, config, data)
        except FileConflict:  # written by another application just now
            continue
        return notes
    raise NotSaved(f"{places.config}: not saved, another application writes to it: try again")


def _save(places: Places, config: Config, data: bytes) -> None:
    import os

    from .reading import sha256
    from .save import save
    from .writing import own_directory

    try:
        own_directory(os.path.dirname(os.path.realpath(config.path)))
    except OSError as error:
        raise NotSaved(f"{config.path}: not saved, its directory can't be made", error.errno or 0) from error
    base = sha256(config.raw) if os.path.exists(config.path) else None
    save(config.path, data, base=base, lock_dir=places.lock_dir, keep_dir=places.keep_dir)


def _check(config: Config) -> None:
    """Report unknown keys and invalid values."""
    for each in SETTINGS:
        place = config.place(each.key)
        above = _at(config.data, place[:-1])
        if isinstance(above, dict) and place[-1] in above:
            message = wrong_in(each, _at(config.data, place), config.own_names(each))
            if message is not None:
                config.ignore(each.key, place, _instead(each, message))
    for name in dict.fromkeys((*TABLES, *(each.key.partition(".")[0] for each in SETTINGS if "." in each.key))):
        value = config.data.get(name)
        if value is not None and not isinstance(value, dict) and not any(each.key == name for each in SETTINGS):
            config.report((name,), f"expected a table: write [{name}]")
    _check_names(config)


def _instead(each: SettingDeclaration, message: str) -> str:
    default = str(each.default).lower() if isinstance(each.default, bool) else each.default
    return f"{message}; {'it does not count' if default is None else f'{default} is taken'}"


def _check_names(config: Config) -> None:
    known = list(dict.fromkeys((*(each.key.partition(".")[0] for each in SETTINGS), *TABLES)))
    for key, value in config.data.items():
        if key not in known:
            _unknown(config, (key,), known)
        elif isinstance(value, dict) and key not in TABLES:
            inner = [each.key.partition(".")[2] for each in SETTINGS if each.key.startswith(f"{key}.")]
            for name in value:
                if name not in inner:
                    _unknown(config, (key, name), inner)


def _unknown(config: Config, path: RawPath, known: list[str]) -> None:
    close = nearest(str(path[-1]), known)
    hint = f'did you mean "{close}"?' if close else f"choose from {', '.join(known)}"
    config.report(path, f"there is no such setting: {hint}", key=True)


def _at(data: Any, path: RawPath) -> Any:
    for step in path:
        if not isinstance(step, str) or not isinstance(data, dict) or step not in data:
            return None
        data = data[step]
    return data
