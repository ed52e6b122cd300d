"""What is brought up to date with an edit is what working it out anew would give."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cartwatch.app.rows import RowOrder
from cartwatch.document.reader import read_watchlist
from cartwatch.domain.agenda import agenda, nearest
from cartwatch.domain.filters.parser import matching, parse
from cartwatch.domain.watchlist import Watchlist
from cartwatch.views.columns import COLUMNS, ordered
from cartwatch.views.look import Look

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WHENS = ["Q4 2026", "2026-12-01", "2025", "soon", "2026-11-23T10:00:00Z", "by end-2027"]
CATALYSTS = st.fixed_dictionaries(
    {"event": st.sampled_from(["Readout", "Filing"])},
    optional={"when": st.sampled_from(WHENS), "outcome": st.just("met"), "kind": st.sampled_from(["readout", "filing"])},
)
RECORDS = st.fixed_dictionaries(
    {"name": st.sampled_from(["A", "b", "Ć", "D"])},
    optional={
        "pinned": st.booleans(),
        "phase": st.sampled_from(["1", "2", "Pivotal"]),
        "sponsor": st.sampled_from(["Uno", "due"]),
        "checked": st.sampled_from([date(2026, 1, 1), date(2026, 2, 1)]),
        "catalyst": st.lists(CATALYSTS, max_size=2),
        "mechanism": st.fixed_dictionaries({}, optional={"targets": st.lists(st.sampled_from(["CD19", "CD22"]), max_size=2)}),
    },
)
CHANGES = st.one_of(
    st.tuples(st.integers(0, 5), RECORDS),
    st.tuples(st.integers(0, 5), st.none()),  # taken out
    st.tuples(st.just(-1), RECORDS),  # one more at the end
)
SORTS = st.lists(
    st.tuples(st.sampled_from([each.key for each in COLUMNS]), st.booleans()), max_size=3, unique_by=lambda s: s[0]
)


def changed(records: list[Any], place: int, record: Any) -> list[Any]:
    if place < 0:
        return [*records, record]
    if record is None:
        return [each for at, each in enumerate(records) if at != place]
    return [record if at == place else each for at, each in enumerate(records)]


def waits(when: str, **more: Any) -> dict[str, Any]:
    return {"name": "A", "catalyst": [{"event": "Readout", "when": when, **more}]}


@given(
    st.lists(RECORDS, max_size=6),
    st.lists(CHANGES, max_size=5),
    SORTS,
    st.sampled_from(["", "phase:2", "CD19", "open:"]),
    st.integers(0, 1),
)
@example([waits("2026-12-01"), waits("Q1 2027")], [(0, waits("2026-12-01", outcome="met"))], [], "", 0)  # the nearest is over
@example([waits("2026-12-01"), waits("Q1 2027")], [(0, waits("2028"))], [], "", 0)  # the nearest is put off
def test_what_an_edit_leaves_standing_is_what_there_would_be_anew(
    records: list[Any], changes: list[tuple[int, Any]], sort: list[tuple[str, bool]], query: str, days: int
) -> None:
    row_order, wanted = RowOrder(), parse(query) or None
    read = read_watchlist({}, records, TODAY)
    head: dict[str, Any] = {}
    now = NOW
    for change in [None, *changes]:
        if change is not None:
            records = changed(records, *change)
            now += timedelta(days=days, minutes=1)
        read = read_watchlist(head, records, TODAY, read)
        look = Look(now)
        row_order.take(read.watchlist, now)
        keys = row_order.keys(read.watchlist, wanted, sort, look)
        found = matching(read.watchlist.programs, wanted, now) if wanted else read.watchlist.programs
        assert keys == [each.key for each in ordered(found, sort, look)]
        assert row_order.nearest == nearest(read.watchlist, now)
        assert row_order.instants == {
            each.key
            for each in read.watchlist.programs
            if any(one.when is not None and one.when.instant is not None and not one.outcome for one in each.catalysts)
        }


@given(
    st.lists(
        st.one_of(
            st.dates(date(2026, 1, 1), date(2028, 3, 1)),
            st.datetimes(datetime(2026, 1, 1), datetime(2028, 3, 1)),
            st.datetimes(datetime(2026, 1, 1), datetime(2028, 3, 1), timezones=st.timezones()),
            st.sampled_from([*WHENS, "2028-02-29", "Feb 29", 2027, True, time(12, 30), ["2027"]]),
        ),
        min_size=1,
        max_size=6,
    )
)
@pytest.mark.slow
def test_dates_and_moments_with_and_without_a_zone_stand_in_one_order(whens: list[Any]) -> None:
    records = [{"name": f"P{at}", "checked": when, "catalyst": [{"event": "x", "when": when}]} for at, when in enumerate(whens)]
    watchlist = read_watchlist({}, records, TODAY).watchlist
    look = Look(NOW)
    for key in (each.key for each in COLUMNS):
        for descending in (False, True):
            assert len(ordered(watchlist.programs, [(key, descending)], look)) == len(records)
    assert len(agenda(watchlist, NOW)) == len(records)


def test_an_empty_list_has_nothing_next() -> None:
    row_order = RowOrder()
    row_order.take(Watchlist(), NOW)
    assert row_order.nearest is None
    assert row_order.keys(Watchlist(), None, [], Look(NOW)) == []
