"""Random watchlist data and two changed versions of it, made fast enough for a hundred thousand merges."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from random import Random

PLAIN: list[Any] = [0, 1, 2, 3, True, False, "x", "y", "Z", 1.0, date(2026, 1, 1), date(2026, 1, 2)]


def _anything(rng: Random, depth: int = 0) -> Any:
    kind = rng.random()
    if depth > 1 or kind < 0.6:
        return rng.choice(PLAIN)
    if kind < 0.8:
        return [_anything(rng, depth + 1) for _ in range(rng.randrange(3))]
    return {key: _anything(rng, depth + 1) for key in ("id", "u", "v") if rng.random() < 0.4}


def _some(rng: Random, **values: tuple[float, Any]) -> dict[str, Any]:
    """A table of values, each with the probability that it is there; a list stands for one of its items."""
    out = {}
    for key, (probability, value) in values.items():
        if rng.random() < probability:
            out[key] = value(rng) if callable(value) else rng.choice(value)
    return out


def _catalyst(rng: Random) -> dict[str, Any]:
    moves = lambda rng: [{"when": rng.choice("ab")} for _ in range(rng.randrange(3))]  # noqa: E731
    whens = ["Q1 2026", "2027"]
    return _some(
        rng, id=(0.5, ["c1", "c2"]), event=(0.7, ["E1", "E2", "e1"]), when=(0.7, whens), move=(0.3, moves), own=(0.2, _anything)
    )


def _mechanism(rng: Random) -> dict[str, Any]:
    return {"knockouts": [rng.choice(["T", "U", {"gene": "T", "purpose": rng.choice(PLAIN)}]) for _ in range(rng.randrange(3))]}


def _catalysts(rng: Random) -> Any:
    return [_catalyst(rng) for _ in range(rng.randrange(4))] if rng.random() < 0.9 else rng.choice(PLAIN)


def _program(rng: Random) -> dict[str, Any]:
    tags = lambda rng: [rng.choice("abc") for _ in range(rng.randrange(4))]  # noqa: E731
    return _some(
        rng,
        id=(0.6, ["p1", "p2", "p3"]),
        name=(0.8, ["N1", "N2", "p1"]),
        phase=(0.6, PLAIN),
        tags=(0.5, tags),
        mechanism=(0.3, _mechanism),
        catalyst=(0.5, _catalysts),
        own=(0.2, _anything),
    )


def _edited(rng: Random, value: Any) -> Any:
    if isinstance(value, dict):
        out = {}
        for key, each in value.items():
            choice = rng.randrange(8)
            if choice:
                out[key] = _anything(rng) if choice == 1 else _edited(rng, each)
        return out
    if isinstance(value, list):
        return [_edited(rng, each) for each in value if rng.randrange(7)]
    return value


def three_versions(rng: Random) -> tuple[Any, Any, Any]:
    """A base and two versions of it that share much of it, as people's copies do; each a head and a list of programs."""
    head = _some(rng, title=(0.4, _anything), schema=(0.4, _anything), own=(0.4, _anything))
    base = (head, [_program(rng) for _ in range(rng.randrange(4))])

    def version() -> Any:
        kept = [_edited(rng, each) for each in base[1] if rng.randrange(7)]
        return _edited(rng, base[0]), kept + [_program(rng) for _ in range(rng.randrange(2))]

    return base, version(), version()
