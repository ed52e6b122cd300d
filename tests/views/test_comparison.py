"""Comparison of programs: what forbids it stands above, each data set keeps its line, nothing is ranked or pooled."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from cartwatch.document.document import Document
from cartwatch.document.reader import read_watchlist
from cartwatch.views.comparison import compare
from cartwatch.views.comparison_page import comparison_document, comparison_pages, rate_pictures
from cartwatch.views.layout import cells
from cartwatch.views.look import Look

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TEXT = (Path(__file__).parent / "comparison.toml").read_bytes()


def programs():
    document = Document.parse(TEXT)
    return read_watchlist(document.head, document.programs, NOW.date()).watchlist.programs


def page(width: int = 100, *, ascii: bool = False) -> dict[str, str]:
    """The sections of the page by title, as text."""
    from cartwatch.app.widgets.panelayout import lay_out

    made = comparison_pages(compare(programs()), Look(NOW, ascii=ascii), width)
    return {
        each.title: "\n".join("".join(text for text, _ in line.runs).rstrip() for line in lay_out(each.lines, width))
        for each in made
    }


def test_what_forbids_the_comparison_is_named_and_stands_above():
    found = page()
    assert list(found)[1] == "What forbids a direct comparison"
    words = " ".join(found["What forbids a direct comparison"].split())
    for each in (
        "Cell source autologous (auto-one); allogeneic donor (allo [b]two)",
        "Population 4 different ones in 4 data sets",
        "Lee 2014 (auto-one); not stated (auto-one, allo [b]two); ASTCT 2019 (allo [b]two)",
        "Prophylaxis mentioned for auto-one; not reported for allo [b]two",
        "from 2019-06-30 to 2026-06-30",
        "Pooled 1 data set (auto-one) is pooled",
        "Neurotoxicity auto-one: a wider category than ICANS",
    ):
        assert each in words


def test_each_data_set_has_a_line_of_its_own_with_its_counts_interval_population_and_scale():
    lines = " ".join(page()["CRS by data set"].split())
    for each in ("42%° 5/12 19–68%", "10%° of 70 5–19%", "50%° 20/40 35–65%", "8.3%° 1/12 1–35%"):
        assert each in lines
    assert "LBCL, third line · TRIAL-1 · cut-off 2019-06-30 · Lee 2014" in lines
    assert "pooled, all trials · trial not reported · cut-off not reported · scale not stated" in lines


def test_a_rate_without_n_has_no_interval_a_bound_is_an_arrow_and_what_is_missing_is_said():
    found = page()
    icans = " ".join(found["ICANS by data set"].split())
    assert "4%° no n no interval" in icans
    assert "◀" in icans
    assert "<5%° of 40 bound" in icans
    assert "not reported" in icans
    assert "not applicable: autologous" in found["GVHD by data set"]


def test_neurotoxicity_stands_beside_icans_and_never_in_it():
    found = page()
    assert "67%" in found["Neurotoxicity by data set"]
    assert "67%" not in found["ICANS by data set"]


def test_an_unreadable_rate_is_shown_as_written():
    assert "about a third (not readable)" in " ".join(page()["CRS by data set"].split())


def test_measures_against_gvhd_are_apart_from_those_against_rejection():
    lines = page(80)["Mitigation"].splitlines()
    gvhd = next(at for at, each in enumerate(lines) if "GVHD" in each)
    rejection = next(at for at, each in enumerate(lines) if "Against rejection" in each)
    assert "TRAC knock-out" in " ".join(lines[gvhd:rejection])
    assert "B2M knock-out" in " ".join(lines[rejection:])
    assert "B2M knock-out" not in " ".join(lines[gvhd:rejection])


def test_efficacy_is_listed_by_data_set_with_its_population():
    lines = page()["Efficacy by data set"]
    assert "each result is that of its own data set" in lines
    assert "LBCL, third line" in lines
    assert "7/12" in lines
    assert lines.count("not reported") >= 1


def test_nothing_is_ranked_tested_or_pooled():
    text = " ".join("\n".join(page().values()).casefold().split())
    for word in ("p =", "p-value", "better than", "worse than", "best", "safest", "superior", "on average", "mean ", "total"):
        assert word not in text, word


@pytest.mark.parametrize("width", [24, 40, 60, 78, 100, 138, 198])
@pytest.mark.parametrize("ascii", [False, True])
def test_no_line_is_wider_than_the_page_and_no_figure_is_cut(width: int, ascii: bool):
    found = page(width, ascii=ascii)
    assert all(cells(line) <= width for text in found.values() for line in text.splitlines())
    crs = " ".join(found["CRS by data set"].split())
    for figure in ("5/12", "20/40", "of 70"):
        assert figure in crs
    assert all(ord(char) < 128 for text in found.values() for char in text if char not in "日本") or not ascii


def test_the_pictures_are_well_formed_and_say_in_words_what_they_show():
    look = Look(NOW)
    pictures = dict(rate_pictures(compare(programs()).rates, "x", look))
    assert set(pictures) >= {"CRS, any grade", "ICANS, grade ≥3"}
    root = ElementTree.fromstring(pictures["CRS, any grade"])
    told = root.findtext("{http://www.w3.org/2000/svg}desc") or ""
    assert "42% (5/12), 19–68%" in told
    assert "allo [b]two" in told
    assert "<script" not in "".join(pictures.values())


def test_the_json_has_each_rate_with_its_interval_and_each_data_set_of_efficacy():
    found = comparison_document(compare(programs()), NOW)
    crs = [each for each in found["rates"] if (each["event"], each["grade"], each["n"]) == ("crs", "any", 12)]
    assert [(each["affected"], round(each["low"]), round(each["high"]), each["scale"]) for each in crs] == [
        (5, 19, 68, "Lee 2014")
    ]
    assert [(each["program"], each["population"]) for each in found["efficacy"]] == [("auto-one", "LBCL, third line")]


@pytest.mark.parametrize("count", [0, 1, 9])
def test_only_two_to_eight_programs_can_be_compared(count: int):
    with pytest.raises(ValueError, match="2 to 8 programs can be compared"):
        compare([programs()[0]] * count)
