"""Connection settings of the registry: the environment first, then `[registry]` of the settings file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from cartwatch.storage.config import read_config

from .clinicaltrials import RUNGS, Access
from .transport import RegistryError, check_base

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cartwatch.storage.places import Places

    from .memory import Records

__all__ = ["ADDRESS", "CLIENT", "reach", "read_access"]

ADDRESS: Final = "CARTWATCH_REGISTRY"
CLIENT: Final = "CARTWATCH_REGISTRY_CLIENT"


def read_access(config: str, env: Mapping[str, str], rung: str | None = None) -> tuple[Access, tuple[str, ...]]:
    """Read the connection settings, and their faults in whole lines; a faulty setting counts as not set.

    `config` is the settings file, which may be missing; `rung` is the client that worked last.
    """
    settings = read_config(config)
    problems = [each for each in settings.problems if ": registry" in each or settings.unreadable]
    access = Access(rung=rung) if rung in RUNGS else Access()
    if url := env.get(ADDRESS) or settings.given("registry.url"):
        try:
            access = replace(access, base_url=check_base(str(url)))
        except RegistryError as wrong:
            if not env.get(ADDRESS):
                settings.report(("registry", "url"), str(wrong))
            problems.append(f"${ADDRESS}: {wrong}" if env.get(ADDRESS) else settings.problems[-1])
    if client := env.get(CLIENT) or settings.given("registry.client"):
        if client in RUNGS:  # that of the file has been checked
            access = replace(access, rung=client, pinned=True)
        else:
            problems.append(f"${CLIENT}: choose from {', '.join(RUNGS)}")
    if (seconds := settings.given("registry.seconds")) is not None:
        access = replace(access, deadline=float(seconds))
    return access, tuple(problems)


def reach(places: Places, records: Records | None = None) -> tuple[Access, tuple[str, ...]]:
    """Read the settings at the places of a run, with the client that worked last; `records` are read if not given."""
    from .memory import Records

    rung = (records if records is not None else Records(places)).rung
    return read_access(places.config, places.env, rung)
