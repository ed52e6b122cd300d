"""Equality of plain TOML data."""

from __future__ import annotations

from typing import Any

__all__ = ["same"]


def same(one: Any, other: Any) -> bool:
    """Whether plain data is equal with equal types (1 is neither 1.0 nor true), and nan equal to nan."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if type(one) is dict:
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if type(one) is list:
        return len(one) == len(other) and all(map(same, one, other))
    if type(one) is float:
        return bool(one == other or (one != one and other != other))
    return bool(one == other) and getattr(one, "tzinfo", None) == getattr(other, "tzinfo", None)
