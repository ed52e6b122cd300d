"""The client against a server that plays the registry: each answer, each refusal, each failure below HTTP."""

from __future__ import annotations

import asyncio
import gzip
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playing_registry import Clock, PlayingRegistry, Reply, packed, study

from cartwatch.sources import http
from cartwatch.sources.registry.clinicaltrials import (
    FIELDS,
    RUNGS,
    Access,
    RegistryError,
    RegistryRefused,
    RegistryTimeout,
    fetch,
    probe,
    refresh,
    refresh_now,
)

ONE, TWO, THREE = "NCT00000001", "NCT00000002", "NCT00000003"


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def server() -> Iterator[PlayingRegistry]:
    with PlayingRegistry(studies={each: study(each) for each in (ONE, TWO, THREE)}) as playing:
        yield playing


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def access(server: PlayingRegistry, clock: Clock) -> Access:
    return Access(base_url=server.base, clock=clock, sleep=clock.sleep, deadline=60, get_seconds=10)


async def test_a_watchlist_takes_two_requests_a_second_apart(server: PlayingRegistry, access: Access, clock: Clock) -> None:
    ids = [f"NCT{number:08}" for number in range(300)]
    server.studies = {each: study(each) for each in ids}
    told: list[tuple[int, int, str]] = []
    started = time.perf_counter()
    found = await refresh(ids, access=access, progress=lambda *each: told.append(each))
    assert time.perf_counter() - started < 2
    assert [each.nct for each in found.trials] == ids
    assert server.paths == ["/version", "/studies"]
    assert found.data_timestamp == server.stamp
    assert (found.missing, found.problems, found.unanswered, found.error) == ((), (), (), None)
    assert sum(clock.slept) == pytest.approx(1.0, abs=0.01)
    assert told[-1][:2] == (300, 300)
    asked = server.requests[1][1]
    assert (asked["fields"], asked["pageSize"]) == (FIELDS, "1000")


async def test_what_the_program_says_of_itself(server: PlayingRegistry, access: Access) -> None:
    server.first = [Reply.of({"dataTimestamp": "x"}, **{"Set-Cookie": "a=1"})]
    await refresh([ONE], access=access)
    assert all(agent.startswith("python-httpx/") and " (cartwatch/" in agent for agent in server.agents)
    assert server.cookies == [None, None]


async def test_nothing_is_asked_while_the_data_are_unchanged(server: PlayingRegistry, access: Access) -> None:
    found = await refresh([ONE], access=access, known_timestamp=server.stamp)
    assert found.unchanged
    assert (found.trials, found.missing, server.paths) == ((), (), ["/version"])


async def test_a_mirror_without_a_version_is_asked_all_the_same(server: PlayingRegistry, access: Access) -> None:
    server.always = lambda path: Reply.text(404, "no such page") if path == "/version" else None
    found = await refresh([ONE], access=access, known_timestamp="2026-11-20T09:00:05")
    assert [each.nct for each in found.trials] == [ONE]


async def test_no_ids_ask_nothing(server: PlayingRegistry, access: Access) -> None:
    found = await refresh([], access=access)
    assert (found.trials, server.requests) == ((), [])


async def test_later_pages_repeat_everything_and_a_page_may_be_empty(server: PlayingRegistry, access: Access) -> None:
    server.page, server.empty_page = 1, True
    found = await refresh([ONE, TWO, THREE], access=access)
    assert [each.nct for each in found.trials] == [ONE, TWO, THREE]
    pages = [query for path, query in server.requests if path == "/studies"]
    assert [each.pop("pageToken", None) for each in pages] == [None, "p0", "p1", "p2"]
    assert all(each == pages[0] for each in pages)


async def test_pages_that_go_round_in_circles_end(server: PlayingRegistry, access: Access) -> None:
    looping = Reply.of({"studies": [study(ONE)], "nextPageToken": "again"})
    server.always = lambda path: looping if path == "/studies" else None
    found = await refresh([ONE, TWO], access=access)
    assert [each.nct for each in found.trials] == [ONE]
    assert found.unanswered == (TWO,)
    assert "circles" in str(found.error)


async def test_ids_are_checked_before_they_are_sent(server: PlayingRegistry, access: Access) -> None:
    found = await refresh([" nct00000001 ", "NCT123", "NCT000000012", "x&pageSize=1", ONE], access=access)
    assert [query["filter.ids"] for path, query in server.requests if path == "/studies"] == [ONE]
    assert len(found.problems) == 3
    assert found.problems[0] == "'NCT123' is not an NCT number (NCT and eight digits): skipped"


async def test_an_unknown_id_is_missing(server: PlayingRegistry, access: Access) -> None:
    found = await refresh([ONE, "NCT99999999"], access=access)
    assert (found.missing, [each.nct for each in found.trials]) == (("NCT99999999",), [ONE])


async def test_one_bad_id_falls_back_to_single_calls(server: PlayingRegistry, access: Access) -> None:
    server.bad_ids = frozenset({TWO})
    found = await refresh([ONE, TWO, THREE], access=access)
    assert [each.nct for each in found.trials] == [ONE, THREE]
    assert found.missing == (TWO,)
    assert found.problems == (f"{TWO}: the registry refused the call (400): Parameter `nctId` has incorrect format",)
    assert server.paths == ["/version", "/studies", *(f"/studies/{each}" for each in (ONE, TWO, THREE))]


async def test_one_bad_id_among_many_is_found_by_halves(server: PlayingRegistry, access: Access) -> None:
    ids = [f"NCT{number:08}" for number in range(1, 301)]
    server.studies = {each: study(each) for each in ids}
    server.bad_ids = frozenset({ids[123]})
    found = await refresh(ids, access=access)
    assert sorted(each.nct for each in found.trials) == sorted({*ids} - server.bad_ids)
    assert (found.missing, found.error) == ((ids[123],), None)
    assert len(server.requests) < 25


async def test_a_field_the_registry_does_not_know_is_no_matter_of_ids(server: PlayingRegistry, access: Access) -> None:
    words = "Parameter 'fields' contains invalid field name: 'StudyDesign'"
    server.always = lambda path: Reply.text(400, words) if path == "/studies" else None
    with pytest.raises(RegistryError, match="invalid field name: 'StudyDesign'"):
        await refresh([ONE, TWO], access=access)
    assert len(server.requests) == 2


async def test_an_alias_gives_the_id_that_came_back(server: PlayingRegistry, access: Access) -> None:
    server.aliases = {"NCT00000009": TWO}
    found = await refresh([ONE, "NCT00000009"], access=access)
    assert found.aliases == {"NCT00000009": TWO}
    assert [each.nct for each in found.trials] == [ONE, TWO]
    assert found.missing == ()


async def test_an_alias_named_by_the_record_needs_no_call_of_its_own(server: PlayingRegistry, access: Access) -> None:
    server.always = lambda path: Reply.of({"studies": [study(TWO, aliases=["NCT00000009"])]}) if path == "/studies" else None
    found = await refresh(["NCT00000009"], access=access)
    assert found.aliases == {"NCT00000009": TWO}
    assert len(server.requests) == 2


async def test_whole_records_are_fetched_one_by_one_without_a_choice_of_fields(server: PlayingRegistry, access: Access) -> None:
    found = await fetch([ONE, "NCT99999999", TWO], access=access)
    assert ([each.nct for each in found.trials], found.missing) == ([ONE, TWO], ("NCT99999999",))
    assert all("fields" not in query for _, query in server.requests)


def refused(rungs: int) -> PlayingRegistry:
    return PlayingRegistry(studies={ONE: study(ONE)}, refuses=lambda count, agent: count <= rungs)


@pytest.mark.parametrize(("rungs", "works"), [(1, "httpx-tls"), (2, "urllib")])
async def test_a_refusal_climbs_to_the_next_client_and_remembers_it(clock: Clock, rungs: int, works: str) -> None:
    with refused(rungs) as server:
        found = await refresh([ONE], access=Access(base_url=server.base, clock=clock, sleep=clock.sleep))
    assert (found.rung, [each.nct for each in found.trials]) == (works, [ONE])
    assert server.paths == ["/version"] * (rungs + 1) + ["/studies"]
    assert all(" (cartwatch/" in agent for agent in server.agents)
    assert server.agents[-1].startswith("Python-urllib/") == (works == "urllib")


async def test_a_refusal_by_user_agent_is_climbed_too(clock: Clock) -> None:
    with PlayingRegistry(studies={ONE: study(ONE)}, refuses=lambda _, agent: "httpx" in agent) as server:
        found = await refresh([ONE], access=Access(base_url=server.base, clock=clock, sleep=clock.sleep))
    assert found.rung == "urllib"


async def test_refused_by_all_says_what_to_do(clock: Clock) -> None:
    with refused(99) as server:
        with pytest.raises(RegistryRefused) as error:
            await refresh([ONE], access=Access(base_url=server.base, clock=clock, sleep=clock.sleep))
        assert len(server.requests) == 3
    assert f"open {server.base}/studies?filter.ids={ONE}&pageSize=1000 in a browser" in str(error.value)
    assert "cartwatch import FILE.json" in str(error.value)
    assert "\n" not in str(error.value)
    assert error.value.exit_code == 3


async def test_a_pinned_client_is_the_only_one(server: PlayingRegistry, access: Access) -> None:
    server.refuses = lambda count, agent: "urllib" in agent
    with pytest.raises(RegistryRefused, match="tried urllib\\)"):
        await refresh([ONE], access=replace(access, rung="urllib", pinned=True))
    assert len(server.requests) == 1


async def test_a_remembered_client_comes_first_and_the_others_after(server: PlayingRegistry, access: Access) -> None:
    server.refuses = lambda count, agent: "urllib" in agent
    found = await refresh([ONE], access=replace(access, rung="urllib"))
    assert (found.rung, len(server.requests)) == ("httpx", 3)


async def test_the_doctor_tries_every_client_once(server: PlayingRegistry, access: Access) -> None:
    server.refuses = lambda count, agent: count == 1
    found = await probe(access)
    assert [(each.rung, each.works) for each in found] == [(RUNGS[0], False), (RUNGS[1], True), (RUNGS[2], True)]
    assert found[0].words == "refused (403)"
    assert found[2].words == f"works (data of {server.stamp})"


@pytest.mark.parametrize(
    ("replies", "slept"),
    [
        ([Reply.text(500, "oops")], 2.0),
        ([Reply.text(503, "oops"), Reply.text(502, "oops"), Reply.text(504, "oops")], 2.0 + 4 + 8),
        ([Reply.text(429, "slow down", **{"Retry-After": "7"})], 7.0),
        (
            [
                Reply.text(
                    429,
                    "slow down",
                    **{"Retry-After": "Sun, 22 Nov 2026 09:00:05 GMT"},
                )
            ],
            None,
        ),
    ],
    ids=["500", "503, 502, 504", "429 and seconds", "429 and a moment of the past"],
)
async def test_what_may_pass_is_tried_again_after_a_growing_pause(
    server: PlayingRegistry, access: Access, clock: Clock, replies: list[Reply], slept: float | None
) -> None:
    server.first = list(replies)
    found = await refresh([ONE], access=access)
    assert [each.nct for each in found.trials] == [ONE]
    assert len(server.requests) == len(replies) + 2
    assert sum(clock.slept) == pytest.approx(1.0 + (slept if slept is not None else 1.0), abs=0.05)


async def test_what_does_not_pass_ends(server: PlayingRegistry, access: Access) -> None:
    server.always = lambda path: Reply.text(500, "oops")
    with pytest.raises(RegistryError, match=r"answered with an error \(500\): try again later"):
        await refresh([ONE], access=access)
    assert len(server.requests) == 4


async def test_a_long_retry_after_is_not_waited_for(server: PlayingRegistry, access: Access, clock: Clock) -> None:
    server.first = [Reply.text(429, "slow down", **{"Retry-After": "3600"})]
    with pytest.raises(RegistryError, match="it asks to wait 3600 s"):
        await refresh([ONE], access=access)
    assert clock.slept == []


@pytest.mark.parametrize("status", [401, 410, 418, 501])
async def test_other_errors_are_not_tried_again(server: PlayingRegistry, access: Access, status: int) -> None:
    server.always = lambda path: Reply.text(status, "no")
    with pytest.raises(RegistryError, match=str(status)):
        await refresh([ONE], access=access)
    assert len(server.requests) == 1


PAGE = {"studies": [study(ONE)]}
BOMB = gzip.compress(b"[" + b" " * 100_000_000, mtime=0)
FAULTS = {
    "a web page with 200": (Reply(200, b"<html>sign in</html>", "text/html"), "a web page instead of data"),
    "a web page that says it is data": (Reply(200, b"\n <!doctype html>"), "a web page, not data"),
    "text": (Reply(200, b"hello", "text/plain"), "'text/plain' instead of data"),
    "nothing": (Reply(200, b""), "is empty"),
    "not JSON": (Reply(200, b'{"studies": [}'), "not JSON"),
    "no list": (Reply.of({"studies": None}), "no list of studies"),
    "a list": (Reply.of([]), "no list of studies"),
    "another charset": (Reply(200, '{"studies": ["é"]}'.encode("latin-1")), "not UTF-8"),
    "too deep": (Reply(200, b"[" * 200_000), "nested too deeply"),
    "a body cut short": (Reply(200, b'{"studies": [', promised=5_000), "broke off"),
    "bad gzip": (Reply.zipped(b"\x1f\x8b nonsense"), "damaged"),
    "gzip cut short": (Reply.zipped(packed(PAGE)[:-9]), "damaged"),
    "a gzip bomb": (Reply.zipped(BOMB), "too large"),
    "gzip twice": (Reply.zipped(gzip.compress(packed(PAGE)), "gzip, gzip"), "packed in a way that was not asked for"),
    "brotli": (Reply.zipped(b"x", "br"), "packed in a way that was not asked for"),
    "another host": (Reply(302, headers={"Location": "http://localhost:1/api/v2/studies"}), "not followed"),
    "another scheme": (Reply(302, headers={"Location": "file:///etc/passwd"}), "not followed"),
    "no place": (Reply(302), "redirects to nowhere"),
    "a 200 KB header": (Reply(200, b"{}", headers={"X-Long": "x" * 200_000}), "broke off"),
}


@pytest.mark.parametrize("rung", ["httpx", "urllib"])
@pytest.mark.parametrize("fault", FAULTS)
async def test_an_answer_that_is_none_gives_one_line_and_no_data(
    server: PlayingRegistry, access: Access, fault: str, rung: str
) -> None:
    reply, words = FAULTS[fault]
    server.always = lambda path: reply if path == "/studies" else None
    with pytest.raises(RegistryError) as error:
        await refresh([ONE], access=replace(access, rung=rung))
    assert words in str(error.value)
    assert "\n" not in str(error.value)
    assert server.paths == ["/version", "/studies"]


@pytest.mark.parametrize("rung", ["httpx", "urllib"])
async def test_a_redirect_loop_ends(server: PlayingRegistry, access: Access, rung: str) -> None:
    server.always = lambda path: Reply(302, headers={"Location": "/api/v2/round"})
    with pytest.raises(RegistryError, match="keeps redirecting"):
        await refresh([ONE], access=replace(access, rung=rung))
    assert len(server.requests) == 6


@pytest.mark.parametrize("rung", ["httpx", "urllib"])
async def test_one_gzip_layer_is_read(server: PlayingRegistry, access: Access, rung: str) -> None:
    server.always = lambda path: Reply.zipped(packed(PAGE)) if path == "/studies" else None
    found = await refresh([ONE], access=replace(access, rung=rung))
    assert [each.nct for each in found.trials] == [ONE]


async def test_extreme_numbers_and_halves_of_characters_do_no_harm(server: PlayingRegistry, access: Access) -> None:
    body = (
        json.dumps({"studies": [study(ONE, whyStopped="WHY")]})
        .replace('"WHY"', '"a\\ud800b\\u001b[31m"')
        .replace('"hasResults": false', '"hasResults": NaN, "big": 1e999, "digits": ' + "9" * 6_000)
    )
    server.always = lambda path: Reply(200, body.encode()) if path == "/studies" else None
    found = await refresh([ONE], access=access)
    assert found.trials[0].why_stopped == "a�b�[31m"


@pytest.mark.parametrize("rung", ["httpx", "urllib"])
async def test_a_drip_ends_at_the_deadline(server: PlayingRegistry, access: Access, rung: str) -> None:
    stop = threading.Event()
    server.always = lambda path: Reply(200, b"", promised=100_000, drip=stop)
    started = time.perf_counter()
    try:
        with pytest.raises(RegistryTimeout, match=r"did not finish within 0\.2 s"):
            await refresh([ONE], access=replace(access, rung=rung, deadline=0.2, clock=time.monotonic))
    finally:
        stop.set()
    assert time.perf_counter() - started < 2


async def test_a_slow_answer_is_a_timeout_and_is_tried_again(server: PlayingRegistry, access: Access) -> None:
    stop = threading.Event()
    server.first = [Reply(200, b"", promised=100_000, drip=stop)]
    try:
        found = await refresh([ONE], access=replace(access, get_seconds=0.2))
    finally:
        stop.set()
    assert [each.nct for each in found.trials] == [ONE]
    assert server.paths == ["/version", "/version", "/studies"]


async def test_a_refresh_can_be_cancelled(server: PlayingRegistry, access: Access) -> None:
    stop = threading.Event()
    server.always = lambda path: Reply(200, b"", promised=100_000, drip=stop)
    task = asyncio.create_task(refresh([ONE], access=access))
    try:
        await asyncio.to_thread(server.asked.wait, 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    finally:
        stop.set()


async def test_half_an_answer_is_kept_and_says_what_is_left(server: PlayingRegistry, access: Access) -> None:
    server.page = 2
    server.always = lambda path: Reply.text(401, "no") if len(server.requests) > 2 else None
    found = await refresh([ONE, TWO, THREE], access=access)
    assert [each.nct for each in found.trials] == [ONE, TWO]
    assert (found.unanswered, found.missing) == ((THREE,), ())
    assert isinstance(found.error, RegistryError)
    assert found.problems == (str(found.error),)


async def test_one_unreadable_study_does_not_spoil_the_others(server: PlayingRegistry, access: Access) -> None:
    page = Reply.of({"studies": [None, {"protocolSection": []}, study(ONE), study("NCT77777777")]})
    server.always = lambda path: page if path == "/studies" else None
    found = await refresh([ONE], access=access)
    assert [each.nct for each in found.trials] == [ONE]
    assert len(found.problems) == 2


async def test_offline_is_one_line() -> None:
    with PlayingRegistry() as gone:
        base = gone.base
    with pytest.raises(RegistryError, match=r"^no connection to 127\.0\.0\.1: .*; check the network"):
        await refresh([ONE], access=Access(base_url=base))
    with pytest.raises(RegistryError, match=r"^no connection to 127\.0\.0\.1: .*; check the network"):
        await refresh([ONE], access=Access(base_url=base, rung="urllib"))


@pytest.mark.parametrize(
    "address",
    [
        "http://clinicaltrials.gov/api/v2",
        "ftp://127.0.0.1/",
        "https://",
        "clinicaltrials.gov",
        "https://user@clinicaltrials.gov/api",
        "https://clinicaltrials.gov/api?x=1",
        "http://10.0.0.1/api",
        "https://host:99999/api",
        "https://[::1/api",
    ],
)
async def test_an_address_must_be_safe(address: str) -> None:
    with pytest.raises(RegistryError, match="must be https://HOST/PATH"):
        await refresh([ONE], access=Access(base_url=address))


def test_without_an_event_loop(server: PlayingRegistry, access: Access) -> None:
    assert [each.nct for each in refresh_now([ONE], access=access).trials] == [ONE]


def test_certificates_are_checked_by_every_client(monkeypatch: pytest.MonkeyPatch) -> None:
    import ssl

    import httpx

    http.tls_context.cache_clear()
    contexts: list[ssl.SSLContext] = []
    plain = httpx.create_ssl_context

    def remembered() -> ssl.SSLContext:
        contexts.append(plain())
        return contexts[-1]

    monkeypatch.setattr(httpx, "create_ssl_context", remembered)
    with refused(2) as server:
        clock = Clock()
        refresh_now([ONE], access=Access(base_url=server.base, clock=clock, sleep=clock.sleep))
    assert [each.verify_mode for each in contexts] == [ssl.CERT_REQUIRED] * 2
    assert all(each.check_hostname for each in contexts)
    assert [each.post_handshake_auth for each in contexts] == [False, True]  # urllib has the second's
