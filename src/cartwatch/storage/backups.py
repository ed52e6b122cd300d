"""Backups of the watchlist: the last saves, the text before each burst of saves, one a day, one before an import."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from typing import TYPE_CHECKING

from cartwatch.domain.dates.moments import in_zone
from cartwatch.storage.errors import NotBackedUp, words
from cartwatch.storage.last_text import last_text
from cartwatch.storage.reading import read_file, sha256
from cartwatch.storage.writing import discard, own_directory, write_whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cartwatch.storage.last_text import LastText
    from cartwatch.storage.places import Places

__all__ = ["LAST", "Backup", "Backups", "backups_at"]

LAST = "saved"  # the label of the last saved text, which is not a copy made before a save

_SAVES = 20  # at most one a minute
_BURSTS = 20
_QUIET = timedelta(minutes=10)  # time after a save from which the next one begins a new burst
_DAYS = 30
_LABELLED = 50
_NEWEST = 3  # never pruned
_NAME = r"(\d{8}T\d{6}Z)-([0-9a-f]{8})(?:-([a-z0-9-]{1,32}))?\.toml"
_STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup: when it was made (UTC), the first 8 digits of its SHA-256, its label ("" for a save), its size in bytes.

    `order` distinguishes copies of the same second.
    """

    at: datetime
    sha: str
    label: str
    path: str
    size: int
    order: int


def backups_at(places: Places) -> Backups:
    """Return the backups of the watchlist of these places, the last saved text included."""
    return Backups(places.backups_dir, last_text(places))


class Backups:
    """The backups of one watchlist, in their own directory; the `last` saved text, if given, is one."""

    def __init__(self, directory: str, last: LastText | None = None) -> None:
        self.directory = directory
        self._last = last

    def newest_first(self, now: datetime) -> Sequence[Backup]:
        """Return the last saved text, labelled LAST, then the copies in the order of `copies`."""
        last = self._saved()
        return [*([last] if last is not None else []), *self.copies(now)]

    def _saved(self) -> Backup | None:
        found = self._last.newest() if self._last is not None else None
        if found is None:
            return None
        try:
            status = os.stat(found[0])
        except OSError:  # just replaced by another process
            return None
        at = datetime.fromtimestamp(status.st_mtime, UTC)
        return Backup(at, found[1][:8], LAST, found[0], status.st_size, status.st_mtime_ns)

    def copies(self, now: datetime) -> Sequence[Backup]:
        """Return the copies, newest first. Those dated in the future by a wrong clock come last."""
        found = []
        try:
            with os.scandir(self.directory) as entries:
                for entry in entries:
                    if (match := re.fullmatch(_NAME, entry.name)) and (backup := _backup(entry, match)):
                        found.append(backup)
        except OSError:
            return ()
        found.sort(key=lambda each: (each.at, each.order), reverse=True)
        return [*(b for b in found if not _ahead(b, now)), *(b for b in found if _ahead(b, now))]

    def read(self, backup: Backup) -> bytes:
        """Return the text of a backup. Raises FileNotFoundError or StorageError; NotBackedUp if its content has changed."""
        data = read_file(backup.path).data
        if sha256(data)[:8] != backup.sha:
            raise NotBackedUp(f"{backup.path}: this backup is damaged; choose another")
        return data

    def add(self, data: bytes, now: datetime, label: str = "") -> Backup:
        """Keep a copy, and prune. `label` ("import", "migration", "restore", "delete") keeps it apart from those of saves.

        A text equal to the newest backup is not kept again. Raises NotBackedUp.
        """
        sha = sha256(data)[:8]
        known = self.copies(now)
        if known and (known[0].sha, known[0].label) == (sha, label) and not _ahead(known[0], now):
            return known[0]
        stamp = in_zone(now, UTC).strftime(_STAMP)
        path = os.path.join(self.directory, f"{stamp}-{sha}{f'-{label}' if label else ''}.toml")
        try:
            self._write(path, data, next((backup for backup in known if backup.sha == sha), None))
            made = os.stat(path)
        except OSError as error:
            raise NotBackedUp(f"{path}: no backup, {words(error)}") from error
        self._prune(now)
        return Backup(datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC), sha, label, path, len(data), made.st_mtime_ns)

    def try_add(self, data: bytes, now: datetime, label: str = "") -> str | None:
        """Do the same for a save, which must not fail if its backup does; return the warning if it did."""
        try:
            self.add(data, now, label)
        except NotBackedUp as error:
            return str(error)
        return None

    def _write(self, path: str, data: bytes, same: Backup | None) -> None:
        """Write a copy; equal content is stored once, as another name of the existing copy."""
        own_directory(self.directory)
        if same is not None:
            try:
                self.read(same)  # a damaged copy must not be the only one
                os.link(same.path, path)
                os.utime(path)
            except (OSError, NotBackedUp):
                write_whole(path, data)
        else:
            write_whole(path, data)

    def _prune(self, now: datetime) -> None:
        known = self.copies(now)
        present = [backup for backup in known if not _ahead(backup, now)]
        future = [backup for backup in known if _ahead(backup, now)]
        keep = {backup.path for backup in (*_worth_keeping(present), *_worth_keeping(future))}
        for backup in known:
            if backup.path not in keep:
                discard(backup.path)


def _backup(entry: os.DirEntry[str], match: re.Match[str]) -> Backup | None:
    try:
        at = datetime.strptime(match[1], _STAMP).replace(tzinfo=UTC)
        found = entry.stat(follow_symlinks=False)
    except (ValueError, OSError):  # no such day, or just pruned by another process
        return None
    return Backup(at, match[2], match[3] or "", entry.path, found.st_size, found.st_mtime_ns)


def _ahead(backup: Backup, now: datetime) -> bool:
    return backup.at > now


def _worth_keeping(backups: Sequence[Backup]) -> list[Backup]:
    """Of backups, newest first: the newest three; the first of each of the last 20 minutes with saves; the first of each of
    the last 20 bursts of saves, which is the text before it; the last of each of the last 30 days; the labelled ones."""
    labelled = [each for each in backups if each.label]
    saves = [each for each in backups if not each.label]
    minutes = {each.at.replace(second=0): each for each in saves}
    days = {each.at.date(): each for each in reversed(saves)}
    bursts = [each for each, before in zip_longest(saves, saves[1:]) if before is None or each.at - before.at > _QUIET]
    kept_days = sorted(days.values(), key=lambda each: each.at, reverse=True)[:_DAYS]
    return [*backups[:_NEWEST], *list(minutes.values())[:_SAVES], *bursts[:_BURSTS], *kept_days, *labelled[:_LABELLED]]
