"""Finding a program by what a person calls it."""

from __future__ import annotations

import pytest

from cartwatch.domain.dates.parser import read_window
from cartwatch.domain.program import Program, slug
from cartwatch.domain.rates import read_rate
from cartwatch.domain.safety import Frequency, Report, Safety
from cartwatch.domain.watchlist import Ambiguous, Unknown, Watchlist

WATCHLIST = Watchlist(
    (
        Program(key="lasme-cel", name="lasmecabtagene timgedleucel", short="lasme-cel", aliases=("UCART22", "shared")),
        Program(key="ucart20x22", name="UCART20x22", aliases=("shared",)),
        Program(key="cema-cel", id="cema-cel", name="cemacabtagene ansegedleucel"),
        Program(key="shadow", name="Shadow", aliases=("cema-cel",)),
        Program(key="twin", name="Twin"),
        Program(key="twin-2", name="Twin"),
    )
)


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ("lasme-cel", "lasme-cel"),
        ("LASME CEL", "lasme-cel"),
        ("ucart22", "lasme-cel"),
        ("lasmecab", "lasme-cel"),
        ("ucart2", None),
        ("ucart20", "ucart20x22"),
        ("  Shadow ", "shadow"),
        ("cema-cel", "cema-cel"),  # its own id, though another has it as an alias
        ("twin", "twin"),
        ("twin-2", "twin-2"),
    ],
)
def test_a_program_goes_by_id_name_alias_or_prefix(asked: str, key: str | None) -> None:
    if key is None:
        with pytest.raises(Ambiguous):
            WATCHLIST.find(asked)
    else:
        assert WATCHLIST.find(asked).key == key


DUPLICATES = Watchlist(
    (
        Program(key="ucart-22", name="UCART-22"),
        Program(key="ucart-22-2", name="UCART 22"),
        Program(key="a-b", name="A+B"),
        Program(key="a-b-2", name="A-B"),
        Program(key="a-b-3", name="a b", aliases=("ab",)),
        Program(key="c-d", name="C D"),
        Program(key="other", name="Other", aliases=("c-d",)),
    )
)


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ("UCART 22", "ucart-22-2"),
        ("UCART-22", "ucart-22"),
        ("ucart 22", None),
        ("A-B", "a-b-2"),
        ("a b", "a-b-3"),
        ("A B", None),
        ("a-b-2", "a-b-2"),
        ("c-d", "other"),
        ("C D", "c-d"),
    ],
)
def test_a_name_as_it_is_written_comes_before_one_that_only_looks_like_it(asked: str, key: str | None) -> None:
    if key is None:
        with pytest.raises(Ambiguous):
            DUPLICATES.find(asked)
    else:
        assert DUPLICATES.find(asked).key == key


def test_several_of_one_name_are_named() -> None:
    with pytest.raises(Ambiguous, match=r'^"shared" may be lasme-cel or ucart20x22$'):
        WATCHLIST.find("shared")


def test_of_several_a_name_that_is_not_the_id_is_shown_with_it() -> None:
    listed = Watchlist(
        (Program("amtagvi", name="lifileucel"), Program("liso-cel", name="lisocabtagene maraleucel", short="liso-cel"))
    )
    with pytest.raises(Ambiguous, match=r'^"li" may be lifileucel \(amtagvi\) or liso-cel$'):
        listed.find("li")


@pytest.mark.parametrize(("asked", "near"), [("lasme-sel", "lasme-cel"), ("UCRT22", "UCART22"), ("zzzz", None), ("", None)])
def test_the_nearest_name_is_offered(asked: str, near: str | None) -> None:
    with pytest.raises(Unknown) as caught:
        WATCHLIST.find(asked)
    assert caught.value.suggestion == near


def test_programs_by_key_and_place() -> None:
    assert WATCHLIST.place("cema-cel") == 2
    assert WATCHLIST.get("nobody") is None
    assert len(WATCHLIST) == 6


@pytest.mark.parametrize(
    ("name", "key"),
    [("Lasme-Cel", "lasme-cel"), ("CAR19/IL-15 NK", "car19-il-15-nk"), ("Café", "cafe"), ("αβ", "program"), ("", "program")],
)
def test_a_slug_is_plain(name: str, key: str) -> None:
    assert slug(name) == key


def test_a_long_slug_is_cut_and_does_not_end_in_a_dash() -> None:
    assert slug("a" * 63 + " b") == "a" * 63


def test_the_leading_rate_is_that_of_the_most_patients_and_is_never_pooled() -> None:
    def report(text: str, n: int | None = None) -> Report:
        return Report(crs=Frequency(severe=read_rate(text, n)))

    small, large, equal, vague = report("1/10"), report("3/40"), report("5/40"), report("2%")
    program = Program(key="p", safety=Safety(reports=(vague, small, Report(n=900), large, equal)))
    found = program.leading_rate("crs")
    assert found is not None
    assert (found.report, found.rate.text) == (large, "3/40")
    assert found.place == 3
    assert program.leading_rate("gvhd") is None
    assert program.leading_rate("crs", "any") is None
    assert Program(key="q").leading_rate("crs") is None


def test_a_name_that_many_have_is_told_in_a_line() -> None:
    with pytest.raises(Ambiguous, match=r'"p" may be p-0 or p-1 or p-2 or p-3 or p-4 or p-5 or 14 others$'):
        Watchlist(tuple(Program(key=f"p-{each}", name=f"p {each}") for each in range(20))).find("p")


def of_set(population: str, text: str, n: int, cutoff: str | None = None) -> Report:
    day = read_window(cutoff) if cutoff else None
    return Report(population=population, n=n, cutoff=day, crs=Frequency(severe=read_rate(text, n)))


@pytest.mark.parametrize(
    ("indications", "reports", "place", "disputed"),
    [
        (("LBCL", "FL"), (of_set("follicular lymphoma", "5%", 146), of_set("LBCL, label of 2017", "13%", 108)), 1, True),
        (("R/R multiple myeloma",), (of_set("CLL", "9%", 300), of_set("multiple myeloma, 4L", "9%", 20)), 1, False),
        (("B-ALL to age 25",), (of_set("adult DLBCL", "23%", 106), of_set("young adult B-ALL", "49%", 68)), 1, True),
        (("B-ALL",), (of_set("T-ALL", "1%", 900), of_set("B-ALL", "2%", 30), of_set("B-ALL", "2%", 40)), 2, False),
        (("B-ALL",), (of_set("B-ALL", "4%", 90, "2025-06"), of_set("B-ALL", "5%", 60, "2026-06-30")), 1, False),
        ((), (of_set("", "4%", 90), of_set("", "50%", 60)), 0, True),
        (("ALL",), (of_set("B-cell", "<5%", 0), of_set("overall", "4%", 0)), 0, False),
    ],
)
def test_the_rate_shown_is_of_the_first_indication_the_newest_cut_off_and_the_most_patients(
    indications: tuple[str, ...], reports: tuple[Report, ...], place: int, disputed: bool
) -> None:
    found = Program(key="p", indications=indications, safety=Safety(reports=reports)).leading_rate("crs")
    assert found is not None
    assert (found.place, found.disputed, len(found.others)) == (place, disputed, len(reports) - 1)
