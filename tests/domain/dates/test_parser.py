"""Real wordings of guidance: each reads as its window, or not at all."""

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from cartwatch.domain.dates.parser import earlier_guidance, read_window, shown

SAID = date(2026, 11, 22)
HERE = Path(__file__).parent


def lines(name: str) -> list[str]:
    text = (HERE / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("# ")]


@pytest.mark.parametrize("line", lines("phrases_readable.txt"))
def test_a_wording_of_guidance_reads_as_its_window(line: str) -> None:
    phrase, start, end, precision, flags = (part.strip() for part in line.split("|"))
    window = read_window(phrase, SAID, date(2030, 1, 1))
    days = ["…" if day is None else day.isoformat() for day in (window.start, window.end)]
    assert (*days, window.precision) == (start, end, precision)
    assert window.approximate == ("~" in flags.split())
    assert window.open_left == ("by" in flags.split())
    assert window.text == phrase
    assert read_window(phrase, None, SAID).readable == ("said" not in flags.split())


@pytest.mark.parametrize("phrase", lines("phrases_unreadable.txt"))
def test_what_is_no_date_as_a_whole_stays_unreadable(phrase: str) -> None:
    window = read_window(phrase, SAID, SAID)
    assert (window.precision, window.start, window.end, window.text) == ("unreadable", None, None, phrase)


@pytest.mark.parametrize(
    "phrase",
    ["", "  ", "TBD", "tba", "TBC", "T.B.D.", "TBD.", "n/a", "N.A.", "unknown", "not guided", "Not  disclosed", "none",
     "undisclosed", "pending", "to be determined", "not yet disclosed"],
)  # fmt: skip
def test_words_for_no_date_are_undated(phrase: str) -> None:
    window = read_window(phrase)
    assert (window.precision, window.dated, window.readable) == ("undated", False, True)


EST, EDT = timezone(timedelta(hours=-5)), timezone(timedelta(hours=-4))


@pytest.mark.parametrize(
    ("phrase", "moment"),
    [
        ("2026-12-15T17:00-05:00", datetime(2026, 12, 15, 17, tzinfo=EST)),
        ("Dec 15 2026 5:00 pm ET", datetime(2026, 12, 15, 17, tzinfo=EST)),
        ("Dec. 15, 2026, 5:00 p.m. ET", datetime(2026, 12, 15, 17, tzinfo=EST)),
        ("December 15, 2026 at 8 a.m. Eastern Time", datetime(2026, 12, 15, 8, tzinfo=EST)),
        ("8:00 a.m. ET on December 15, 2026", datetime(2026, 12, 15, 8, tzinfo=EST)),
        ("July 15 2026 5:00 pm ET", datetime(2026, 7, 15, 17, tzinfo=EDT)),
        ("July 15 2026 5:00 pm EST", datetime(2026, 7, 15, 17, tzinfo=EST)),
        ("March 8 2026 1:59 am ET", datetime(2026, 3, 8, 1, 59, tzinfo=EST)),
        ("March 8 2026 3:00 am ET", datetime(2026, 3, 8, 3, tzinfo=EDT)),
        ("October 31 2026 12:00 pm ET", datetime(2026, 10, 31, 12, tzinfo=EDT)),
        ("November 1 2026 12:00 pm ET", datetime(2026, 11, 1, 12, tzinfo=EST)),
        ("July 15 2026 5 pm PT", datetime(2026, 7, 16, 0, tzinfo=UTC)),
        ("15 December 2026 17:00 CET", datetime(2026, 12, 15, 16, tzinfo=UTC)),
        ("2026-12-15T17:00:30Z", datetime(2026, 12, 15, 17, 0, 30, tzinfo=UTC)),
        ("2026-12-15 17:00 UTC", datetime(2026, 12, 15, 17, tzinfo=UTC)),
        ("Dec 15 2026 12:30 am UTC", datetime(2026, 12, 15, 0, 30, tzinfo=UTC)),
        ("Dec 15 2026 17:00", datetime(2026, 12, 15, 17)),
        ("2026-12-15T17:00", datetime(2026, 12, 15, 17)),
    ],
)
def test_a_day_with_a_time_is_an_instant(phrase: str, moment: datetime) -> None:
    window = read_window(phrase)
    assert (window.precision, window.instant) == ("instant", moment)
    assert window.instant is not None
    assert window.start == window.end == window.instant.date()
    assert (window.instant.tzinfo is None) == (moment.tzinfo is None)


def test_a_toml_date_is_a_day_and_a_toml_date_time_an_instant() -> None:
    assert read_window(date(2026, 12, 23)) == read_window("2026-12-23")
    moment = datetime(2026, 12, 15, 17, tzinfo=UTC)
    assert read_window(moment).instant == moment
    assert read_window(moment).precision == "instant"


@pytest.mark.parametrize("value", [date(1, 1, 1), date(9999, 12, 31), datetime.max, datetime.min])
def test_a_toml_date_no_guidance_can_be_about_is_unreadable(value: date) -> None:
    assert not read_window(value).readable


def test_what_counts_from_the_guidance_needs_a_day_to_count_from() -> None:
    for phrase in ("by Q4 2026", "next quarter", "within 6 months", "imminent", "this year", "later this year"):
        assert not read_window(phrase).readable
        assert read_window(phrase, None, SAID).relative
    assert not read_window("Q4 2026", SAID).relative


def test_the_day_of_the_guidance_goes_before_today() -> None:
    assert read_window("next quarter", date(2026, 2, 1), SAID).start == date(2026, 4, 1)


@pytest.mark.parametrize(
    ("phrase", "said", "start"),
    [
        ("December", date(2026, 12, 31), date(2026, 12, 1)),
        ("December", date(2027, 1, 1), date(2027, 12, 1)),
        ("Q4", date(2027, 1, 1), date(2027, 10, 1)),
        ("winter", date(2027, 1, 15), date(2026, 12, 1)),
        ("winter", date(2027, 3, 1), date(2027, 12, 1)),
        ("early December", date(2026, 12, 11), date(2027, 12, 1)),
        ("March 27", date(2027, 3, 27), date(2027, 3, 27)),
        ("March 27", date(2027, 3, 28), date(2028, 3, 27)),
        ("Feb 29", date(2026, 1, 1), date(2028, 2, 29)),
        ("Q3–Q4", date(2026, 11, 22), date(2026, 7, 1)),
        ("Dec 5-8", date(2026, 12, 9), date(2027, 12, 5)),
        ("ASH", date(2026, 12, 16), date(2027, 12, 1)),
    ],
)
def test_without_a_year_it_is_the_first_that_ends_on_or_after_the_guidance(phrase: str, said: date, start: date) -> None:
    window = read_window(phrase, said)
    assert (window.start, window.approximate) == (start, True)
    assert not read_window(phrase, None, said).readable


def test_a_deadline_that_is_over_is_unreadable_only_where_the_guidance_came_after_it() -> None:
    assert not read_window("by Q2 2026", SAID).readable
    over = read_window("by Q2 2026", None, SAID)
    assert (over.start, over.end, over.open_left) == (None, date(2026, 6, 30), True)


@pytest.mark.parametrize(
    "written",
    ["Ｑ４　２０２６", "Q4\u00a02026", "Q4\u202f2026", "Q4–2026", "Q4‑2026", "Q4 ’26", "\tQ4\n2026 ", "q4 2026", "Q4 2026."],
)
def test_width_spaces_dashes_and_apostrophes_do_not_matter(written: str) -> None:
    assert shown(read_window(written)) == "Q4 2026"


@pytest.mark.parametrize(
    "text",
    ["Q4\x1b[31m2026", "Q4\u200b2026", "\u202eQ4 2026", "\ud800", "Q4 2026\x00", "٢٠٢٦", "2026\ufeff", "x" * 100_000,
     "Q4 2026 " * 12_500, "\u0300\u0316" * 50_000, "(" * 100_000, "1" * 100_000, "~" * 100_000, "'" * 199],
)  # fmt: skip
def test_control_marks_and_prose_of_any_length_are_unreadable(text: str) -> None:
    assert read_window(text, SAID).precision == "unreadable"


def test_many_spaces_are_still_only_spaces() -> None:
    assert read_window(f"Q4{' ' * 3000}2026").readable


@pytest.mark.parametrize(
    ("phrase", "canonical"),
    [
        ("4Q26", "Q4 2026"),
        ("second half of 2026", "H2 2026"),
        ("year-end 2026", "~December 2026"),
        ("end of December 2026", "end of December 2026"),
        ("mid-2027", "mid 2027"),
        ("by mid-2027", "by mid 2027"),
        ("from late 2026", "from late 2026"),
        ("before Q1 2027", "by Q4 2026"),
        ("after Q3 2026", "from Q4 2026"),
        ("EULAR 2027", "~EULAR 2027"),
        ("at the 2026 ASH Annual Meeting", "ASH 2026"),
        ("next quarter", "Q1 2027"),
        ("Dec 5-8, 2026", "2026-12-05 to 2026-12-08"),
        ("not guided", "TBD"),
        ("six weeks after the event", "six weeks after the event"),
    ],
)
def test_a_window_is_printed_in_canonical_words(phrase: str, canonical: str) -> None:
    assert shown(read_window(phrase, SAID)) == canonical


@pytest.mark.parametrize(
    ("phrase", "earlier"),
    [
        ("Q1 2027 (was Q4 2026)", "q4 2026"),
        ("1H 2026 (narrowed from 2026)", "2026"),
        ("Q1 2027, previously Q4 2026", "q4 2026"),
        ("delayed from Q4 2026 to Q1 2027", "q4 2026"),
        ("pushed back to Q2 2026 from Q1 2026", "q1 2026"),
        ("Q4 2026", None),
        ("delayed to Q1 2027", None),
        ("from Q4 2026", None),
        ("Q4 2026 (was delayed)", None),
    ],
)
def test_earlier_guidance_is_read_off_a_phrase_that_names_it(phrase, earlier):
    assert earlier_guidance(phrase) == earlier
