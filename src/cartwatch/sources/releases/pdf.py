"""Reads the text of a PDF with pypdf, which is an extra."""

from __future__ import annotations

from io import BytesIO

from cartwatch.proposals.incoming import Refused

__all__ = ["pdf_text"]

_MOST_PAGES = 200


def pdf_text(data: bytes, name: str) -> str:
    """Return the text of a PDF, page by page. Raises Refused where it can't be read or pypdf is not installed."""
    try:
        from pypdf import PdfReader
    except ImportError:
        raise Refused(name, "a PDF: to read it, install the extra with `pip install 'cartwatch[pdf]'`") from None
    try:
        reader = PdfReader(BytesIO(data))
        pages = [page.extract_text() for page in reader.pages[:_MOST_PAGES]]
    except Exception as wrong:  # a damaged file can raise anything
        raise Refused(name, f"a PDF that can't be read: {wrong}") from None
    text = "\n\n".join(pages)
    if not text.strip():
        raise Refused(name, "a PDF without text, as of a scan: paste the text instead")
    return text
