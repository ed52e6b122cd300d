"""Connection settings of the registry: the environment first, then `[registry]` of the settings file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from cartwatch.storage.own_files import read_own

from .clinicaltrials import RUNGS, Access
from .transport import RegistryError, check_base

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cartwatch.storage.places import Places

    from .memory import Records

__all__ = ["ADDRESS", "CLIENT", "reach", "read_access"]

ADDRESS: Final = "CARTWATCH_REGISTRY"
CLIENT: Final = "CARTWATCH_REGISTRY_CLIENT"
_LEAST, _MOST = 5, 3_600  # seconds of a whole refresh


def read_access(config: str, env: Mapping[str, str], rung: str | None = None) -> tuple[Access, tuple[str, ...]]:
    """Read the connection settings, and their faults in whole lines; a faulty setting counts as not set.

    `config` is the settings file, which may be missing: `[registry]` holds `url`, the base address of a mirror, `client`, one
    of RUNGS, which is then the only one tried, and `seconds`, the most that a refresh may take. `rung` is the client that
    worked last.
    """
    table, problems = _table(config)
    access = Access(rung=rung) if rung in RUNGS else Access()
    for place, url in ((f"${ADDRESS}", env.get(ADDRESS)), (f"{config}: registry.url", table.get("url"))):
        if url:
            try:
                access = replace(access, base_url=check_base(str(url)))
            except RegistryError as wrong:
                problems.append(f"{place}: {wrong}")
            break
    for place, client in ((f"${CLIENT}", env.get(CLIENT)), (f"{config}: registry.client", table.get("client"))):
        if client:
            if client in RUNGS:
                access = replace(access, rung=client, pinned=True)
            else:
                problems.append(f"{place}: choose from {', '.join(RUNGS)}")
            break
    seconds = table.get("seconds")
    if isinstance(seconds, int | float) and not isinstance(seconds, bool) and _LEAST <= seconds <= _MOST:
        access = replace(access, deadline=float(seconds))
    elif seconds is not None:
        problems.append(f"{config}: registry.seconds: expected a number from {_LEAST} to {_MOST}")
    return access, tuple(problems)


def reach(places: Places, records: Records | None = None) -> tuple[Access, tuple[str, ...]]:
    """Read the settings at the places of a run, with the client that worked last; `records` are read if not given."""
    from .memory import Records

    rung = (records if records is not None else Records(places)).rung
    return read_access(places.config, places.env, rung)


def _table(config: str) -> tuple[dict[str, Any], list[str]]:
    data, note = read_own(config, aside=False)
    if note is not None:
        return {}, [note]
    table = data.get("registry", {})
    if not isinstance(table, dict):
        return {}, [f"{config}: registry: expected a table: write [registry]"]
    unknown = [key for key in table if key not in ("url", "client", "seconds")]
    return table, [f'{config}: registry: unknown "{each}": choose from url, client, seconds' for each in unknown]
