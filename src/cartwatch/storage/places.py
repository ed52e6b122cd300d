"""Places: the paths of the watchlist, the settings and cartwatch's own files."""

from __future__ import annotations

import os
import stat
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cartwatch.storage.errors import NotSaved, PlacesError, words
from cartwatch.storage.reading import sha256
from cartwatch.storage.writing import own_directory

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Places", "places", "watchlist_key"]

_XDG = {
    "data": ("XDG_DATA_HOME", ".local/share"),
    "config": ("XDG_CONFIG_HOME", ".config"),
    "state": ("XDG_STATE_HOME", ".local/state"),
    "cache": ("XDG_CACHE_HOME", ".cache"),
}


def watchlist_key(path: str) -> str:
    """Return the key under which journal, lock and backups of a watchlist are kept: its real path, hashed."""
    return sha256(os.fsencode(os.path.realpath(path)))[:16]


def _home(env: Mapping[str, str]) -> str | None:
    """Return the home directory, None if neither HOME nor the password database names an absolute one."""
    home = env.get("HOME", "")
    if os.path.isabs(home):
        return home
    try:
        import pwd

        home = pwd.getpwuid(os.getuid()).pw_dir
    except (ImportError, KeyError, AttributeError):
        return None
    return home if os.path.isabs(home) else None


def _user_directory(kind: str, env: Mapping[str, str]) -> str | None:
    """Return the directory of `kind` for this user and cartwatch, None if there is no home."""
    variable, below_home = _XDG[kind]
    given = env.get(variable, "")
    if os.path.isabs(given):  # the XDG specification: a relative path is to be ignored
        return os.path.join(given, "cartwatch")
    if sys.platform in ("darwin", "win32"):
        import platformdirs  # a library for this costs twice the start of Python, and the rule is two lines

        directories = platformdirs.PlatformDirs("cartwatch", appauthor=False)
        return str(getattr(directories, f"user_{kind}_dir"))
    home = _home(env)
    return None if home is None else os.path.join(home, below_home, "cartwatch")


def _homeless(kind: str, env: Mapping[str, str]) -> str:
    """Return a private directory for a user without a home. Raises PlacesError if another user has taken the name."""
    base = env.get("TMPDIR", "")
    path = os.path.join(base if os.path.isabs(base) else "/tmp", f"cartwatch-{os.getuid()}")  # noqa: S108 - checked below
    try:
        found = os.lstat(path)
    except OSError:
        return os.path.join(path, kind)
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o022:
        raise PlacesError(f"{path}: belongs to somebody else; set HOME or XDG_{kind.upper()}_HOME")
    return os.path.join(path, kind)


@dataclass(frozen=True, slots=True)
class Places:
    """The paths of one run. `named` means that the user named the watchlist, so that it must exist.

    Paths other than the watchlist's are computed on demand; nothing is created.
    """

    watchlist: str
    named: bool
    env: Mapping[str, str] = field(repr=False)

    def _directory(self, kind: str) -> str:
        return _user_directory(kind, self.env) or _homeless(kind, self.env)

    @property
    def config(self) -> str:
        """The user's settings."""
        return self.env.get("CARTWATCH_CONFIG") or os.path.join(self._directory("config"), "config.toml")

    @property
    def cache_dir(self) -> str:
        """Files that may be deleted at any time."""
        return self._directory("cache")

    @property
    def state_dir(self) -> str:
        """cartwatch's own files, for every watchlist."""
        return self._directory("state")

    @property
    def state(self) -> str:
        """The interface state."""
        return os.path.join(self.state_dir, "state.toml")

    @property
    def reports_dir(self) -> str:
        """Reports of unexpected errors."""
        return os.path.join(self.state_dir, "reports")

    @property
    def lock_dir(self) -> str:
        """Lock files, one for each watchlist."""
        return os.path.join(self.state_dir, "locks")

    @property
    def keep_dir(self) -> str:
        """The text that the last save of each watchlist displaced."""
        return os.path.join(self.state_dir, "displaced")

    @property
    def key(self) -> str:
        """The key of this watchlist's own files."""
        return watchlist_key(self.watchlist)

    @property
    def lock(self) -> str:
        """The lock of this watchlist."""
        return os.path.join(self.lock_dir, f"{self.key}.lock")

    @property
    def journal(self) -> str:
        """The journal of this watchlist."""
        return os.path.join(self.state_dir, "journal", f"{self.key}.toml")

    @property
    def backups_dir(self) -> str:
        """The backups of this watchlist."""
        return os.path.join(self.state_dir, "backups", self.key)

    @property
    def drafts_dir(self) -> str:
        """Drafts of open forms, by process."""
        return os.path.join(self.state_dir, "drafts", self.key)

    @property
    def records(self) -> str:
        """The registry records last seen."""
        return os.path.join(self.cache_dir, "registry.json")

    @property
    def exported(self) -> str:
        """The calendar entries exported last."""
        return os.path.join(self.state_dir, "exports", f"{self.key}.json")

    @property
    def sightings(self) -> str:
        """The changes seen in this watchlist's trials at the registry."""
        return os.path.join(self.state_dir, "registry", f"{self.key}.json")

    @property
    def imports(self) -> str:
        """The imported versions of this watchlist, to compare the next import with."""
        return os.path.join(self.state_dir, "imports", f"{self.key}.json")

    @property
    def homeless(self) -> str | None:
        """A warning if there is no home directory and cartwatch's own files go to a temporary directory."""
        if _user_directory("state", self.env) is not None:
            return None
        return f"no home directory: the journal and the backups go to {self.state_dir}"

    def make_watchlist_dir(self) -> None:
        """Create the directory of a default watchlist. Raises NotSaved."""
        directory = os.path.dirname(self.watchlist)
        if self.named:
            return
        try:
            own_directory(directory)
        except OSError as error:
            advice = "move what is in its way, or name a list elsewhere with -f FILE"
            raise NotSaved(f"{directory}: not saved, the directory can't be made ({words(error)}); {advice}") from error


def places(file: str | None, env: Mapping[str, str]) -> Places:
    """Return the places of a run. `file` is the watchlist named on the command line.

    Raises PlacesError if no file is named and there is no home directory, or if the name is invalid.
    """
    named = file if file is not None else _from_environment(env)
    if named is not None:
        if not named or "\0" in named:
            raise PlacesError("the name of the watchlist is empty or holds a NUL character; pass -f FILE")
        return Places(named, named=True, env=env)
    directory = _user_directory("data", env)
    if directory is None:
        user = os.getuid() if hasattr(os, "getuid") else "?"
        raise PlacesError(f"no home directory (HOME is not set, user {user} is not in the password database); pass -f FILE")
    return Places(os.path.join(directory, "watchlist.toml"), named=False, env=env)


def _from_environment(env: Mapping[str, str]) -> str | None:
    """Read $CARTWATCH_FILE, None if unset or empty. No shell has expanded a leading `~/`."""
    given = env.get("CARTWATCH_FILE")
    if not given:
        return None
    home = _home(env) if given.startswith("~/") else None
    return given if home is None else os.path.join(home, given[2:])
