"""cartwatch: a terminal watchlist for cell-therapy programs."""

__version__ = "0.1.0"
