"""`cartwatch doctor --network` tries every client on the registry and says which works."""

from __future__ import annotations

import pytest

from cartwatch.sources.registry.clinicaltrials import RUNGS


def lines(answer) -> list[str]:
    return [" ".join(each.split()) for each in answer.out.splitlines() if " registry " in each or " settings " in each]


def test_each_client_is_tried_and_those_that_work_are_named(run, registry):
    registry.refuses = lambda count, agent: count == 1
    found = lines(run("doctor", "--network"))
    assert f"ok registry {registry.base}, tried first with httpx" in found
    assert "look registry httpx: refused (403)" in found
    assert f"ok registry httpx-tls: works (data of {registry.stamp})" in found
    assert f"ok registry urllib: works (data of {registry.stamp})" in found
    assert len(registry.requests) == len(RUNGS)


def test_where_none_works_something_needs_doing(run, registry):
    registry.refuses = lambda count, agent: True
    answer = run("doctor", "--network")
    assert answer.status == 1
    assert any(each.startswith("TO DO registry no client can reach it") for each in lines(answer))


def test_a_pinned_client_that_does_not_work_is_told(run, registry, monkeypatch):
    monkeypatch.setenv("CARTWATCH_REGISTRY_CLIENT", "urllib")
    registry.refuses = lambda count, agent: "urllib" in agent
    answer = run("doctor", "--network")
    assert answer.status == 1
    assert any("urllib is pinned and does not work" in each for each in lines(answer))


@pytest.mark.usefixtures("registry")
def test_without_being_asked_nothing_is_tried(run, registry):
    run("doctor")
    assert registry.requests == []
