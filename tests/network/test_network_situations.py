"""Every hand-written situation ends as AWS documents it, and its words name the culprit."""

import pytest

from serverless_course.network import Behaviour, Network, travel
from tests.network.described import two_zones
from tests.network.situations import SITUATIONS, Situation


@pytest.mark.parametrize("case", SITUATIONS, ids=lambda case: case.name)
def test_a_situation_ends_as_written_down(case: Situation) -> None:
    described = two_zones()
    case.change(described)
    path = travel(Network.of(described), case.source, case.to, case.failed_zones)
    verdict = path.verdict
    assert (verdict.behaviour, verdict.reason) == (case.behaviour, case.reason), verdict.words
    assert verdict.through == case.through
    assert verdict.outside_address == case.outside
    assert case.culprit in verdict.words
    assert verdict.delivered == (case.behaviour is Behaviour.DELIVERED)
    *before, last = path.hops
    assert all(hop.passed for hop in before)
    assert last.passed == verdict.delivered
    assert verdict.dropped_at == (None if verdict.delivered else last.id)


def test_there_are_many_situations_and_each_says_why() -> None:
    assert len(SITUATIONS) >= 40
    assert len({case.name for case in SITUATIONS}) == len(SITUATIONS)
    assert all(case.why for case in SITUATIONS)
