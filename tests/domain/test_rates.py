"""Rates as they are published, and the interval beside them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartwatch.domain.rates import Rate, RateError, read_rate, wilson


@pytest.mark.parametrize(
    ("text", "n", "percent", "affected", "of", "derived"),
    [
        ("1/40", None, 2.5, 1, 40, False),
        (" 38 / 40 ", None, 95.0, 38, 40, False),
        ("0/40", 50, 0.0, 0, 40, False),  # its own denominator counts
        ("40/40", None, 100.0, 40, 40, False),
        ("2.4%", None, 2.4, None, None, False),
        ("2.4 %", None, 2.4, None, None, False),
        ("2.5%", 40, 2.5, 1, 40, True),
        ("11%", 70, 11.0, 8, 70, True),
        ("50%", 1000, 50.0, None, 1000, False),  # 495 to 505 all round to it
        ("50.0%", 1000, 50.0, 500, 1000, True),
        ("33%", 10, 33.0, None, 10, False),  # no whole number of ten rounds to it
        ("0%", 0, 0.0, None, None, False),
        ("100%", 12, 100.0, 12, 12, True),
        ("1 of 40", None, 2.5, 1, 40, False),
        ("38/40 (95%)", None, 95.0, 38, 40, False),
        ("1/3 (33.3%)", None, 100 / 3, 1, 3, False),
        ("2", 40, 5.0, 2, 40, False),
        ("<5%", 40, 5.0, None, 40, False),
        (">= 90%", None, 90.0, None, None, False),
    ],
)
def test_a_rate_is_read_as_published(
    text: str, n: int | None, percent: float, affected: int | None, of: int | None, derived: bool
) -> None:
    rate = read_rate(text, n)
    assert (rate.percent, rate.affected, rate.n, rate.derived) == (percent, affected, of, derived)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is not a rate"),
        ("none", "is not a rate"),
        ("1 or 40", "is not a rate"),
        ("38/40 (93%)", "does not agree with itself: 38/40 is 95%"),
        ("38/40 (95%", "is not a rate"),
        ("2", "is not a rate"),
        ("<101%", "more than 100%"),
        ("<<5%", "is not a rate"),
        ("-1/40", "is not a rate"),
        ("1/40/2", "is not a rate"),
        ("2,4%", "is not a rate"),
        ("1/\n40", "is not a rate"),
        ("1\x85/40", "is not a rate"),
        ("١/٤", "is not a rate"),
        ("0/0", "has no patients"),
        ("41/40", "more patients with the event"),
        ("101%", "more than 100%"),
        ("x" * 100_000, "is not a rate"),
    ],
)
def test_what_is_no_rate_says_why_in_a_line(text: str, words: str) -> None:
    with pytest.raises(RateError) as caught:
        read_rate(text)
    assert words in str(caught.value)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize("n", [999_999_999, 10**15, 10**40])
def test_a_percentage_of_an_absurd_number_is_read_at_once(n: int) -> None:
    assert read_rate("50%", n).affected is None


@pytest.mark.parametrize(
    ("text", "n", "counts", "percent", "interval"),
    [
        ("1/40", None, "1/40", "2.5%", "0–13%"),
        ("0/12", None, "0/12", "0%", "0–24%"),
        ("1/20", None, "1/20", "5%", "1–24%"),
        ("3/127", None, "3/127", "2.4%", "1–7%"),
        ("1/8", None, "1/8", "13%", "2–47%"),  # 12.5: a half is rounded up, as journals do
        ("3094/20000", None, "3094/20000", "15%", "15–16%"),  # 15.47: rounded once
        ("1/3000", None, "1/3000", "<0.1%", "0.0–0.2%"),  # some is never none
        ("2999/3000", None, "2999/3000", ">99.9%", "99.8–100.0%"),
        ("996/1000", None, "996/1000", "99.6%", "99–100%"),
        ("199/2000", None, "199/2000", "10%", "9–11%"),
        ("11%", 70, "11% of 70", "11%", "6–21%"),
        ("50%", 1000, "50% of 1000", "50%", "47–53%"),
        ("2.4 %", None, "2.4%", "2.4%", ""),
        ("1 of 40", None, "1/40", "2.5%", "0–13%"),
        ("< 5%", 70, "<5% of 70", "<5%", ""),  # a bound has no interval
        (">=90 %", None, "≥90%", "≥90%", ""),
    ],
)
def test_a_rate_is_shown_with_its_number_and_interval(
    text: str, n: int | None, counts: str, percent: str, interval: str
) -> None:
    rate = read_rate(text, n)
    assert (rate.counts, rate.shown_percent, rate.shown_interval) == (counts, percent, interval)


@given(st.text(max_size=20) | st.from_regex(r"[ \d./%]{1,12}", fullmatch=True), st.none() | st.integers(0, 500))
def test_no_text_raises_anything_but_a_rate_error(text: str, n: int | None) -> None:
    try:
        rate: Rate | None = read_rate(text, n)
    except RateError:
        rate = None
    if rate is not None:
        assert 0 <= rate.percent <= 100
        assert rate.affected is None or (rate.n is not None and 0 <= rate.affected <= rate.n)
        low, high = rate.interval or (0.0, 100.0)
        assert 0 <= low <= rate.percent + 1e-9
        assert rate.percent - 1e-9 <= high <= 100
        assert rate.text.isprintable()


@given(st.integers(1, 400), st.data())
def test_a_derived_number_is_the_only_one_that_rounds_to_the_percentage(n: int, data: st.DataObject) -> None:
    affected = data.draw(st.integers(0, n))
    rate = read_rate(f"{100 * affected / n:.2f}%", n)
    assert (rate.affected, rate.derived) == (affected, True)


@pytest.mark.parametrize(
    ("affected", "n", "low", "high"),
    [(0, 12, 0.0, 0.2425), (1, 20, 0.0089, 0.2361), (3, 127, 0.0081, 0.0672), (5, 10, 0.2366, 0.7634), (12, 12, 0.7575, 1.0)],
)
def test_the_wilson_interval_has_its_known_values(affected: int, n: int, low: float, high: float) -> None:
    assert wilson(affected, n) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.slow
def test_the_wilson_interval_is_that_of_statsmodels_for_every_count_up_to_300() -> None:
    proportion = pytest.importorskip("statsmodels.stats.proportion", reason="statsmodels is not installed")
    for n in range(1, 301):
        low, high = proportion.proportion_confint(list(range(n + 1)), n, alpha=0.05, method="wilson")
        ours = [wilson(affected, n) for affected in range(n + 1)]
        assert [each[0] for each in ours] == pytest.approx(list(low), abs=1e-9)
        assert [each[1] for each in ours] == pytest.approx(list(high), abs=1e-9)


@given(st.integers(1, 2000), st.data())
def test_the_wilson_interval_holds_the_rate_and_mirrors_its_complement(n: int, data: st.DataObject) -> None:
    affected = data.draw(st.integers(0, n))
    low, high = wilson(affected, n)
    assert 0 <= low <= affected / n <= high <= 1
    mirrored = wilson(n - affected, n)
    assert mirrored == pytest.approx((1 - high, 1 - low))


@pytest.mark.parametrize(("affected", "n"), [(1, 0), (0, 0), (-1, 5), (6, 5), (0, -3)])
def test_what_is_no_proportion_has_no_interval(affected: int, n: int) -> None:
    with pytest.raises(ValueError, match="not a proportion"):
        wilson(affected, n)


@pytest.mark.parametrize(
    ("text", "low", "high"), [("<5%", 0, 5), ("≤5%", 0, 5), (">90%", 90, 100), ("≥90%", 90, 100), ("1/40", 2.5, 2.5)]
)
def test_a_bound_allows_all_up_to_it(text: str, low: float, high: float) -> None:
    assert read_rate(text).limits == pytest.approx((low, high), abs=1e-6)
    assert (read_rate(text).limits[1] < 5) == (text == "<5%" or text == "1/40")
