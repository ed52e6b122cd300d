"""HTML page to forward: one self-contained file without scripts or external requests."""

from .page import report

__all__ = ["report"]
