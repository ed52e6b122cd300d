"""Where the sample watchlist is: inside the installed package, or beside the sources."""

from __future__ import annotations

import os

__all__ = ["read_sample", "sample_path"]

_NAME = "sample_watchlist.toml"


def sample_path() -> str:
    """The sample file. Raises FileNotFoundError where the installation is incomplete."""
    here = os.path.dirname(os.path.abspath(__file__))
    for folder in (here, os.path.dirname(os.path.dirname(here))):
        path = os.path.join(folder, _NAME)
        if os.path.isfile(path):
            return path
    raise FileNotFoundError(f"{_NAME} is missing from this installation of cartwatch")


def read_sample() -> bytes:
    """The bytes of the sample watchlist. Raises FileNotFoundError where the installation is incomplete."""
    with open(sample_path(), "rb") as file:
        return file.read()
