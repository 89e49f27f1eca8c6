"""Sampling rules and decisions. Source: X-Ray Developer Guide, "Using sampling rules with the
X-Ray API" and "Configuring sampling rules" (read 2026-11)."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from serverless_course.localcloud.wire.errors import ServiceError
from serverless_course.localcloud.xray.sampler import Sampler
from serverless_course.localcloud.xray.sampling_rules import SamplingRules

REGION = "us-east-1"


class World:
    """Rules and a sampler whose clock and chance are in the test's hands."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.chance = 0.99
        self.rules = SamplingRules(REGION, "123456789012", lambda: self.now)
        self.sampler = Sampler(lambda _: self.rules, lambda: self.now, lambda: self.chance)

    def decide(self, **about: Any) -> bool:
        given = {"service_name": "primes", "service_type": "AWS::Lambda::Function", **about}
        return self.sampler.decide(REGION, **given)

    def create(self, name: str, **members: Any) -> dict[str, Any]:
        every = dict.fromkeys(
            ("ResourceARN", "ServiceName", "ServiceType", "Host", "HTTPMethod", "URLPath"), "*"
        )
        rule = {
            "RuleName": name,
            "Priority": 100,
            "FixedRate": 0.0,
            "ReservoirSize": 0,
            "Version": 1,
        }
        return self.rules.create({**every, **rule, **members})


def test_the_default_rule_takes_one_request_a_second_and_five_percent():
    world = World()
    assert [world.decide() for _ in range(4)] == [True, False, False, False]
    world.chance = 0.049
    assert world.decide()
    world.chance, world.now = 0.05, 1_001.0
    assert [world.decide() for _ in range(2)] == [True, False]


def test_the_rule_of_the_lowest_priority_that_matches_decides():
    world = World()
    world.create("all", Priority=200, FixedRate=0.0)
    world.create("primes", Priority=10, ServiceName="prim*", ReservoirSize=2)
    assert [world.decide() for _ in range(3)] == [True, True, False]
    assert not world.decide(service_name="other")


@pytest.mark.parametrize(
    ("members", "about", "fits"),
    [
        ({"URLPath": "/api/*"}, {"url_path": "/api/state"}, True),
        ({"URLPath": "/api/?"}, {"url_path": "/api/12"}, False),
        ({"HTTPMethod": "GET"}, {"http_method": "get"}, True),
        ({"HTTPMethod": "GET"}, {}, False),
        ({"ServiceType": "AWS::Lambda::Function"}, {}, True),
        ({"Host": "a.b"}, {"host": "axb"}, False),
        ({"Attributes": {"tenant": "t?"}}, {"attributes": {"tenant": "t1"}}, True),
        ({"Attributes": {"tenant": "t?"}}, {"attributes": {}}, False),
    ],
)
def test_a_rule_matches_by_wildcards(members, about, fits):
    world = World()
    world.create("special", FixedRate=1.0, **members)
    world.decide()  # uses the Default rule's reservoir, or the special rule
    assert world.decide(**about) is fits


def test_reservoirs_hold_their_number_among_many_threads():
    world = World()
    world.create("ten", ReservoirSize=10)
    taken: list[bool] = []
    threads = [
        threading.Thread(target=lambda: taken.extend(world.decide() for _ in range(200)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(taken), sum(taken)) == (1600, 10)


def test_services_that_report_share_a_reservoir():
    world = World()
    world.create("shared", ReservoirSize=5, FixedRate=0.1)

    def report(client: str) -> dict[str, Any]:
        document = {
            "RuleName": "shared",
            "ClientID": client * 24,
            "RequestCount": 10,
            "SampledCount": 3,
        }
        (target,), unprocessed = world.sampler.targets(REGION, [document])
        assert unprocessed == []
        return target

    assert report("a") == {
        "RuleName": "shared",
        "FixedRate": 0.1,
        "ReservoirQuota": 5,
        "ReservoirQuotaTTL": 1_300.0,
        "Interval": 10,
    }
    assert [report("b")["ReservoirQuota"], report("a")["ReservoirQuota"]] == [2, 3]
    world.now += 31
    assert report("b")["ReservoirQuota"] == 5
    (summary,) = world.sampler.summaries(REGION)
    assert (summary["RequestCount"], summary["SampledCount"]) == (40, 12)


def test_statistics_of_an_unknown_rule_are_not_processed():
    document = {"RuleName": "gone", "ClientID": "a" * 24, "RequestCount": 1, "SampledCount": 1}
    targets, (problem,) = World().sampler.targets(REGION, [document])
    assert targets == []
    assert problem["RuleName"] == "gone"


def test_the_default_rule_stays_and_only_its_rate_and_reservoir_change():
    world = World()
    record = world.rules.update({"RuleName": "Default", "FixedRate": 0.5, "ReservoirSize": 0})
    assert record["SamplingRule"]["FixedRate"] == 0.5
    for refused in (
        {"RuleName": "Default", "ServiceName": "x"},
        {"RuleName": "Default", "FixedRate": 2},
    ):
        with pytest.raises(ServiceError):
            world.rules.update(refused)
    with pytest.raises(ServiceError, match="cannot be deleted"):
        world.rules.delete({"RuleName": "Default"})


def test_a_region_has_25_rules_beside_the_default():
    # AWS General Reference, X-Ray quotas: custom sampling rules per region, 25.
    world = World()
    for number in range(25):
        world.create(f"rule-{number}")
    with pytest.raises(ServiceError) as refused:
        world.create("one-more")
    assert refused.value.code == "RuleLimitExceededException"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"RuleName": None}, "RuleName is required"),
        ({"Version": 2}, "Version must be 1"),
        ({"SamplingRateBoost": {"MaxRate": 1.0, "CooldownWindowMinutes": 1}}, "adaptive sampling"),
        ({"RuleName": "Default"}, "already exists"),
    ],
)
def test_rules_that_cannot_be_are_refused(change, says):
    with pytest.raises(ServiceError, match=says):
        World().create("rule", **change)
