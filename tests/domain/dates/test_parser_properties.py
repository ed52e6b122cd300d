"""Rules that hold for every phrase, every day of guidance and every string."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from cartwatch.domain.dates.parser import read_window, shown
from cartwatch.domain.dates.window import PRECISIONS, Window

DAYS = st.dates(date(1990, 1, 1), date(2120, 12, 31))
YEARS = st.sampled_from(["2026", "2027", "2028", "'27", "this year", "next year"])
UNITS = st.one_of(
    st.builds("{} {}".format, st.sampled_from(["Q1", "4Q", "third quarter of", "H1", "2H", "fiscal Q2"]), YEARS),
    st.builds("{} {}".format, st.sampled_from(["January", "Feb.", "Dec", "sept"]), YEARS),
    st.sampled_from(["2026", "FY27", "2026-36", "2027-38", "2027-41", "2026-12", "next quarter", "this month", "Q2", "May"]),
)
PARTS = st.builds("{} {}".format, st.sampled_from(["early", "mid", "late", "beginning of", "end of", "the middle of"]), UNITS)
OTHERS = st.one_of(
    st.sampled_from(["ASH 2026", "EHA 2027", "EULAR 2028", "ACR 2026", "summer 2027", "winter 2026", "1H March 2027"]),
    st.sampled_from(["2H Feb 2028", "week of Dec 30, 2026", "12/15/2026", "4/5/2027", "15 March 2027", "year-end 2026"]),
    DAYS.map(date.isoformat),
)
ONE = st.one_of(UNITS, PARTS, OTHERS)
SIDED = st.builds("{} {}".format, st.sampled_from(["by", "before", "from", "after", "~", "by ~", "no later than"]), ONE)
RANGES = st.builds("{} {} {}".format, ONE, st.sampled_from(["to", "or", "–", "/", "through"]), ONE)
COUNTED = st.sampled_from(
    ["within 30 days", "in the next 6 months", "in 3 months", "imminent", "later this year", "within 2 years", "weeks away"]
)
TIMED = st.builds("{} {}".format, DAYS.map(date.isoformat), st.sampled_from(["17:00", "5 pm ET", "09:30 UTC"]))
PHRASES = st.one_of(ONE, SIDED, RANGES, COUNTED, TIMED)


def bare(window: Window) -> Window:
    return replace(window, text="", relative=False)


@given(PHRASES, DAYS)
def test_every_window_printed_back_reads_the_same(phrase: str, said: date) -> None:
    window = read_window(phrase, said)
    again = read_window(shown(window), said)
    assert bare(again) == bare(window)
    assert window.dated or not window.readable
    assert shown(replace(again, text=window.text)) == shown(window)


@given(PHRASES, DAYS)
def test_no_window_ends_before_it_starts(phrase: str, said: date) -> None:
    window = read_window(phrase, said)
    assert window.precision in PRECISIONS
    assert window.start is None or window.end is None or window.start <= window.end
    assert window.midpoint is None or window.earliest() <= window.midpoint <= window.latest()


@given(st.text(max_size=60), st.one_of(st.none(), DAYS))
def test_no_string_of_any_kind_raises(text: str, said: date | None) -> None:
    window = read_window(text, said)
    assert window.text == text
    assert isinstance(shown(window), str)


SOME_WORDS = (
    "by before after from in the end of early mid late to or and between Q1 4Q26 H2 2026 '27 27 1 12 31 Dec March ASH "
    "annual meeting year quarter month next this within 6 months week 12/15/2026 2026-12 2026-36 5:00 pm ET - / ~ ? ( ) "
    "est fall first second last half fiscal FY CY coming weeks later 's 1st 9999 0001 99 days Tuesday"
)
WORDS = st.sampled_from(SOME_WORDS.split())


@given(st.lists(WORDS, max_size=8).map(" ".join), st.one_of(st.none(), DAYS))
def test_no_order_of_date_words_raises_or_turns_time_around(text: str, said: date | None) -> None:
    window = read_window(text, said, date(2026, 11, 22))
    assert window.start is None or window.end is None or window.start <= window.end
    assert bare(read_window(shown(window), said, date(2026, 11, 22))) == bare(window)


LEAD_INS = st.sampled_from(
    ["in", "during", "expected", "expected in", "anticipated", "planned for", "targeted for", "on track for", "likely", "the",
     "slated for", "on", "Expected  in the", "now expected"]
)  # fmt: skip


@given(PHRASES, LEAD_INS, DAYS)
def test_case_spaces_and_lead_ins_do_not_matter(phrase: str, lead_in: str, said: date) -> None:
    window = bare(read_window(phrase, said))
    for written in (phrase.upper(), phrase.title(), phrase.replace(" ", "  "), f" {phrase}\n", f"{lead_in} {phrase}"):
        assert bare(read_window(written, said)) == window


@given(st.dates(), st.dates())
def test_no_day_of_guidance_raises(said: date, today: date) -> None:
    for phrase in ("by 2200", "within 999 years", "next year", "this week", "Q4", "winter", "later this year", "before 1900"):
        assert read_window(phrase, said, today).text == phrase
