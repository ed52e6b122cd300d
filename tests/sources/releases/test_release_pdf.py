"""A PDF is read with the extra, and says how to get it where it is missing."""

from __future__ import annotations

import sys
from datetime import date

import pytest

from cartwatch.domain.watchlist import Watchlist
from cartwatch.proposals.incoming import Refused
from cartwatch.sources.releases.reading import read_release


def pdf(text: str) -> bytes:
    """The smallest file that a reader of PDF takes."""
    drawn = "BT /F1 12 Tf 72 720 Td 14 TL " + " ".join(f"({line}) Tj T*" for line in text.split("\n")) + " ET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body, places = "%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{each}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    end = f"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    return f"{body}xref\n0 6\n0000000000 65535 f \n{table}{end}".encode()


def test_a_pdf_is_read_as_its_text() -> None:
    pytest.importorskip("pypdf")
    read = read_release(
        pdf("Topline data of KX-1 are expected\nin the fourth quarter of 2026."), Watchlist(()), said=date(2026, 1, 9)
    )
    assert [each.facts["when"] for each in read.statements] == ["fourth quarter of 2026"]


def test_a_damaged_pdf_is_refused_in_one_line() -> None:
    pytest.importorskip("pypdf")
    with pytest.raises(Refused, match=r"a PDF that can't be read|a PDF without text"):
        read_release(b"%PDF-1.4\nbroken", Watchlist(()), name="x.pdf")


def test_without_the_extra_a_pdf_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdf", None)
    with pytest.raises(Refused, match=r"cartwatch\[pdf\]"):
        read_release(b"%PDF-1.4\n", Watchlist(()), name="x.pdf")
