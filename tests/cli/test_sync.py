"""`cartwatch sync` against a server that plays the registry: what is told, what is written, and what stays when it fails."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from playing_registry import PlayingRegistry, Reply, study
from registry_records import REMDESIVIR_AT_FIRST, REMDESIVIR_AT_LAST, changed

from cartwatch.sources.registry import settings as registry_access

ONE, TWO, THREE = "NCT00000001", "NCT00000002", "NCT00000003"
REMDESIVIR = """\
# mine
[[program]]
id = "rem"
name = "remdesivir" # a comment

[[program.catalyst]]
event = "Readout"
when = "Q4 2026"
trial = "NCT04280705"

[[program.trial]]
nct = "NCT04280705"
name = "ACTT"
status = "NOT_YET_RECRUITING"
phase = ["PHASE2"]
enrollment = 394
enrollment_type = "ESTIMATED"
start = 2020-03-12
start_type = "ESTIMATED"
primary_completion = 2023-04-01
primary_completion_type = "ESTIMATED"
completion = 2023-04-01
completion_type = "ESTIMATED"
updated = 2020-02-21
fetched = 2020-02-25T09:00:00Z
"""
THREE_TRIALS = """\
[[program]]
id = "a"
name = "Alpha"
trial = [{ nct = "NCT00000001" }, { nct = "NCT00000002" }]

[[program]]
id = "b"
name = "Beta"

[[program.trial]]
nct = "NCT00000003"
status = "RECRUITING"
updated = 2026-01-01
fetched = 2026-01-02T00:00:00Z
"""


@pytest.fixture
def server(registry: PlayingRegistry) -> PlayingRegistry:
    registry.studies = {each: study(each) for each in (ONE, TWO, THREE)}
    registry.studies["NCT04280705"] = REMDESIVIR_AT_LAST
    return registry


@pytest.fixture
def sync(run, server, tmp_path):
    path = tmp_path / "w.toml"

    def synced(*argv: str, text: str | None = None):
        if text is not None:
            path.write_text(text, encoding="utf-8")
        return run("sync", *argv, "-f", str(path), "--today", "2026-11-22")

    synced.path = path
    return synced


def of(answer) -> dict:
    return json.loads(answer.out)


def test_the_real_pair_gives_five_changes_each_with_its_rule_and_nothing_else(sync):
    answer = sync("--json", text=REMDESIVIR)
    assert answer.status == 0
    found = of(answer)
    assert [(each["field"], each["old"], each["new"], each["level"]) for each in found["changes"]] == [
        ("status", "NOT_YET_RECRUITING", "COMPLETED", "notable"),
        ("primary_completion", "2023-04-01 estimated", "2020-05-21 actual", "notable"),
        ("phase", "phase 2", "phase 3", "notable"),
        ("enrollment", "394 estimated", "1062 actual", "notable"),
        ("results_posted", None, "2020-09-25", "notable"),
    ]
    assert all(each["rule"] for each in found["changes"])
    assert {each["seen"] for each in found["changes"]} == {
        "the registry record changed, first seen between 2020-02-25 and 2026-11-22"
    }


def test_only_the_registrys_own_fields_are_written_and_undo_gives_the_bytes_back(sync, run):
    assert sync(text=REMDESIVIR).status == 0
    after = sync.path.read_text()
    assert after.startswith(REMDESIVIR[: REMDESIVIR.index("status =")])
    assert 'status = "COMPLETED"' in after
    assert "results_posted = 2020-09-25" in after
    told = run("changes", "-f", str(sync.path)).out
    assert "enrolment 394 estimated → 1062 actual (notable: enrolment changed by 20 % or more; the registry record" in told
    assert "fetched" not in told
    assert run("undo", "-f", str(sync.path)).status == 0
    assert sync.path.read_text() == REMDESIVIR


def test_the_text_for_people(sync):
    answer = sync(text=REMDESIVIR)
    assert answer.out == (
        "remdesivir  NCT04280705 ACTT\n"
        "  notable   status not yet recruiting → completed (start 2020-02-21 actual)  (any other change of status)\n"
        "  notable   primary completion 2023-04-01 estimated → 2020-05-21 actual (study completion likewise)"
        "  (estimated → actual)\n"
        "  notable   phase 2 → phase 3  (a change of phase)\n"
        "  notable   enrolment 394 estimated → 1062 actual  (enrolment changed by 20 % or more)\n"
        "  notable   results posted 2020-09-25  (results posted or in review)\n"
        "            the registry record changed, first seen between 2020-02-25 and 2026-11-22\n"
    )
    assert "1 trial looked up, 1 changed; data of 2026-11-20; `cartwatch undo` reverts it" in answer.err


def test_a_dry_run_writes_nothing_and_the_next_run_still_takes_it(sync, server):
    answer = sync("--dry-run", text=REMDESIVIR)
    assert (answer.status, sync.path.read_text()) == (0, REMDESIVIR)
    assert "nothing was written" in answer.err
    assert sync().out == answer.out
    assert "COMPLETED" in sync.path.read_text()
    assert server.paths == ["/version", "/studies", "/version"]  # the data are those of the first run


def test_nothing_new_leaves_the_file_as_it_is(sync):
    sync(text=THREE_TRIALS)
    before = sync.path.read_bytes()
    answer = sync()
    assert (answer.status, answer.out, sync.path.read_bytes()) == (0, "", before)
    assert "3 trials looked up, nothing changed" in answer.err


def test_stamps_alone_are_not_shown(sync, server):
    sync(text=THREE_TRIALS)
    server.stamp = "2026-11-21T09:00:00"
    server.studies[ONE] = study(ONE, lastUpdatePostDateStruct={"date": "2026-11-19"}, statusVerifiedDate="2026-11")
    answer = sync()
    assert (answer.status, answer.out) == (0, "")
    assert "1 with only new time stamps" in answer.err
    assert "updated = 2026-11-19" in sync.path.read_text()


def test_what_the_file_has_no_place_for_is_compared_with_the_record_last_seen(sync, server):
    server.studies[ONE] = changed(REMDESIVIR_AT_FIRST, "identificationModule.nctId", ONE)
    text = '[[program]]\nname = "Alpha"\n[[program.trial]]\nnct = "NCT00000001"\n'
    assert "First data" in sync(text=text).out
    after = changed(server.studies[ONE], "outcomesModule.primaryOutcomes", [{"measure": "Overall survival"}])
    after = changed(after, "sponsorCollaboratorsModule.leadSponsor.name", "Another")
    server.studies[ONE] = changed(after, "statusModule.lastUpdatePostDateStruct.date", "2026-11-20")
    server.stamp = "2026-11-21T09:00:00"
    found = of(sync("--json"))["changes"]
    assert [(each["field"], each["level"]) for each in found] == [("primary_outcomes", "critical"), ("sponsor", "notable")]
    assert found[0]["seen"] == "the registry record changed, first seen on 2026-11-22"
    assert of(sync("--json"))["changes"] == []


def test_only_the_programs_named_are_refreshed(sync, server):
    assert sync("beta", text=THREE_TRIALS).status == 0
    assert [query["filter.ids"] for path, query in server.requests if path == "/studies"] == [THREE]
    assert 'NCT00000001" }' in sync.path.read_text()
    unknown = sync("gamma")
    assert (unknown.status, len(server.requests)) == (2, 2)
    assert unknown.err.startswith('cartwatch: no program is called "gamma"')


def test_without_links_nothing_is_asked(sync, server):
    answer = sync(text='[[program]]\nname = "a"\n')
    assert (answer.status, server.requests) == (0, [])
    assert "no ClinicalTrials.gov trial is linked" in answer.err


def test_a_number_that_is_none_and_one_that_is_unknown_are_said(sync, server):
    answer = sync(
        "--json", text='[[program]]\nname = "a"\ntrial = [{nct = "NCT12"}, {nct = "NCT99999999"}, {nct = "nct00000001"}]\n'
    )
    assert answer.status == 1
    assert of(answer)["missing"] == ["NCT99999999"]
    assert "“NCT12” is not an NCT number" in answer.err
    assert 'nct = "nct00000001", status = "RECRUITING"' in sync.path.read_text()


def test_an_alias_gives_way_to_the_number_that_came_back(sync, server):
    server.aliases = {"NCT00000009": ONE}
    text = (
        '[[program]]\nname = "a"\n[[program.catalyst]]\nevent = "Readout"\ntrial = "NCT00000009" # where\n'
        '[[program.trial]]\nnct = "NCT00000009"\n'
    )
    answer = sync(text=text)
    assert answer.status == 0
    assert "NCT00000009, now NCT00000001" in answer.out
    assert sync.path.read_text().count('"NCT00000001"') == 2
    assert "NCT00000009" not in sync.path.read_text()


def test_lapsed_estimates_and_results_in_review_are_marked(sync, server):
    server.studies[ONE] = study(
        ONE, primaryCompletionDateStruct={"date": "2026-10", "type": "ESTIMATED"}, resultsFirstSubmitDate="2026-09-09"
    )
    answer = sync(text=THREE_TRIALS)
    assert "Estimates that have lapsed, unconfirmed\n  Alpha  NCT00000001  primary completion 2026-10\n" in answer.out
    assert "Results in review\n  Alpha  NCT00000001  submitted 2026-09-09\n" in answer.out


def test_what_mine_has_newer_stays(sync, server):
    newer = THREE_TRIALS.replace("updated = 2026-01-01", "updated = 2026-11-21")
    answer = sync("b", text=newer)
    assert (answer.status, sync.path.read_text()) == (0, newer)


def test_what_was_changed_by_hand_is_not_said_of_the_registry(sync, server):
    sync(text=THREE_TRIALS)
    text = sync.path.read_text()
    answer = sync("b", text=text.replace('status = "RECRUITING"', 'status = "COMPLETED"'))
    assert "status completed → recruiting" in answer.out
    assert "the record is still that of 2026-10-30: the watchlist had something else" in answer.out
    assert "the registry record changed" not in answer.out
    server.stamp = "later"  # and the record is asked for anew
    again = sync("b", text=text.replace('status = "RECRUITING"', 'status = "COMPLETED"'))
    assert "the watchlist had something else" in again.out
    server.stamp = "latest"
    server.studies[THREE] = study(THREE, overallStatus="UNKNOWN")  # the registry says so without another version of the record
    assert "the registry record changed, first seen on 2026-11-22" in sync("b").out


def test_a_critical_change_stands_first(sync, server):
    sync(text=THREE_TRIALS)
    server.stamp = "later"
    new = {"lastUpdatePostDateStruct": {"date": "2026-11-20"}}
    server.studies[ONE] = study(ONE, **{**new, "overallStatus": "COMPLETED"})
    server.studies[THREE] = study(THREE, **{**new, "overallStatus": "TERMINATED", "whyStopped": "Low [b]accrual[/b]\u202e"})
    lines = sync().out.splitlines()
    assert lines[0] == "Beta  NCT00000003"
    assert lines[1] == "  critical  status recruiting → terminated  (terminated, suspended or withdrawn)"
    assert lines[2].startswith("  critical  a reason to stop appears: Low [b]accrual[/b]")
    assert "\u202e" not in "".join(lines)


def drip(release: threading.Event) -> Reply:
    return Reply(200, b"{}", promised=1_000_000, drip=release)


GOOD = json.dumps({"studies": [study(each) for each in (ONE, TWO, THREE)]}).encode()
FAILURES: dict[str, tuple[Callable[[], list[Reply]], str]] = {
    "500 for ever": (lambda: [Reply.text(500, "oops")] * 9, "answered with an error (500)"),
    "404 of the whole": (lambda: [Reply.of({}), Reply.text(404, "no such page")], "refused the call (404): no such page"),
    "429 for long": (lambda: [Reply.text(429, "slow", **{"Retry-After": "999"})], "it asks to wait 999 s"),
    "HTML with 200": (lambda: [Reply(200, b"<html>", "text/html")], "answered with a web page instead of data"),
    "HTML that says JSON": (lambda: [Reply.of({}), Reply(200, b"<html>")], "a web page, not data"),
    "cut": (lambda: [Reply.of({}), Reply(200, GOOD[:-50], promised=len(GOOD))], "broke off"),
    "bad gzip": (lambda: [Reply.of({}), Reply.zipped(gzip.compress(GOOD)[:-20])], "damaged"),
    "gzip bomb": (lambda: [Reply.of({}), Reply.zipped(gzip.compress(b" " * 100_000_000))], "too large"),
    "403": (lambda: [Reply(403, b"<html>", "text/html")] * 3, "cartwatch import FILE.json"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_is_one_line_and_the_last_good_data_stay(sync, server, name):
    replies, words = FAILURES[name]
    server.first = replies()
    answer = sync(text=THREE_TRIALS)
    assert answer.status == 3
    assert words in answer.err
    assert answer.err.count("\n") == 1
    assert answer.out == ""
    assert sync.path.read_text() == THREE_TRIALS
    server.first = []
    assert sync().status == 0
    assert 'nct = "NCT00000001", status = "RECRUITING"' in sync.path.read_text()


def test_a_drip_ends_in_time(sync, server, monkeypatch):
    release = threading.Event()
    monkeypatch.setattr(registry_access, "Access", partial(registry_access.Access, get_seconds=0.3, deadline=1.0))
    server.first = [drip(release)] * 9
    try:
        answer = sync(text=THREE_TRIALS)
    finally:
        release.set()
    assert (answer.status, sync.path.read_text()) == (3, THREE_TRIALS)
    assert "in time" in answer.err or "within" in answer.err


PASSING: dict[str, list[Reply]] = {
    "500 then 200": [Reply.text(500, "oops")],
    "429 with Retry-After": [Reply.text(429, "slow", **{"Retry-After": "2"})],
    "403 by User-Agent, then by TLS": [Reply(403, b"no"), Reply(403, b"no")],
}


@pytest.mark.parametrize("name", PASSING)
def test_what_passes_is_no_failure(sync, server, name):
    server.first = list(PASSING[name])
    answer = sync(text=THREE_TRIALS)
    assert answer.status == 0
    assert sync.path.read_text().count('status = "RECRUITING"') == 3


def test_the_client_that_worked_is_remembered(sync, server):
    server.refuses = lambda count, agent: "httpx" in agent
    assert sync(text=THREE_TRIALS).status == 0
    server.agents.clear()
    assert sync().status == 0
    assert [each.partition("/")[0] for each in server.agents] == ["Python-urllib"]


def test_a_client_can_be_pinned_and_the_address_set_in_the_settings(sync, server, tmp_path, monkeypatch):
    config = tmp_path / "config.toml"
    config.write_text(f'[registry]\nurl = "{server.base}"\nclient = "urllib"\n')
    monkeypatch.setenv("CARTWATCH_CONFIG", str(config))
    monkeypatch.delenv("CARTWATCH_REGISTRY")
    assert sync(text=THREE_TRIALS).status == 0
    assert {each.partition("/")[0] for each in server.agents} == {"Python-urllib"}
    config.write_text(f'[registry]\nurl = "{server.base}"\nclient = "curl"\nspeed = 3\n')
    answer = sync()
    assert "registry.client: choose from httpx, httpx-tls, urllib" in answer.err
    assert "registry.speed: there is no such setting" in answer.err


@pytest.mark.parametrize("url", ["http://example.org/api", "ftp://x", "https://u:p@x/", "nonsense"])
def test_an_unsafe_address_is_refused(sync, server, monkeypatch, url):
    from cartwatch.sources.registry.settings import read_access

    access, problems = read_access("/nowhere/config.toml", {"CARTWATCH_REGISTRY": url})
    assert access.base_url == "https://clinicaltrials.gov/api/v2"
    assert problems[0].startswith("$CARTWATCH_REGISTRY: the registry's address must be https://HOST/PATH")


def test_one_bad_id_does_not_spoil_the_others(sync, server):
    server.bad_ids = frozenset({TWO})
    answer = sync(text=THREE_TRIALS)
    assert answer.status == 1
    assert "the registry refused the call (400)" in answer.err
    assert sync.path.read_text().count("RECRUITING") == 2


def test_pages_are_put_together(sync, server):
    server.page, server.empty_page = 1, True
    assert sync(text=THREE_TRIALS).status == 0
    assert sync.path.read_text().count('status = "RECRUITING"') == 3


def test_half_an_answer_is_taken_and_the_rest_stays_with_its_date(sync, server):
    server.page = 1
    good = server.play

    def broken(path: str) -> Reply | None:
        return Reply.text(501, "no") if len(server.paths) > 3 else None

    server.always = broken
    answer = sync(text=THREE_TRIALS)
    assert good is not None
    assert answer.status == 3
    assert f"no answer for these, their last data stay: {THREE}" in answer.err
    text = sync.path.read_text()
    assert text.count('status = "RECRUITING"') == 3
    assert "fetched = 2026-01-02T00:00:00Z" in text


def test_offline_is_one_line(sync, server, monkeypatch):
    monkeypatch.setenv("CARTWATCH_REGISTRY", "http://127.0.0.1:9/api/v2")
    answer = sync(text=THREE_TRIALS)
    assert (answer.status, answer.out, sync.path.read_text()) == (3, "", THREE_TRIALS)
    assert answer.err.startswith("cartwatch: no connection to 127.0.0.1: ")
    assert answer.err.endswith("(the data you have stay as they are)\n")


def test_a_trial_changed_on_disk_while_the_registry_is_asked_is_respected(sync, server):
    """One trial is taken out, the other gets a name, by another program and during the call."""
    text = THREE_TRIALS

    def meanwhile(path: str) -> Reply | None:
        if path == "/studies":
            sync.path.write_text(text.replace('{ nct = "NCT00000001" }, ', "").replace("# mine", "").replace('"Beta"', '"Bee"'))
        return None

    server.always = meanwhile
    assert sync(text=text).status == 0
    after = sync.path.read_text()
    assert "NCT00000001" not in after
    assert 'name = "Bee"' in after
    assert after.count('status = "RECRUITING"') == 2


def test_a_list_that_can_not_be_changed_is_not_asked_for(sync, server):
    answer = sync(text="schema = 99\n" + THREE_TRIALS)
    assert (answer.status, server.requests) == (2, [])
    assert sync("--dry-run").status == 0


def test_a_program_without_an_id_gets_one_and_hostile_names_are_plain(sync, server):
    text = '[[program]]\nname = "[b]\\u001B[31m"\n[[program.trial]]\nnct = "NCT00000001"\nname = "[CD19]\\u202E"\n'
    answer = sync(text=text)
    assert answer.status == 0
    assert "\x1b" not in answer.out
    assert "\u202e" not in answer.out
    assert "[CD19]" in answer.out


def test_the_rest_of_the_home_is_used_for_nothing_else(sync, server, home: Path):
    sync(text=THREE_TRIALS)
    assert (home / "XDG_CACHE_HOME/cartwatch/registry.json").exists()
    (home / "XDG_CACHE_HOME/cartwatch/registry.json").write_text("{broken")
    assert sync().status == 0
